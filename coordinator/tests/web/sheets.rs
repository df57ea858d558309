//! Sheets say what the page says that links to them.

use visorfarm_coordinator::dispatch::Event;
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::status::{Bed, BedCare, Consent, PrinterCard};

use crate::site::{Site, card, idle};

/// Returns the lines of a sheet that a page links to, each without the mark in front of the first.
async fn linked(site: &Site, page: &str, sheet: &str) -> Vec<String> {
    let shown = site.get(&site.reader, page).await.text();
    let (_, rest) =
        shown.split_once(&format!("href=\"{sheet}")).unwrap_or_else(|| panic!("{shown}"));
    let rest = rest.split('"').next().unwrap().replace("&#38;", "&");
    let got = site.get(&site.reader, &format!("{sheet}{rest}")).await;
    assert_eq!(got.status, 200, "{sheet}{rest}");
    got.text().trim_start_matches('\u{feff}').lines().map(str::to_owned).collect()
}

fn agrees(title: &str, name: &str, consent: Consent) -> PrinterCard {
    PrinterCard { consent: Some(consent), ..card(name, title) }
}

#[tokio::test]
async fn the_sheet_of_a_filtered_list_is_that_list_in_that_order() {
    let site = Site::new();
    site.hello(&[("a", "Loft"), ("b", "Barn"), ("c", "Loft 2")]).await;
    site.put(Event::Settle).await;
    let titles = async |page: &str| {
        let lines = linked(&site, page, "/sheets/printers.csv").await;
        let title = |line: &String| line.split('"').nth(1).unwrap().to_owned();
        lines[1..].iter().map(title).collect::<Vec<_>>()
    };
    assert_eq!(titles("/printers?sort=name").await, ["Barn", "Loft", "Loft 2"]);
    assert_eq!(titles("/printers?q=loft&sort=name&per=1&page=2").await, ["Loft", "Loft 2"]);
    assert_eq!(titles("/printers?state=working").await, [""; 0]);
    let xlsx = site.get(&site.reader, "/sheets/printers.xlsx?state=working").await;
    assert_eq!(xlsx.status, 200);
}

#[tokio::test]
async fn the_sheet_of_makers_tells_what_they_agree_to_and_when_they_were_heard() {
    let site = Site::new();
    let consent = Consent {
        materials: vec!["PETG".to_owned(), "PLA".to_owned()],
        seconds_max: Some(7_200),
        bed: BedCare::ClearsItself,
        ..Consent::default()
    };
    let other = Consent { hours: vec!["08:00-22:00".to_owned()], ..consent.clone() };
    site.hello_with(vec![agrees("Attic, left", "a", consent), agrees("Barn", "b", other)]).await;
    site.status(idle("a", Bed::Clear)).await;
    let lines = linked(&site, "/makers", "/sheets/makers.csv").await;
    assert!(lines[0].starts_with("\"Maker\",\"Printers\",\"heard (UTC)\",\"printed plates\""));
    assert_eq!(lines.len(), 2, "{lines:?}");
    let row = &lines[1];
    assert!(row.starts_with("\"attic\",\"Attic, left; Barn\",20"), "{row}");
    let agreed = "\"Attic, left: at any hour; Barn: 08:00-22:00\",\"2 h 00\",\"PETG; PLA\",\"clears itself\",\"no pictures\"";
    assert!(row.ends_with(agreed), "{row}");
    assert_eq!(linked(&site, "/makers?q=barn", "/sheets/makers.csv").await.len(), 2);
    assert_eq!(linked(&site, "/makers?q=zanzibar", "/sheets/makers.csv").await.len(), 1);
}

#[tokio::test]
async fn the_sheet_of_designs_has_every_file_also_of_what_was_never_printed() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    site.publish("clip", Digest([8; 32]), 9).await;
    let lines = linked(&site, "/designs", "/sheets/revisions.csv").await;
    let head = "\"Design\",\"Revision\",\"How far it is proven\",\"When (UTC)\",\"Printer profile\",\"Pieces\",\"Material\",\"One plate (s)\",\"One plate (g)\",\"Notes\",\"printed plates\"";
    assert!(lines[0].starts_with(head), "{}", lines[0]);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[1].starts_with("\"clip\",\"r1\",\"validated\",20"), "{}", lines[1]);
    assert!(lines[1].contains("\"workshop\",9,\"PETG\",5400,38,\"No brim.\",0,"), "{}", lines[1]);
    assert_eq!(linked(&site, "/designs?q=clip", "/sheets/revisions.csv").await.len(), 2);
}

#[tokio::test]
async fn what_was_done_to_a_revision_is_said_beside_it_and_nothing_that_was_not() {
    let site = Site::new();
    site.publish("visor", Digest([7; 32]), 4).await;
    let moved = site.form(&site.dispatcher, "/designs/visor/r1/channel", "channel=clinical").await;
    let place = moved.headers["location"].to_str().unwrap();
    assert_eq!(place, "/designs?of=visor/r1&done=clinical#visor-r1");
    let said = async |place: &str| {
        let text = site.get(&site.reader, place).await.text();
        text.contains("Done: it is clinical now")
    };
    assert!(said("/designs?of=visor/r1&done=clinical").await);
    assert!(!said("/designs?of=visor/r1&done=validated").await, "an address says what it likes");
    assert!(!said("/designs").await);
}
