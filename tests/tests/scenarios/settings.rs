//! One agent with two printers, and settings that change while they print.

use std::fs;

use visorfarm_protocol::status::{Activity, WaitsFor};
use visorfarm_tests::gcode::plate;

use crate::shop::{Opening, PIECES, Shop, UNKNOWN, Verdict};

#[tokio::test]
async fn a_printer_whose_octoprint_dies_does_not_disturb_its_neighbour() {
    let mut shop = Shop::open(Opening { printers: 2, ..Opening::default() }).await;
    shop.wants(2, &plate(6)).await;
    for station in &shop.stations {
        shop.shows(station, Activity::Printing, None).await;
    }
    let leases = shop.coordinator.leases().await.unwrap();
    let of = |printer: &str| {
        leases.iter().find(|row| row.printer.as_str() == printer).map(|row| row.id).unwrap()
    };
    let (kept, lost) = (of("printer-1"), of("printer-2"));
    shop.stations[1].octoprint.kill().await.unwrap();

    shop.check(kept, Verdict::COMPLETED).await;
    shop.stations[1].octoprint.restart().await.unwrap();
    shop.shows(&shop.stations[1], Activity::Unknown, Some(WaitsFor::Look)).await;
    shop.shows(&shop.stations[0], Activity::Idle, Some(WaitsFor::BedClear)).await;
    shop.agent.bed_clear("printer-2", Some(0)).await.unwrap();
    shop.check(lost, Verdict { lease: ("ended", "failed"), ..UNKNOWN }).await;
    // It is clear again, and prints what it lost.
    let again = shop.lease(3).await;
    shop.check(again, Verdict::COMPLETED).await;
    shop.counted(2 * PIECES).await;
}

#[tokio::test]
async fn settings_are_changed_and_broken_in_mid_print_without_losing_it() {
    let shop = Shop::open(Opening::default()).await;
    shop.wants(2, &plate(6)).await;
    let first = shop.printing(1).await;
    let settings = fs::read_to_string(shop.settings()).unwrap();

    let broken = format!("{settings}\nbed = sometimes\n");
    let line = broken.trim_end().lines().count();
    fs::write(shop.settings(), broken).unwrap();
    let said = shop
        .until("the maker is told what is wrong", async || {
            Ok(shop.agent.status().await?.config_error)
        })
        .await;
    assert!(said.contains(&format!("line {line}")), "{said}");
    assert!(shop.log().contains(&format!("line {line}")), "the log does not say it");
    shop.tells("that it prints on", |status| status.lease == Some(first)).await;

    let changed = settings.replace("bed = \"ask\"", "bed = \"clears-itself\"\ntitle = \"attic\"");
    assert_ne!(changed, settings);
    fs::write(shop.settings(), changed).unwrap();
    shop.until("the farm knows the new name", async || {
        let rows = shop.coordinator.printers().await?;
        Ok(rows.iter().any(|row| row.title == "attic").then_some(()))
    })
    .await;
    assert_eq!(shop.agent.status().await.unwrap().config_error, None);
    shop.tells("that it still prints", |status| status.lease == Some(first)).await;

    shop.check(first, Verdict::COMPLETED).await;
    // The bed clears itself from now on: nobody is waited for.
    let second = shop.lease(2).await;
    shop.check(second, Verdict::COMPLETED).await;
    shop.counted(2 * PIECES).await;
}
