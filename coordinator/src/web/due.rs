//! Days by which something is needed: one that is over is refused, by the forms and by the API.

use chrono::{DateTime, Local, NaiveDate};
use visorfarm_protocol::id::RequestId;

use super::App;
use super::answer::Failure;
use crate::clock::Timestamp;
use crate::dispatch::{Day, Rank};

/// What is said of a day that is over.
const OVER: &str = "ce jour est passé : choisissez aujourd’hui ou un jour à venir";

impl App {
    /// Refuses a day that is over, unless it is the one that already stands for `request`.
    pub(super) fn timely(&self, rank: Rank, request: Option<RequestId>) -> Result<Rank, Failure> {
        let board = self.site.brain.board();
        let known = request.and_then(|id| board.requests.iter().find(|row| row.id == id));
        timely(rank, self.site.clock.now(), known.and_then(|row| row.due))
    }
}

fn timely(rank: Rank, now: Timestamp, stands: Option<Day>) -> Result<Rank, Failure> {
    match rank.due {
        Some(due) if rank.due != stands && due.date() < today(now) => {
            let english = format!("{due} is over: choose today or a later day");
            Err(Failure::impossible(english).in_french(OVER))
        }
        Some(_) | None => Ok(rank),
    }
}

/// Returns the day, in the coordinator's own time zone.
fn today(now: Timestamp) -> NaiveDate {
    let utc = i64::try_from(now.0).ok().and_then(DateTime::from_timestamp_millis);
    utc.map_or(NaiveDate::MIN, |utc| utc.with_timezone(&Local).date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_good_until_it_is_over_or_as_long_as_it_stands() {
        // The first of July 2026, at noon in UTC.
        let now = Timestamp(1_782_864_000_000 + 12 * 3_600_000);
        let day = |text: &str| Some(text.parse::<Day>().unwrap());
        let here = today(now).to_string();
        for (due, stands, good) in [
            (None, None, true),
            (day(&here), None, true),
            (day("2026-12-24"), None, true),
            (day("2026-06-01"), None, false),
            (day("2026-06-01"), day("2026-06-01"), true),
            (day("2026-06-01"), day("2026-06-02"), false),
        ] {
            let rank = Rank { due, ..Rank::default() };
            assert_eq!(timely(rank, now, stands).is_ok(), good, "{due:?} {stands:?}");
        }
    }
}
