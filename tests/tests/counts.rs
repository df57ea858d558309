//! Everyone who counts comes to the same number: the pages, the ledger, and each OctoPrint.

use std::time::Duration;

use futures_util::future::try_join_all;
use visorfarm_tests::agent::Bed;
use visorfarm_tests::farm::{Audit, Farm, Plan};
use visorfarm_tests::gcode::plate;
use visorfarm_tests::rows::EntryKind;

/// For a machine that also compiles.
const SOON: Duration = Duration::from_mins(4);

#[tokio::test]
async fn three_printers_print_twelve_pieces_of_four_a_plate() {
    let farm = Farm::start(Plan { agents: vec![1, 1, 1], ..Plan::default() }).await.unwrap();
    farm.publish("band", &plate(2), 4).await.unwrap();
    farm.clear_beds().await.unwrap();
    let request = farm.coordinator.request("band", 12).await.unwrap();
    farm.until_counted(12, SOON).await.unwrap();

    let audit = farm.audit().await.unwrap();
    assert_eq!(audit, Audit { asked: 12, shown: 12, ledger: 12, plates: 3 });
    // The makers' word on the last plates travels once they have tapped.
    farm.until("all pieces are judged", SOON, async || {
        farm.tend().await?;
        Ok((farm.coordinator.ledger_sum(EntryKind::Good).await? == 12).then_some(()))
    })
    .await
    .unwrap();
    let printers = farm.coordinator.printers().await.unwrap();
    let shares: Vec<_> = printers.iter().map(|row| row.printed).collect();
    assert_eq!(shares, [4, 4, 4], "one printer did another's work");
    let row = farm.coordinator.requests().await.unwrap().remove(0);
    assert_eq!((row.id, row.numbers.outstanding, row.numbers.surplus), (request, 0, 0));
    farm.coordinator.check().await.unwrap();
}

#[tokio::test]
async fn eight_printers_print_thirty_requests_and_nothing_is_stuck() {
    let plan = Plan { agents: vec![3, 3, 1, 1], bed: Bed::ClearsItself, ..Plan::default() };
    let farm = Farm::start(plan).await.unwrap();
    farm.publish("band", &plate(1), 4).await.unwrap();
    farm.publish("clip", &plate(2), 3).await.unwrap();
    farm.clear_beds().await.unwrap();
    // Numbers that fill plates exactly, and others that leave some over.
    let wanted: Vec<i64> = (0..30).map(|number| 1 + number * 7 % 11).collect();
    let requests = wanted.iter().enumerate().map(|(index, pieces)| {
        let design = if index % 2 == 0 { "band" } else { "clip" };
        farm.coordinator.request(design, *pieces)
    });
    let asked: i64 = wanted.iter().sum();
    try_join_all(requests).await.unwrap();

    farm.until("every request is printed", SOON, async || {
        let rows = farm.coordinator.requests().await?;
        let done = rows.iter().filter(|row| row.numbers.wanted <= row.numbers.printed).count();
        let totals = farm.coordinator.farm().await?.totals;
        Ok((done == 30 && totals.in_flight == 0).then_some(()))
    })
    .await
    .unwrap();

    let audit = farm.audit().await.unwrap();
    assert_eq!((audit.asked, audit.shown), (asked, audit.ledger));
    let outcomes = farm.coordinator.outcomes().await.unwrap();
    assert_eq!(audit.plates, outcomes.len() as u64, "a plate was counted twice or not at all");
    assert_eq!(audit.ledger, outcomes.iter().map(|row| row.pieces).sum::<i64>());
    for row in farm.coordinator.requests().await.unwrap() {
        let plate = if row.design == "band" { 4 } else { 3 };
        let plates = (row.numbers.wanted + plate - 1) / plate;
        assert_eq!(row.numbers.printed, plates * plate, "{row:?}");
        assert_eq!(row.numbers.outstanding, 0, "{row:?}");
    }
    farm.coordinator.check().await.unwrap();
}
