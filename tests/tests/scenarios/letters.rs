//! A maker who is told by letter, while nobody looks at a page.

use std::fs;

use visorfarm_agent::local::LettersReport;
use visorfarm_protocol::letters::Letters;
use visorfarm_protocol::status::{Activity, WaitsFor};
use visorfarm_tests::clock::WrongClock;
use visorfarm_tests::gcode::plate;
use visorfarm_tests::mail::{Letter, MailServer};

use crate::shop::{Opening, PIECES, Shop};

const ANNE: &str = "anne@home.example";

/// Somebody with an account, who is told of the same things. Makers are written to first: once the
/// witness has a letter, a second one to the maker would have come before.
const WITNESS: &str = "witness@farm.example";

impl Shop {
    /// Waits until the maker sees that the farm says so to the letters.
    async fn letters_are(&self, state: Letters) {
        self.until(&format!("letters are {state:?}"), async || {
            let letters = self.agent.status().await?.letters;
            let said = letters.and_then(|report: Box<LettersReport>| report.farm);
            Ok((said == Some(state)).then_some(()))
        })
        .await;
    }

    /// Opens the link of a letter, and presses the button there.
    async fn presses(&self, letter: &Letter, path: &str) {
        let link = letter.link(path).unwrap();
        let (page, code) = link.split_once("?code=").unwrap();
        let (status, shown) = self.coordinator.submit(page, &[("code", code)]).await.unwrap();
        assert_eq!(status, 200, "{shown}");
    }

    /// Lets a person with an account be told of beds.
    async fn has_witness(&self, mail: &mut MailServer) {
        let person = self.coordinator.person("Witness").await.unwrap();
        person.submit("/notices", &[("address", WITNESS), ("beds", "on")]).await.unwrap();
        let letter = mail.letter().await.unwrap();
        assert_eq!(letter.to, WITNESS);
        self.presses(&letter, "/notices/confirm").await;
    }

    /// Waits until the bed of the only printer has to be cleared.
    async fn waits_for_its_bed(&self) {
        self.shows(self.station(), Activity::Idle, Some(WaitsFor::BedClear)).await;
    }
}

/// A place whose farm sends letters, and where minutes are short.
async fn open(mail: &MailServer, clock: &WrongClock) -> Shop {
    let mut shop = Shop::closed(Opening::default()).await.unwrap();
    shop.coordinator.stop().await.unwrap();
    shop.coordinator.writes_by(mail);
    shop.coordinator.trouble().goes_by(clock);
    shop.coordinator.restart().await.unwrap();
    shop.started().await
}

#[tokio::test]
async fn a_maker_is_told_of_the_own_bed_by_letter_until_a_link_ends_that() {
    let folder = tempfile::tempdir().unwrap();
    let clock = WrongClock::new(folder.path()).unwrap();
    let mut mail = MailServer::open().await.unwrap();
    let shop = open(&mail, &clock).await;
    let before = fs::read_to_string(shop.settings()).unwrap();
    fs::write(shop.settings(), format!("{before}\n[notices]\nmail = \"{ANNE}\"\n")).unwrap();
    shop.letters_are(Letters::Unconfirmed).await;

    let confirming = mail.letter().await.unwrap();
    assert_eq!(confirming.to, ANNE);
    shop.presses(&confirming, "/letters/confirm").await;
    shop.letters_are(Letters::Confirmed).await;

    // Three times as fast, an agent still speaks often enough not to be taken for silent.
    clock.set("+0s x3").unwrap();
    shop.wants(2, &plate(3)).await;
    shop.waits_for_its_bed().await;
    let told = mail.letter().await.unwrap();
    assert_eq!(told.to, ANNE);
    let command = format!("visorfarm-agent bed-clear {}", shop.station().name);
    assert!(told.text.contains(&command), "{told:?}");
    shop.presses(&told, "/letters/end").await;
    shop.letters_are(Letters::Ended).await;

    // Long after that letter, so that no pause between two of them explains why none comes.
    clock.set("+40m x3").unwrap();
    shop.clears_bed(None).await;
    shop.has_witness(&mut mail).await;
    shop.lease(2).await;
    shop.waits_for_its_bed().await;
    let second = mail.letter().await.unwrap();
    assert_eq!(second.to, WITNESS, "the maker wants no more: {second:?}");
    shop.clears_bed(None).await;
    shop.counted(2 * PIECES).await;
    let log = shop.coordinator.log().unwrap() + &shop.log();
    assert!(!log.contains(ANNE), "an address is nobody's to read: {log}");
}

#[tokio::test]
async fn a_restart_tells_nothing_twice_by_letter() {
    let folder = tempfile::tempdir().unwrap();
    let clock = WrongClock::new(folder.path()).unwrap();
    let mut mail = MailServer::open().await.unwrap();
    let mut shop = open(&mail, &clock).await;
    let before = fs::read_to_string(shop.settings()).unwrap();
    fs::write(shop.settings(), format!("{before}\n[notices]\nmail = \"{ANNE}\"\n")).unwrap();
    let confirming = mail.letter().await.unwrap();
    shop.presses(&confirming, "/letters/confirm").await;
    shop.letters_are(Letters::Confirmed).await;
    clock.set("+0s x3").unwrap();
    shop.wants(2, &plate(3)).await;
    shop.waits_for_its_bed().await;
    assert_eq!(mail.letter().await.unwrap().to, ANNE);

    shop.coordinator.stop().await.unwrap();
    // So long after that letter that no pause between two of them explains why none comes.
    clock.set("+40m x3").unwrap();
    shop.coordinator.restart().await.unwrap();
    shop.has_witness(&mut mail).await;
    shop.waits_for_its_bed().await;
    let next = mail.letter().await.unwrap();
    assert_eq!(next.to, WITNESS, "who was told before the restart is told again: {next:?}");
}
