//! A maker who uses the page beside the printer, and not the commands.

use reqwest::header::ORIGIN;
use visorfarm_protocol::status::{Activity, WaitsFor};
use visorfarm_tests::gcode::plate;
use visorfarm_tests::rows::EntryKind;

use crate::shop::{Opening, PIECES, Shop, Verdict};

/// The page, as a browser without scripts has it.
struct Browser {
    origin: String,
    client: reqwest::Client,
}

impl Browser {
    async fn open(shop: &Shop) -> Self {
        let page = async || Ok(shop.agent.page().await.ok());
        let origin = shop.until("the page is open", page).await;
        Self { origin, client: reqwest::Client::new() }
    }

    async fn read(&self, path: &str) -> String {
        let answer = self.client.get(format!("{}{path}", self.origin)).send().await.unwrap();
        answer.error_for_status().unwrap().text().await.unwrap()
    }

    /// Sends the form at `path` with what is hidden in it, and returns the page that follows.
    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let html = self.read(path).await;
        let (_, form) = html.split_once("<form class=\"act\"").expect("there is a button");
        let (form, _) = form.split_once("</form>").unwrap();
        let hidden = form.split("<input type=\"hidden\" name=\"").skip(1).map(|field| {
            let (name, rest) = field.split_once("\" value=\"").unwrap();
            (name, rest.split_once('"').unwrap().0)
        });
        let pairs = hidden.chain(fields.iter().copied());
        let body: Vec<_> = pairs.map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.client.post(format!("{}{path}", self.origin));
        let request = request.header(ORIGIN, &self.origin).body(body.join("&"));
        let kind = "application/x-www-form-urlencoded";
        let answer = request.header(reqwest::header::CONTENT_TYPE, kind).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

#[tokio::test]
async fn a_maker_clears_the_bed_by_the_page_and_the_next_plate_is_printed() {
    let shop = Shop::open(Opening::default()).await;
    let browser = Browser::open(&shop).await;
    let clear = format!("/clear/{}", shop.station().name);
    shop.wants(2, &plate(3)).await;
    let first = shop.printing(1).await;
    let page = browser.read(&clear).await;
    assert!(page.contains("4 × band r1") && !page.contains("The bed is clear"), "{page}");
    shop.shows(shop.station(), Activity::Idle, Some(WaitsFor::BedClear)).await;

    let (status, refused) = browser.send(&clear, &[("good", "5")]).await;
    assert!(status == 422 && refused.contains("only 4 pieces"), "{status} {refused}");
    let (status, page) = browser.send(&clear, &[("good", "3")]).await;
    assert!(status == 200 && page.contains("the bed is clear"), "{status} {page}");

    shop.check(first, Verdict::COMPLETED).await;
    let second = shop.lease(2).await;
    shop.check(second, Verdict::COMPLETED).await;
    shop.counted(2 * PIECES).await;
    assert_eq!(shop.coordinator.ledger_sum(EntryKind::Good).await.unwrap(), 3);
    let past = browser.read(&format!("/printers/{}", shop.station().name)).await;
    assert!(past.contains("Bed cleared: 3 good, 1 bad"), "{past}");
}
