//! G-code goes to the agent that holds a lease on it.

use axum::body::Body;
use axum::http::{Method, header};
use visorfarm_protocol::digest::Digest;

use crate::site::{GCODE, Got, Site, WANTED, bearer};

async fn fetch(site: &Site, digest: &Digest, range: &str) -> Got {
    let request = bearer(Method::GET, &format!("/gcode/{digest}"), &site.basic());
    let request = request.header(header::RANGE, range);
    site.send(request.body(Body::empty()).unwrap()).await
}

async fn leased() -> (Site, Digest) {
    let site = Site::that_wants(4).await;
    std::fs::write(site.state.gcode.join(WANTED.to_string()), GCODE).unwrap();
    (site, WANTED)
}

#[tokio::test]
async fn the_holder_of_a_lease_fetches_with_ranges() {
    let (site, digest) = leased().await;
    assert_eq!(fetch(&site, &digest, "bytes=0-").await.status, 403, "no lease yet");
    let lease = site.ask("one", 1).await.unwrap();
    let whole = site.get(&site.basic(), &format!("/gcode/{digest}")).await;
    assert_eq!((whole.status.as_u16(), &whole.bytes[..]), (200, GCODE));
    assert!(whole.headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(whole.headers["etag"], format!("\"{digest}\""));
    let rest = fetch(&site, &digest, "bytes=10-").await;
    assert_eq!((rest.status.as_u16(), &rest.bytes[..]), (206, &GCODE[10..]));
    assert_eq!(fetch(&site, &digest, "bytes=99999-").await.status, 416);
    assert_eq!(fetch(&site, &Digest([8; 32]), "bytes=0-").await.status, 403, "not its file");
    assert_eq!(site.get(&site.basic(), "/gcode/..%2Ffarm.db").await.status, 404);
    let abandon = format!("/api/v1/leases/{lease}/abandon");
    site.post(&site.dispatcher, &abandon, "").await;
    assert_eq!(fetch(&site, &digest, "bytes=0-").await.status, 403, "no lease any more");
}

#[tokio::test]
async fn a_file_that_is_gone_is_said_to_be() {
    let (site, digest) = leased().await;
    site.ask("one", 1).await.unwrap();
    std::fs::remove_file(site.state.gcode.join(digest.to_string())).unwrap();
    let got = fetch(&site, &digest, "bytes=0-").await;
    assert_eq!((got.status.as_u16(), got.error().contains("is gone")), (404, true));
}

#[tokio::test]
async fn a_revoked_agent_fetches_nothing() {
    let (site, digest) = leased().await;
    site.ask("one", 1).await.unwrap();
    site.post(&site.admin, &format!("/api/v1/agents/{}/revoke", site.agent), "").await;
    assert_eq!(fetch(&site, &digest, "bytes=0-").await.status, 401);
}

#[tokio::test]
async fn a_slice_is_shown_with_its_picture_and_what_it_does() {
    let site = Site::new();
    let digest = Digest([7; 32]);
    let path = site.state.gcode.join(digest.to_string());
    std::fs::write(&path, GCODE).unwrap();
    site.publish("visor", digest, 4).await;
    let picture = format!("/pictures/workshop/{digest}");
    assert_eq!(site.get(&site.basic(), &picture).await.status, 401, "agents see no pages");
    let seen = site.get(&site.reader, &picture).await;
    assert_eq!((seen.status.as_u16(), seen.bytes.starts_with(b"\x89PNG")), (200, true));
    assert!(seen.headers["cache-control"].to_str().unwrap().contains("immutable"));
    let shown = site.get(&site.reader, "/designs/visor/r1/workshop").await.text();
    assert!(
        shown.contains(&picture) && shown.contains("200 °C") && shown.contains("makers"),
        "{shown}"
    );
    let other = format!("/pictures/ender3/{digest}");
    assert_eq!(site.get(&site.reader, &other).await.status, 404, "not sliced for it");
    assert_eq!(site.get(&site.reader, "/designs/visor/r2/workshop").await.status, 404);
    std::fs::remove_file(path).unwrap();
    assert_eq!(site.get(&site.reader, &picture).await.status, 200, "it was read already");
}

#[tokio::test]
async fn a_slice_whose_file_is_gone_is_said_to_be() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    let got = site.get(&site.reader, "/designs/visor/r1/workshop").await;
    assert_eq!((got.status.as_u16(), got.error().contains("is gone")), (404, true));
}
