//! What is wrong is said in a sentence, with the right status.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::Request;
use futures_util::StreamExt;
use serde_json::json;

use crate::site::Site;
use visorfarm_protocol::digest::Digest;

#[tokio::test]
async fn nonsense_requests_are_refused_by_name() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    for (body, status, said) in [
        (r#"{"design":"visor","pieces":0}"#, 422, "0 pieces cannot be asked for"),
        (r#"{"design":"visor","pieces":-1}"#, 422, "-1 pieces cannot be asked for"),
        (r#"{"design":"visor","pieces":1000000000000}"#, 422, "1000000000000 pieces"),
        (r#"{"design":"visor","pieces":1.5}"#, 422, "pieces"),
        (r#"{"design":"visor","pieces":"x"}"#, 422, "pieces"),
        (r#"{"design":"visor","pieces":1e30}"#, 422, "pieces"),
        (r#"{"design":"visor"}"#, 422, "missing field `pieces`"),
        (r#"{"design":"helmet","pieces":4}"#, 422, "design helmet is not published here"),
        (r#"{"design":"Visor!","pieces":4}"#, 422, "is no design name"),
        (r#"{"design":"visor","pieces":4,"revision":"r9"}"#, 404, "no revision r9"),
        (r#"{"design":"visor","pieces":4,"version":"r1"}"#, 422, "unknown field `version`"),
        ("[]", 422, "expected an object with design and pieces"),
        (r#"{"design":"visor","pieces":"4"}"#, 422, "expected a whole number"),
        (r#"{"design":"visor","pi"#, 400, "cannot be read"),
        ("", 400, "cannot be read"),
    ] {
        let got = site.post(&site.dispatcher, "/api/v1/requests", body).await;
        assert_eq!(got.status.as_u16(), status, "{body}: {got:?}");
        assert!(got.error().contains(said), "{body}: {}", got.error());
    }
    let long = json!({"design": "visor", "pieces": 4, "title": "x".repeat(401)}).to_string();
    assert_eq!(site.post(&site.dispatcher, "/api/v1/requests", &long).await.status, 422);
    let huge = json!({"design": "visor", "pieces": 4, "title": "x".repeat(70_000)}).to_string();
    assert_eq!(site.post(&site.dispatcher, "/api/v1/requests", &huge).await.status, 413);
    assert_eq!(site.state.brain.board().totals.wanted, 0);
}

#[tokio::test]
async fn a_title_that_would_mislead_an_eye_or_a_terminal_is_cleaned() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    let body = json!({"design": "visor", "pieces": 4, "title": " CHU\u{1b}[2J \u{202e}noyL\n"});
    let got = site.post(&site.dispatcher, "/api/v1/requests", &body.to_string()).await;
    assert_eq!(got.json()["title"], "CHU[2J noyL");
}

/// Returns a body in parts, and how many of them were read.
fn counted(parts: usize) -> (Body, Arc<AtomicUsize>) {
    let read = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&read);
    let parts = futures_util::stream::iter(0..parts).map(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok::<_, Infallible>(vec![b'x'; 1024])
    });
    (Body::from_stream(parts), read)
}

#[tokio::test]
async fn what_nobody_wants_of_a_body_is_read_before_the_answer() {
    let site = Site::new();
    for path in ["/api/v1/designs", "/api/v1/nothing", "/api/v1/enrol"] {
        let (body, read) = counted(1000);
        let request = Request::post(path).body(body).unwrap();
        assert!(site.send(request).await.status.is_client_error(), "{path}");
        assert_eq!(read.load(Ordering::Relaxed), 1000, "{path}");
    }
}

#[tokio::test]
async fn who_waits_for_leave_to_send_a_body_need_not_send_it() {
    let site = Site::new();
    let (body, read) = counted(1000);
    let request = Request::post("/api/v1/designs").header("expect", "100-continue");
    assert_eq!(site.send(request.body(body).unwrap()).await.status, 401);
    assert_eq!(read.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_request_goes_its_way() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    let body = r#"{"design":"visor","pieces":12,"title":"Hôpital"}"#;
    let got = site.post(&site.dispatcher, "/api/v1/requests", body).await;
    assert_eq!(got.status, 201);
    assert_eq!(got.headers["location"], "/api/v1/requests/1");
    let one = site.get(&site.reader, "/api/v1/requests/1").await.json();
    assert_eq!((&one["wanted"], &one["title"]), (&json!(12), &json!("Hôpital")));
    let none = site.post(&site.dispatcher, "/api/v1/requests/1/deliveries", r#"{"pieces":1}"#);
    let none = none.await;
    assert_eq!((none.status.as_u16(), none.error().contains("has 0 good ones")), (409, true));
    assert_eq!(site.get(&site.reader, "/api/v1/requests/2").await.status, 404);
    assert_eq!(site.get(&site.reader, "/api/v1/requests/x").await.status, 404);
    let rank = r#"{"priority":"high","due":"2990-12-24"}"#;
    let ranked = site.post(&site.dispatcher, "/api/v1/requests/1/rank", rank).await.json();
    assert_eq!((&ranked["priority"], &ranked["due"]), (&json!("high"), &json!("2990-12-24")));
    let no_day = site.post(&site.dispatcher, "/api/v1/requests/1/rank", r#"{"due":"24/12"}"#).await;
    assert_eq!((no_day.status.as_u16(), no_day.error().contains("is no day")), (422, true));
    let over = r#"{"design":"visor","pieces":4,"due":"2026-01-02"}"#;
    for (path, body) in [("", over), ("/1/rank", r#"{"due":"2026-01-02"}"#)] {
        let past = site.post(&site.dispatcher, &format!("/api/v1/requests{path}"), body).await;
        let said = past.error();
        assert_eq!((past.status.as_u16(), said.contains("2026-01-02 is over")), (422, true));
    }
    let cancelled = site.post(&site.dispatcher, "/api/v1/requests/1/cancel", "").await;
    assert_eq!(cancelled.json()["state"], "cancelled");
    assert_eq!(site.post(&site.dispatcher, "/api/v1/requests/9/cancel", "").await.status, 404);
    let farm = site.get(&site.reader, "/api/v1/farm").await.json();
    assert_eq!(farm["totals"]["wanted"], 0);
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    for _ in 0..5 {
        site.request("visor", 4, "").await;
    }
    for list in ["requests", "jobs", "ledger"] {
        let mut seen = Vec::new();
        let mut after = json!(0);
        while !after.is_null() {
            let path = format!("/api/v1/{list}?limit=2&after={after}");
            let page = site.get(&site.reader, &path).await.json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|row| row["id"].clone()));
            after = page["next"].clone();
        }
        assert_eq!(seen, [1, 2, 3, 4, 5].map(|id| json!(id)), "{list}");
    }
    let only = site.get(&site.reader, "/api/v1/jobs?request=3").await.json();
    assert_eq!(only["items"].as_array().unwrap().len(), 1);
    for bad in ["limit=0", "limit=1001", "limit=x", "after=-1"] {
        let got = site.get(&site.reader, &format!("/api/v1/ledger?{bad}")).await;
        assert_eq!(got.status, 400, "{bad}");
        assert!(!got.error().is_empty());
    }
    let end = site.get(&site.reader, &format!("/api/v1/leases?after={}", u64::MAX)).await;
    assert_eq!(end.json()["items"], json!([]));
}

#[tokio::test]
async fn an_invite_lets_one_machine_join() {
    let site = Site::new();
    let made = site.post(&site.admin, "/api/v1/invites", r#"{"title":"Anna"}"#).await;
    assert_eq!(made.status, 201);
    let link = made.json()["link"].as_str().unwrap().to_owned();
    let invite: visorfarm_protocol::enrol::Invite = link.parse().unwrap();
    let body = json!({"token": invite.token, "title": "attic"}).to_string();
    let joined = site.post("", "/api/v1/enrol", &body).await;
    assert_eq!(joined.status, 200);
    let agent = joined.json()["agent"].as_str().unwrap().to_owned();
    assert_eq!(joined.json()["brokers"], json!(["mqtts://farm.example:8883"]));
    let again = site.post("", "/api/v1/enrol", &body).await;
    assert_eq!((again.status.as_u16(), again.error().contains("has been used")), (403, true));
    let guess = site.post("", "/api/v1/enrol", r#"{"token":"x","title":""}"#).await;
    assert_eq!((guess.status.as_u16(), guess.error().contains("unknown")), (403, true));
    let listed = site.get(&site.admin, "/api/v1/invites").await;
    assert!(!listed.text().contains(&invite.token));
    let revoked = site.post(&site.admin, &format!("/api/v1/agents/{agent}/revoke"), "").await;
    assert!(revoked.json()["revoked"].is_u64());
}

#[tokio::test]
async fn joining_is_slowed_down() {
    let site = Site::new();
    let mut last = 0;
    for _ in 0..40 {
        let got = site.post("", "/api/v1/enrol", r#"{"token":"x","title":""}"#).await;
        last = got.status.as_u16();
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn a_withdrawn_revision_says_so() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    let path = "/api/v1/designs/visor/r1/withdraw";
    assert_eq!(site.post(&site.dispatcher, path, r#"{"why":" "}"#).await.status, 422);
    assert_eq!(site.post(&site.dispatcher, path, r#"{"why":"breaks"}"#).await.status, 204);
    let listed = site.get(&site.reader, "/api/v1/designs").await.json();
    assert_eq!(listed["items"][0]["channel"], "withdrawn");
    let missing =
        site.post(&site.dispatcher, "/api/v1/designs/visor/r2/withdraw", r#"{"why":"x"}"#);
    assert_eq!(missing.await.status, 404);
}

#[tokio::test]
async fn a_lease_is_given_up_once() {
    let site = Site::that_wants(4).await;
    let lease = site.ask("one", 1).await.unwrap();
    let path = format!("/api/v1/leases/{lease}/abandon");
    assert_eq!(site.post(&site.dispatcher, &path, "").await.status, 204);
    assert_eq!(site.post(&site.dispatcher, &path, "").await.status, 409);
    let bad = site.post(&site.dispatcher, "/api/v1/leases/seven/abandon", "").await;
    assert_eq!((bad.status.as_u16(), bad.error().contains("epoch-number")), (404, true));
    let leases = site.get(&site.reader, "/api/v1/leases").await.json();
    assert_eq!(leases["items"][0]["state"], "lapsed");
}

#[tokio::test]
async fn addresses_that_are_none_are_said_to_be() {
    let site = Site::new();
    for path in ["/api/v1/nowhere", "/api/v2/farm", "/api/v1/requests/%FF", "/gcode/%FF", "/x"] {
        let got = site.get(&site.reader, path).await;
        let status = got.status.as_u16();
        assert!(status == 404 || (status == 401 && path.starts_with("/gcode")), "{path}: {got:?}");
        assert!(!got.error().is_empty());
    }
    for path in ["/requests/abc/cancel", "/makers/invites/x/withdraw", "/leases/%FF/abandon"] {
        let got = site.form(&site.admin, path, "").await;
        assert_eq!((got.status.as_u16(), got.error().is_empty()), (404, false), "{path}");
    }
    let wrong = site.get(&site.reader, "/api/v1/enrol").await;
    assert_eq!((wrong.status.as_u16(), wrong.error().contains("does not take GET")), (405, true));
}
