//! The stream: a snapshot, then what changed.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::Method;
use futures_util::StreamExt;
use serde_json::Value;
use tower::ServiceExt;
use visorfarm_protocol::digest::Digest;

use crate::site::{Site, bearer};

/// Longer than any step takes on a busy machine; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

struct Viewer {
    body: BodyDataStream,
    text: String,
}

struct Seen {
    id: String,
    event: String,
    data: Value,
}

impl Viewer {
    async fn open(site: &Site, last: Option<&str>) -> Self {
        Self::of(site, "/live", last).await
    }

    async fn of(site: &Site, path: &str, last: Option<&str>) -> Self {
        let mut request = bearer(Method::GET, path, &site.reader);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = site.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// Returns the next event that is no beat.
    async fn next(&mut self) -> Seen {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let event: String = self.text.drain(..end + 2).collect();
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().to_owned()
                };
                let seen = Seen {
                    id: field("id: "),
                    event: field("event: "),
                    data: serde_json::from_str(&field("data: ")).unwrap(),
                };
                if seen.event != "beat" {
                    return seen;
                }
            }
            let chunk = tokio::time::timeout(PATIENCE, self.body.next()).await.expect("silence");
            self.text += std::str::from_utf8(&chunk.unwrap().unwrap()).unwrap();
        }
    }

    async fn until(&mut self, found: impl Fn(&Value) -> bool) -> Seen {
        loop {
            let seen = self.next().await;
            if found(&seen.data) {
                return seen;
            }
        }
    }
}

#[tokio::test]
async fn a_snapshot_and_then_only_what_changed() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    let mut viewer = Viewer::open(&site, None).await;
    let first = viewer.next().await;
    assert_eq!((first.event.as_str(), &first.data["totals"]["wanted"]), ("snapshot", &0.into()));
    site.request("visor", 12, "Lyon").await;
    let change = viewer.until(|data| data["totals"]["wanted"] == 12).await;
    assert_eq!(change.event, "delta");
    assert_eq!(change.data["requests"]["1"]["title"], "Lyon");
    assert!(change.data["totals"].get("printed").is_none(), "it did not change");
    assert!(change.data.get("printers").is_none(), "no printer changed");
    let rank = r#"{"priority":"high"}"#;
    site.post(&site.dispatcher, "/api/v1/requests/1/rank", rank).await;
    viewer.until(|data| data["requests"]["1"]["priority"] == "high").await;
    site.post(&site.dispatcher, "/api/v1/requests/1/cancel", "").await;
    let change = viewer.until(|data| data["requests"]["1"]["stage"] == "cancelled").await;
    assert!(change.data["requests"]["1"].get("title").is_none(), "it did not change");
}

#[tokio::test]
async fn who_comes_back_gets_what_it_missed() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    let mut viewer = Viewer::open(&site, None).await;
    let seen = viewer.next().await;
    site.request("visor", 12, "").await;
    viewer.until(|data| data["totals"]["wanted"] == 12).await;
    let mut back = Viewer::open(&site, Some(&seen.id)).await;
    let missed = back.next().await;
    assert_eq!((missed.event.as_str(), &missed.data["totals"]["wanted"]), ("delta", &12.into()));
    for foreign in ["1-1", "nonsense", "99999999999999-2"] {
        assert_eq!(Viewer::open(&site, Some(foreign)).await.next().await.event, "snapshot");
    }
}

#[tokio::test]
async fn a_page_of_the_requests_is_sent_that_page() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    for title in ["one", "two", "three"] {
        site.request("visor", 4, title).await;
    }
    let all = |data: &Value| data["totals"]["requests"] == 3;
    Viewer::open(&site, None).await.until(all).await;
    let mut viewer = Viewer::of(&site, "/live?requests=1-3&lists=requests", None).await;
    let first = viewer.next().await.data;
    assert_eq!(first["order"]["requests"], serde_json::json!(["2", "1"]));
    assert_eq!(first["requests"]["2"]["title"], "two");
    assert!(first["requests"].get("3").is_none(), "it stands on the page before");
    assert_eq!(first["totals"]["requests"], 3);

    // What moves onto the page comes whole, what stands beyond it not at all.
    let rank = r#"{"priority":"high"}"#;
    site.post(&site.dispatcher, "/api/v1/requests/1/rank", rank).await;
    let moved = viewer.until(|data| data["order"]["requests"].is_array()).await.data;
    assert_eq!(moved["order"]["requests"], serde_json::json!(["3", "2"]));
    assert_eq!(moved["requests"]["3"]["title"], "three");
    assert!(moved["requests"].get("1").is_none());
    site.post(&site.dispatcher, "/api/v1/requests/2/cancel", "").await;
    let over = viewer.until(|data| data["requests"]["2"]["stage"] == "cancelled").await.data;
    assert!(over["requests"]["2"].get("title").is_none(), "it did not change");

    let mut one = Viewer::of(&site, "/live?requests=3&lists=requests", None).await;
    let first = one.next().await.data;
    assert_eq!(first["order"]["requests"], serde_json::json!(["3"]));
    assert_eq!(first["requests"].as_object().unwrap().len(), 1);
}
