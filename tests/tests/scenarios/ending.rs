//! The end of a print: OctoPrint says done while the last moves are still in the printer.

use visorfarm_protocol::status::{Activity, WaitsFor};

use crate::shop::{Opening, PIECES, Shop, Verdict};

/// A plate whose last moves, slow ones, are in the printer's queue when OctoPrint has sent all of
/// it. The virtual printer moves ten times as fast as it is told: this one takes about four
/// seconds after its last line.
const SLOW_END: &str = "\
; estimated printing time (normal mode) = 60s
G28
G90
G1 X10 Y10 Z10 F3000
G4 P200
G1 X30 F120
G1 X50
G1 X70
G1 X90
";

#[tokio::test]
async fn a_done_print_is_counted_only_when_its_last_moves_are_made() {
    let shop = Shop::open(Opening::default()).await;
    let station = shop.station();
    shop.wants(1, SLOW_END).await;
    let lease = shop.lease(1).await;
    shop.shows(station, Activity::Finishing, None).await;
    assert_eq!(station.state().await, "Finishing");
    let totals = shop.coordinator.farm().await.unwrap().totals;
    assert_eq!((totals.printed, totals.in_flight), (0, 4), "counted before its end");

    shop.check(lease, Verdict::COMPLETED).await;
    assert_eq!(station.state().await, "Operational");
    shop.counted(PIECES).await;
}

#[tokio::test]
async fn a_print_cancelled_in_its_last_moves_is_not_counted() {
    let shop = Shop::open(Opening::default()).await;
    let station = shop.station();
    shop.wants(1, SLOW_END).await;
    let lease = shop.lease(1).await;
    shop.shows(station, Activity::Finishing, None).await;
    station.job("cancel").await;

    shop.check(
        lease,
        Verdict::cancelled("cancelled by admin in OctoPrint while its last moves ran"),
    )
    .await;
    let outcomes = shop.coordinator.outcomes().await.unwrap();
    assert_eq!(outcomes.len(), 1, "{outcomes:?}");
    // OctoPrint's own history says both of the one print.
    let prints = station.octoprint.prints(&crate::shop::path_of(lease)).await.unwrap();
    assert_eq!((prints.success, prints.failure), (1, 1));
    shop.shows(station, Activity::Idle, Some(WaitsFor::BedClear)).await;
    shop.counted(0).await;
}
