//! What the catalogues must have, and how numbers stand in sentences.

use std::collections::BTreeSet;

use super::*;
use crate::web::pages::{CONSENT, PLACES};
use crate::web::view::{Doing, Stage, Trouble};

/// Every page, as text: what they ask the catalogues for is read off them.
const SOURCES: [&str; 70] = [
    include_str!("../../../templates/ahead.html"),
    include_str!("../../../templates/bar.html"),
    include_str!("../../../templates/base.html"),
    include_str!("../../../templates/chart_rows.html"),
    include_str!("../../../templates/designs.html"),
    include_str!("../../../templates/failure.html"),
    include_str!("../../../templates/first_steps.html"),
    include_str!("../../../templates/fittings.html"),
    include_str!("../../../templates/form_ask.html"),
    include_str!("../../../templates/form_upload.html"),
    include_str!("../../../templates/home.html"),
    include_str!("../../../templates/join.html"),
    include_str!("../../../templates/label.html"),
    include_str!("../../../templates/letters.html"),
    include_str!("../../../templates/line_printer.html"),
    include_str!("../../../templates/log.html"),
    include_str!("../../../templates/login.html"),
    include_str!("../../../templates/makers.html"),
    include_str!("../../../templates/notices.html"),
    include_str!("../../../templates/paging.html"),
    include_str!("../../../templates/plates.html"),
    include_str!("../../../templates/printer.html"),
    include_str!("../../../templates/printers.html"),
    include_str!("../../../templates/request.html"),
    include_str!("../../../templates/requests.html"),
    include_str!("../../../templates/row_alert.html"),
    include_str!("../../../templates/row_printer.html"),
    include_str!("../../../templates/row_request.html"),
    include_str!("../../../templates/setup.html"),
    include_str!("../../../templates/slice.html"),
    include_str!("../../../templates/statistics.html"),
    include_str!("../../../templates/strip.html"),
    include_str!("../../../templates/wall.html"),
    include_str!("../../../templates/wall_link.html"),
    include_str!("../../../templates/words.html"),
    include_str!("../pages/ahead.rs"),
    include_str!("../pages/chart.rs"),
    include_str!("../pages/designs.rs"),
    include_str!("../pages/designs/act.rs"),
    include_str!("../pages/findings.rs"),
    include_str!("../pages/home.rs"),
    include_str!("../pages/label.rs"),
    include_str!("../pages/language.rs"),
    include_str!("../pages/letters.rs"),
    include_str!("../pages/log.rs"),
    include_str!("../pages/login.rs"),
    include_str!("../pages/makers.rs"),
    include_str!("../pages/makers/act.rs"),
    include_str!("../pages/mod.rs"),
    include_str!("../pages/notices.rs"),
    include_str!("../pages/paging.rs"),
    include_str!("../pages/plate.rs"),
    include_str!("../pages/plot.rs"),
    include_str!("../pages/printer.rs"),
    include_str!("../pages/printers.rs"),
    include_str!("../pages/printers/query.rs"),
    include_str!("../pages/request.rs"),
    include_str!("../pages/requests.rs"),
    include_str!("../pages/slice.rs"),
    include_str!("../pages/statistics.rs"),
    include_str!("../pages/wall.rs"),
    include_str!("../pages/words.rs"),
    include_str!("../pages/words/moment.rs"),
    include_str!("../pages/words/number.rs"),
    include_str!("../post/letter.rs"),
    include_str!("../sheet/designs.rs"),
    include_str!("../sheet/makers.rs"),
    include_str!("../sheet/plates.rs"),
    include_str!("../sheet/printer.rs"),
    include_str!("../sheet/tables.rs"),
];

