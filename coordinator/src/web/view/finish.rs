//! When a request could be printed: a range, and never later than what is known allows.
//!
//! Plates are taken for a fluid that runs into printers as they become free, most pressing request first.
//! That is what a queue with one pool does when plates are many and short against the whole; where
//! they are few, the last plate's own time is added.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use visorfarm_protocol::id::{DesignId, RevisionId};

use super::printer::{Doing, Kind, PrinterView};
use crate::clock::Timestamp;
use crate::dispatch::RequestState;
use crate::dispatch::board::{Board, RequestRow, SliceRow};

/// How long a finished plate waits for its maker, at best. A guess: somebody stands beside it.
const PAUSE_EARLY_MILLIS: u64 = 15 * 60_000;

/// How long it waits otherwise. A guess: a night, or a working day.
const PAUSE_LATE_MILLIS: u64 = 8 * 3_600_000;

/// Ends are told in steps, so that pages do not change with every second that a print slips, and that
/// nobody takes a guess about the day after tomorrow for a train's timetable.
const STEP_MILLIS: u64 = 5 * 60_000;
const FAR_STEP_MILLIS: u64 = 3_600_000;

/// From here on, the hour is all that is told.
const FAR_MILLIS: u64 = 12 * 3_600_000;

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

/// When printers become free, in milliseconds since 1970 and in order.
#[derive(Default)]
struct Pool {
    early: Vec<u64>,
    late: Vec<u64>,
    /// One plate: pieces, and its time.
    plate: Option<(u32, u64)>,
    /// The plates that are being printed, by request.
    running: BTreeMap<u64, Running>,
    /// What would have to be taken, where no printer of the farm takes any of it.
    wants: Option<String>,
}

/// The plates of a request that printers hold.
#[derive(Clone, Copy, Default)]
struct Running {
    /// When the last of them ends by what its printer tells.
    early: u64,
    /// The same where a printer that works tells no end: a whole plate from now.
    late: u64,
    /// How many stand on printers that do not work: silent, at fault, switched off. Each may count yet,
    /// or be given to another printer.
    stuck: u64,
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

/// An end of a range.
#[derive(Clone, Copy)]
enum Side {
    Early,
    Late,
}

/// Returns `at` as it is told: never before `now`, and what is far by the hour, from the one before the
/// early end to the one after the late end.
fn told(at: u64, now: u64, side: Side) -> Timestamp {
    let at = at.max(now);
    let far = FAR_MILLIS <= at - now;
    Timestamp(match side {
        Side::Early if far => at - at % FAR_STEP_MILLIS,
        Side::Late if far => at.div_ceil(FAR_STEP_MILLIS).saturating_mul(FAR_STEP_MILLIS),
        Side::Early | Side::Late => at.div_ceil(STEP_MILLIS).saturating_mul(STEP_MILLIS),
    })
}

/// Tells what each of `slices` asks of a printer.
fn wants(slices: &[&SliceRow]) -> String {
    let told = slices.iter().map(|row| {
        let seconds = row.slice.expected_seconds;
        let time =
            seconds.map(|seconds| format!("{}:{:02} h", seconds / 3600, seconds % 3600 / 60));
        let parts = [Some(row.profile.to_string()), row.slice.material.clone(), time];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    });
    told.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
}

impl Pool {
    fn new(board: &Board, request: &RequestRow, printers: &[PrinterView]) -> Self {
        let now = board.at.0;
        let mut pool = Self::default();
        let slices: Vec<_> = board.eligible(request).collect();
        for row in &slices {
            let millis = u64::from(row.slice.expected_seconds.unwrap_or_default()) * 1000;
            let longest = pool.plate.is_none_or(|(_, known)| known < millis);
            if 0 < millis && longest {
                pool.plate = Some((row.slice.pieces, millis));
            }
        }
        let mut takers = 0;
        for (row, printer) in board.printers.iter().zip(printers) {
            if let Some(request) = printer.request {
                let whole = now.saturating_add(pool.plate.map_or(0, |(_, millis)| millis));
                pool.running.entry(request).or_default().hold(printer, whole);
            }
            let terms = row.terms();
            if !slices.iter().any(|it| terms.are_met_by(&it.profile, &it.slice)) {
                continue;
            }
            takers += 1;
            let free = printer.ends.map_or(now, |ends| ends.0.max(now));
            if matches!(printer.kind, Kind::Working | Kind::Ready) {
                pool.late.push(free);
                pool.early.push(free);
            } else if matches!(printer.doing, Doing::BedClear | Doing::Paused | Doing::Hours) {
                pool.early.push(free);
            }
        }
        pool.wants = (takers == 0).then(|| wants(&slices));
        pool.early.sort_unstable();
        pool.late.sort_unstable();
        pool
    }
}

impl Running {
    /// Takes over the plate that `printer` holds; `whole` is when a plate that begins now ends.
    fn hold(&mut self, printer: &PrinterView, whole: u64) {
        match (printer.ends, printer.kind) {
            (Some(ends), _) => {
                self.early = self.early.max(ends.0);
                self.late = self.late.max(ends.0);
            }
            (None, Kind::Working) => self.late = self.late.max(whole),
            (None, Kind::Ready | Kind::Person | Kind::Away) => self.stuck += 1,
        }
    }
}

/// Returns when printers that become free at `free` have done `work`, of which the last plate alone
/// takes `plate`. The earliest t with sum(max(0, t - free)) = work.
fn reach(free: &[u64], work: u64, plate: u64) -> Option<u64> {
    let first = *free.first()?;
    let mut sum: u128 = 0;
    for (place, at) in free.iter().enumerate() {
        sum += u128::from(*at);
        let machines = place as u128 + 1;
        let reached = (u128::from(work) + sum) / machines;
        let next = free.get(place + 1).map(|next| u128::from(*next));
        if next.is_none_or(|next| reached <= next) {
            let reached = u64::try_from(reached).unwrap_or(u64::MAX);
            return Some(reached.max(first.saturating_add(plate)));
        }
    }
    unreachable!("the last printer has no next one")
}

#[cfg(test)]
mod tests {
    use visorfarm_protocol::message::{Hello, Up};
    use visorfarm_protocol::status::{Consent, PrinterCard};

    use super::*;
    use crate::dispatch::testing::{Farm, card};

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
    fn what_is_far_is_told_by_the_hour() {
        let minutes = |minutes: u64| minutes * 60_000;
        for (at, early, late) in
            [(3, 5, 5), (719, 720, 720), (725, 720, 780), (3_000, 3_000, 3_000)]
        {
            assert_eq!(told(minutes(at), 0, Side::Early).0, minutes(early), "{at}");
            assert_eq!(told(minutes(at), 0, Side::Late).0, minutes(late), "{at}");
        }
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

    #[track_caller]
    fn check(free: &[u64], work: u64, plate: u64, reached: Option<u64>) {
        assert_eq!(reach(free, work, plate), reached);
    }

    #[test]
    fn work_runs_into_printers_as_they_become_free() {
        check(&[], 10, 1, None);
        check(&[100], 50, 10, Some(150));
        check(&[100, 100], 50, 10, Some(125));
        check(&[100, 120, 900], 60, 10, Some(140));
    }

    #[test]
    fn nothing_is_done_before_one_plate_is() {
        check(&[100, 100, 100], 30, 30, Some(130));
    }

    #[test]
    fn absurd_work_takes_for_ever_and_no_longer() {
        check(&[u64::MAX - 5, u64::MAX], u64::MAX, 9, Some(u64::MAX));
    }
}
