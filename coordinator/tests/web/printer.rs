//! A printer's page: its G-code and what happened to it.

use axum::body::Body;
use axum::http::Method;
use visorfarm_coordinator::dispatch::{Channel, Event, Publication, Slice};
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{End, Fact, Numbered, Plate, Return, Up};
use visorfarm_protocol::status::{Consent, PrinterCard};

use crate::site::{GCODE, Site, bearer, card};

/// The most that a page may weigh as it goes over the wire.
const PAGE_BYTES_MAX: usize = 60_000;

async fn shown(site: &Site, query: &str, language: &str) -> String {
    let path = format!("/printers/{}/one{query}", site.agent);
    let request = bearer(Method::GET, &path, &site.reader);
    let request = request.header("accept-language", language);
    let got = site.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(got.status, 200, "{got:?}");
    got.text()
}

/// Returns the part of a page between a heading and the next.
fn part<'a>(page: &'a str, heading: &str) -> &'a str {
    let heading = format!("<h2>{heading}</h2>");
    let (_, rest) = page.split_once(&heading).unwrap_or_else(|| panic!("no {heading}: {page}"));
    rest.split("<h2>").next().unwrap()
}

fn slice(digest: Digest, material: &str, seconds: u32) -> Slice {
    Slice {
        digest,
        bytes: GCODE.len() as u64,
        pieces: 4,
        material: Some(material.to_owned()),
        expected_seconds: Some(seconds),
        filament_grams: Some(38),
        notes: String::new(),
    }
}

async fn publish(site: &Site, revision: &str, profile: &str, slice: Slice) {
    let slices = vec![(profile.parse().unwrap(), slice)];
    let slices = Publication { channel: Channel::Validated, at: site.now(), slices };
    let (design, revision) = ("visor".parse().unwrap(), revision.parse().unwrap());
    site.put(Event::Published { design, revision, slices }).await;
}

fn with(profile: &str, consent: Consent) -> PrinterCard {
    let profile = profile.parse().unwrap();
    PrinterCard { profile, consent: Some(consent), ..card("one", "Attic") }
}

#[tokio::test]
async fn its_gcode_stands_there_with_what_speaks_against_it_and_why_it_is_not_given() {
    let site = Site::new();
    let digest = Digest([7; 32]);
    std::fs::write(site.state.gcode.join(digest.to_string()), GCODE).unwrap();
    publish(&site, "r1", "ender3", slice(digest, "PETG", 3_600)).await;
    publish(&site, "r2", "ender3", slice(digest, "PLA", 3_600)).await;
    publish(&site, "r3", "ender3", slice(digest, "PETG", 7_201)).await;
    publish(&site, "r4", "mk3s", slice(digest, "PETG", 3_600)).await;
    publish(&site, "r5", "ender3", slice(Digest([8; 32]), "PETG", 3_600)).await;
    publish(&site, "r6", "ender3", slice(digest, "PETG", 3_600)).await;
    let (design, revision) = ("visor".parse().unwrap(), "r6".parse().unwrap());
    site.put(Event::RevisionWithdrawn { design, revision, why: "breaks".to_owned() }).await;
    let (materials, seconds_max) = (vec!["PETG".to_owned()], Some(7_200));
    let consent = Consent { materials, seconds_max, ..Consent::default() };
    site.hello_with(vec![with("ender3", consent)]).await;
    site.put(Event::Settle).await;
    let page = shown(&site, "", "en").await;
    let part = part(&page, "G-code for this printer");
    let one = |revision: &str| {
        let name = format!(">visor {revision}</a>");
        let (_, rest) = part.split_once(&name).unwrap_or_else(|| panic!("no {revision}: {part}"));
        rest.split("<h3>").next().unwrap()
    };
    assert!(one("r1").contains("may print here") && one("r1").contains("asks its owner"), "{part}");
    assert!(one("r2").contains("It needs PLA, which is not loaded."), "{part}");
    assert!(one("r3").contains("longer than the 2 h 00 that its maker allows"), "{part}");
    assert!(one("r5").contains("gone from the coordinator"), "{part}");
    assert!(!part.contains("visor r4") && !part.contains("visor r6"), "{part}");
    let french = shown(&site, "", "fr").await;
    assert!(french.contains("Il demande PLA, qui n’est pas chargé."), "{french}");
}

async fn tell(site: &Site, seq: u64, fact: Fact) {
    let printer = "one".parse().unwrap();
    site.say(Up::Facts { printer, facts: vec![Numbered { seq, fact }], teller: None }).await;
}

fn plate(site: &Site) -> Plate {
    let board = site.state.brain.board();
    let held = board.printers[0].plate.as_ref().unwrap();
    Plate {
        request: held.request.unwrap(),
        job: held.job.unwrap(),
        design: held.design.clone(),
        revision: held.revision.clone(),
        profile: held.profile.clone(),
        digest: held.digest,
        pieces: held.pieces,
    }
}

