//! What OctoPrint's owner calls the printer.

use serde_json::Value;

use super::read;

/// Returns model and name of the printer profile in use, as far as its owner filled them in. `None`
/// for an answer that lists no profiles.
pub(crate) fn printer_names(answer: &Value) -> Option<Vec<String>> {
    let profiles: Vec<_> = answer["profiles"].as_object()?.values().collect();
    let is = |flag: &str| profiles.iter().find(|profile| profile[flag] == true);
    let used = is("current").or_else(|| is("default"))?;
    Some(["model", "name"].into_iter().filter_map(|field| read::text(&used[field])).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(answer: &Value, names: Option<&[&str]>) {
        let read = printer_names(answer);
        let read = read.as_ref().map(|read| read.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(read.as_deref(), names);
    }

    #[test]
    fn the_profile_in_use_names_the_printer() {
        let profile = |model: &str, current: bool, default: bool| json!({ "name": "Default", "model": model, "current": current, "default": default });
        let answer = |a, b| json!({ "profiles": { "_default": a, "ender": b } });
        let used = answer(profile("x", false, true), profile("Ender 3", true, false));
        check(&used, Some(&["Ender 3", "Default"]));
        let unused = answer(profile("x", false, true), profile("Ender 3", false, false));
        check(&unused, Some(&["x", "Default"]));
        check(&json!({ "profiles": { "a": { "current": true, "model": 7 } } }), Some(&[]));
        check(&json!({ "profiles": {} }), None);
        check(&json!([]), None);
    }
}
