//! What the coordinator says.

use std::time::Duration;

use visorfarm_protocol::id::{Epoch, LeaseId};
use visorfarm_protocol::message::{Down, Grant, Receipt};

use super::super::super::testing::{EPOCH, plate};
use super::super::super::{Event, LinkChange};
use super::super::step::FarmStep;
use super::Workshop;

/// How long a grant may be started, counted from the ask.
const START_WITHIN: u32 = 1_800;

/// The number by which receipts name the process on a [`Bench`](super::Bench).
const TELLER: u64 = 7;

impl Workshop {
    pub(super) fn farm(&mut self, step: FarmStep) {
        match step {
            FarmStep::Grants => self.grants(),
            FarmStep::WithdrawsTheLast => {
                if let Some(lease) = self.given.keys().next_back().copied() {
                    self.withdraws(lease);
                }
            }
            FarmStep::WithdrawsWhatItNeverGave => {
                self.withdraws(LeaseId { epoch: self.scene.epoch, number: 900 });
            }
            FarmStep::Receipts => self.receipts(usize::MAX),
            FarmStep::ReceiptsOne => self.receipts(1),
            FarmStep::ReceiptsTheCopy if self.scene.is_heard() => {
                self.down(receipt(1..1_000, TELLER + 1));
            }
            FarmStep::Connects => {
                self.welcomes(self.scene.epoch);
                if self.scene.is_frozen() {
                    self.down(Down::Frozen);
                }
            }
            FarmStep::IsOld => {
                self.welcomes(Epoch(EPOCH.0 - 1));
                self.down(receipt(1..1_000, TELLER));
            }
            FarmStep::Disconnects | FarmStep::IsRestored => {
                self.put(Event::Link(LinkChange::Down));
            }
            FarmStep::Freezes if self.scene.is_heard() => {
                self.reached.meet("frozen");
                self.down(Down::Frozen);
            }
            FarmStep::ReceiptsTheCopy | FarmStep::Freezes => {}
        }
    }

    fn down(&mut self, down: Down) {
        self.put(Event::Down(down));
    }

    fn welcomes(&mut self, epoch: Epoch) {
        self.put(Event::Link(LinkChange::Up));
        self.down(Down::Welcome { epoch, farm: "lyon".parse().unwrap() });
    }

    fn grants(&mut self) {
        if !self.scene.is_heard() {
            return;
        }
        let Some((ask, since)) = self.asked.take() else { return };
        let number = 1 + self.given.len() as u64;
        let lease = LeaseId { epoch: self.scene.epoch, number };
        self.given.insert(lease, since + Duration::from_secs(START_WITHIN.into()));
        self.reached.meet("a grant");
        self.down(Down::Grant(grant(lease, ask)));
    }

    fn withdraws(&mut self, lease: LeaseId) {
        if self.scene.is_heard() {
            let (printer, why) = ("p".parse().unwrap(), "enough is printed".into());
            let grant = Some(grant(lease, 0));
            self.down(Down::Withdraw { lease, printer, why, grant });
        }
    }

    /// Receipts up to so many of the facts that this life has heard, newest first.
    fn receipts(&mut self, most: usize) {
        if !self.scene.is_heard() {
            return;
        }
        let heard = self.heard.get(&self.scene.epoch).into_iter().flatten();
        let seqs: Vec<_> = heard.rev().take(most).copied().collect();
        self.receipted.entry(self.scene.epoch).or_default().extend(&seqs);
        self.down(receipt(seqs, TELLER));
    }
}

fn receipt(seqs: impl IntoIterator<Item = u64>, teller: u64) -> Down {
    let (printer, seqs) = ("p".parse().unwrap(), seqs.into_iter().collect());
    Down::Receipt(Receipt { printer, seqs, teller: Some(teller), mark: None })
}

fn grant(lease: LeaseId, ask: u64) -> Box<Grant> {
    Box::new(Grant {
        lease,
        printer: "p".parse().unwrap(),
        ask,
        plate: plate(),
        bytes: 10,
        purpose: "CHU".into(),
        start_within_seconds: START_WITHIN,
        expected_seconds: None,
    })
}