/// Waits for the next millisecond: what happens within one stands in the order of a single plate.
async fn later(site: &Site) {
    let before = site.now();
    while site.now() == before {
        tokio::task::yield_now().await;
    }
}

/// Lets the printer ask, take what it is given, and print it to this end.
async fn prints(site: &Site, ask: u64, end: End, note: &str) -> LeaseId {
    later(site).await;
    let lease = site.ask("one", ask).await.unwrap();
    let plate = plate(site);
    tell(site, 10 * ask, Fact::Accepted { lease }).await;
    tell(site, 10 * ask + 1, Fact::Started { lease, plate: Some(plate.clone()) }).await;
    let (ordinal, seconds, note) = (0, Some(5_400), note.to_owned());
    tell(site, 10 * ask + 2, Fact::Ended { lease, ordinal, end, plate, seconds, note }).await;
    lease
}

#[tokio::test]
async fn what_happened_is_told_newest_first_in_the_readers_language() {
    let site = Site::that_wants(400).await;
    site.put(Event::Settle).await;
    assert!(shown(&site, "", "en").await.contains("Nothing has happened yet."));
    let lease = prints(&site, 1, End::Completed, "").await;
    for (seq, good) in [(20, 3), (21, 4)] {
        tell(&site, seq, Fact::Judged { lease, ordinal: 0, good, bad: 4 - good }).await;
    }
    prints(&site, 3, End::Failed, "the belt <b>slipped</b>").await;
    later(&site).await;
    let lease = site.ask("one", 4).await.unwrap();
    let (why, note) = (Return::Filament, String::new());
    tell(&site, 40, Fact::Returned { lease, why, note }).await;
    let memo = format!("/makers/agents/{}/memos", site.agent);
    assert_eq!(site.form(&site.dispatcher, &memo, "text=Thank+you").await.status, 303);
    let page = shown(&site, "", "en").await;
    let mut rest = part(&page, "What happened");
    for line in [
        "message to its maker",
        "Thank you",
        "given back: not enough filament",
        "plate given to it",
        "print failed · 1\u{a0}h\u{a0}30",
        "4 × visor r1",
        "/requests/1",
        "the belt &#60;b&#62;slipped",
        "print started",
        "being prepared",
        "counted again: 4\u{a0}good",
        "looked at: 3\u{a0}good, 1\u{a0}bad",
        "printed · 1\u{a0}h\u{a0}30",
    ] {
        (_, rest) = rest.split_once(line).unwrap_or_else(|| panic!("no {line}: {rest}"));
    }
    let page = shown(&site, "", "fr").await;
    let log = part(&page, "Ce qui s’est passé");
    assert!(
        log.contains("rendue\u{a0}: pas assez de filament") && log.contains("impression ratée")
    );
}

/// Returns the lines of a sheet that the printer's page links to, each from its second cell on.
async fn sheet(site: &Site, name: &str) -> Vec<String> {
    let page = shown(site, "", "en").await;
    let path = format!("/sheets/printers/{}/one/{name}", site.agent);
    for form in ["csv", "xlsx"] {
        let link = format!("href=\"{path}.{form}\"");
        assert!(page.contains(&link), "no {link}: {page}");
        assert_eq!(site.get(&site.reader, &format!("{path}.{form}")).await.status, 200);
    }
    let got = site.get(&site.reader, &format!("{path}.csv")).await;
    let saved = format!("attachment; filename=\"lyon-one-{name}.csv\"");
    assert_eq!(got.headers["content-disposition"], saved);
    let text = got.text();
    let beyond_first = |line: &str| line.split_once(',').unwrap().1.to_owned();
    text.lines().map(beyond_first).collect()
}

