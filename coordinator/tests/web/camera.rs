//! What a camera sees, for whom, and for how long its maker says so.

use visorfarm_coordinator::dispatch::Event;
use visorfarm_protocol::message::{Hello, Up};
use visorfarm_protocol::status::{Consent, PrinterCard};

use crate::site::Site;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xE0";

impl Site {
    /// The agent says that its printer `one` shows pictures, or does not.
    async fn shows(&self, camera: bool) {
        let card = PrinterCard {
            printer: "one".parse().unwrap(),
            title: "Attic".to_owned(),
            profile: "workshop".parse().unwrap(),
            octoprint: None,
            place: None,
            consent: Some(Consent { camera, ..Consent::default() }),
        };
        self.say(Up::Hello(Hello {
            incarnation: "life".parse().unwrap(),
            session: 1,
            software: "test".to_owned(),
            epoch: None,
            printers: vec![card],
            holds: Vec::new(),
            mark: None,
            letters: None,
        }))
        .await;
        self.put(Event::Settle).await;
    }

    async fn sends(&self, path: &str, picture: &[u8]) -> u16 {
        self.put_bytes(&self.basic(), path, picture).await.status.as_u16()
    }

    /// Returns the status of the picture, and whether the printer's page has one.
    async fn seen(&self) -> (u16, bool) {
        let key = format!("{}/one", self.agent);
        let picture = self.get(&self.reader, &format!("/api/v1/printers/{key}/camera")).await;
        let page = self.get(&self.reader, &format!("/printers/{key}")).await;
        assert_eq!(page.status, 200);
        (picture.status.as_u16(), page.text().contains("/camera?at="))
    }
}

#[tokio::test]
async fn a_picture_is_shown_until_its_maker_takes_the_word_back() {
    let site = Site::new();
    site.shows(false).await;
    assert_eq!(site.sends("/camera/one", PNG).await, 403);
    site.shows(true).await;
    assert_eq!(site.seen().await, (404, false));
    assert_eq!(site.sends("/camera/one", PNG).await, 204);
    assert_eq!(site.seen().await, (200, true));
    let path = format!("/api/v1/printers/{}/one/camera", site.agent);
    let got = site.get(&site.reader, &path).await;
    assert_eq!((got.headers["content-type"].to_str().unwrap(), &got.bytes[..]), ("image/png", PNG));
    assert_eq!(got.headers["x-content-type-options"], "nosniff");
    assert_eq!(got.headers["cache-control"], "no-store");

    site.shows(false).await;
    assert_eq!(site.seen().await, (404, false));
}

#[tokio::test]
async fn what_is_no_picture_or_comes_too_often_or_for_another_printer_is_not_taken() {
    let site = Site::new();
    site.shows(true).await;
    for nonsense in [&b""[..], b"<svg onload=alert(1)>", b"GIF89a"] {
        assert_eq!(site.sends("/camera/one", nonsense).await, 422);
    }
    assert_eq!(site.sends("/camera/one", &vec![0; (1 << 20) + 1]).await, 413);
    assert_eq!(site.sends("/camera/two", PNG).await, 404);
    assert_eq!(site.seen().await, (404, false));
    assert_eq!(site.sends("/camera/one", PNG).await, 204);
    assert_eq!(site.sends("/camera/one", PNG).await, 429);
}
