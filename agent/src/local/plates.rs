//! The words for plates: what is on one, what became of it, how it was counted.

use visorfarm_protocol::message::{End, Fact, Plate, Return};

use super::PlateReport;
use super::render::{Language, shown};

/// Returns what is on a plate: `4 × visor-band r3`.
pub(crate) fn plate(plate: &Plate) -> String {
    format!("{} × {} {}", plate.pieces, plate.design, plate.revision)
}

/// Says how a plate was counted.
pub(crate) fn counted(plate: &PlateReport, language: Language) -> String {
    let all = plate.plate.pieces;
    match (plate.good, plate.end) {
        (Some(good), _) => language
            .pick(format!("{good} of {all} good"), format!("{} sur {all}", pieces(good, "bonne"))),
        (None, End::Completed) => language.pick("not counted yet", "pas encore comptée").to_owned(),
        (None, End::Failed) => language.pick("failed", "ratée").to_owned(),
        (None, End::Cancelled) => language.pick("cancelled", "annulée").to_owned(),
        (None, End::Unknown) => {
            language.pick("nobody knows how it ended", "on ignore comment elle a fini").to_owned()
        }
    }
}

/// Says which plate that was and how it is counted, with the name by which it is counted again.
pub(crate) fn past_plate(plate: &PlateReport, language: Language) -> String {
    let (what, counted) = (self::plate(&plate.plate), counted(plate, language));
    let purpose = plate.purpose.as_deref().map(shown).filter(|text| !text.trim().is_empty());
    let purpose = purpose.map(|text| format!(", {} {text}", language.pick("for", "pour")));
    format!("{what}{}, {counted} ({})", purpose.unwrap_or_default(), plate.print())
}

pub(crate) fn fact(fact: &Fact, language: Language) -> String {
    let (english, french) = match fact {
        Fact::Accepted { .. } => ("took a job", "travail accepté"),
        Fact::Started { .. } => ("print started", "impression lancée"),
        Fact::Returned { why, note, .. } => return returned(*why, note, language),
        Fact::Ended { end: End::Completed, .. } => ("print finished", "impression terminée"),
        Fact::Ended { end: End::Failed, .. } => ("print failed", "impression ratée"),
        Fact::Ended { end: End::Cancelled, .. } => ("print cancelled", "impression annulée"),
        Fact::Ended { end: End::Unknown, .. } => {
            ("print ended, nobody knows how", "impression finie, on ignore comment")
        }
        Fact::Judged { good, bad, .. } => {
            return language.pick(
                format!("bed cleared: {good} good, {bad} bad"),
                format!("plateau vidé : {}, {}", pieces(*good, "bonne"), pieces(*bad, "mauvaise")),
            );
        }
    };
    language.pick(english, french).to_owned()
}

/// Counts pieces in French, where none and one are singular.
pub(crate) fn pieces(count: u32, kind: &str) -> String {
    let ending = if count < 2 { "" } else { "s" };
    format!("{count} {kind}{ending}")
}

fn returned(why: Return, note: &str, language: Language) -> String {
    let (english, french) = match why {
        Return::Stale => ("it came too late", "il arrivait trop tard"),
        Return::Late => ("there was no time left to start", "le délai était passé"),
        Return::Withdrawn => ("it is no longer needed", "il n’est plus utile"),
        Return::Maker => ("you said so", "selon vos consignes"),
        Return::Printer => ("the printer was not ready", "l’imprimante n’était pas prête"),
        Return::Fetch => ("the file could not be fetched", "fichier impossible à télécharger"),
        Return::Unsafe => ("the file is not safe here", "fichier dangereux pour elle"),
        Return::Disk => ("no room on the disk", "disque plein"),
        Return::Filament => ("too little filament", "pas assez de filament"),
        Return::Restarted => ("the agent was restarted", "l’agent a redémarré"),
        Return::Other => ("for another reason", "pour une autre raison"),
    };
    let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
    language
        .pick(format!("job given back: {english}{note}"), format!("travail rendu : {french}{note}"))
}
