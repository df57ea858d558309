//! The words for the agent itself: its connection, its page, its letters.

use visorfarm_protocol::letters::Letters;

use super::render::Language;
use super::{LettersReport, LinkState, PageState, Reach};

pub(crate) fn link(link: &LinkState, language: Language) -> String {
    match link {
        LinkState::Connecting => language.pick("connecting", "connexion en cours").to_owned(),
        LinkState::Online => language.pick("connected", "connecté").to_owned(),
        LinkState::Offline { why } => {
            format!("{} {why}", language.pick("not connected:", "pas connecté :"))
        }
        LinkState::Outlived => language
            .pick(
                "connected to an older state of the farm than this agent knows: nothing is printed for it until its coordinator is \
                 restored from a backup made now, or the right one runs again; tell the dispatcher",
                "connecté à un état de la ferme plus ancien que ce que cet agent connaît : rien n’est imprimé pour elle tant que son \
                 coordinateur n’est pas restauré d’une sauvegarde faite maintenant, ou que le bon ne tourne pas ; prévenez \
                 l’organisation",
            )
            .to_owned(),
        LinkState::Refused => language
            .pick(
                "refuses this agent: it was revoked or enrolled again; ask the dispatcher for a \
                 new invite, and enrol with another --state folder",
                "refuse cet agent : il a été révoqué ou inscrit à nouveau ; demandez une nouvelle \
                 invitation, et inscrivez‑le avec un autre dossier --state",
            )
            .to_owned(),
    }
}

/// Says that facts wait for the coordinator.
pub(crate) fn untold(facts: u64, language: Language) -> String {
    language.pick(
        match facts {
            1 => "1 fact is kept until the coordinator has heard it".to_owned(),
            _ => format!("{facts} facts are kept until the coordinator has heard them"),
        },
        match facts {
            0 | 1 => format!("{facts} fait est gardé jusqu’à ce que le coordinateur l’ait reçu"),
            _ => format!("{facts} faits sont gardés jusqu’à ce que le coordinateur les ait reçus"),
        },
    )
}

pub(crate) fn page(page: &PageState, language: Language) -> String {
    match page {
        PageState::Off => {
            language.pick("off, by your settings", "fermée, selon vos réglages").into()
        }
        PageState::Starting => language.pick("being opened", "ouverture en cours").into(),
        PageState::Open { url, reach: Reach::Machine } => language.pick(
            format!("{url}, on this machine only"),
            format!("{url}, sur cette machine seulement"),
        ),
        PageState::Open { url, reach: Reach::Network } => language.pick(
            format!("{url}, with the PIN that `visorfarm-agent page-pin` shows"),
            format!("{url}, avec le code que montre `visorfarm-agent page-pin`"),
        ),
        PageState::Failed { listen, why } => language.pick(
            format!("cannot be opened at {listen}: {why}"),
            format!("impossible à ouvrir sur {listen} : {why}"),
        ),
    }
}

/// Says where letters go, and what the farm says to that.
pub(crate) fn letters(report: &LettersReport, language: Language) -> String {
    let (english, french) = match report.farm {
        None => (
            "your farm has not said yet whether it sends letters",
            "la ferme n’a pas encore dit si elle envoie des courriels",
        ),
        Some(Letters::None) => ("the farm sends no letters", "la ferme n’envoie pas de courriels"),
        Some(Letters::Unconfirmed) => (
            "open the link in the letter that the farm sends there; nothing else is sent before",
            "ouvrez le lien du courriel que la ferme y envoie ; rien d’autre n’est envoyé avant",
        ),
        Some(Letters::Confirmed) => ("you are told there", "vous y êtes prévenu"),
        Some(Letters::Ended) => (
            "ended by the link in a letter; to have them again, take [notices] out of the settings, \
             save, and write it again",
            "arrêtés par le lien d’un courriel ; pour en recevoir de nouveau, retirez [notices] des \
             réglages, enregistrez, et remettez‑le",
        ),
        Some(Letters::Lapsed) => (
            "nobody opened the link within a day; for another, take [notices] out of the settings, \
             save, and write it again",
            "personne n’a ouvert le lien dans la journée ; pour un autre, retirez [notices] des \
             réglages, enregistrez, et remettez‑le",
        ),
        Some(Letters::Refused) => (
            "the farm's mail server does not take this address: write another",
            "le serveur de courriel de la ferme refuse cette adresse : écrivez‑en une autre",
        ),
        Some(Letters::Other) => (
            "your farm says something that this version does not know",
            "la ferme dit quelque chose que cette version ne connaît pas",
        ),
    };
    let address = report.wish.mail.as_str();
    language.pick(format!("{address}: {english}"), format!("{address} : {french}"))
}
