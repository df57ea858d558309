//! How a maker joins: an invite, the address of OctoPrint, one click on "Allow".

use std::fs;

use visorfarm_protocol::status::{Activity, WaitsFor};
use visorfarm_tests::gcode::plate;

use crate::shop::{PIECES, Shop, Verdict};

#[tokio::test]
async fn a_maker_with_an_invite_and_an_address_clicks_allow_and_prints() {
    let (mut shop, said) = Shop::joined("Ender-3").await.unwrap();
    assert!(said.contains("click Allow"), "{said}");
    assert!(said.contains("Taking the printer profile ender3"), "{said}");
    assert!(said.contains("To take another, change the line `profile` in"), "{said}");
    let settings = fs::read_to_string(shop.settings()).unwrap();
    assert!(settings.contains("profile = \"ender3\""), "{settings}");

    shop.agent.start().await.unwrap();
    shop.shows(shop.station(), Activity::Idle, Some(WaitsFor::BedClear)).await;
    shop.agent.bed_clear("printer", None).await.unwrap();
    shop.wants(1, &plate(2)).await;
    let lease = shop.lease(1).await;
    shop.check(lease, Verdict::COMPLETED).await;
    shop.counted(PIECES).await;
}

#[tokio::test]
async fn a_printer_that_no_profile_is_known_for_gets_the_generic_one() {
    let (shop, said) = Shop::joined("my own machine").await.unwrap();
    assert!(said.contains("Taking the printer profile generic"), "{said}");
    assert!(said.contains("my own machine"), "{said}");
    let settings = fs::read_to_string(shop.settings()).unwrap();
    assert!(settings.contains("profile = \"generic\""), "{settings}");
}
