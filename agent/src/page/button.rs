//! The button for the one thing that a printer needs, pure.

use visorfarm_protocol::message::End;
use visorfarm_protocol::status::{Activity, Bed, WaitsFor};

use crate::local::{PlateReport, PrinterReport};
use crate::supervise::PrintId;

/// The button for the one thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Button {
    /// The bed is clear.
    Clear {
        /// Which plate was on it: a page of yesterday must not count today's.
        plate: Option<PrintId>,
        count: Count,
    },
    /// A spool is loaded.
    Spool,
    /// Let it print again.
    Resume,
    None,
}

/// Whether good pieces are counted with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// There are none to count.
    Nothing,
    /// All of so many, if nothing else is said.
    All(u32),
    /// It must be said, up to so many.
    Said(u32),
}

pub(super) fn button(report: &PrinterReport) -> Button {
    let status = &report.status;
    let waits_for_bed = status.lease.is_none() && status.bed == Bed::Occupied;
    if waits_for_bed && status.activity != Activity::Foreign {
        let plate = report.on_bed.as_ref();
        return Button::Clear {
            plate: report.print_on_bed(),
            count: plate.map_or(Count::Nothing, count),
        };
    }
    // During a print neither is a matter of urgency.
    if report.paused && status.lease.is_none() {
        return Button::Resume;
    }
    if status.waits_for == Some(WaitsFor::Filament) { Button::Spool } else { Button::None }
}

fn count(plate: &PlateReport) -> Count {
    match plate.end {
        End::Completed => Count::All(plate.plate.pieces),
        End::Unknown => Count::Said(plate.plate.pieces),
        End::Failed | End::Cancelled => Count::Nothing,
    }
}
