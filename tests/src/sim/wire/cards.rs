//! Memory cards that are copied, lost, or decay; and what people do about it once faults are over.

use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;

use visorfarm_agent::journal::JournalError;
use visorfarm_coordinator::dispatch::Event;
use visorfarm_protocol::id::LeaseId;

use super::agent;
use super::row::Row;
use super::scene::{Happening as Next, Host, Scene};
use super::shop::{Happening, Shop};
use super::world::{World, host};
use crate::sim::agent::{JOURNAL, Machine};
use crate::sim::books;
use crate::sim::coordinator::Command;

/// When the copy of a memory card is switched off, once faults are over: what it was printing has ended
/// by then.
const SWITCHED_OFF_AFTER: u64 = 20 * 60_000;

/// How long a machine that is to be switched off may go on with what it does, at a time.
const ASKED_AGAIN: u64 = 60_000;

impl World<'_> {
    /// The maker copies the memory card for a machine beside another printer, and both run.
    pub(super) fn copy_card(&mut self, shop: usize) {
        let copy = self.stage.borrow_mut().copy_card(shop);
        if let Some(copy) = copy {
            let scene = Rc::clone(&self.stage);
            let lives = move || agent::live(Rc::clone(&scene), copy);
            self.sim.host(host(Host::Agent(copy)), lives);
        }
    }

    /// The journal is gone: with the card, or the maker began anew.
    pub(super) fn lose_card(&mut self, shop: usize) {
        let at_hand = self.stage.borrow().shops[shop].process.as_ref().map(|it| it.run.is_some());
        if at_hand == Some(true) {
            self.stage.borrow_mut().mark(Row::JournalLost);
        }
        self.fall(Host::Agent(shop));
        self.stage.borrow_mut().lose_journal(shop);
    }

    /// A bit of the journal flips; the agent is started anew, and must refuse it.
    pub(super) fn decay(&mut self, shop: usize) {
        let decayed = {
            let scene = &mut *self.stage.borrow_mut();
            scene.shops[shop].disk.decay(Path::new(JOURNAL), &mut scene.chance)
        };
        if decayed {
            self.fall(Host::Agent(shop));
        }
    }

    /// The copy is switched off for good, once it has nothing at hand.
    pub(super) fn switch_off(&mut self, shop: usize) {
        let busy = self.stage.borrow().shops[shop]
            .process
            .as_ref()
            .is_none_or(|process| process.run.is_some() || process.untold != 0);
        if busy {
            return self.stage.borrow_mut().later(ASKED_AGAIN, Next::SwitchedOff(shop));
        }
        self.stage.borrow_mut().shops[shop].machine = Machine::Off;
        self.sim.crash(host(Host::Agent(shop)));
        self.stage.borrow_mut().agent_fell(shop);
    }
}

impl Scene {
    /// Makes the shop of a copy; nothing if there is one already.
    fn copy_card(&mut self, shop: usize) -> Option<usize> {
        if self.copy().is_some() {
            return None;
        }
        let inherited = self.held_by(shop);
        // Of what was not over, two machines tell now: only a person knows whom to believe.
        let open = inherited.iter().filter(|lease| !self.truth.is_told(**lease));
        let open: Vec<_> = open.copied().collect();
        self.truth.unknowable.extend(open);
        let copy = self.shops[shop].copied(inherited, self.now());
        self.shops.push(copy);
        let copy = self.shops.len() - 1;
        self.soon((1_000, 20_000), Next::Shop(copy, Happening::OctoPrintStarts));
        Some(copy)
    }

    /// Returns the leases that were given to the agent of this shop.
    fn held_by(&self, shop: usize) -> BTreeSet<LeaseId> {
        let id = &self.shops[shop].id;
        self.holders.iter().filter(|(_, holder)| *holder == id).map(|(lease, _)| *lease).collect()
    }

    /// Returns the copy, if there is one.
    fn copy(&self) -> Option<usize> {
        self.shops.iter().position(Shop::is_copy)
    }

    /// The maker begins a new life of the journals: what only the old one knew is known to nobody.
    pub(super) fn lose_journal(&mut self, shop: usize) {
        let lost = self.held_by(shop);
        self.truth.lost.extend(lost);
        let found = &mut self.shops[shop];
        found.disk.wipe();
        found.journals += 1;
        found.paused = false;
    }

    /// An agent does not start on its journal.
    pub(super) fn refuses(&mut self, shop: usize, error: &JournalError) {
        // A disk that fails is repaired; what is damaged is not mended by waiting.
        if !matches!(error, JournalError::File { .. }) {
            self.tell(format!("a{shop} does not start: {error}"));
            self.mark(Row::BitRot);
            self.lose_journal(shop);
        }
    }

    /// Faults are over: the copy is found, and will be switched off.
    pub(super) fn finds_the_copy(&mut self) {
        if let Some(copy) = self.copy() {
            self.later(SWITCHED_OFF_AFTER, Next::SwitchedOff(copy));
        }
    }

    /// A person does as the farm's page advises: gives up plates that their agents have forgotten, and
    /// releases an agent of which one machine is left.
    pub(super) fn heed_advice(&mut self) {
        let Some(board) = self.coordinator.board(self.now()) else { return };
        let forgotten = books::forgotten(&board).into_iter();
        let mut said: Vec<_> = forgotten.map(|lease| Event::LeaseAbandoned { lease }).collect();
        if self.copy().is_none_or(|copy| self.shops[copy].machine == Machine::Off) {
            let frozen = books::frozen(&board).into_iter();
            said.extend(frozen.map(|agent| Event::AgentReleased { agent }));
        }
        self.coordinator.inbox.extend(said.into_iter().map(Command::Event));
    }
}
