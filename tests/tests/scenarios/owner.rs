//! An owner who uses OctoPrint's own page while the farm prints.

use serde_json::json;
use visorfarm_protocol::message::End;
use visorfarm_protocol::status::{Activity, WaitsFor};
use visorfarm_tests::gcode::plate;

use crate::shop::{Opening, PIECES, Shop, Verdict, path_of};

/// Longer than any scenario.
const LONG: u32 = 60;

#[tokio::test]
async fn a_cancel_that_octoprint_tells_twice_ends_the_print_once_and_offers_the_job_again() {
    let shop = Shop::open(Opening::default()).await;
    shop.wants(1, &plate(3)).await;
    let first = shop.printing(1).await;
    shop.station().job("cancel").await;

    shop.check(first, Verdict::cancelled("cancelled by admin in OctoPrint")).await;
    shop.shows(shop.station(), Activity::Idle, Some(WaitsFor::BedClear)).await;
    shop.prints_again(2).await;
    shop.counted(PIECES).await;
    assert_eq!(shop.coordinator.outcomes().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_pause_is_shown_and_a_resumed_print_is_counted() {
    let shop = Shop::open(Opening::default()).await;
    let station = shop.station();
    shop.wants(1, &plate(4)).await;
    let lease = shop.printing(1).await;
    station.pauses().await;
    shop.shows(station, Activity::Paused, None).await;
    let resume = json!({ "command": "pause", "action": "resume" });
    station.octoprint.command("/api/job", &resume).await.unwrap();

    shop.check(lease, Verdict::COMPLETED).await;
    shop.counted(PIECES).await;
}

async fn a_paused_print_that_is_disconnected_failed_once(version: &'static str) {
    let shop = Shop::open(Opening { version, ..Opening::default() }).await;
    let station = shop.station();
    shop.wants(1, &plate(LONG)).await;
    let lease = shop.printing(1).await;
    station.pauses().await;
    shop.shows(station, Activity::Paused, None).await;
    station.connection("disconnect").await;

    shop.check(lease, Verdict::failed("")).await;
    shop.shows(station, Activity::Offline, Some(WaitsFor::BedClear)).await;
    assert_eq!(shop.coordinator.outcomes().await.unwrap().len(), 1);
    shop.counted(0).await;
}

#[tokio::test]
async fn a_paused_print_that_is_disconnected_without_a_word_failed_once() {
    a_paused_print_that_is_disconnected_failed_once("1.11.8").await;
}

#[tokio::test]
async fn a_paused_print_that_is_disconnected_with_a_word_failed_once() {
    a_paused_print_that_is_disconnected_failed_once("2.0.0rc7").await;
}

#[tokio::test]
async fn a_file_cannot_be_deleted_or_replaced_under_its_print() {
    let shop = Shop::open(Opening::default()).await;
    let station = shop.station();
    shop.wants(1, &plate(4)).await;
    let lease = shop.printing(1).await;
    let path = path_of(lease);
    let (status, _) = station.octoprint.delete(&format!("/api/files/local/{path}")).await.unwrap();
    assert_eq!(status, 409);
    assert_eq!(station.replaces(lease, plate(1)).await, 409);

    shop.check(lease, Verdict::COMPLETED).await;
    shop.counted(PIECES).await;
}

#[tokio::test]
async fn a_finished_file_that_its_owner_prints_again_is_one_more_plate() {
    let shop = Shop::open(Opening::default()).await;
    let station = shop.station();
    shop.wants(1, &plate(4)).await;
    let lease = shop.lease(1).await;
    shop.check(lease, Verdict::COMPLETED).await;
    // While OctoPrint writes down that it was printed, it cannot always take the file again.
    shop.until("the file is uploaded again", async || {
        Ok((station.replaces(lease, plate(4)).await == 201).then_some(()))
    })
    .await;
    station.octoprint.print(&path_of(lease)).await.unwrap();
    shop.shows(station, Activity::Foreign, Some(WaitsFor::ForeignPrint)).await;

    shop.counted(2 * PIECES).await;
    let outcomes = shop.coordinator.outcomes().await.unwrap();
    let prints: Vec<_> = outcomes.iter().map(|row| (row.lease, row.ordinal, row.end)).collect();
    assert_eq!(prints, [(lease, 0, End::Completed), (lease, 1, End::Completed)]);
    let totals = shop.coordinator.farm().await.unwrap().totals;
    assert_eq!((totals.surplus, totals.outstanding), (PIECES.cast_unsigned(), 0));
}

#[tokio::test]
async fn the_owners_print_on_an_idle_printer_is_left_alone_and_takes_the_bed() {
    let shop = Shop::open(Opening::default()).await;
    let station = shop.station();
    shop.shows(station, Activity::Idle, None).await;
    station.octoprint.upload("own.gcode", "G4 P200\n".repeat(30)).await.unwrap();
    station.octoprint.print("own.gcode").await.unwrap();
    // Until the agent has heard of it, it may rightly ask for work, and give back what it gets.
    shop.shows(station, Activity::Foreign, Some(WaitsFor::ForeignPrint)).await;
    shop.wants(1, &plate(2)).await;

    shop.shows(station, Activity::Idle, Some(WaitsFor::BedClear)).await;
    assert_eq!(station.octoprint.prints("own.gcode").await.unwrap().success, 1);
    assert!(shop.coordinator.leases().await.unwrap().is_empty(), "work was asked for");
    shop.prints_again(1).await;
    shop.counted(PIECES).await;
}
