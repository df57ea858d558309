//! The words for what a printer needs from its maker.

use visorfarm_protocol::id::PrinterId;
use visorfarm_protocol::status::{Activity, Cause, PrinterStatus, WaitsFor};

use super::render::Language;
use super::{PlateReport, PrinterReport};

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
        WaitsFor::BedClear if report.on_bed.as_ref().is_some_and(PlateReport::is_of_one) => language
            .pick(
                format!("take the piece off the bed, then: visorfarm-agent bed-clear {printer}"),
                format!("retirez la pièce du plateau, puis : visorfarm-agent bed-clear {printer}"),
            ),
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
        WaitsFor::Disk if is_read_only(status) => read_only(language).to_owned(),
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

/// Says that nothing can be written where the agent keeps what it must not forget, and what to do.
pub(crate) fn read_only(language: Language) -> &'static str {
    language.pick(
        "the disk with this agent's memory can only be read, so nothing is started and nothing that you say is \
         kept; once nothing prints, restart this machine, and replace its memory card if that does not help",
        "le disque où cet agent garde sa mémoire ne peut plus être écrit : rien n’est lancé, et rien de ce que \
         vous dites n’est retenu ; quand rien ne s’imprime plus, redémarrez cette machine, et remplacez sa carte \
         mémoire si cela ne suffit pas",
    )
}

/// Says whether the agent tells that it can write nothing.
pub(crate) fn is_read_only(status: &PrinterStatus) -> bool {
    status.fault.as_deref().and_then(Cause::read) == Some(Cause::ReadOnly)
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
