//! Uploads: the same checks as the drop folder, field by field.

use axum::body::Body;
use axum::http::{Method, header};

use crate::site::{GCODE, Got, Site, bearer};

/// A name and what was typed, or the file.
type Field = (&'static str, &'static [u8]);

async fn upload(site: &Site, fields: &[(&str, &[u8])]) -> Got {
    let mut body = Vec::new();
    for (name, value) in fields {
        let file = if *name == "gcode" { "; filename=\"plate.gcode\"" } else { "" };
        let head =
            format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--cut--\r\n");
    let request = bearer(Method::POST, "/api/v1/designs", &site.dispatcher)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
    site.send(request.body(Body::from(body)).unwrap()).await
}

const NAMED: [Field; 3] = [("design", b"visor"), ("revision", b"r1"), ("profile", b"workshop")];

#[tokio::test]
async fn an_upload_is_published() {
    let site = Site::new();
    let mut fields = NAMED.to_vec();
    fields.extend([("pieces", &b"4"[..]), ("notes", b"no brim"), ("gcode", GCODE)]);
    let got = upload(&site, &fields).await;
    assert_eq!(got.status, 201, "{got:?}");
    let digest = got.json()["digest"].as_str().unwrap().to_owned();
    assert_eq!(std::fs::read(site.state.gcode.join(digest)).unwrap(), GCODE);
    assert_eq!(upload(&site, &fields).await.status, 201, "the same again is the same");
    *fields.last_mut().unwrap() = ("gcode", b"G28\nG1 X5 F600\nM84\n");
    let changed = upload(&site, &fields).await;
    assert_eq!((changed.status.as_u16(), changed.error().contains("never changes")), (409, true));
}

#[tokio::test]
async fn a_wrong_upload_says_what_is_wrong_and_leaves_nothing() {
    let site = Site::new();
    let table: [(&[Field], u16, &str); 9] = [
        (&[("pieces", b"4"), ("gcode", b"")], 422, "the file is empty"),
        (&[("pieces", b"4"), ("gcode", b"G28\nM104 S200\n")], 422, "cut short"),
        (&[("pieces", b"4"), ("gcode", b"hello\n")], 422, "not G-code"),
        (&[("pieces", b"0"), ("gcode", GCODE)], 422, "invalid value"),
        (&[("pieces", b"four"), ("gcode", GCODE)], 422, "invalid type"),
        (&[("gcode", GCODE)], 422, "missing field `pieces`"),
        (&[("label", b"pieces = 4\nwhat = 1"), ("gcode", GCODE)], 422, "line 2: unknown field"),
        (&[("colour", b"red"), ("gcode", GCODE)], 422, "\"colour\" is not known"),
        (&[("pieces", b"4")], 422, "there is no field gcode"),
    ];
    for (more, status, said) in table {
        let fields: Vec<_> = NAMED.iter().chain(more).copied().collect();
        let got = upload(&site, &fields).await;
        assert_eq!(got.status.as_u16(), status, "{said}: {got:?}");
        assert!(got.error().contains(said), "{said}: {}", got.error());
    }
    let nameless = upload(&site, &[("pieces", b"4"), ("gcode", GCODE)]).await;
    assert!(nameless.error().contains("no field design before gcode"));
    let bad_name = upload(
        &site,
        &[("design", b"../x"), ("revision", b"r1"), ("profile", b"p"), ("gcode", GCODE)],
    );
    assert!(bad_name.await.error().contains("is no design name"));
    let huge = vec![b'x'; 20_000];
    assert_eq!(upload(&site, &[("notes", &huge)]).await.status, 413);
    let json = site.post(&site.dispatcher, "/api/v1/designs", "{}").await;
    assert!(json.status.is_client_error() && json.error().contains("multipart"));
    assert_eq!(std::fs::read_dir(&site.state.gcode).unwrap().count(), 0);
}

#[tokio::test]
async fn a_refused_upload_keeps_what_was_typed() {
    let site = Site::new();
    let mut body = String::new();
    let fields =
        [("design", "visor"), ("revision", "r9"), ("profile", "workshop"), ("pieces", "4")];
    let fields = fields.into_iter().chain([("notes", "no <brim>"), ("channel", "clinical")]);
    for (name, value) in fields.chain([("gcode", "hello")]) {
        body += "--cut\r\nContent-Disposition: form-data; name=\"";
        body += &[name, "\"\r\n\r\n", value, "\r\n"].concat();
    }
    let request = bearer(Method::POST, "/designs", &site.dispatcher)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
    let got = site.send(request.body(Body::from(body + "--cut--\r\n")).unwrap()).await;
    assert_eq!(got.status, 422, "{got:?}");
    let text = got.text();
    for kept in ["value=\"r9\"", "value=\"no &#60;brim&#62;\"", "value=\"clinical\" selected"] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
}
