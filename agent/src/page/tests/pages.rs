//! Over a real socket: what the pages show.

use visorfarm_protocol::id::RequestId;
use visorfarm_protocol::message::Fact;

use super::bench::{Bench, SETTINGS};
use super::*;
use crate::local::{Happened, Tally};

#[tokio::test]
async fn the_page_says_where_letters_go_and_what_the_farm_says_to_that() {
    let bench = Bench::on_machine().await;
    assert!(!bench.get("/", "").await.contains("Letters to"));
    let settings = format!("{SETTINGS}\n[notices]\nmail = \"anne@farm.example\"\n");
    std::fs::write(bench.folder.path().join("agent.toml"), settings).unwrap();
    let page = bench.get("/", "").await;
    assert!(page.contains("Letters to anne@farm.example: the farm sends no letters."), "{page}");
    let page = bench.get("/printers/attic", "").await;
    let (_, told) = page.split_once("What the farm may see").unwrap();
    assert!(told.contains("the address for your letters"), "{told}");
}

#[tokio::test]
async fn a_page_shows_the_latest_first_however_much_was_printed() {
    let mut busy = idle();
    busy.printed = (1..=20)
        .map(|request| Tally {
            request: RequestId(request),
            purpose: Some(format!("hospital {request}")),
            design: "visor-band".parse().unwrap(),
            plates: 2_000,
            pieces: 8_000,
            good: 7_900,
            bad: 100,
        })
        .collect();
    let fact = Fact::Accepted { lease: lease(7) };
    busy.happened = vec![Happened { at: 0, fact }; 20];
    let bench = Bench::open("127.0.0.1:0", busy).await;
    let page = bench.get("/printers/attic", "").await;
    for (part, first, folded) in
        [("-printed", "<tr><th scope=\"row\"", 15), ("-happened", "<li>", 15)]
    {
        let (_, part) = page.split_once(&format!("data-part=\"{part}\"")).unwrap();
        let (part, _) = part.split_once("</section>").unwrap();
        let (shown, rest) = part.split_once("<details>").unwrap();
        assert_eq!((shown.matches(first).count(), rest.matches(first).count()), (5, folded));
    }
    let places = ["hospital 20", "hospital 16", "<details>", "hospital 15", "hospital 1 "];
    let places = places.map(|text| page.find(text).unwrap_or_else(|| panic!("no {text}: {page}")));
    assert!(places.is_sorted(), "{places:?}");
}

#[tokio::test]
async fn the_language_is_the_browsers_until_it_is_switched() {
    let bench = Bench::on_machine().await;
    let french = "Accept-Language: fr-FR,en\r\n";
    assert!(bench.get("/", french).await.contains("Le plateau est vide"));
    let answer = bench.own_form("/language", "language=en&back=%2Fcard").await;
    assert!(answer.contains("location: /card\r\n"), "{answer}");
    assert!(answer.contains("set-cookie: visorfarm-language=en;"), "{answer}");
    let chosen = format!("{french}Cookie: visorfarm-language=en\r\n");
    assert!(bench.get("/", &chosen).await.contains("The bed is clear"));
}

#[tokio::test]
async fn a_card_has_a_code_only_where_a_phone_can_follow_it() {
    let bench = Bench::on_machine().await;
    let card = bench.get("/card", "").await;
    assert!(
        card.contains("listen = &#34;0.0.0.0:7125&#34;")
            || card.contains("listen = \"0.0.0.0:7125\""),
        "{card}"
    );
    assert!(!card.contains("<svg"), "{card}");
}
