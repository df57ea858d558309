//! The marks OctoPrint sets on its temperature chart: the only trace of starts it shows afterwards.
//!
//! They live in the server's memory, sorted by time, and go with its process. A mark older than
//! `temperature.cutoff` (30 minutes unless set) is dropped, the oldest first, and only when a new one is
//! set. So a mark we knew before that is still there proves the same process and that no later mark was
//! dropped; if no new mark of a print is with it, nothing was started in between. By a clock that was ahead and is set right the
//! known mark may stand later than all new ones, and the mark of a start be dropped before it: then that of its end tells.
//!
//! OctoPrint 1.9 marks prints but no connections: before its first print it proves nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::read;

/// The newest ones kept. A print sets two; what proves something are the last few.
const KEPT: usize = 32;

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkingKind {
    /// A print was started.
    Print,
    Done,
    Cancel,
    Pause,
    Resume,
    Connected,
    Disconnected,
    /// Set by a plugin.
    Other,
}

impl MarkingKind {
    /// Says whether only a print sets it.
    const fn is_of_a_print(self) -> bool {
        match self {
            Self::Print | Self::Done | Self::Cancel | Self::Pause | Self::Resume => true,
            Self::Connected | Self::Disconnected | Self::Other => false,
        }
    }
}

/// One mark, at the time of the server's own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marking {
    pub kind: MarkingKind,
    pub at_ms: u64,
}

/// The newest marks of one server process, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Markings(pub Vec<Marking>);

/// Whether a print was started between two looks at the marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SincePrint {
    /// The same process, and nothing was started that has been marked by now.
    NoneStarted,
    /// The same process, and something was started.
    Started,
    /// Another process, or too much was forgotten: the marks prove nothing.
    Unknown,
}

impl Markings {
    pub(crate) fn read(value: &Value) -> Self {
        let marks = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let newest = marks.iter().skip(marks.len().saturating_sub(KEPT));
        Self(newest.filter_map(Marking::read).collect())
    }

    /// Returns whether a print was started since `earlier` was seen.
    ///
    /// A mark is set a moment after its start, and a start may still be under way in the server: ask
    /// again after the longest time a start command may take before believing [`SincePrint::NoneStarted`].
    #[must_use]
    pub fn since(&self, earlier: &Self) -> SincePrint {
        let known = |mark: &Marking| earlier.0.contains(mark);
        if !self.0.iter().any(known) {
            return SincePrint::Unknown;
        }
        let started = |mark: &Marking| mark.kind.is_of_a_print() && !known(mark);
        if self.0.iter().any(started) { SincePrint::Started } else { SincePrint::NoneStarted }
    }

    /// Returns for how long the printer was not connected at a time, at most, that `earlier` did not show: what it printed
    /// from a card of its own meanwhile, nobody has marked.
    #[must_use]
    pub fn longest_away(&self, earlier: &Self) -> Duration {
        let mut longest = Duration::ZERO;
        let mut away_since = None;
        for mark in &self.0 {
            match (mark.kind, away_since) {
                (MarkingKind::Disconnected, None) => away_since = Some(mark.at_ms),
                (MarkingKind::Connected, Some(since)) if !earlier.0.contains(mark) => {
                    longest = longest.max(Duration::from_millis(mark.at_ms.saturating_sub(since)));
                    away_since = None;
                }
                (MarkingKind::Connected, _) => away_since = None,
                (MarkingKind::Disconnected, Some(_))
                | (
                    MarkingKind::Print
                    | MarkingKind::Done
                    | MarkingKind::Cancel
                    | MarkingKind::Pause
                    | MarkingKind::Resume
                    | MarkingKind::Other,
                    _,
                ) => {}
            }
        }
        longest
    }
}

impl Marking {
    fn read(value: &Value) -> Option<Self> {
        let kind = match value["type"].as_str()? {
            "print" => MarkingKind::Print,
            "done" => MarkingKind::Done,
            "cancel" => MarkingKind::Cancel,
            "pause" => MarkingKind::Pause,
            "resume" => MarkingKind::Resume,
            "connected" => MarkingKind::Connected,
            "disconnected" => MarkingKind::Disconnected,
            _ => MarkingKind::Other,
        };
        Some(Self { kind, at_ms: read::unix_ms(&value["time"])? })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// `marks` is like "connected@1 print@5", in seconds.
    fn markings(marks: &str) -> Markings {
        let marks: Vec<_> = marks
            .split_whitespace()
            .map(|mark| mark.split_once('@').unwrap())
            .map(|(kind, at)| json!({ "type": kind, "time": at.parse::<f64>().unwrap() }))
            .collect();
        Markings::read(&json!(marks))
    }

    #[track_caller]
    fn check(earlier: &str, later: &str, expected: SincePrint) {
        assert_eq!(markings(later).since(&markings(earlier)), expected);
    }

    #[test]
    fn a_known_mark_without_a_new_start_proves_that_nothing_was_started() {
        check("connected@1", "connected@1", SincePrint::NoneStarted);
        check("connected@1 print@5 done@9", "print@5 done@9 other@20", SincePrint::NoneStarted);
        check("connected@1", "connected@1 print@5.25", SincePrint::Started);
    }

    #[test]
    fn a_new_process_or_forgotten_marks_prove_nothing() {
        check("connected@1", "connected@30", SincePrint::Unknown);
        check("connected@1", "done@4000", SincePrint::Unknown);
        check("connected@1", "", SincePrint::Unknown);
        check("", "", SincePrint::Unknown);
    }

    #[test]
    fn a_start_marked_by_a_clock_set_back_is_still_a_start() {
        check("connected@100", "print@50 connected@100", SincePrint::Started);
        check("connected@7200", "done@2700 connected@7200", SincePrint::Started);
    }

    #[test]
    fn only_the_newest_marks_are_kept() {
        let marks: Vec<_> = (0..1000).map(|at| json!({ "type": "x", "time": at })).collect();
        let read = Markings::read(&json!(marks));
        assert_eq!(read.0.len(), KEPT);
        assert_eq!(read.0[KEPT - 1].at_ms, 999_000);
    }
}
