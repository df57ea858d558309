//! The words for why something is not done.

use visorfarm_protocol::id::PrinterId;

use super::Refusal;
use super::needs;
use super::plates;
use super::render::Language;

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
            match pieces {
                1 => "there is only 1 piece on this plate".to_owned(),
                _ => format!("there are only {pieces} pieces on this plate"),
            },
            format!("il n’y a que {} sur ce plateau", plates::pieces(*pieces, "pièce")),
        ),
        Refusal::SayHowMany { printer, pieces } => language.pick(
            format!(
                "it is not known how the print on {printer} ended: say with --good how many pieces \
                 are good, at most {pieces}"
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
        Refusal::ReadOnly => needs::read_only(language).to_owned(),
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
