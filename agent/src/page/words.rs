//! The page's own words, in French and English: where the terminal names a command, the page has a
//! button.

use visorfarm_protocol::message::End;
use visorfarm_protocol::status::{Activity, PrinterStatus, WaitsFor};

use crate::clock::WallClock;
use crate::local::render::{Language, span};
use crate::local::{PlateReport, PrinterReport, needs, words};

const DAY_SECONDS: i64 = 86_400;

/// Returns the state of a printer as one or two words.
pub(super) fn state(report: &PrinterReport, language: Language) -> String {
    let status = &report.status;
    let (english, french) = match (status.activity, status.waits_for) {
        (_, Some(WaitsFor::BedClear)) => ("bed to clear", "plateau à vider"),
        (_, Some(WaitsFor::Look)) => ("look at the bed", "plateau à regarder"),
        (Activity::Idle, Some(WaitsFor::Resume)) => ("you paused it", "suspendue par vous"),
        (Activity::Idle, Some(WaitsFor::Hours)) => ("outside your hours", "hors de vos horaires"),
        (Activity::Idle, Some(WaitsFor::Disk)) if needs::is_read_only(status) => {
            ("disk read-only", "disque en lecture seule")
        }
        (Activity::Idle, Some(WaitsFor::Disk)) => ("no room on the disk", "disque plein"),
        (Activity::Idle, Some(WaitsFor::Filament)) => ("no filament left", "plus de filament"),
        (_, Some(WaitsFor::Key)) => ("key refused", "clé refusée"),
        (_, Some(WaitsFor::Copied)) => ("held back: two machines", "retenue : deux machines"),
        (Activity::Idle, Some(WaitsFor::ForeignPrint)) => ("kept hot", "gardée chaude"),
        (Activity::Idle, None) => ("ready", "prête"),
        (Activity::Paused, _) => ("print paused", "impression en pause"),
        (Activity::Foreign, _) => ("your own print", "votre propre impression"),
        (activity, _) => return capital(words::activity(activity, language)),
    };
    capital(language.pick(english, french))
}

/// Returns the one thing that the maker should do next, in words; its button stands below.
pub(super) fn need(report: &PrinterReport, language: Language) -> Option<String> {
    let status = &report.status;
    let need = match status.waits_for? {
        WaitsFor::BedClear => {
            let need = bed_need(report.on_bed.as_ref(), language);
            let unknown = report.last.is_none().then(|| sentence(needs::nothing_known(language)));
            unknown.map_or_else(|| need.to_owned(), |unknown| format!("{unknown} {need}"))
        }
        WaitsFor::Look => language
            .pick(
                "Nobody knows how the print ended. Look at the bed, clear it, and count the good pieces.",
                "On ignore comment l’impression a fini. Regardez le plateau, videz‑le, et comptez les \
                 pièces bonnes.",
            )
            .to_owned(),
        WaitsFor::Resume => language
            .pick(
                "Nothing is printed until you let it go on.",
                "Rien n’est imprimé tant que vous ne la relancez pas.",
            )
            .to_owned(),
        WaitsFor::Filament => language
            .pick(
                "The spool is empty. Load another, and say how much is on it.",
                "La bobine est vide. Chargez‑en une autre, et dites ce qu’elle porte.",
            )
            .to_owned(),
        WaitsFor::Printer => sentence(&needs::printer_need(status, language)),
        WaitsFor::Disk | WaitsFor::Key | WaitsFor::Copied => {
            sentence(&needs::need(report, language)?)
        }
        // These end by themselves.
        WaitsFor::Hours | WaitsFor::ForeignPrint | WaitsFor::Other => return None,
    };
    Some(need)
}

