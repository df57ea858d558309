//! A maker who shows what the camera sees, and then no more.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use visorfarm_tests::gcode::plate;

use crate::shop::{Opening, PIECES, Shop, Verdict};

/// Long enough that the picture is taken back in mid-print.
const SECONDS: u32 = 12;

/// The beginning of a picture of 640 by 480 pixels.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xE0";

/// A camera that gives the same picture to everybody, and counts how often.
struct Camera {
    url: String,
    given: Arc<AtomicUsize>,
    serving: AbortHandle,
}

impl Camera {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/?action=snapshot", listener.local_addr().unwrap());
        let given = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&given);
        let serving = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut question = [0; 2048];
                let length = stream.read(&mut question).await.unwrap_or_default();
                assert!(!String::from_utf8_lossy(&question[..length]).contains("X-Api-Key"));
                let head = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", PNG.len());
                count.fetch_add(1, Ordering::SeqCst);
                // Whoever asked may have gone.
                stream.write_all(&[head.as_bytes(), PNG].concat()).await.ok();
            }
        })
        .abort_handle();
        Self { url, given, serving }
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Shop {
    /// Waits until the farm's people see a picture, or none.
    async fn has_picture(&self, status: u16) {
        self.until(&format!("the picture is answered by {status}"), async || {
            let rows = self.coordinator.printers().await?;
            let Some(row) = rows.first() else { return Ok(None) };
            let path = format!("/printers/{}/{}/camera", row.agent, row.printer);
            Ok((self.coordinator.status_of(&path).await? == status).then_some(()))
        })
        .await;
    }
}

async fn a_picture_is_shown_while_the_farm_prints_until_its_maker_says_no(version: &'static str) {
    let camera = Camera::open().await;
    // Without a version OctoPrint takes the plugin's settings for those of 1.8, and wipes them.
    let webcam = json!({ "_config_version": 1, "snapshot": camera.url });
    let config = json!({ "plugins": { "classicwebcam": webcam } });
    let shop = Shop::closed(Opening { version, config, printers: 1 }).await.unwrap();
    let silent = fs::read_to_string(shop.settings()).unwrap();
    fs::write(shop.settings(), silent.replace("[[printer]]", "[[printer]]\ncamera = true"))
        .unwrap();
    let shop = shop.started().await;
    shop.has_picture(404).await;
    shop.wants(1, &plate(SECONDS)).await;
    let lease = shop.printing(1).await;
    shop.has_picture(200).await;
    fs::write(shop.settings(), silent).unwrap();
    shop.has_picture(404).await;

    shop.check(lease, Verdict::COMPLETED).await;
    shop.counted(PIECES).await;
    assert_eq!(camera.given.load(Ordering::SeqCst), 1, "one a minute is enough");
}

#[tokio::test]
async fn a_picture_is_shown_by_the_octoprint_of_today() {
    a_picture_is_shown_while_the_farm_prints_until_its_maker_says_no("1.11.8").await;
}

#[tokio::test]
async fn a_picture_is_shown_by_the_octoprint_of_tomorrow() {
    a_picture_is_shown_while_the_farm_prints_until_its_maker_says_no("2.0.0rc7").await;
}
