//! Where OctoPrint's camera gives a picture.

use serde_json::Value;

use super::read;

/// Returns the address in OctoPrint's settings where its camera gives a picture, as it is written
/// there; `None` if it has none, or its owner has switched it off.
///
/// From 1.9 on cameras belong to plugins, and of several one is for pictures; its `compat` says what
/// older clients read in `snapshotUrl`, which is that of the default one.
pub(crate) fn snapshot_url(settings: &Value) -> Option<String> {
    let webcam = &settings["webcam"];
    if webcam["webcamEnabled"] == false {
        return None;
    }
    let named =
        |camera: &&Value| camera["name"].is_string() && camera["name"] == webcam["snapshotWebcam"];
    let cameras = webcam["webcams"].as_array();
    let chosen = cameras.and_then(|cameras| cameras.iter().find(named));
    let own = chosen.and_then(|camera| read::text(&camera["compat"]["snapshot"]));
    own.or_else(|| read::text(&webcam["snapshotUrl"]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const URL: &str = "http://127.0.0.1:8080/?action=snapshot";

    #[track_caller]
    fn check(webcam: &Value, url: Option<&str>) {
        assert_eq!(snapshot_url(&json!({ "webcam": webcam })).as_deref(), url, "{webcam}");
    }

    #[test]
    fn the_camera_for_pictures_says_where_it_gives_one() {
        check(&json!({ "webcamEnabled": true, "snapshotUrl": URL }), Some(URL));
        let cameras = json!([
            { "name": "top", "compat": { "snapshot": "http://127.0.0.1/top" } },
            { "name": "side", "compat": { "snapshot": URL } },
            { "name": "far", "compat": null },
        ]);
        let with = |name: Value| json!({ "webcams": cameras, "snapshotWebcam": name, "snapshotUrl": "/default" });
        check(&with(json!("side")), Some(URL));
        check(&with(json!("far")), Some("/default"));
        check(&with(json!(null)), Some("/default"));
    }

    #[test]
    fn a_camera_that_is_off_or_not_there_has_no_address() {
        check(&json!({ "webcamEnabled": false, "snapshotUrl": URL }), None);
        check(&json!({ "snapshotUrl": null }), None);
        check(&json!({ "snapshotUrl": "", "webcams": 7 }), None);
        check(&json!({}), None);
        check(&json!([]), None);
    }
}
