//! What is told again: a count that a maker corrects, and all that a restored coordinator forgot.

use visorfarm_protocol::status::{Activity, WaitsFor};
use visorfarm_tests::gcode::plate;

use crate::shop::{Opening, PIECES, Shop, Verdict};

/// Long enough to be looked at.
const LONG: u32 = 30;

#[tokio::test]
async fn a_plate_is_counted_again_while_the_next_one_prints() {
    let shop = Shop::open(Opening::default()).await;
    shop.wants(2, &plate(LONG)).await;
    let first = shop.lease(1).await;
    shop.check(first, Verdict::COMPLETED).await;
    shop.clears_bed(None).await;
    shop.printing(2).await;

    let early = shop.agent.command(&["bed-clear", "--good", "3"]).await.unwrap();
    let said = String::from_utf8_lossy(&early.stderr);
    assert!(!early.status.success() && said.contains("recount"), "{said}");
    shop.agent.recount(3).await.unwrap();
    shop.until("the farm has the new count", async || {
        let totals = shop.coordinator.farm().await?.totals;
        Ok(((totals.good, totals.bad) == (3, 1)).then_some(()))
    })
    .await;
    shop.shows(shop.station(), Activity::Printing, None).await;
    shop.coordinator.check().await.unwrap();
}

#[tokio::test]
async fn a_farm_that_is_restored_in_mid_print_knows_what_prints() {
    let mut shop = Shop::open(Opening::default()).await;
    shop.wants(1, &plate(LONG)).await;
    // The copy knows of the request; whether it knows of the lease is all one.
    let copy = shop.coordinator.backup().await.unwrap();
    let lease = shop.printing(1).await;
    shop.coordinator.kill().await.unwrap();
    shop.coordinator.restore(&copy).await.unwrap();
    shop.coordinator.restart().await.unwrap();

    shop.until("the plate is in flight", async || {
        let totals = shop.coordinator.farm().await?.totals;
        Ok((totals.in_flight == PIECES.cast_unsigned()).then_some(()))
    })
    .await;
    assert_eq!(shop.coordinator.farm().await.unwrap().totals.outstanding, 0, "offered again");
    shop.check(lease, Verdict::COMPLETED).await;
    shop.shows(shop.station(), Activity::Idle, Some(WaitsFor::BedClear)).await;
    shop.counted(PIECES).await;
}
