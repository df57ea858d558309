//! What people do, as the notebook takes it down.

use visorfarm_protocol::id::{AgentId, LeaseId, RequestId, RevisionId};

use super::super::event::Publication;
use super::super::{NewRequest, PIECES_MAX, Rank};
use super::notebook::{Notebook, Sheet, SheetState, Stage, Stands, Wish};

impl Notebook {
    pub(super) fn requested(&mut self, new: &NewRequest) {
        if !(1..=i64::from(PIECES_MAX)).contains(&new.pieces) {
            return;
        }
        let wish = Wish {
            wanted: new.pieces,
            delivered: 0,
            rank: new.rank(),
            stands: Stands::Open,
            born: self.epoch,
        };
        self.wishes.insert(RequestId(self.next.request), wish);
        self.next.request += 1;
    }

    pub(super) fn cancelled(&mut self, request: RequestId) {
        if let Some(wish) = self.wishes.get_mut(&request) {
            wish.stands = Stands::Cancelled;
        }
    }

    pub(super) fn ranked(&mut self, request: RequestId, rank: Rank) {
        if let Some(wish) = self.wishes.get_mut(&request) {
            wish.rank = rank;
        }
    }

    /// No more is delivered than is good and still here.
    pub(super) fn delivered(&mut self, request: RequestId, pieces: i64) {
        if !self.wishes.contains_key(&request) {
            return;
        }
        let numbers = self.numbers(request);
        if (1..=numbers.good - numbers.delivered).contains(&pieces) {
            self.wishes.get_mut(&request).unwrap().delivered += pieces;
        }
    }

    /// What was withdrawn stays withdrawn.
    pub(super) fn published(&mut self, name: &RevisionId, brought: &Publication) {
        let (_, slice) = brought.slices.first().expect("each publication of a test brings a slice");
        let sheet = Sheet { pieces: slice.pieces, at: brought.at, state: SheetState::Startable };
        self.revisions.entry(name.clone()).or_insert(sheet);
    }

    pub(super) fn withdrawn(&mut self, name: &RevisionId) {
        if let Some(sheet) = self.revisions.get_mut(name) {
            sheet.state = SheetState::Withdrawn;
        }
    }

    pub(super) fn abandoned(&mut self, lease: LeaseId) {
        if self.leases.get(&lease).is_some_and(|line| line.stage.is_live()) {
            self.ends_unprinted(lease, Stage::Lapsed);
        }
    }

    /// Whoever is shut out tells nothing more: what it holds is given up, what it printed stays.
    pub(super) fn revoked(&mut self, agent: &AgentId) {
        let held = self.live().filter(|(_, line)| line.holder.agent == *agent);
        for id in held.map(|(id, _)| id).collect::<Vec<_>>() {
            self.ends_unprinted(id, Stage::Lapsed);
        }
        self.printers.retain(|key, _| key.agent != *agent);
        self.released(agent);
    }

    pub(super) fn released(&mut self, agent: &AgentId) {
        if self.frozen.remove(agent) {
            self.spoke.remove(agent);
        }
    }
}
