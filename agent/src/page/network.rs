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
        told("Its agent", "Son agent", crate::SOFTWARE.to_owned()),
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
pub(super) fn besides(language: Language) -> [&'static str; 6] {
    language.pick(
        [
            "Whenever it connects: the agent and its version, which plates it holds, and two numbers drawn at random, \
             by which a copied memory card is noticed. When it joined: what you called this machine.",
            "Every ten seconds, or when it changes: its state and what it waits for, how far a print is, what is left \
             of it, both temperatures, what is left on the spool if you said it, whether the bed is clear, and what \
             the printer or OctoPrint says is wrong.",
            "Of each plate of the farm's: when it was taken, begun, given back and why, or ended, how long it took, \
             how it ended and who cancelled it in OctoPrint by their name there, that you printed it again, and the \
             pieces that you count. Of a message from your farm: that you have read it.",
            "Of your own prints: that there is one, and how far it is. Not what it is.",
            "Only if you write [notices] into the settings: the address for your letters, what they are to be about and \
             their language. The farm keeps it until you take it out or end the letters, and shows it to nobody.",
            "Never: your keys and PIN, the address of OctoPrint, pictures of your own prints, other files. The \
             coordinator sees from which internet address this machine calls.",
        ],
        [
            "À chaque connexion : l’agent et sa version, les plaques qu’il tient, et deux nombres tirés au hasard, \
             auxquels se reconnaît une carte mémoire copiée. À l’inscription : le nom que vous avez donné à cette machine.",
            "Toutes les dix secondes, ou quand cela change : son état et ce qu’elle attend, où en est l’impression, ce \
             qu’il en reste, les deux températures, ce qui reste sur la bobine si vous l’avez dit, si le plateau est \
             vide, et ce que l’imprimante ou OctoPrint signale.",
            "De chaque plaque de la ferme : quand elle a été prise, lancée, rendue et pourquoi, ou finie, combien de \
             temps elle a pris, comment elle a fini et qui l’a annulée dans OctoPrint, sous son nom là-bas, que vous \
             l’avez imprimée de nouveau, et les pièces que vous comptez. D’un message de la ferme : que vous l’avez lu.",
            "De vos propres impressions : qu’il y en a une, et où elle en est. Pas ce que c’est.",
            "Seulement si vous écrivez [notices] dans les réglages : l’adresse pour vos courriels, leurs sujets et leur \
             langue. La ferme la garde jusqu’à ce que vous la retiriez ou arrêtiez les courriels, et ne la montre à \
             personne.",
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

#[cfg(test)]
mod tests {
    use visorfarm_protocol::letters::Wish;
    use visorfarm_protocol::message::{Ask, Hello};
    use visorfarm_protocol::status::PrinterStatus;

    use super::*;

    // Everything that agents tell, field by field. Whoever adds one is led here: say it above, too.
    const _: fn(Hello, Ask, PrinterStatus, Wish) = |hello, ask, status, wish| {
        let Hello {
            incarnation: _,
            session: _,
            software: _,
            epoch: _,
            printers,
            holds: _,
            mark: _,
            letters: _,
        } = hello;
        for card in printers {
            let PrinterCard { printer: _, title: _, profile: _, octoprint: _, place: _, consent } =
                card;
            let Consent { materials: _, hours: _, seconds_max: _, bed: _, camera: _ } =
                consent.unwrap_or_default();
        }
        let Ask { printer: _, ask: _, profile: _, materials: _, seconds_max: _, grams_max: _ } =
            ask;
        let PrinterStatus {
            printer: _,
            activity: _,
            bed: _,
            waits_for: _,
            lease: _,
            fraction: _,
            seconds_left: _,
            nozzle_celsius: _,
            bed_celsius: _,
            filament_left_grams: _,
            fault: _,
        } = status;
        let Wish { mail: _, about: _, language: _ } = wish;
    };
}
