//! How the printer is doing, for the farm's page and the maker's own.

use visorfarm_protocol::status::{self, Activity, Cause, PrinterStatus, WaitsFor};
use visorfarm_protocol::text::quote;

use super::memory::{Bed, Consent, Phase, Run};
use super::senses::{Blind, Disk, Engine, Server};
use super::spool::Milligrams;
use super::willing::imitates;
use super::work::Work;
use super::{Now, Supervisor};
use crate::octoprint::model::{PrinterCondition, Snapshot};

impl Supervisor {
    /// Returns how the printer is doing.
    #[must_use]
    pub fn status(&self, now: Now) -> PrinterStatus {
        let snapshot = self.watch.seen.as_ref().map(|(_, snapshot)| snapshot);
        let run = self.memory.run.as_ref();
        let heats = snapshot.map(|snapshot| &snapshot.temperatures);
        let celsius = |heat: Option<crate::octoprint::model::Heat>| heat.map(|heat| heat.actual);
        let printing = snapshot.filter(|snapshot| {
            Engine::of(&snapshot.printer) == Engine::Busy && snapshot.job.is_some()
        });
        PrinterStatus {
            printer: self.printer.clone(),
            activity: self.activity(run, snapshot),
            bed: self.bed(),
            waits_for: match (run, self.watch.blind) {
                // A print goes on without a memory, but nobody is told how it ends.
                (Some(_), _) if self.watch.disk == Disk::ReadOnly => Some(WaitsFor::Disk),
                // A print goes on without a key, but nobody sees how it ends.
                (Some(_), Some(Blind::KeyRefused)) => Some(WaitsFor::Key),
                (Some(_), Some(Blind::Unreachable) | None) => None,
                (None, _) => self.willing(now).err(),
            },
            lease: run.map(|run| run.grant.lease),
            fraction: printing.and_then(|snapshot| snapshot.progress.completion),
            seconds_left: printing.and_then(|snapshot| snapshot.progress.seconds_left),
            nozzle_celsius: heats.and_then(|heats| celsius(heats.nozzle)),
            bed_celsius: heats.and_then(|heats| celsius(heats.bed)),
            filament_left_grams: self.memory.spool.map(Milligrams::grams),
            fault: self.fault(snapshot),
        }
    }

    /// Returns the run at hand, for the maker's page.
    #[must_use]
    pub fn run(&self) -> Option<&Run> {
        self.memory.run.as_ref()
    }

    /// Says whether the maker lets the printer take no more work.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.memory.consent == Consent::Paused
    }

    /// Returns how many facts the coordinator has not receipted.
    #[must_use]
    pub fn untold(&self) -> usize {
        self.memory.unheard().count()
    }

    fn activity(&self, run: Option<&Run>, snapshot: Option<&Snapshot>) -> Activity {
        let phase = run.map(|run| &run.phase);
        match (phase, snapshot) {
            (Some(Phase::Preparing), _) => Activity::Preparing,
            (Some(Phase::Starting { .. }), _) => Activity::Starting,
            (Some(Phase::Printing { .. }), snapshot) => self.print_activity(snapshot),
            (None, _) if self.memory.awaits_look() => Activity::Unknown,
            (None, None) => Activity::Offline,
            (None, Some(snapshot)) => match (&snapshot.printer, Engine::of(&snapshot.printer)) {
                (_, Engine::Idle) => Activity::Idle,
                (_, Engine::Busy) => Activity::Foreign,
                (
                    PrinterCondition::Offline { error: Some(_) } | PrinterCondition::Error { .. },
                    _,
                ) => Activity::Faulted,
                (_, Engine::Away | Engine::Unclear) => Activity::Offline,
            },
        }
    }

    fn print_activity(&self, snapshot: Option<&Snapshot>) -> Activity {
        let condition = snapshot.map(|snapshot| &snapshot.printer);
        match (self.watch.work, condition) {
            (_, None) => Activity::Offline,
            (Work::Finishing { .. }, _) | (_, Some(PrinterCondition::Finishing)) => {
                Activity::Finishing
            }
            (_, Some(PrinterCondition::Paused | PrinterCondition::Pausing)) => Activity::Paused,
            _ => Activity::Printing,
        }
    }

    fn bed(&self) -> status::Bed {
        match self.memory.bed {
            Bed::Clear => status::Bed::Clear,
            Bed::Plate(_) | Bed::Unconfirmed => status::Bed::Occupied,
        }
    }

    fn fault(&self, snapshot: Option<&Snapshot>) -> Option<String> {
        // First: whatever else is wrong, nothing of it can be kept.
        if self.watch.disk == Disk::ReadOnly {
            return Some(Cause::ReadOnly.sentence().to_owned());
        }
        if let (None, Server::Imitator { name }) = (self.watch.blind, &self.watch.server) {
            return Some(quote(&imitates(name)));
        }
        match (self.watch.blind, snapshot) {
            (Some(Blind::KeyRefused), _) => Some(Cause::KeyRefused.sentence().to_owned()),
            (Some(Blind::Unreachable), _) => Some(Cause::NoAnswer.sentence().to_owned()),
            (None, Some(snapshot)) if snapshot.is_heated_idle() && self.memory.run.is_none() => {
                Some(Cause::KeptHot.sentence().to_owned())
            }
            (None, Some(snapshot)) => {
                let own = if let PrinterCondition::Offline { error: Some(text) }
                | PrinterCondition::Error { text } = &snapshot.printer
                {
                    Some(text.as_str())
                } else {
                    None
                };
                own.or(snapshot.error.as_deref()).filter(|text| !text.is_empty()).map(quote)
            }
            (None, None) => None,
        }
    }

    /// Says whether the maker is waited for at the bed.
    #[must_use]
    pub fn waits_for_bed(&self) -> bool {
        self.memory.run.is_none() && self.bed() != status::Bed::Clear
    }
}
