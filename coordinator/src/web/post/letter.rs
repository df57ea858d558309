//! What stands in a letter: plain text in its reader's language.

use std::fmt::Write as _;

use visorfarm_protocol::id::FarmId;

use crate::web::text::Language;
use crate::web::view::Alert;

/// The most things that one letter tells; the pages tell the others.
const ALERTS_MAX: usize = 30;

/// A letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) text: String,
}

/// Tells of what needs a person.
pub(super) fn about(t: Language, farm: &FarmId, origin: &str, alerts: &[Alert]) -> Letter {
    let mut text = String::new();
    for alert in alerts.iter().take(ALERTS_MAX) {
        let Alert { title, whose, trouble, note, due, page, .. } = alert;
        let due = due.map(|day| format!(" {} {}", t.text("request-due"), t.whole_day(day)));
        let due = due.unwrap_or_default();
        write!(text, "{title} · {whose}{due}\n  {}. {}\n", trouble.word(&t), trouble.advice(&t))
            .expect("writing to a string cannot fail");
        if let Some(note) = note {
            writeln!(text, "  {}", t.cause(note)).expect("writing to a string cannot fail");
        }
        write!(text, "  {origin}{page}\n\n").expect("writing to a string cannot fail");
    }
    text += &t.with("letter-why", &format!("{origin}/notices"));
    let subject = format!("{farm}: {}", t.count("letter-subject", alerts.len()));
    Letter { subject, text }
}

/// Tells a maker what the own printers need. Makers have no account: each thing is said with what
/// settles it, and the one link ends the letters.
pub(super) fn to_maker(t: Language, farm: &FarmId, alerts: &[Alert], end: &str) -> Letter {
    let mut text = String::new();
    for alert in alerts.iter().take(ALERTS_MAX) {
        let Alert { title, trouble, note, printer, .. } = alert;
        let name = printer.as_ref().map_or("", |key| key.printer.as_str());
        let (word, advice) = (trouble.word(&t), trouble.advice_to_maker(t, name));
        write!(text, "{title}\n  {word}. {advice}\n").expect("writing to a string cannot fail");
        if let Some(note) = note {
            writeln!(text, "  {}", t.cause(note)).expect("writing to a string cannot fail");
        }
        text.push('\n');
    }
    text += &t.with("letter-end", end);
    let subject = format!("{farm}: {}", t.count("letter-maker-subject", alerts.len()));
    Letter { subject, text }
}

/// The links of a letter that asks a maker for a confirmation.
pub(super) struct Links {
    pub(super) confirm: String,
    pub(super) end: String,
}

/// Asks whether an address is a maker's. No word of the agent's stands in it: it may go to a stranger.
pub(super) fn confirming_maker(t: Language, farm: &FarmId, links: &Links) -> Letter {
    let subject = format!("{farm}: {}", t.text("letter-confirm-subject"));
    let text = t.with("letter-maker-confirm", &links.confirm);
    Letter { subject, text: format!("{text}\n\n{}", t.with("letter-maker-refuse", &links.end)) }
}

/// Asks whether an address is its reader's.
pub(super) fn confirming(t: Language, farm: &FarmId, link: &str) -> Letter {
    let subject = format!("{farm}: {}", t.text("letter-confirm-subject"));
    Letter { subject, text: t.with("letter-confirm", link) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::PrinterKey;
    use crate::web::view::{Doing, Trouble};

    #[test]
    fn a_makers_letter_says_what_to_do_and_leads_to_nothing_that_needs_an_account() {
        let alert = Alert {
            title: "Källare".into(),
            whose: "Ö. Lindqvist".into(),
            trouble: Trouble::Printer(Doing::BedClear),
            printer: Some(PrinterKey {
                agent: "a".parse().unwrap(),
                printer: "p".parse().unwrap(),
            }),
            page: "/printers/a/p".into(),
            ..Alert::default()
        };
        let (farm, end) = ("visors".parse().unwrap(), "https://farm.example/letters/end?code=c");
        let letter = to_maker(Language::English, &farm, &[alert], end);
        assert_eq!(letter.subject, "visors: 1 of your printers needs you");
        for part in
            ["Källare\n  bed to clear. Take the pieces off", "visorfarm-agent bed-clear p", end]
        {
            assert!(letter.text.contains(part), "{part}: {}", letter.text);
        }
        assert!(!letter.text.contains("/printers/"), "{}", letter.text);
    }

    #[test]
    fn a_day_is_written_as_its_reader_writes_days() {
        let late = Alert {
            title: "#7 Ward 3".into(),
            whose: "visor-band".into(),
            trouble: Trouble::Late,
            due: Some("2026-11-28".parse().unwrap()),
            ..Alert::default()
        };
        let farm = "visors".parse().unwrap();
        for (t, line) in [
            (Language::English, "#7 Ward 3 · visor-band needed by Sat 28 Nov 2026\n"),
            (Language::French, "#7 Ward 3 · visor-band pour le sam. 28 nov. 2026\n"),
        ] {
            let letter = about(t, &farm, "https://farm.example", std::slice::from_ref(&late));
            assert!(letter.text.starts_with(line), "{}", letter.text);
        }
    }

    #[test]
    fn a_letter_says_what_where_and_how_to_settle_it() {
        let alert = Alert {
            title: "Källare".into(),
            whose: "Ö. Lindqvist · Annecy".into(),
            trouble: Trouble::Printer(Doing::Look),
            note: Some("Thermal runaway".into()),
            page: "/printers/a/p".into(),
            ..Alert::default()
        };
        let farm = "visors".parse().unwrap();
        let letter = about(Language::English, &farm, "https://farm.example", &[alert]);
        assert_eq!(letter.subject, "visors: 1 thing needs a person");
        for part in [
            "Källare · Ö. Lindqvist · Annecy\n  result unknown. Its maker looks at the bed",
            "Thermal runaway",
            "https://farm.example/printers/a/p",
            "https://farm.example/notices",
        ] {
            assert!(letter.text.contains(part), "{part}: {}", letter.text);
        }
    }
}