fn bed_need(on_bed: Option<&PlateReport>, language: Language) -> &'static str {
    let (english, french) = match on_bed.map(|plate| plate.end) {
        Some(End::Completed) if on_bed.is_some_and(PlateReport::is_of_one) => {
            ("The print is done. Take the piece off.", "L’impression est finie. Retirez la pièce.")
        }
        Some(End::Completed) => (
            "The print is done. Take the pieces off.",
            "L’impression est finie. Retirez les pièces.",
        ),
        Some(End::Failed) => (
            "The print failed: none of it is counted. Clear the bed.",
            "L’impression a raté : rien n’en est compté. Videz le plateau.",
        ),
        Some(End::Cancelled) => (
            "The print was cancelled: none of it is counted. Clear the bed.",
            "L’impression a été annulée : rien n’en est compté. Videz le plateau.",
        ),
        Some(End::Unknown) | None => (
            "Look at the bed. When nothing is on it, say so.",
            "Regardez le plateau. Quand il est vide, dites‑le.",
        ),
    };
    language.pick(english, french)
}

/// Says what a printer that needs nothing is doing, where its state does not.
pub(super) fn remark(report: &PrinterReport, language: Language) -> Option<String> {
    let status = &report.status;
    if report.paused && status.lease.is_some() {
        let last = language.pick(
            "You paused it: nothing is printed after this one.",
            "Vous l’avez suspendue : rien n’est imprimé après celle-ci.",
        );
        return Some(last.to_owned());
    }
    let (english, french) = match (status.activity, status.waits_for) {
        (Activity::Idle, None) => {
            ("It asks for work and starts by itself.", "Elle demande du travail et démarre seule.")
        }
        (Activity::Paused, _) => (
            "It goes on when you let it in OctoPrint or at the printer.",
            "Elle reprend quand vous le dites dans OctoPrint ou à l’imprimante.",
        ),
        (_, Some(WaitsFor::Hours)) => {
            ("It prints again in your hours.", "Elle imprimera de nouveau dans vos horaires.")
        }
        // Its fault says all.
        (Activity::Idle, Some(WaitsFor::ForeignPrint)) => return None,
        (_, Some(WaitsFor::ForeignPrint)) => {
            ("The farm waits until it is done.", "La ferme attend qu’elle soit finie.")
        }
        _ => return None,
    };
    Some(language.pick(english, french).to_owned())
}

/// Says when something ends: how long it takes and what the clock shows then.
pub(super) fn left(seconds: u32, language: Language) -> String {
    let span = span(u64::from(seconds), language);
    language.pick(format!("{span} left"), format!("encore {span}"))
}

/// Says what the clock shows in some seconds, and on which day.
pub(super) fn end(seconds: u32, clock: WallClock, language: Language) -> String {
    let now = i64::try_from(clock.unix_seconds).unwrap_or_default() + clock.ahead;
    let then = now + i64::from(seconds);
    let minute = then.rem_euclid(DAY_SECONDS) / 60;
    let time = format!("{:02}:{:02}", minute / 60, minute % 60);
    match then.div_euclid(DAY_SECONDS) - now.div_euclid(DAY_SECONDS) {
        0 => language.pick(format!("done at about {time}"), format!("finie vers {time}")),
        1 => language
            .pick(format!("done tomorrow at about {time}"), format!("finie demain vers {time}")),
        days => language.pick(
            format!("done in {days} days at about {time}"),
            format!("finie dans {days} jours vers {time}"),
        ),
    }
}

pub(super) fn temperatures(status: &PrinterStatus, language: Language) -> Option<String> {
    let nozzle = status.nozzle_celsius.map(|celsius| {
        language.pick(format!("nozzle {celsius:.0} °C"), format!("buse {celsius:.0} °C"))
    });
    let bed = status.bed_celsius.map(|celsius| {
        language.pick(format!("bed {celsius:.0} °C"), format!("plateau {celsius:.0} °C"))
    });
    let known: Vec<_> = nozzle.into_iter().chain(bed).collect();
    (!known.is_empty()).then(|| known.join(" · "))
}

/// Begins with a capital letter and ends with a full stop.
pub(super) fn sentence(text: &str) -> String {
    let text = capital(text);
    if text.ends_with(['.', '!', '?']) { text } else { text + "." }
}

/// Begins with a capital letter.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
