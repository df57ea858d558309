//! What follows from the lines of the notebook: slips to hang up or take down, leases to ask back, to give
//! up, to give.

use visorfarm_protocol::id::{JobId, LeaseId, RequestId};

use super::super::PrinterKey;
use super::super::board::Numbers;
use super::notebook::{Line, Notebook, SheetState, Slip, Stage, Stands};
use crate::clock::Timestamp;

/// How long an ask stands, in milliseconds.
const ASK_STANDS: u64 = 100_000;

/// How long after an offer a print may begin.
const START_WITHIN: u64 = 1_800_000;

/// How long an agent may be silent that has a plate of an hour: half an hour to start, and twice the print.
const PATIENCE: u64 = 9_000_000;

/// Says whether an ask of `since` is still answered.
pub(super) fn ask_stands(since: Timestamp, now: Timestamp) -> bool {
    now.0 - since.0 < ASK_STANDS
}

impl Notebook {
    /// Writes down all that follows by `now`.
    pub(super) fn settle(&mut self, now: Timestamp) {
        self.tidy();
        let silent = self.silent(now);
        if !silent.is_empty() {
            for id in silent {
                self.ends_unprinted(id, Stage::Lapsed);
            }
            self.tidy();
        }
        let waiting = self.who_waits(now);
        if !waiting.is_empty() {
            for printer in waiting {
                self.give(now, printer);
            }
            self.tidy();
        }
    }

    fn tidy(&mut self) {
        for request in self.wishes.keys().copied().collect::<Vec<_>>() {
            let Numbers { outstanding, surplus, .. } = self.numbers(request);
            let wish = self.wishes.get_mut(&request).unwrap();
            let (needed, too_many) = match wish.stands {
                Stands::Open => (outstanding, surplus),
                // It wants what is printed or in flight, and no more; and of that only what is begun.
                Stands::Cancelled => {
                    wish.wanted -= i64::try_from(outstanding).unwrap();
                    (0, u64::MAX)
                }
            };
            self.hang_up_slips(request, needed);
            self.ask_back(request, too_many);
        }
    }

    /// As many slips hang as plates of the newest revision are needed.
    fn hang_up_slips(&mut self, request: RequestId, needed: u64) {
        let pieces = self.newest().map(|(_, sheet)| u64::from(sheet.pieces));
        let plates = pieces.map_or(0, |pieces| needed.div_ceil(pieces));
        let hanging = self.hanging(request);
        for newest in hanging.iter().skip(usize::try_from(plates).unwrap()) {
            self.slips.remove(newest);
        }
        for _ in hanging.len() as u64..plates {
            self.slips.insert(JobId(self.next.slip), Slip { request, taken: None });
            self.next.slip += 1;
        }
    }

    /// What nobody needs or may start is asked back, newest first, as long as it was not started.
    fn ask_back(&mut self, request: RequestId, too_many: u64) {
        let of_it = |(_, line): &(LeaseId, &Line)| line.request == Some(request);
        let comes_back = self.live().filter(of_it).filter(|it| it.1.stage.is_recalled());
        let comes_back: u64 = comes_back.map(|(_, line)| u64::from(line.pieces)).sum();
        let mut too_many = too_many.saturating_sub(comes_back);
        let unstarted = self.live().filter(of_it).filter(|it| it.1.stage.is_unstarted());
        let mut recalled = Vec::new();
        for (id, line) in unstarted.rev() {
            if u64::from(line.pieces) <= too_many {
                too_many -= u64::from(line.pieces);
                recalled.push(id);
            } else if self.revisions[&line.revision].state == SheetState::Withdrawn {
                recalled.push(id);
            }
        }
        for id in recalled {
            let line = self.leases.get_mut(&id).unwrap();
            let taken = line.stage == Stage::Accepted;
            line.stage = if taken { Stage::RecalledTaken } else { Stage::Recalled };
        }
    }

    /// Returns the leases whose agents are silent for too long, or spoke after the last moment at which they could
    /// have begun what they have never answered.
    fn silent(&self, now: Timestamp) -> Vec<LeaseId> {
        let silent = |(_, line): &(LeaseId, &Line)| {
            let heard = self.heard.get(&line.holder.agent).copied().unwrap_or_default();
            let spoke = heard.last.max(self.listens).max(line.at);
            let unanswered = matches!(line.stage, Stage::Offered | Stage::Recalled);
            spoke.0 + line.patience < now.0 || unanswered && self.speaks_of_all_else(line)
        };
        self.live().filter(silent).map(|(id, _)| id).collect()
    }

    /// Says whether its agent has spoken for five minutes since it could begin it at last.
    pub(super) fn speaks_of_all_else(&self, line: &Line) -> bool {
        let heard = self.heard.get(&line.holder.agent).copied().unwrap_or_default();
        (line.at.0 + START_WITHIN).max(heard.since.0) + 300_000 < heard.last.0
    }

    /// Who waits gets a slip of what is most pressing, and of these the one that hangs longest.
    fn give(&mut self, now: Timestamp, holder: PrinterKey) {
        let Some((revision, sheet)) = self.newest() else { return };
        let hang = self.slips.iter_mut().filter(|(_, slip)| slip.taken.is_none());
        let pressing = |(_, slip): &(_, &mut Slip)| self.wishes[&slip.request].rank;
        // Of equals, the first.
        let Some((job, slip)) = hang.min_by_key(pressing) else { return };
        let id = LeaseId { epoch: self.epoch, number: self.next.lease };
        self.next.lease += 1;
        slip.taken = Some(id);
        self.printers.insert(holder.clone(), None);
        let line = Line {
            holder,
            request: Some(slip.request),
            slip: Some(*job),
            revision,
            pieces: sheet.pieces,
            at: now,
            patience: PATIENCE,
            stage: Stage::Offered,
        };
        self.leases.insert(id, line);
    }

    /// Returns the printers that wait for work, longest first.
    fn who_waits(&self, now: Timestamp) -> Vec<PrinterKey> {
        let waits = self.printers.iter().filter_map(|(key, since)| Some(((*since)?, key)));
        let stands = |it: &(Timestamp, &PrinterKey)| ask_stands(it.0, now);
        let mut waits: Vec<_> = waits.filter(stands).collect();
        waits.retain(|(_, key)| self.held_by(key).is_none());
        waits.sort();
        waits.into_iter().map(|(_, key)| key.clone()).collect()
    }

    /// A lease ends without a print: its slip hangs again, unless another one took it since.
    pub(super) fn ends_unprinted(&mut self, id: LeaseId, stage: Stage) {
        let line = self.leases.get_mut(&id).unwrap();
        line.stage = stage;
        let Some(slip) = line.slip.and_then(|slip| self.slips.get_mut(&slip)) else { return };
        if slip.taken == Some(id) {
            slip.taken = None;
        }
    }

    /// A lease ends with a print: its slip is done with, unless another one has it.
    pub(super) fn ends_printed(&mut self, id: LeaseId) {
        let line = self.leases.get_mut(&id).unwrap();
        line.stage = Stage::Over;
        let Some(job) = line.slip else { return };
        let free = |slip: &Slip| slip.taken.is_none_or(|taken| taken == id);
        if self.slips.get(&job).is_some_and(free) {
            self.slips.remove(&job);
        }
    }
}
