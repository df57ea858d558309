//! When a request could be printed: a range, and never later than what is known allows.
//!
//! Plates are taken for a fluid that runs into printers as they become free, most pressing request first.
//! That is what a queue with one pool does when plates are many and short against the whole; where
//! they are few, the last plate's own time is added.

mod pool;
mod step;

use std::collections::BTreeMap;

use serde::Serialize;
use visorfarm_protocol::id::{DesignId, RevisionId};

use self::pool::{Pool, reach};
use self::step::{Side, told};
use super::printer::PrinterView;
use crate::clock::Timestamp;
use crate::dispatch::RequestState;
use crate::dispatch::board::{Board, RequestRow};

/// How long a finished plate waits for its maker, at best. A guess: somebody stands beside it.
const PAUSE_EARLY_MILLIS: u64 = 15 * 60_000;

/// How long it waits otherwise. A guess: a night, or a working day.
const PAUSE_LATE_MILLIS: u64 = 8 * 3_600_000;

/// From when to when; nothing where no printer could do it, or nothing is left to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(in crate::web) struct Finish {
    /// If every bed is cleared at once, by printers that only wait for a person, too.
    #[serde(rename = "finish_early")]
    pub(in crate::web) early: Option<Timestamp>,
    /// If every bed waits for hours, by printers that work now.
    #[serde(rename = "finish_late")]
    pub(in crate::web) late: Option<Timestamp>,
}

/// For each design, the printers that could print it.
pub(super) struct Pools {
    now: u64,
    by_design: BTreeMap<(DesignId, Option<RevisionId>), Pool>,
}

/// What requests that go before still keep printers busy with, in milliseconds.
#[derive(Default)]
pub(super) struct Before {
    early: Vec<u64>,
    /// With what stands on printers that do not work.
    late: Vec<u64>,
}

impl Finish {
    /// Says whether it is from one time to another.
    pub(in crate::web) fn is_range(&self) -> bool {
        self.early.zip(self.late).is_some_and(|(early, late)| early < late)
    }

    /// Returns when both are done: what is not known of one is not known of both.
    pub(super) fn both(self, other: Self) -> Self {
        let late = self.late.zip(other.late).map(|(one, other)| one.max(other));
        Self { early: self.early.max(other.early), late }
    }
}

impl Pools {
    pub(super) fn new(board: &Board, printers: &[PrinterView]) -> Self {
        let now = board.at.0;
        let mut by_design = BTreeMap::new();
        for row in board.requests.iter().filter(|row| row.state == RequestState::Open) {
            let of = (row.design.clone(), row.revision.clone());
            by_design.entry(of).or_insert_with(|| Pool::new(board, row, printers));
        }
        Self { now, by_design }
    }

    /// Returns when `row` is done. `before` grows by what it asks of the printers.
    pub(super) fn finish(&self, row: &RequestRow, before: &mut Before) -> Finish {
        let Some(pool) = self.by_design.get(&(row.design.clone(), row.revision.clone())) else {
            return Finish::default();
        };
        // A plate that ended and is not told yet may end any moment.
        let running = pool.running.get(&row.id.0).copied().unwrap_or_default();
        let left = row.numbers.outstanding;
        let (early, late) = match pool.plate {
            _ if left == 0 && running.stuck == 0 => (Some(running.early), Some(running.late)),
            None => ((left == 0).then_some(running.early), None),
            Some((pieces, millis)) => {
                let plates = left.div_ceil(u64::from(pieces.max(1)));
                before.early.push(plates.saturating_mul(millis));
                before.late.push(plates.saturating_add(running.stuck).saturating_mul(millis));
                let work = |works: &[u64], pause: u64| -> u64 {
                    let stretched =
                        |work: &u64| work.saturating_mul(millis + pause) / millis.max(1);
                    works.iter().map(stretched).fold(0, u64::saturating_add)
                };
                let early = match left {
                    0 => Some(running.early),
                    _ => reach(&pool.early, work(&before.early, PAUSE_EARLY_MILLIS), millis),
                };
                let late = reach(&pool.late, work(&before.late, PAUSE_LATE_MILLIS), millis);
                (
                    early.map(|at| at.max(running.early)),
                    late.map(|at| at.saturating_add(millis).max(running.late)),
                )
            }
        };
        Finish {
            early: early.map(|at| told(at, self.now, Side::Early)),
            late: late.map(|at| told(at, self.now, Side::Late)),
        }
    }

