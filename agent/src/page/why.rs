//! Why something is not done, for whoever pressed a button.

use tracing::error;

use super::settings::{Clash, Field};
use super::words::sentence;
use crate::config::TermsRefused;
use crate::local::render::{Language, shown};
use crate::local::{Refusal, refusals};

/// Says why something is not done, for whoever pressed a button.
pub(super) fn refusal(refusal: &Refusal, language: Language) -> String {
    let (english, french) = match refusal {
        Refusal::Printing { .. } => (
            "It is printing: its bed is clear only after that.",
            "Elle imprime : son plateau ne sera vide qu’après.",
        ),
        Refusal::OnBed { .. } => (
            "The plate is still on the bed: it is counted when that is cleared.",
            "Les pièces sont encore sur le plateau : elles sont comptées quand il est vidé.",
        ),
        Refusal::SayHowMany { pieces, .. } => {
            return language.pick(
                format!("Nobody knows how the print ended: say how many pieces are good, at most {pieces}."),
                format!(
                    "On ignore comment l’impression a fini : dites combien de pièces sont bonnes, \
                     {pieces} au plus."
                ),
            );
        }
        Refusal::NotCompleted { .. } => (
            "The print failed or was cancelled: none of its pieces is counted.",
            "L’impression a raté ou a été annulée : aucune de ses pièces n’est comptée.",
        ),
        Refusal::NoPlate { .. } => (
            "Nothing of the farm's was on this bed, so there are no pieces to count.",
            "Rien de la ferme n’était sur ce plateau : il n’y a pas de pièces à compter.",
        ),
        Refusal::NoSuchPrinter { .. }
        | Refusal::WhichPrinter { .. }
        | Refusal::NothingToClear { .. }
        | Refusal::TooManyPieces { .. }
        | Refusal::UnknownPlate { .. }
        | Refusal::SpoolTooHeavy { .. }
        | Refusal::ReadOnly
        | Refusal::NotNow
        | Refusal::NotUnderstood => return sentence(&refusals::refusal(refusal, language)),
    };
    language.pick(english, french).to_owned()
}

/// Says which of the terms that were typed is wrong, and how it is written.
pub(super) fn terms_refused(refused: &TermsRefused, language: Language) -> String {
    let french = match refused {
        TermsRefused::Hours { text } => format!(
            "Heures : « {text} » n’en est pas une plage. Écrivez‑la ainsi : 08:00-22:00, ou \
             20:00-07:30 pour la nuit."
        ),
        TermsRefused::Longest { text } => format!(
            "Impression la plus longue : écrivez un nombre d’heures jusqu’à 1000, comme 12 ou 1,5, pas \
             « {text} »."
        ),
        TermsRefused::Materials => {
            "Filament chargé : écrivez jusqu’à 8 noms courts, comme PETG, PLA.".to_owned()
        }
        TermsRefused::File(error) => {
            error!("The terms cannot be written: {error}");
            "Les réglages de l’agent ne peuvent pas être changés d’ici : changez son fichier à la main."
                .to_owned()
        }
    };
    let english = match refused {
        TermsRefused::Hours { .. } | TermsRefused::Longest { .. } | TermsRefused::Materials => {
            sentence(&refused.to_string())
        }
        TermsRefused::File(_) => {
            "The agent’s settings cannot be changed from here: change its file by hand.".to_owned()
        }
    };
    language.pick(english, french)
}

/// Says that a field was changed in two places at once.
pub(super) fn clash(clash: &Clash, language: Language) -> String {
    let (english, french) = match clash.field {
        Field::Hours => ("Hours", "Heures"),
        Field::Longest => ("Longest print", "Impression la plus longue"),
        Field::Materials => ("Filament that is loaded", "Filament chargé"),
    };
    let now = shown(&clash.now);
    let now = if now.is_empty() { language.pick("nothing", "rien").to_owned() } else { now };
    language.pick(
        format!(
            "{english}: changed elsewhere since this page was opened, to {now}. Nothing was saved; save \
             again to write what you typed."
        ),
        format!(
            "{french} : changé ailleurs depuis l’ouverture de cette page, en {now}. Rien n’a été \
             enregistré ; enregistrez de nouveau pour écrire ce que vous avez tapé."
        ),
    )
}
