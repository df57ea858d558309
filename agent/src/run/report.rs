//! What the farm and the maker are told of how everything is.

use std::time::Duration;

use tokio::time::Instant;
use visorfarm_protocol::camera::PICTURE_EVERY;
use visorfarm_protocol::message::Up;
use visorfarm_protocol::status::{Activity, PrinterStatus};

use super::floor::{Floor, TICK};
use super::hands::Hands;
use super::printer::Printer;
use super::tally::tallies;
use crate::clock;
use crate::journal::Disk;
use crate::local::{LinkState, PlateReport, PrinterReport, Status};
use crate::supervise::{PrintId, PrintedPlate};

/// How often every printer's status is told when nothing changes: the heartbeat that keeps leases.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// A status that was told, and when.
pub(super) struct Told {
    status: PrinterStatus,
    at: Instant,
}

impl<H: Hands, D: Disk> Floor<H, D> {
    /// Tells the coordinator how the printers are that changed, each at most once a second, and
    /// all of them as a heartbeat.
    pub fn report(&mut self) {
        for printer in self.printers.values_mut() {
            printer.keep_since();
        }
        if self.link != LinkState::Online {
            return;
        }
        let now = Instant::now();
        for printer in self.printers.values_mut() {
            printer.show(now);
        }
        let beat = self.heartbeat.is_none_or(|at| HEARTBEAT <= now.duration_since(at));
        let due: Vec<_> =
            self.printers.values_mut().filter_map(|printer| printer.news(now, beat)).collect();
        if beat {
            self.heartbeat = Some(now);
        }
        if !due.is_empty() {
            self.say(Up::Status { printers: due });
        }
    }

    /// Returns what the maker wants to know, as far as the shop floor knows it.
    pub(super) fn status(&self) -> Status {
        let untold: usize = self.printers.values().map(|p| p.supervisor().untold()).sum();
        Status {
            software: crate::SOFTWARE.to_owned(),
            link: self.link.clone(),
            facts_untold: untold as u64,
            config_error: None,
            page: None,
            letters: None,
            memos: Vec::new(),
            printers: self.printers.values().map(Printer::report).collect(),
        }
    }
}

impl<H: Hands, D: Disk> Printer<H, D> {
    /// Returns the status if it is due to be told.
    fn news(&mut self, now: Instant, beat: bool) -> Option<PrinterStatus> {
        let status = self.supervisor().status(self.now());
        let due = match &self.told {
            None => true,
            Some(told) => beat || (told.status != status && TICK <= now.duration_since(told.at)),
        };
        if !due {
            return None;
        }
        self.told = Some(Told { status: status.clone(), at: now });
        Some(status)
    }

    /// Has a picture taken if one is due: where its maker allows it, while it prints for the farm.
    fn show(&mut self, now: Instant) {
        let prints = match self.supervisor().status(self.now()).activity {
            Activity::Printing | Activity::Paused | Activity::Finishing => true,
            Activity::Offline
            | Activity::Idle
            | Activity::Preparing
            | Activity::Starting
            | Activity::Foreign
            | Activity::Faulted
            | Activity::Unknown
            | Activity::Other => false,
        };
        let due = self.pictured.is_none_or(|at| PICTURE_EVERY <= now.duration_since(at));
        if self.config().camera && prints && due {
            self.pictured = Some(now);
            self.hands.picture();
        }
    }

    /// Remembers since when the printer does what it does.
    fn keep_since(&mut self) {
        let status = self.supervisor().status(self.now());
        let same = self.since.as_ref().is_some_and(|(before, _)| {
            (before.activity, before.waits_for) == (status.activity, status.waits_for)
        });
        if !same {
            self.since = Some((status, clock::unix_seconds()));
        }
    }

    /// Returns a plate whose print has ended: the one that is named, or else the last.
    pub(super) fn plate(&self, named: Option<PrintId>) -> Option<PlateReport> {
        let printed = self.supervisor().printed();
        let is_named = |plate: &&PrintedPlate<'_>| named.is_none_or(|named| plate.print == named);
        printed.iter().rev().find(is_named).map(plate_report)
    }

    fn report(&self) -> PrinterReport {
        let printed = self.supervisor().printed();
        let on_bed = self.supervisor().on_bed();
        let own = |lease| PrintId { lease, ordinal: 0 };
        let on_bed = printed.iter().find(|plate| Some(plate.print) == on_bed.map(own));
        PrinterReport {
            title: self.config().title.clone(),
            status: self.supervisor().status(self.now()),
            purpose: self.supervisor().run().map(|run| run.grant.purpose.clone()),
            plate: self.supervisor().run().map(|run| run.grant.plate.clone()),
            paused: self.supervisor().is_paused(),
            short_of_grams: self.supervisor().short_of_grams(),
            since: self.since.as_ref().map(|(_, since)| *since),
            on_bed: on_bed.map(plate_report),
            last: printed.last().map(plate_report),
            printed: tallies(&printed),
            card: Some(self.card()),
            happened: self.happened.clone(),
        }
    }
}

fn plate_report(printed: &PrintedPlate<'_>) -> PlateReport {
    PlateReport {
        lease: printed.print.lease,
        ordinal: printed.print.ordinal,
        plate: printed.plate.clone(),
        end: printed.end,
        good: printed.judged.map(|(good, _)| good),
        purpose: printed.purpose.map(str::to_owned),
    }
}