    /// Returns what a printer would have to take, and none does: the profile, the filament and the length of each G-code
    /// that there is for `row`. Nothing if one does.
    pub(super) fn unwilling(&self, row: &RequestRow) -> Option<&str> {
        self.by_design.get(&(row.design.clone(), row.revision.clone()))?.wants.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use visorfarm_protocol::message::{Hello, Up};
    use visorfarm_protocol::status::{Consent, PrinterCard};

    use super::step::STEP_MILLIS;
    use super::*;
    use crate::dispatch::testing::{Farm, card};
    use crate::web::view::Kind;

    /// A farm of one printer whose maker agrees to this asks for a plate that takes an hour; checks what no printer takes.
    #[track_caller]
    fn check_wants(consent: Consent, profile: &str, wants: Option<&str>) {
        let mut farm = Farm::new();
        let card =
            PrinterCard { consent: Some(consent), profile: profile.parse().unwrap(), ..card("p") };
        farm.said(
            "a",
            Up::Hello(Hello {
                incarnation: "i1".parse().unwrap(),
                session: 1,
                software: "test".into(),
                epoch: None,
                printers: vec![card],
                holds: vec![],
                mark: None,
                letters: None,
            }),
        );
        farm.request(4);
        let board = farm.dispatcher.board(farm.now);
        let printers = vec![PrinterView { kind: Kind::Ready, ..PrinterView::default() }];
        let pools = Pools::new(&board, &printers);
        let row = &board.requests[0];
        assert_eq!(pools.unwilling(row), wants);
        assert_eq!(pools.finish(row, &mut Before::default()).early.is_none(), wants.is_some());
    }

    /// A moment that is told as it is.
    const TOLD: Timestamp = Timestamp(4 * STEP_MILLIS);

    /// A farm of two printers asks for one plate that takes an hour, and the first printer holds it;
    /// checks in how many minutes it is expected.
    #[track_caller]
    fn check_held(held: &PrinterView, other: Kind, early: u64, late: Option<u64>) {
        let mut farm = Farm::new();
        farm.now = TOLD;
        for name in ["a", "b"] {
            farm.hello(name, &[]);
        }
        farm.request(4);
        let board = farm.dispatcher.board(farm.now);
        let mut row = board.requests[0].clone();
        row.numbers.outstanding = 0;
        let held = PrinterView { request: Some(row.id.0), ..held.clone() };
        let printers = vec![held, PrinterView { kind: other, ..PrinterView::default() }];
        let found = Pools::new(&board, &printers).finish(&row, &mut Before::default());
        let minutes = |at: Timestamp| (at.0 - board.at.0).div_ceil(60_000);
        assert_eq!((found.early.map(minutes), found.late.map(minutes)), (Some(early), late));
    }

    #[test]
    fn a_plate_whose_printer_does_not_tell_its_end_may_be_made_again_by_another() {
        let kind = |kind| PrinterView { kind, ..PrinterView::default() };
        for stuck in [Kind::Person, Kind::Away] {
            // At best it is done. Else another printer takes it after a night.
            check_held(&kind(stuck), Kind::Ready, 0, Some(10 * 60));
            check_held(&kind(stuck), Kind::Away, 0, None);
        }
    }

    #[test]
    fn a_printer_that_works_and_tells_no_end_may_only_have_begun() {
        let working = PrinterView { kind: Kind::Working, ..PrinterView::default() };
        check_held(&working, Kind::Away, 0, Some(60));
        let ends = Some(Timestamp(TOLD.0 + 20 * 60_000));
        check_held(&PrinterView { ends, ..working }, Kind::Away, 20, Some(20));
    }

    #[test]
    fn what_no_maker_agrees_to_is_promised_by_nobody() {
        let hour = |seconds_max| Consent { seconds_max: Some(seconds_max), ..Consent::default() };
        check_wants(Consent::default(), "ender3", None);
        check_wants(hour(3_600), "ender3", None);
        check_wants(hour(3_599), "ender3", Some("ender3 · 1:00 h"));
        check_wants(Consent::default(), "mk3s", Some("ender3 · 1:00 h"));
    }

    #[test]
    fn one_time_or_an_open_end_is_no_range() {
        for (early, late, is_range) in [
            (Some(1), Some(2), true),
            (Some(2), Some(2), false),
            (Some(1), None, false),
            (None, None, false),
        ] {
            let finish = Finish { early: early.map(Timestamp), late: late.map(Timestamp) };
            assert_eq!(finish.is_range(), is_range, "{finish:?}");
        }
    }
}
