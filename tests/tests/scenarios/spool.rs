//! A maker who says what is on the spool.

use visorfarm_protocol::status::PrinterStatus;
use visorfarm_tests::gcode::plate;

use crate::shop::{Opening, PIECES, Shop, Verdict};

impl Shop {
    /// Waits until maker and farm both see that so much is left.
    async fn has_left(&self, grams: u32) {
        let told = |status: &PrinterStatus| status.filament_left_grams == Some(grams);
        self.tells(&format!("that {grams} g are left"), told).await;
        self.until(&format!("the farm sees that {grams} g are left"), async || {
            let rows = self.coordinator.printers().await?;
            Ok((rows[0].filament_left_grams == Some(grams)).then_some(()))
        })
        .await;
    }
}

#[tokio::test]
async fn prints_use_up_the_spool_and_one_that_needs_more_than_is_left_waits_for_another() {
    let mut shop = Shop::open(Opening::default()).await;
    let name = shop.station().name.clone();
    shop.agent.spool(50).await.unwrap();
    shop.wants(2, &format!("; total filament used [g] = 30\n{}", plate(2))).await;
    let first = shop.lease(1).await;
    shop.check(first, Verdict::COMPLETED).await;
    shop.has_left(20).await;

    shop.agent.bed_clear(&name, None).await.unwrap();
    shop.agent.kill().await.unwrap();
    shop.agent.start().await.unwrap();
    shop.has_left(20).await;
    assert_eq!(shop.agent.report(&name).await.unwrap().short_of_grams, Some(30));

    shop.agent.spool(500).await.unwrap();
    // Nothing was given, and given back, in between.
    let second = shop.lease(2).await;
    shop.check(second, Verdict::COMPLETED).await;
    shop.has_left(470).await;
    shop.counted(2 * PIECES).await;
}
