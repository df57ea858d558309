//! What the page shows of the past: what happened, what was printed for whom, what the farm wrote.

use visorfarm_protocol::id::MemoId;

use super::words;
use crate::clock::WallClock;
use crate::local::render::{Language, shown};
use crate::local::{PrinterReport, Tally, plates, words as local_words};
use crate::memos::Memo;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Past {
    pub(super) ago: String,
    pub(super) what: String,
}

/// What the farm's people wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MemoView {
    pub(super) memo: MemoId,
    pub(super) ago: String,
    pub(super) text: String,
}

/// What was printed for one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TallyView {
    pub(super) purpose: String,
    pub(super) design: String,
    pub(super) pieces: u32,
    pub(super) good: u32,
    pub(super) uncounted: u32,
}

pub(super) fn past(report: &PrinterReport, language: Language, clock: WallClock) -> Vec<Past> {
    let told = report.happened.iter().rev().map(|happened| Past {
        ago: local_words::ago(happened.at, language, clock.unix_seconds),
        what: words::capital(&shown(&plates::fact(&happened.fact, language))),
    });
    told.collect()
}

impl MemoView {
    pub(super) fn of(memo: &Memo, language: Language, clock: WallClock) -> Self {
        Self {
            memo: memo.memo,
            ago: local_words::ago(memo.at, language, clock.unix_seconds),
            text: shown(&memo.text),
        }
    }
}

impl TallyView {
    pub(super) fn of(tally: &Tally, language: Language) -> Self {
        let request = tally.request.0;
        let number = || language.pick(format!("request {request}"), format!("demande {request}"));
        Self {
            purpose: tally.purpose.as_deref().map_or_else(number, shown),
            design: tally.design.to_string(),
            pieces: tally.pieces,
            good: tally.good,
            uncounted: tally.pieces.saturating_sub(tally.good.saturating_add(tally.bad)),
        }
    }
}
