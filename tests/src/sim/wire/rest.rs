//! When a world has come to rest, and what must be true then.

use std::collections::BTreeSet;

use super::scene::{Happening, Phase, Scene};
use crate::sim::agent::Machine;
use crate::sim::books;

/// How long a healed world may take until everything is told and done, in milliseconds: a silent lease
/// lapses after 40 minutes, and makers come by every minute.
const HEALS_WITHIN: u64 = 2 * 3_600_000;

/// How often that is asked.
const ASKED_EVERY: u64 = 60_000;

/// Whether a world still moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    Moving,
    Still,
}

impl Scene {
    /// Faults are over: from now on everything must arrive.
    pub(super) fn heals(&mut self) {
        self.tell("faults end".to_owned());
        self.phase = Phase::Healed { since: self.now() };
        self.later(ASKED_EVERY, Happening::AtRest);
    }

    /// Asks whether everything is told and done, and holds it against the truth if it is.
    pub(super) fn at_rest(&mut self) -> Rest {
        let Phase::Healed { since } = self.phase else { return Rest::Moving };
        self.heed_advice();
        let restless = self.restless();
        if restless.is_empty() {
            // What OctoPrint proves there is left to the other worlds.
            if let Some(wrong) = self.truth.miscounted(&BTreeSet::new()) {
                self.truth.violate(wrong);
            }
            for process in self.shops.iter().filter_map(|shop| shop.process.as_ref()) {
                self.truth.check_told(&process.completed);
            }
            if let Err(broken) = self.coordinator.check() {
                self.truth.violate(broken);
            }
            return Rest::Still;
        }
        if HEALS_WITHIN < self.now() - since {
            self.truth.violate(format!("still not at rest: {}", restless.join("; ")));
            return Rest::Still;
        }
        self.later(ASKED_EVERY, Happening::AtRest);
        Rest::Moving
    }

    /// Returns what is not yet told or done.
    fn restless(&self) -> Vec<String> {
        let Some(board) = self.coordinator.board(self.now()) else {
            return vec!["no coordinator".to_owned()];
        };
        let mut restless = books::open(&board);
        restless.extend(books::frozen(&board).iter().map(|agent| format!("{agent} is held back")));
        for shop in self.shops.iter().filter(|shop| shop.machine == Machine::InUse) {
            if shop.is_copy() {
                restless.push(format!("the copy of {} still runs", shop.id));
            }
            match &shop.process {
                None => restless.push(format!("{} is down", shop.id)),
                Some(process) if process.untold != 0 || process.run.is_some() => {
                    let (untold, run) = (process.untold, &process.run);
                    restless.push(format!("{} has {untold} untold and runs {run:?}", shop.id));
                }
                Some(_) => {}
            }
        }
        restless
    }
}
