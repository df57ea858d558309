//! What can happen between the upload of a file and its start.

use futures_util::future::join_all;
use visorfarm_protocol::status::{Activity, PrinterStatus, WaitsFor};
use visorfarm_tests::gcode::plate;

use crate::shop::{Opening, PIECES, Shop, UNKNOWN, Verdict, path_of};

/// A print of two seconds that is not the farm's.
fn own() -> String {
    "G4 P200\n".repeat(10)
}

#[tokio::test]
async fn a_foreign_print_before_the_start_gets_the_lease_given_back() {
    let shop = Shop::open(Opening::default()).await;
    let station = shop.station();
    station.door.hold();
    shop.wants(1, &plate(2)).await;
    let path = station.door.ordered(1).await.unwrap();
    let lease = shop.lease(1).await;
    assert_eq!(path, path_of(lease));
    station.octoprint.upload("own.gcode", own()).await.unwrap();
    station.octoprint.print("own.gcode").await.unwrap();
    station.door.release();

    shop.check(lease, Verdict::returned("")).await;
    assert_eq!(station.octoprint.prints(&path).await.unwrap().success, 0);
    // What the owner printed stands on the bed: nothing starts before somebody has cleared it.
    shop.shows(station, Activity::Idle, Some(WaitsFor::BedClear)).await;
    shop.tended(PIECES).await;
    assert_eq!(station.octoprint.successes().await.unwrap(), 2, "the owner's print and ours");
}

#[tokio::test]
async fn a_printer_gone_before_the_start_gets_the_lease_given_back_and_its_bed_looked_at() {
    let shop = Shop::open(Opening::default()).await;
    let station = shop.station();
    station.door.hold();
    shop.wants(1, &plate(2)).await;
    station.door.ordered(1).await.unwrap();
    let lease = shop.lease(1).await;
    station.connection("disconnect").await;
    station.door.release();

    shop.check(lease, Verdict::returned("")).await;
    // OctoPrint says "already printing" of a printer that is gone, too: nobody knows what stood in the way.
    shop.shows(station, Activity::Offline, Some(WaitsFor::BedClear)).await;
    station.reconnect().await;
    shop.clears_bed(None).await;
    let lease = shop.lease(2).await;
    shop.check(lease, Verdict::COMPLETED).await;
    shop.counted(PIECES).await;
}

#[tokio::test]
async fn an_octoprint_that_dies_with_the_order_leaves_it_to_a_person() {
    let mut shop = Shop::open(Opening::default()).await;
    shop.station().door.hold();
    shop.wants(1, &plate(2)).await;
    shop.station().door.ordered(1).await.unwrap();
    let lease = shop.lease(1).await;
    shop.stations[0].octoprint.kill().await.unwrap();
    shop.station().door.release();
    shop.stations[0].octoprint.restart().await.unwrap();

    shop.shows(shop.station(), Activity::Unknown, Some(WaitsFor::Look)).await;
    assert_eq!(shop.coordinator.farm().await.unwrap().totals.printed, 0);
    shop.clears_bed(Some(0)).await;
    let seen = Verdict { lease: ("ended", "failed"), note: "seen by a person", ..UNKNOWN };
    shop.check(lease, seen).await;
    let lease = shop.lease(2).await;
    shop.check(lease, Verdict::COMPLETED).await;
    shop.counted(PIECES).await;
}

#[tokio::test]
async fn a_frozen_octoprint_that_starts_late_is_watched_to_the_end() {
    let shop = Shop::open(Opening::default()).await;
    let station = shop.station();
    station.door.hold();
    shop.wants(1, &plate(4)).await;
    station.door.ordered(1).await.unwrap();
    let lease = shop.lease(1).await;
    station.octoprint.pause_process().unwrap();
    station.door.release();
    shop.until("the agent gives up waiting for an answer", async || {
        Ok(shop.log().contains("did not say whether it prints").then_some(()))
    })
    .await;
    station.octoprint.resume_process().unwrap();

    shop.check(lease, Verdict::COMPLETED).await;
    shop.counted(PIECES).await;
    assert_eq!(station.octoprint.successes().await.unwrap(), 1);
}

#[tokio::test]
async fn starts_of_nothing_by_hand_do_no_harm() {
    let shop = Shop::open(Opening::default()).await;
    let station = shop.station();
    station.job("start").await;
    station.door.hold();
    shop.wants(1, &plate(2)).await;
    station.door.ordered(1).await.unwrap();
    let lease = shop.lease(1).await;
    // Our file is stored and not selected: OctoPrint says yes and starts nothing.
    station.job("start").await;
    assert_eq!(station.state().await, "Operational");
    station.door.release();

    shop.check(lease, Verdict::COMPLETED).await;
    shop.counted(PIECES).await;
    assert_eq!(station.octoprint.successes().await.unwrap(), 1);
}

#[tokio::test]
async fn a_file_deleted_before_the_start_gets_the_lease_given_back() {
    let shop = Shop::open(Opening::default()).await;
    let station = shop.station();
    station.door.hold();
    shop.wants(1, &plate(2)).await;
    let path = station.door.ordered(1).await.unwrap();
    let lease = shop.lease(1).await;
    let (status, answer) =
        station.octoprint.delete(&format!("/api/files/local/{path}")).await.unwrap();
    assert_eq!(status, 204, "{answer}");
    station.door.release();

    shop.check(lease, Verdict::returned("")).await;
    let lease = shop.lease(2).await;
    shop.check(lease, Verdict::COMPLETED).await;
    shop.counted(PIECES).await;
}

#[tokio::test]
async fn four_uploads_that_print_at_once_beside_our_start_are_never_counted_as_ours() {
    let shop = Shop::open(Opening::default()).await;
    let station = shop.station();
    station.door.hold();
    shop.wants(3, &plate(1)).await;
    for round in 0..3 {
        let orders = station.door.orders();
        if 0 < round {
            station.door.hold();
            shop.tends().await;
        }
        station.door.ordered(orders + 1).await.unwrap();
        let uploads = (0..4)
            .map(|number| station.uploads_and_prints(format!("own-{round}-{number}.gcode"), own()));
        tokio::join!(join_all(uploads), async { station.door.release() });
        let over = |status: &PrinterStatus| {
            (status.lease, status.waits_for.is_some_and(is_for_the_maker)) == (None, true)
        };
        shop.tells("that one print ended", over).await;
    }
    shop.tended(3 * PIECES).await;

    let mut completed = 0;
    for lease in shop.coordinator.leases().await.unwrap() {
        let printed = station.octoprint.prints(&path_of(lease.id)).await.unwrap().success;
        completed += printed;
        let verdict = match (lease.state.as_str(), printed) {
            ("ended", 1) => Verdict::COMPLETED,
            // OctoPrint began it and lost it to another file: somebody had to look.
            ("ended", _) => Verdict { lease: ("ended", "failed"), ..UNKNOWN },
            _ => Verdict::returned(""),
        };
        shop.check(lease.id, verdict).await;
    }
    assert_eq!(completed, 3);
}

fn is_for_the_maker(reason: WaitsFor) -> bool {
    matches!(reason, WaitsFor::BedClear | WaitsFor::Look)
}
