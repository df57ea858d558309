//! What the farm may see of a maker: exactly what the coordinator is told, in words.

use visorfarm_protocol::status::{BedCare, Consent, PrinterCard};

use crate::local::render::{Language, shown, span};

/// A line of what is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) what: &'static str,
    pub(super) value: String,
}

/// Returns what is told of a printer whenever it changes.
pub(super) fn card(card: &PrinterCard, language: Language) -> Vec<Told> {
    let told =
        |english, french, value: String| Told { what: language.pick(english, french), value };
    let unsaid = || language.pick("not told", "non dit").to_owned();
    let text = |text: Option<&str>| text.map_or_else(unsaid, shown);
    let mut lines = vec![
        told("Its name", "Son nom", named(card)),
        told("Where it stands", "Où elle est", text(card.place.as_deref())),
        told("What G-code it takes", "Le G-code qu’elle prend", card.profile.to_string()),
        told("Its OctoPrint", "Son OctoPrint", text(card.octoprint.as_deref())),
    ];
    if let Some(consent) = &card.consent {
        lines.extend([
            told("Filament", "Filament", filament(consent, language)),
            told("Your hours", "Vos horaires", hours(consent, language)),
            told("Longest print", "Impression la plus longue", longest(consent, language)),
            told("Who clears the bed", "Qui vide le plateau", bed(consent, language)),
            told("Pictures of its camera", "Images de sa caméra", camera(consent, language)),
        ]);
    }
    lines
}

/// Returns what else is told while the agent runs.
pub(super) fn besides(language: Language) -> [&'static str; 5] {
    language.pick(
        [
            "Every ten seconds, or when it changes: its state, how far a print is, what is left of it, both \
             temperatures, what is left on the spool if you said it, whether the bed is clear, and what the printer or OctoPrint says is wrong.",
            "Of each plate of the farm's: when it was taken, begun, given back or ended, how long it took, \
             how it ended and who cancelled it in OctoPrint by their name there, and the pieces that you \
             count. Of a message from your farm: that you have read it.",
            "Of your own prints: that there is one, and how far it is. Not what it is.",
            "Only if you write [notices] into the settings: the address for your letters. The farm keeps it until \
             you take it out or end the letters, and shows it to nobody.",
            "Never: your keys and PIN, the address of OctoPrint, pictures of your own prints, other files. The \
             coordinator sees from which internet address this machine calls.",
        ],
        [
            "Toutes les dix secondes, ou quand cela change : son état, où en est l’impression, ce qu’il en \
             reste, les deux températures, ce qui reste sur la bobine si vous l’avez dit, si le plateau est vide, et ce que l’imprimante ou OctoPrint \
             signale.",
            "De chaque plaque de la ferme : quand elle a été prise, lancée, rendue ou finie, combien de temps elle a \
             pris, comment elle a fini et qui l’a annulée dans OctoPrint, sous son nom là-bas, et les pièces \
             que vous comptez. D’un message de la ferme : que vous l’avez lu.",
            "De vos propres impressions : qu’il y en a une, et où elle en est. Pas ce que c’est.",
            "Seulement si vous écrivez [notices] dans les réglages : l’adresse pour vos courriels. La ferme la garde \
             jusqu’à ce que vous la retiriez ou arrêtiez les courriels, et ne la montre à personne.",
            "Jamais : vos clés et votre code, l’adresse d’OctoPrint, des images de vos propres impressions, d’autres \
             fichiers. Le coordinateur voit de quelle adresse internet cette machine appelle.",
        ],
    )
}

pub(super) fn filament(consent: &Consent, language: Language) -> String {
    if consent.materials.is_empty() {
        language.pick("not told", "non dit").to_owned()
    } else {
        consent.materials.join(", ")
    }
}

pub(super) fn hours(consent: &Consent, language: Language) -> String {
    if consent.hours.is_empty() {
        language.pick("always", "toujours").to_owned()
    } else {
        consent.hours.join(", ")
    }
}

pub(super) fn longest(consent: &Consent, language: Language) -> String {
    let any = || language.pick("any length", "sans limite").to_owned();
    consent.seconds_max.map_or_else(any, |seconds| span(u64::from(seconds), language))
}

/// Returns the name of a printer, and what it is called in the settings if that is another.
fn named(card: &PrinterCard) -> String {
    let title = shown(&card.title);
    if title == card.printer.as_str() { title } else { format!("{title} ({})", card.printer) }
}

fn camera(consent: &Consent, language: Language) -> String {
    let (english, french) = if consent.camera {
        (
            "once a minute while it prints for the farm; the last is shown to its people for ten minutes",
            "une par minute tant qu’elle imprime pour la ferme ; ses membres voient la dernière dix minutes",
        )
    } else {
        ("never, unless you write camera = true", "jamais, sauf si vous écrivez camera = true")
    };
    language.pick(english, french).to_owned()
}

pub(super) fn bed(consent: &Consent, language: Language) -> String {
    let (english, french) = match consent.bed {
        BedCare::Ask => ("you, after each print", "vous, après chaque impression"),
        BedCare::ClearsItself => ("the printer itself", "l’imprimante elle-même"),
        BedCare::Other => ("as the settings say", "comme le disent les réglages"),
    };
    language.pick(english, french).to_owned()
}
