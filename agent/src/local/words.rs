//! The words for printers, in French and English.

use visorfarm_protocol::status::{Activity, Cause, PrinterStatus, WaitsFor};

use super::render::{Language, shown, span};

impl Language {
    /// Returns the one of two texts that is in this language.
    pub(crate) fn pick<T>(self, english: T, french: T) -> T {
        match self {
            Self::English => english,
            Self::French => french,
        }
    }
}

pub(crate) fn activity(activity: Activity, language: Language) -> &'static str {
    let (english, french) = match activity {
        Activity::Offline => ("offline", "hors ligne"),
        Activity::Idle => ("idle", "au repos"),
        Activity::Preparing => ("preparing a print", "prépare une impression"),
        Activity::Starting => ("starting a print", "lance une impression"),
        Activity::Printing => ("printing", "imprime"),
        Activity::Paused => ("paused in the middle of a print", "en pause pendant une impression"),
        Activity::Finishing => ("finishing a print", "termine une impression"),
        Activity::Foreign => ("printing something of yours", "imprime un fichier à vous"),
        Activity::Faulted => ("in a fault", "en défaut"),
        Activity::Unknown => ("somebody must look", "à vérifier"),
        Activity::Other => ("busy", "occupée"),
    };
    language.pick(english, french)
}

/// Says what is wrong with a printer: the agent's own sentence in the maker's language, anybody else's as it is.
pub(crate) fn cause(told: &str, language: Language) -> String {
    let (english, french) = match Cause::read(told) {
        Some(Cause::KeptHot) => (
            "it is kept hot, and OctoPrint prints nothing: nothing is started until it is turned off",
            "elle est gardée chaude alors qu’OctoPrint n’imprime rien : rien n’est lancé tant qu’elle chauffe",
        ),
        Some(Cause::KeyRefused) => {
            ("OctoPrint refuses the agent’s key", "OctoPrint refuse la clé de l’agent")
        }
        Some(Cause::NoAnswer) => ("OctoPrint does not answer", "OctoPrint ne répond pas"),
        Some(Cause::ReadOnly) => {
            ("the agent’s disk can only be read", "le disque de l’agent ne peut plus être écrit")
        }
        None => return shown(told),
    };
    language.pick(english, french).to_owned()
}

/// Says whether a printer is only kept hot: a foreign print has an activity of its own.
pub(crate) fn is_kept_hot(status: &PrinterStatus) -> bool {
    (status.activity, status.waits_for) == (Activity::Idle, Some(WaitsFor::ForeignPrint))
}

/// Says why a printer that needs nothing takes no work.
pub(crate) fn reason(status: &PrinterStatus, language: Language) -> Option<&'static str> {
    match status.waits_for? {
        WaitsFor::Hours => Some(language.pick("outside your hours", "hors de vos horaires")),
        WaitsFor::ForeignPrint if is_kept_hot(status) => {
            Some(language.pick("once it is no longer hot", "quand elle ne sera plus chaude"))
        }
        WaitsFor::ForeignPrint => {
            Some(language.pick("after your own print", "après votre propre impression"))
        }
        WaitsFor::Printer
        | WaitsFor::BedClear
        | WaitsFor::Look
        | WaitsFor::Resume
        | WaitsFor::Disk
        | WaitsFor::Filament
        | WaitsFor::Key
        | WaitsFor::Copied
        | WaitsFor::Other => None,
    }
}

/// Says how long before `now` something was, both in Unix seconds.
pub(crate) fn ago(at: u64, language: Language, now: u64) -> String {
    let ago = span(now.saturating_sub(at), language);
    language.pick(format!("{ago} ago"), format!("il y a {ago}"))
}

/// Says what is left on the spool, if that is known.
pub(crate) fn spool(status: &PrinterStatus, language: Language) -> Option<String> {
    let left = status.filament_left_grams?;
    Some(
        language.pick(format!("{left} g of filament left"), format!("encore {left} g de filament")),
    )
}

/// Says that a plate like the last would need more filament than is left.
pub(crate) fn short(grams: u32, language: Language) -> String {
    language.pick(
        format!("a plate like the last needs {grams} g: only smaller ones are asked for"),
        format!(
            "une plaque comme la dernière demande {grams} g : seules de plus petites sont demandées"
        ),
    )
}
