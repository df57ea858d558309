//! Whether this printer may begin a print: every reason why not, in the order a maker would fix
//! them.

use std::time::Duration;

use visorfarm_protocol::message::Return;
use visorfarm_protocol::status::WaitsFor;

use super::event::Decision;
use super::gap::Gap;
use super::memory::{Bed, Consent};
use super::note::Note;
use super::senses::{Blind, Disk, Engine, Found, Server};
use super::{Now, Supervisor};
use crate::clock::Moment;
use crate::octoprint::model::Snapshot;

/// How long a look at OctoPrint counts. It is looked at every second or two.
pub(super) const SEEN_WITHIN: Duration = Duration::from_secs(15);

/// How long the word stands that another machine has our identity. It is repeated with every
/// heartbeat, which comes each ten seconds: nine may be lost, and a release needs no word.
const FROZEN_STANDS: Duration = Duration::from_secs(100);

impl Supervisor {
    /// Says whether the printer may ask for work.
    pub(super) fn willing(&self, now: Now) -> Result<(), WaitsFor> {
        match &self.memory.run {
            Some(_) => Err(WaitsFor::Printer),
            None => self.startable(now),
        }
    }

    /// Says whether a print may begin now.
    pub(super) fn startable(&self, now: Now) -> Result<(), WaitsFor> {
        // First: a plate that nobody knows the end of is counted by a look, whatever else is wrong.
        if self.memory.awaits_look() {
            return Err(WaitsFor::Look);
        }
        let frozen = |at: Moment| now.moment.since(at) < FROZEN_STANDS;
        if self.watch.frozen_at.is_some_and(frozen) {
            return Err(WaitsFor::Copied);
        }
        if self.owner_prints(now.moment) {
            return Err(WaitsFor::ForeignPrint);
        }
        self.bed_clear()?;
        if self.memory.consent == Consent::Paused {
            return Err(WaitsFor::Resume);
        }
        self.filament_ready()?;
        if !self.setup.hours.open_at(now.minute) {
            return Err(WaitsFor::Hours);
        }
        if self.watch.blind == Some(Blind::KeyRefused) {
            return Err(WaitsFor::Key);
        }
        self.printer_ready(now.moment)?;
        match self.watch.watched.gap {
            Gap::Closed => {}
            // A moment after the agent, OctoPrint or the printer comes back its marks tell, or the maker is asked.
            Gap::Open | Gap::Away => return Err(WaitsFor::Printer),
        }
        match self.watch.server {
            Server::OctoPrint => {}
            Server::Unknown => return Err(WaitsFor::Printer),
            // No word of the protocol's; the fault tells.
            Server::Imitator { .. } => return Err(WaitsFor::Other),
        }
        match self.watch.disk {
            Disk::Roomy => Ok(()),
            Disk::Full | Disk::Unknown | Disk::ReadOnly => Err(WaitsFor::Disk),
        }
    }

    /// Decides what answers at OctoPrint's address. A lease for an imitator is given back.
    pub(super) fn decide_server(&self, server: &Server) -> Decision {
        let decision = match server {
            Server::Imitator { name } => self.give_back(Return::Printer, &imitates(name)),
            Server::OctoPrint | Server::Unknown => Decision::default(),
        };
        decision.and_note(Note::Server(server.clone()))
    }

    /// Says whether the printer was just seen at something that is not ours, or a repetition by its owner. With a plate of
    /// ours on the bed it is otherwise at that plate's last moves.
    pub(super) fn owner_prints(&self, now: Moment) -> bool {
        let seen = self.watch.seen.as_ref().filter(|(at, _)| now.since(*at) <= SEEN_WITHIN);
        let busy = seen.filter(|(_, seen)| Engine::of(&seen.printer) == Engine::Busy);
        busy.is_some_and(|(_, seen)| {
            let theirs = match self.memory.bed {
                Bed::Unconfirmed => true,
                // A plate that waits for a look stands there whatever is printed since.
                Bed::Plate(_) => self.memory.awaits_look() && self.is_other(seen),
                // Whatever is printed on it takes it.
                Bed::Clear => false,
            };
            self.memory.run.is_none() && (theirs || self.watch.repeated.is_some())
        })
    }

    /// Says whether the printer is at another file than the plate on the bed is of.
    fn is_other(&self, seen: &Snapshot) -> bool {
        let path = self.memory.plate_on_bed().map(|past| &past.path);
        seen.job.as_ref().is_some_and(|job| path.is_some_and(|path| *path != job.path))
    }

    fn printer_ready(&self, now: Moment) -> Result<(), WaitsFor> {
        let Some((at, snapshot)) = &self.watch.seen else { return Err(WaitsFor::Printer) };
        if SEEN_WITHIN < now.since(*at) {
            return Err(WaitsFor::Printer);
        }
        match Engine::of(&snapshot.printer) {
            // Its owner prints from the printer's own card, of which OctoPrint knows nothing, or heats it for other work.
            Engine::Idle if snapshot.is_heated_idle() => Err(WaitsFor::ForeignPrint),
            Engine::Idle if self.watch.found != Found::Still => Err(WaitsFor::Printer),
            Engine::Idle => Ok(()),
            Engine::Busy => Err(WaitsFor::ForeignPrint),
            Engine::Away | Engine::Unclear => Err(WaitsFor::Printer),
        }
    }
}

/// Says why a print is not begun that is longer than the maker agrees to.
#[must_use]
pub fn too_long(seconds: f64, seconds_max: u32) -> String {
    let (minutes, minutes_max) = ((seconds / 60.0).ceil(), seconds_max / 60);
    format!("it prints for {minutes} min, and the maker agrees to {minutes_max} (max_print_hours)")
}

/// Says why nothing is printed by what only imitates OctoPrint.
pub(super) fn imitates(name: &str) -> String {
    format!("{name} only imitates OctoPrint: nothing is printed for the farm with it")
}
