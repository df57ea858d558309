//! The words of an answer, in French and English.

use visorfarm_protocol::id::PrinterId;
use visorfarm_protocol::letters::Letters;
use visorfarm_protocol::message::{End, Fact, Plate, Return};
use visorfarm_protocol::status::{Activity, Cause, PrinterStatus, WaitsFor};

use super::render::{Language, shown, span};
use super::{LettersReport, LinkState, PageState, PlateReport, PrinterReport, Reach, Refusal};

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

pub(crate) fn link(link: &LinkState, language: Language) -> String {
    match link {
        LinkState::Connecting => language.pick("connecting", "connexion en cours").to_owned(),
        LinkState::Online => language.pick("connected", "connecté").to_owned(),
        LinkState::Offline { why } => {
            format!("{} {why}", language.pick("not connected:", "pas connecté :"))
        }
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
        format!("{facts} facts are kept until the coordinator has heard them"),
        format!("{facts} faits sont gardés jusqu’à ce que le coordinateur les ait reçus"),
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

/// Returns the one thing that the maker should do next for a printer.
pub(crate) fn need(report: &PrinterReport, language: Language) -> Option<String> {
    let status = &report.status;
    let printer = &status.printer;
    let need = match status.waits_for? {
        WaitsFor::Printer => printer_need(status, language),
        WaitsFor::BedClear if report.last.is_none() => {
            let why = nothing_known(language);
            language.pick(
                format!("{why}; clear the bed, then: visorfarm-agent bed-clear {printer}"),
                format!("{why} ; videz le plateau, puis : visorfarm-agent bed-clear {printer}"),
            )
        }
        WaitsFor::BedClear => language.pick(
            format!("take the pieces off the bed, then: visorfarm-agent bed-clear {printer}"),
            format!("retirez les pièces du plateau, puis : visorfarm-agent bed-clear {printer}"),
        ),
        WaitsFor::Look => language.pick(
            format!(
                "look at the bed, as it is not known how the print ended; clear it, count the \
                 good pieces, then: visorfarm-agent bed-clear {printer} --good N"
            ),
            format!(
                "regardez le plateau, car on ignore comment l’impression a fini ; videz‑le, \
                 comptez les pièces bonnes, puis : visorfarm-agent bed-clear {printer} --good N"
            ),
        ),
        WaitsFor::Resume => language.pick(
            format!("it is paused; when it may print again: visorfarm-agent resume {printer}"),
            format!(
                "elle est suspendue ; pour qu’elle reprenne : visorfarm-agent resume \
                 {printer}"
            ),
        ),
        WaitsFor::Disk => language
            .pick(
                "make room on the disk of this machine or of OctoPrint",
                "libérez de la place sur le disque de cette machine ou d’OctoPrint",
            )
            .to_owned(),
        WaitsFor::Filament => language.pick(
            format!(
                "the spool is empty: load another, then say how many grams are on it: \
                 visorfarm-agent spool 750 --printer {printer}"
            ),
            format!(
                "la bobine est vide : chargez‑en une autre, puis dites combien de grammes elle \
                 porte : visorfarm-agent spool 750 --printer {printer}"
            ),
        ),
        WaitsFor::Key => language.pick(
            format!("OctoPrint refuses the agent's key: visorfarm-agent octoprint-key {printer}"),
            format!("OctoPrint refuse la clé de l’agent : visorfarm-agent octoprint-key {printer}"),
        ),
        WaitsFor::Copied => language
            .pick(
                "two machines have this agent's identity, as after copying a memory card: switch one \
                 off and let it join anew by an invite of its own, then ask your dispatcher to \
                 release the other; what prints goes on",
                "deux machines ont l’identité de cet agent, comme après la copie d’une carte \
                 mémoire : arrêtez‑en une et inscrivez‑la à nouveau avec sa propre invitation, puis \
                 demandez au répartiteur de libérer l’autre ; ce qui s’imprime continue",
            )
            .to_owned(),
        // These end by themselves.
        WaitsFor::Hours | WaitsFor::ForeignPrint | WaitsFor::Other => return None,
    };
    Some(need)
}

/// Says that the journal knows of no print, so that nobody can tell what is on the bed.
pub(crate) fn nothing_known(language: Language) -> &'static str {
    language.pick(
        "no print of the farm is remembered here: the printer is new, or its journal was lost",
        "aucune impression de la ferme n’est connue ici : l’imprimante est nouvelle, ou son journal a été \
         perdu",
    )
}

pub(crate) fn printer_need(status: &PrinterStatus, language: Language) -> String {
    let need = if status.activity == Activity::Faulted {
        language.pick(
            "clear the fault at the printer, then connect it in OctoPrint",
            "supprimez le défaut à l’imprimante, puis connectez‑la dans OctoPrint",
        )
    } else {
        language.pick(
            "switch the printer on and connect it in OctoPrint",
            "allumez l’imprimante et connectez‑la dans OctoPrint",
        )
    };
    need.to_owned()
}

/// Says of a paused printer that it still prints.
pub(crate) fn last_one(printer: &PrinterId, language: Language) -> String {
    language.pick(
        format!(
            "paused: nothing is printed after this one; to go on: visorfarm-agent resume {printer}"
        ),
        format!(
            "suspendue : rien n’est imprimé après celle-ci ; pour continuer : visorfarm-agent \
             resume {printer}"
        ),
    )
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

/// Counts pieces in French, where none and one are singular.
fn pieces(count: u32, kind: &str) -> String {
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

pub(crate) fn refusal(refusal: &Refusal, language: Language) -> String {
    match refusal {
        Refusal::NoSuchPrinter { known } => language.pick(
            format!("there is no such printer; there is: {}", list(known)),
            format!("cette imprimante n’existe pas ; il y a : {}", list(known)),
        ),
        Refusal::WhichPrinter { among } => language.pick(
            format!("say which printer: {}", list(among)),
            format!("précisez l’imprimante : {}", list(among)),
        ),
        Refusal::NothingToClear { printer } => language.pick(
            format!("{printer} is not waiting for its bed: it is clear already, or in use"),
            format!("{printer} n’attend pas son plateau : il est déjà vide, ou utilisé"),
        ),
        Refusal::Printing { printer } => language.pick(
            format!(
                "{printer} is printing: its bed is clear only after that; to count the plate \
                 before again: visorfarm-agent recount N {printer}"
            ),
            format!(
                "{printer} imprime : son plateau ne sera vide qu’après ; pour recompter la \
                 plaque précédente : visorfarm-agent recount N {printer}"
            ),
        ),
        Refusal::OnBed { printer } => language.pick(
            format!(
                "the plate is still on the bed of {printer}: take it off, then: visorfarm-agent \
                 bed-clear {printer} --good N"
            ),
            format!(
                "les pièces sont encore sur le plateau de {printer} : retirez‑les, puis : \
                 visorfarm-agent bed-clear {printer} --good N"
            ),
        ),
        Refusal::TooManyPieces { pieces } => language.pick(
            format!("there are only {pieces} pieces on this plate"),
            format!("il n’y a que {} sur ce plateau", self::pieces(*pieces, "pièce")),
        ),
        Refusal::SayHowMany { printer, pieces } => language.pick(
            format!(
                "it is not known how the print on {printer} ended: say how many of up to {pieces} \
                 pieces are good with --good"
            ),
            format!(
                "on ignore comment l’impression sur {printer} a fini : indiquez avec --good \
                 combien de pièces sont bonnes, {pieces} au plus"
            ),
        ),
        Refusal::NotCompleted { printer } => language.pick(
            format!(
                "the last print on {printer} failed or was cancelled: none of its pieces is \
                 counted; without --good the bed is clear"
            ),
            format!(
                "la dernière impression sur {printer} a échoué ou a été annulée : aucune de ses \
                 pièces n’est comptée ; sans --good le plateau est vide"
            ),
        ),
        Refusal::NoPlate { printer } => language.pick(
            format!("nothing of the farm's is on the bed of {printer}: leave --good out"),
            format!("rien de la ferme n’est sur le plateau de {printer} : omettez --good"),
        ),
        Refusal::UnknownPlate { printer, plate } => language.pick(
            format!(
                "{printer} remembers no plate {plate}; `visorfarm-agent status` names the last one"
            ),
            format!(
                "{printer} ne connaît pas de plaque {plate} ; `visorfarm-agent status` nomme la \
                 dernière"
            ),
        ),
        Refusal::SpoolTooHeavy { grams_max } => language.pick(
            format!("no spool holds so much: say at most {grams_max} g"),
            format!("aucune bobine ne porte autant : {grams_max} g au plus"),
        ),
        Refusal::NotNow => language
            .pick(
                "the agent is starting or stopping: try again in a moment",
                "l’agent démarre ou s’arrête : réessayez dans un instant",
            )
            .to_owned(),
        Refusal::NotUnderstood => language
            .pick(
                "the running agent is of another version: restart it",
                "l’agent en marche est d’une autre version : redémarrez‑le",
            )
            .to_owned(),
    }
}

pub(crate) fn list(printers: &[PrinterId]) -> String {
    printers.iter().map(PrinterId::as_str).collect::<Vec<_>>().join(", ")
}
