//! What happened to a printer, in words.

use visorfarm_protocol::message::{End, Return};

use crate::clock::Timestamp;
use crate::dispatch::LeaseState;
use crate::store::log::{LogRecord, Mark, What};
use crate::web::text::Language;

/// How much of a log is on a page.
const PER_PAGE: u32 = 50;

/// How many records are read for a page: one more tells whether there is an earlier page.
pub(super) const READ: u32 = PER_PAGE + 1;

/// A page of a printer's log.
pub(super) struct Log {
    pub(super) lines: Vec<Line>,
    /// Whether nothing happened after what stands on it.
    pub(super) is_latest: bool,
    /// Where the earlier page begins, if there is one.
    pub(super) earlier: Option<Mark>,
}

/// Something that happened, in words.
pub(super) struct Line {
    /// When, in milliseconds since 1970, and as a clock time.
    pub(super) at: u64,
    pub(super) when: String,
    pub(super) what: String,
    pub(super) kind: &'static str,
    pub(super) plate: Option<String>,
    pub(super) request: Option<u64>,
    pub(super) note: String,
}

impl Log {
    /// Returns the page that begins with these records.
    pub(super) fn new(
        mut records: Vec<LogRecord>,
        is_latest: bool,
        (now, t): (Timestamp, Language),
    ) -> Self {
        let is_more = (PER_PAGE as usize) < records.len();
        records.truncate(PER_PAGE as usize);
        let earlier = records.last().map(|last| last.mark).filter(|_| is_more);
        let lines = records.into_iter().map(|record| line(record, now, t)).collect();
        Self { lines, is_latest, earlier }
    }
}

fn line(record: LogRecord, now: Timestamp, t: Language) -> Line {
    let at = record.mark.at;
    Line {
        at,
        when: t.clock(&Timestamp(at), &now),
        what: happened(record.what, t),
        kind: kind(record.what),
        request: record.plate.as_ref().and_then(|plate| plate.request),
        plate: record.plate.map(|plate| {
            format!("{} × {} {}", t.number(plate.pieces), plate.design, plate.revision)
        }),
        note: record.note,
    }
}

/// Says what happened.
pub(in crate::web) fn happened(what: What, t: Language) -> String {
    match what {
        What::Granted => t.text("log-granted"),
        What::Moved(state) => moved(state, t),
        What::Ended { end, again, seconds } => {
            let seconds =
                seconds.map_or_else(String::new, |it| format!(" · {}", whole(&t.span(it))));
            let ended = format!("{}{seconds}", t.word("log", end_code(end)));
            if again { t.with("log-again", &ended) } else { ended }
        }
        What::Judged { good, bad, corrects } => {
            let counted = counted(good, bad, t);
            if corrects {
                t.with("log-corrected", &counted)
            } else {
                t.with("log-judged", &counted)
            }
        }
        What::Seen => t.text("log-seen"),
        What::Anomaly => t.text("log-anomaly"),
        What::MemoWritten => t.text("log-memo"),
        What::MemoRead => t.text("log-memo-read"),
        What::Frozen => t.text("log-frozen"),
        What::Released => t.text("log-released"),
    }
}

/// Returns what a person saw on the bed; what there is none of is left out.
fn counted(good: u32, bad: u32, t: Language) -> String {
    let good = (0 < good || bad == 0).then(|| (good, t.count("number-good", good)));
    let bad = (0 < bad).then(|| (bad, t.count("number-bad", bad)));
    let parts = [good, bad].into_iter().flatten();
    let parts = parts.map(|(number, word)| whole(&format!("{} {word}", t.number(number))));
    parts.collect::<Vec<_>>().join(", ")
}

/// Returns text that no line breaks.
pub(super) fn whole(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

fn moved(state: LeaseState, t: Language) -> String {
    match state {
        LeaseState::Offered => t.text("log-granted"),
        LeaseState::Accepted => t.text("log-accepted"),
        LeaseState::Recalled(_) => t.text("log-recalled"),
        LeaseState::Printing => t.text("log-printing"),
        LeaseState::Unknown => t.text("log-unknown"),
        LeaseState::Lapsed => t.text("log-lapsed"),
        LeaseState::Returned(why) => t.with("log-returned", &t.word("return", return_code(why))),
        LeaseState::Ended(end) => t.word("log", end_code(end)),
    }
}

fn end_code(end: End) -> &'static str {
    match end {
        End::Completed => "completed",
        End::Failed => "failed",
        End::Cancelled => "cancelled",
        End::Unknown => "unknown",
    }
}

fn return_code(why: Return) -> &'static str {
    match why {
        Return::Stale => "stale",
        Return::Late => "late",
        Return::Withdrawn => "withdrawn",
        Return::Maker => "maker",
        Return::Printer => "printer",
        Return::Fetch => "fetch",
        Return::Unsafe => "unsafe",
        Return::Disk => "disk",
        Return::Filament => "filament",
        Return::Restarted => "restarted",
        Return::Other => "other",
    }
}

/// Returns its colour and shape, as those of a printer.
fn kind(what: What) -> &'static str {
    match what {
        What::Moved(LeaseState::Printing) => "working",
        What::Ended { end: End::Completed, .. } | What::Judged { .. } => "ready",
        What::Ended { end: End::Failed | End::Unknown, .. }
        | What::Moved(LeaseState::Unknown)
        | What::Anomaly
        | What::Frozen => "person",
        What::Granted
        | What::Moved(_)
        | What::Ended { end: End::Cancelled, .. }
        | What::MemoWritten
        | What::MemoRead
        | What::Seen
        | What::Released => "away",
    }
}
