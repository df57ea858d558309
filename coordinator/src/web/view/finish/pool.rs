//! Which printers could print a design, and when they become free.

use std::collections::{BTreeMap, BTreeSet};

use crate::dispatch::board::{Board, RequestRow, SliceRow};
use crate::web::view::doing::{Doing, Kind};
use crate::web::view::printer::PrinterView;

/// When printers become free, in milliseconds since 1970 and in order.
#[derive(Default)]
pub(super) struct Pool {
    pub(super) early: Vec<u64>,
    pub(super) late: Vec<u64>,
    /// One plate: pieces, and its time.
    pub(super) plate: Option<(u32, u64)>,
    /// The plates that are being printed, by request.
    pub(super) running: BTreeMap<u64, Running>,
    /// What would have to be taken, where no printer of the farm takes any of it.
    pub(super) wants: Option<String>,
}

/// The plates of a request that printers hold.
#[derive(Clone, Copy, Default)]
pub(super) struct Running {
    /// When the last of them ends by what its printer tells.
    pub(super) early: u64,
    /// The same where a printer that works tells no end: a whole plate from now.
    pub(super) late: u64,
    /// How many stand on printers that do not work: silent, at fault, switched off. Each may count yet,
    /// or be given to another printer.
    pub(super) stuck: u64,
}

impl Pool {
    pub(super) fn new(board: &Board, request: &RequestRow, printers: &[PrinterView]) -> Self {
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

/// Returns when printers that become free at `free` have done `work`, of which the last plate alone
/// takes `plate`. The earliest t with sum(max(0, t - free)) = work.
pub(super) fn reach(free: &[u64], work: u64, plate: u64) -> Option<u64> {
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
    use super::*;

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