/// What is asked for by kind and code, and where the codes come from.
const CODED: [(&str, &[&str]); 13] = [
    ("about", &["results", "beds", "stuck", "requests"]),
    ("priority", &["high", "normal", "low"]),
    ("tally", &["working", "ready", "person", "away"]),
    ("sort", &["urgency", "end", "name", "maker", "filament", "printed"]),
    ("channel", &["prototype", "clinical", "validated", "withdrawn"]),
    ("designs-promote-consequence", &["prototype", "clinical", "validated"]),
    ("finding", &["forbid", "ask", "warn", "note"]),
    ("end", &["completed", "failed", "cancelled", "unknown"]),
    ("lease", &["offered", "accepted", "recalled", "printing", "unknown", "lapsed", "returned"]),
    ("log", &["completed", "failed", "cancelled", "unknown"]),
    (
        "return",
        &[
            "stale",
            "late",
            "withdrawn",
            "maker",
            "printer",
            "fetch",
            "unsafe",
            "disk",
            "filament",
            "restarted",
            "other",
        ],
    ),
    ("weekday", &["1", "2", "3", "4", "5", "6", "7"]),
    ("month", &["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]),
];

#[test]
fn numbers_within_sentences_are_written_as_those_that_stand_alone() {
    let found = |t: Language, count: usize| t.count("printers-found", count);
    assert_eq!(found(Language::English, 5000), "5,000 printers");
    assert_eq!(found(Language::French, 5000), "5\u{202f}000 imprimantes");
    assert_eq!(found(Language::English, 1), "1 printer");
    assert_eq!(found(Language::French, 0), "0 imprimante");
}

#[test]
fn no_line_parts_a_french_verb_from_its_pronoun() {
    for pronoun in ["-le", "-la", "-les", "-en", "-elle"] {
        for (place, _) in FRENCH.match_indices(pronoun) {
            let before = FRENCH[..place].chars().next_back();
            let after = FRENCH[place + pronoun.len()..].chars().next();
            let is_whole = before.is_some_and(char::is_alphabetic)
                && after.is_none_or(|letter| !letter.is_alphanumeric() && letter != '-');
            assert!(!is_whole, "“{before:?}{pronoun}” may break: write U+2011");
        }
    }
}

fn keys(catalogue: &str) -> BTreeSet<&str> {
    let lines = catalogue.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    lines.filter_map(|line| line.split_once(" =").map(|(key, _)| key)).collect()
}

fn asked() -> BTreeSet<String> {
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for source in SOURCES {
        for call in [".text(\"", ".count(\"", ".by_count(\"", ".with(\""] {
            let calls = source.split(call).skip(1);
            asked.extend(calls.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        }
    }
    // Tables name their columns by key.
    for tables in [
        include_str!("../sheet/designs.rs"),
        include_str!("../sheet/makers.rs"),
        include_str!("../sheet/plates.rs"),
        include_str!("../sheet/printer.rs"),
        include_str!("../sheet/tables.rs"),
    ] {
        let quoted = tables.split('"').skip(1).step_by(2).filter(|text| text.contains('-'));
        asked.extend(quoted.map(str::to_owned));
    }
    let lets = SOURCES.iter().flat_map(|source| source.split("{% let ").skip(1));
    let lets = lets.filter_map(|rest| rest.split_once(" = \"")?.1.split('"').next());
    asked.extend(lets.filter(|text| text.contains('-')).map(str::to_owned));
    asked.extend(PLACES.iter().map(|place| place.key.to_owned()));
    asked.extend(CONSENT.map(str::to_owned));
    asked.extend(Doing::ALL.map(|doing| format!("doing-{}", doing.code())));
    asked.extend(Trouble::all().map(|trouble| format!("advice-{}", trouble.code())));
    let of_makers = Trouble::all().filter(|it| !matches!(it, Trouble::Unwilling | Trouble::Late));
    asked.extend(of_makers.map(|trouble| format!("maker-advice-{}", trouble.code())));
    asked.extend(["trouble-failed", "trouble-unwilling", "trouble-late"].map(str::to_owned));
    asked.extend(Stage::ALL.map(|stage| format!("stage-{}", stage.code())));
    for (kind, codes) in CODED {
        asked.extend(codes.iter().map(|code| format!("{kind}-{code}")));
    }
    asked
}

#[test]
fn both_catalogues_have_the_same_keys() {
    assert_eq!(keys(ENGLISH), keys(FRENCH));
    assert_eq!(
        keys(ENGLISH).len(),
        ENGLISH.lines().filter(|l| l.contains(" =") && !l.starts_with(' ')).count()
    );
}

#[test]
fn every_key_that_is_asked_for_is_there_and_no_other() {
    let asked = asked();
    let there: BTreeSet<String> = keys(ENGLISH).into_iter().map(str::to_owned).collect();
    assert_eq!(asked.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new(), "missing");
    assert_eq!(there.difference(&asked).collect::<Vec<_>>(), Vec::<&String>::new(), "unused");
}

/// The French that stands in code, beside what it refuses.
const FRENCH_IN_CODE: [&str; 5] = [
    include_str!("../../accounts/say.rs"),
    include_str!("../../dispatch/say.rs"),
    include_str!("../../intake/say.rs"),
    include_str!("../due.rs"),
    include_str!("../refusal.rs"),
];

#[test]
fn no_french_line_can_break_before_its_marks() {
    let code = FRENCH_IN_CODE.iter().flat_map(|code| code.lines());
    let code = code.filter(|line| line.contains('"'));
    for line in FRENCH.lines().filter(|line| !line.starts_with('#')).chain(code) {
        for mark in [" :", " ;", " ?", " !", "« ", " »"] {
            let (text, ends) = (format!("{line} "), [' ', '"', '\\']);
            let loose = text.match_indices(mark).any(|(at, _)| {
                mark.contains(['«', '»']) || text[at + mark.len()..].starts_with(ends)
            });
            assert!(!loose, "a plain space stands in {mark:?}: {line}");
        }
        for elided in ["l'", "d'", "n'", "s'", "qu'", "L'", "D'", "N'", "S'", "Qu'"] {
            assert!(!line.contains(elided), "{elided:?} is written by ’: {line}");
        }
    }
}

#[test]
fn every_text_can_be_said() {
    for language in [Language::English, Language::French] {
        for key in keys(ENGLISH) {
            let mut args = FluentArgs::new();
            args.set("count", 2);
            args.set("what", "x");
            let said = language.format(key, Some(&args));
            assert!(!said.is_empty() && !said.contains('{'), "{key}: {said}");
        }
    }
}

#[test]
fn french_counts_zero_as_singular() {
    assert_eq!(Language::English.count("designs-pieces", 0), "0 pieces");
    assert_eq!(Language::French.count("designs-pieces", 0), "0 pièce");
}

#[test]
fn a_browser_chooses_its_language() {
    for (accept, language) in [
        ("fr-FR,fr;q=0.9,en;q=0.8", Some(Language::French)),
        ("de, en-GB;q=0.8", Some(Language::English)),
        ("é", None),
        ("", None),
    ] {
        let mut headers = HeaderMap::new();
        let value = axum::http::HeaderValue::from_bytes(accept.as_bytes()).unwrap();
        headers.insert(header::ACCEPT_LANGUAGE, value);
        assert_eq!(Language::accepted(&headers), language, "{accept}");
    }
}
