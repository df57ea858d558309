//! An OctoPrint that ends and comes back: it remembers nothing of a print that ran.

use visorfarm_protocol::status::{Activity, WaitsFor};
use visorfarm_tests::gcode::plate;

use crate::shop::{Opening, PIECES, Shop, UNKNOWN, Verdict};

/// Longer than any scenario.
const LONG: u32 = 60;

#[tokio::test]
async fn an_octoprint_killed_or_stopped_in_mid_print_leaves_the_end_to_a_person() {
    let mut shop = Shop::open(Opening::default()).await;
    shop.wants(2, &plate(LONG)).await;
    let killed = shop.printing(1).await;
    shop.stations[0].octoprint.kill().await.unwrap();
    shop.stations[0].octoprint.restart().await.unwrap();
    shop.shows(shop.station(), Activity::Unknown, Some(WaitsFor::Look)).await;
    shop.check(killed, UNKNOWN).await;
    assert_eq!(shop.coordinator.farm().await.unwrap().totals.in_flight, 4, "it may have printed");

    let unsaid = shop.agent.command(&["bed-clear", "printer-1"]).await.unwrap();
    let said = String::from_utf8_lossy(&unsaid.stderr);
    assert!(!unsaid.status.success() && said.contains("--good"), "{said}");
    shop.clears_bed(Some(0)).await;
    shop.check(killed, Verdict { lease: ("ended", "failed"), ..UNKNOWN }).await;

    let stopped = shop.printing(2).await;
    shop.stations[0].octoprint.restart().await.unwrap();
    shop.shows(shop.station(), Activity::Unknown, Some(WaitsFor::Look)).await;
    // It had printed to its end, for all that the person can see.
    shop.clears_bed(Some(3)).await;
    shop.check(stopped, Verdict { lease: ("ended", "completed"), counted: PIECES, ..UNKNOWN })
        .await;
    let totals = shop.coordinator.farm().await.unwrap().totals;
    assert_eq!((totals.printed, totals.good, totals.bad), (4, 3, 1));
    // Of the eight pieces, one turned out bad and four were lost with the first plate.
    assert_eq!(shop.printing(3).await.number, stopped.number + 1);
    shop.coordinator.check().await.unwrap();
}

#[tokio::test]
async fn an_octoprint_that_restarts_while_idle_is_waited_for() {
    let mut shop = Shop::open(Opening::default()).await;
    shop.shows(shop.station(), Activity::Idle, None).await;
    for _ in 0..2 {
        shop.stations[0].octoprint.stop().await.unwrap();
        shop.shows(shop.station(), Activity::Offline, Some(WaitsFor::Printer)).await;
        // The first second of its answers is no HTTP.
        shop.stations[0].octoprint.restart_unready().await.unwrap();
        shop.shows(shop.station(), Activity::Idle, None).await;
    }
    shop.wants(1, &plate(2)).await;
    let lease = shop.lease(1).await;
    shop.check(lease, Verdict::COMPLETED).await;
    shop.counted(PIECES).await;
}

#[tokio::test]
async fn an_octoprint_that_restarts_unseen_leaves_the_bed_to_a_person() {
    let mut shop = Shop::open(Opening::default()).await;
    shop.shows(shop.station(), Activity::Idle, None).await;
    shop.agent.kill().await.unwrap();
    shop.agent.start().await.unwrap();
    shop.shows(shop.station(), Activity::Idle, None).await;

    shop.agent.kill().await.unwrap();
    let octoprint = &mut shop.stations[0].octoprint;
    octoprint.upload("own.gcode", plate(LONG)).await.unwrap();
    octoprint.print("own.gcode").await.unwrap();
    // It leaves no trace of a print that it dies under.
    octoprint.kill().await.unwrap();
    octoprint.restart().await.unwrap();
    shop.agent.start().await.unwrap();
    shop.wants(1, &plate(2)).await;
    shop.shows(shop.station(), Activity::Idle, Some(WaitsFor::BedClear)).await;
    assert!(shop.coordinator.leases().await.unwrap().is_empty(), "work was asked for");
    shop.prints_again(1).await;
    shop.counted(PIECES).await;
}