#[tokio::test]
async fn what_happened_is_a_sheet_too_and_so_are_its_plates() {
    let site = Site::that_wants(400).await;
    let lease = prints(&site, 1, End::Completed, "").await;
    tell(&site, 20, Fact::Judged { lease, ordinal: 0, good: 3, bad: 1 }).await;
    prints(&site, 3, End::Failed, "the belt \"slipped\"").await;
    let log = sheet(&site, "log").await;
    let visor = r#""visor","r1",4,1"#;
    assert_eq!(log.len(), 10, "{log:?}");
    assert!(log[0].starts_with(r#""What","Design","Revision","Pieces","Request","good""#));
    let failed =
        format!("\"print failed · 1\u{a0}h\u{a0}30\",{visor},,,5400,\"the belt \"\"slipped\"\"\"");
    assert_eq!(log[1], failed);
    let looked = format!("\"looked at: 3\u{a0}good, 1\u{a0}bad\",{visor},3,1,,\"\"");
    assert_eq!(log[5], looked);
    let plates = sheet(&site, "plates").await;
    assert_eq!(plates.len(), 3, "{plates:?}");
    assert!(plates[1].contains(r#","attic","Attic",1,"visor""#), "{plates:?}");
    let request = site.get(&site.reader, "/requests/1").await.text();
    assert!(request.contains("href=\"/sheets/requests/1/plates.csv\""), "{request}");
    let of_request = site.get(&site.reader, "/sheets/requests/1/plates.csv").await.text();
    assert_eq!(of_request.lines().count(), 3, "{of_request}");
    assert_eq!(site.get(&site.reader, "/sheets/requests/2/plates.csv").await.status, 404);
    let nobody = site.get(&site.reader, "/sheets/printers/nobody/one/log.csv").await;
    assert_eq!(nobody.status, 404);
    let no_sheet = format!("/sheets/printers/{}/one/secrets.csv", site.agent);
    assert_eq!(site.get(&site.reader, &no_sheet).await.status, 404);
}

#[tokio::test]
async fn what_speaks_against_its_gcode_is_a_sheet_too() {
    let site = Site::new();
    let digest = Digest([7; 32]);
    std::fs::write(site.state.gcode.join(digest.to_string()), GCODE).unwrap();
    publish(&site, "r1", "ender3", slice(digest, "PETG", 3_600)).await;
    publish(&site, "r2", "ender3", slice(Digest([8; 32]), "PLA", 3_600)).await;
    let consent = Consent { materials: vec!["PETG".to_owned()], ..Consent::default() };
    site.hello_with(vec![with("ender3", consent)]).await;
    site.put(Event::Settle).await;
    let lines = sheet(&site, "gcode").await;
    let found = r#""r1","validated",4,"PETG",3600,38,"may print here",,"asks its owner","#;
    assert!(lines.iter().any(|line| line.starts_with(found)), "{lines:?}");
    let gone = r#""r2","validated",4,"PLA",3600,38,"not given to it","It needs PLA, which is not loaded.",,"Its file is gone from the coordinator.""#;
    assert!(lines.iter().any(|line| line == gone), "{lines:?}");
}

#[tokio::test]
async fn an_earlier_page_of_a_log_stays_what_it_is() {
    let site = Site::that_wants(4_000).await;
    for ask in 1..=20 {
        prints(&site, ask, End::Completed, "").await;
    }
    let lines = |page: &str| part(page, "What happened").matches("<tr>").count() - 1;
    let page = shown(&site, "", "en").await;
    assert_eq!(lines(&page), 50);
    let (_, next) = page.split_once("rel=\"next\" href=\"").unwrap();
    let next = next.replace("&#38;", "&");
    let query = next.split('#').next().unwrap();
    let earlier = shown(&site, query, "en").await;
    assert_eq!(lines(&earlier), 30);
    prints(&site, 21, End::Completed, "").await;
    let again = shown(&site, query, "en").await;
    assert_eq!(part(&again, "What happened"), part(&earlier, "What happened"));
    let wrong = site.get(&site.reader, &format!("/printers/{}/one?log=7", site.agent)).await;
    assert_eq!((wrong.status.as_u16(), wrong.error().contains("no place in a log")), (400, true));
}

#[tokio::test]
async fn plates_are_shown_page_by_page() {
    let site = Site::that_wants(4_000).await;
    for ask in 1..=52 {
        prints(&site, ask, End::Completed, "").await;
    }
    let rows = |page: &str| part(page, "Plates").matches("class=\"labelled\"").count() - 1;
    let first = shown(&site, "", "en").await;
    assert_eq!((rows(&first), first.contains("href=\"?plates=2#plates\"")), (50, true));
    assert_eq!(rows(&shown(&site, "?plates=2", "en").await), 2);
    let request = site.get(&site.reader, "/requests/1?plates=2").await.text();
    assert_eq!((rows(&request), request.contains("href=\"?plates=1#plates\"")), (2, true));
}

#[tokio::test]
async fn the_page_of_a_printer_is_light_however_long_it_has_printed() {
    let site = Site::new();
    let digest = Digest([7; 32]);
    std::fs::write(site.state.gcode.join(digest.to_string()), GCODE).unwrap();
    for revision in 0..60 {
        publish(&site, &format!("r{revision}"), "ender3", slice(digest, "PETG", 3_600)).await;
    }
    site.publish("band", Digest([9; 32]), 4).await;
    site.request("band", 4_000, "Lyon").await;
    site.hello(&[("one", "Attic")]).await;
    for ask in 1..=60 {
        prints(&site, ask, End::Completed, "what a maker may say of a print in a sentence").await;
    }
    site.hello_with(vec![with("ender3", Consent::default())]).await;
    site.put(Event::Settle).await;
    let path = format!("/printers/{}/one", site.agent);
    let request = bearer(Method::GET, &path, &site.reader);
    let request = request.header("accept-encoding", "gzip");
    let packed = site.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(packed.headers["content-encoding"], "gzip");
    assert!(packed.bytes.len() < PAGE_BYTES_MAX, "{} bytes", packed.bytes.len());
    let page = shown(&site, "", "en").await;
    assert!(page.contains("20 more files"), "{page}");
}
