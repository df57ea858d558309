//! How exactly an end is told.

use crate::clock::Timestamp;

/// Ends are told in steps, so that pages do not change with every second that a print slips, and that
/// nobody takes a guess about the day after tomorrow for a train's timetable.
pub(super) const STEP_MILLIS: u64 = 5 * 60_000;
const FAR_STEP_MILLIS: u64 = 3_600_000;

/// From here on, the hour is all that is told.
const FAR_MILLIS: u64 = 12 * 3_600_000;

/// An end of a range.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Early,
    Late,
}

/// Returns `at` as it is told: never before `now`, and what is far by the hour, from the one before the
/// early end to the one after the late end.
pub(super) fn told(at: u64, now: u64, side: Side) -> Timestamp {
    let at = at.max(now);
    let far = FAR_MILLIS <= at - now;
    Timestamp(match side {
        Side::Early if far => at - at % FAR_STEP_MILLIS,
        Side::Late if far => at.div_ceil(FAR_STEP_MILLIS).saturating_mul(FAR_STEP_MILLIS),
        Side::Early | Side::Late => at.div_ceil(STEP_MILLIS).saturating_mul(STEP_MILLIS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
