//! What the page shows of a printer: from its report to words, pure.

use std::fmt;

use visorfarm_protocol::id::{LeaseId, MemoId, PrinterId};
use visorfarm_protocol::message::End;
use visorfarm_protocol::status::{Activity, Bed, Cause, WaitsFor};

use super::words;
use crate::clock::WallClock;
use crate::local::render::{Language, shown};
use crate::local::{PlateReport, PrinterReport, Tally, words as local_words};
use crate::memos::Memo;
use crate::supervise::PrintId;

/// A printer as the page shows it.
#[derive(Clone, Debug)]
pub(super) struct PrinterView {
    pub(super) id: PrinterId,
    pub(super) title: String,
    pub(super) kind: Kind,
    pub(super) state: String,
    /// The one thing to do, in words.
    pub(super) need: Option<String>,
    /// What is said instead if nothing is to be done.
    pub(super) remark: Option<String>,
    /// The button for it.
    pub(super) button: Button,
    pub(super) paused: bool,
    /// What is printed or was printed, and what it is for.
    pub(super) plate: Option<String>,
    pub(super) purpose: Option<String>,
    pub(super) progress: Option<Progress>,
    pub(super) temperatures: Option<String>,
    pub(super) spool: Spool,
    pub(super) fault: Option<String>,
    /// The print before, if it failed or nobody knows how it ended.
    pub(super) failed: Option<LeaseId>,
    /// What happened, newest first.
    pub(super) happened: Vec<Past>,
}

/// What colour and shape a state has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Working,
    Ready,
    Person,
    Away,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Working => "working",
            Self::Ready => "ready",
            Self::Person => "person",
            Self::Away => "away",
        })
    }
}

/// The button for the one thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Button {
    /// The bed is clear.
    Clear {
        /// Which plate was on it: a page of yesterday must not count today's.
        plate: Option<PrintId>,
        count: Count,
    },
    /// A spool is loaded.
    Spool,
    /// Let it print again.
    Resume,
    None,
}

/// Whether good pieces are counted with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// There are none to count.
    Nothing,
    /// All of so many, if nothing else is said.
    All(u32),
    /// It must be said, up to so many.
    Said(u32),
}

/// How far a print is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) percent: u32,
    pub(super) left: Option<String>,
    pub(super) end: Option<String>,
}

/// What is on the spool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spool {
    /// In grams, if that is known.
    pub(super) left: Option<u32>,
    /// The same in words.
    pub(super) said: Option<String>,
    /// That a plate like the last needs more.
    pub(super) short: Option<String>,
}

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

impl PrinterView {
    pub(super) fn of(report: &PrinterReport, language: Language, clock: WallClock) -> Self {
        let status = &report.status;
        let button = button(report);
        let need = words::need(report, language);
        let printed = match &button {
            Button::Clear { .. } => report.on_bed.as_ref(),
            Button::Spool | Button::Resume | Button::None => None,
        };
        let plate = report.plate.as_ref().or_else(|| printed.map(|printed| &printed.plate));
        let purpose = report.purpose.as_ref().or_else(|| printed?.purpose.as_ref());
        Self {
            id: status.printer.clone(),
            title: shown(&report.title),
            kind: kind(report),
            state: words::state(report, language),
            remark: if need.is_some() { None } else { words::remark(report, language) },
            need,
            button,
            paused: report.paused,
            plate: plate.map(local_words::plate),
            purpose: purpose.map(|purpose| shown(purpose)).filter(|text| !text.trim().is_empty()),
            progress: progress(report, language, clock),
            temperatures: words::temperatures(status, language),
            spool: Spool {
                left: status.filament_left_grams,
                said: local_words::spool(status, language).map(|text| words::sentence(&text)),
                short: report
                    .short_of_grams
                    .map(|grams| words::sentence(&local_words::short(grams, language))),
            },
            fault: status.fault.as_deref().map(|fault| cause(fault, language)),
            failed: report.last.as_ref().filter(|last| is_lost(last.end)).map(|last| last.lease),
            happened: past(report, language, clock),
        }
    }
}

/// Says what is wrong. What the agent itself says is a sentence, a printer's words stay as they are.
fn cause(fault: &str, language: Language) -> String {
    let told = local_words::cause(fault, language);
    if Cause::read(fault).is_some() { words::sentence(&told) } else { told }
}

impl PrinterView {
    /// Says whether its button lets it print again.
    pub(super) fn resumes(&self) -> bool {
        self.button == Button::Resume
    }
}

fn is_lost(end: End) -> bool {
    match end {
        End::Failed | End::Unknown => true,
        End::Completed | End::Cancelled => false,
    }
}

fn button(report: &PrinterReport) -> Button {
    let status = &report.status;
    let waits_for_bed = status.lease.is_none() && status.bed == Bed::Occupied;
    if waits_for_bed && status.activity != Activity::Foreign {
        let plate = report.on_bed.as_ref();
        return Button::Clear {
            plate: report.print_on_bed(),
            count: plate.map_or(Count::Nothing, count),
        };
    }
    // During a print neither is a matter of urgency.
    if report.paused && status.lease.is_none() {
        return Button::Resume;
    }
    if status.waits_for == Some(WaitsFor::Filament) { Button::Spool } else { Button::None }
}

fn count(plate: &PlateReport) -> Count {
    match plate.end {
        End::Completed => Count::All(plate.plate.pieces),
        End::Unknown => Count::Said(plate.plate.pieces),
        End::Failed | End::Cancelled => Count::Nothing,
    }
}

fn kind(report: &PrinterReport) -> Kind {
    let status = &report.status;
    match (status.activity, status.waits_for) {
        (
            _,
            Some(
                WaitsFor::BedClear
                | WaitsFor::Look
                | WaitsFor::Key
                | WaitsFor::Disk
                | WaitsFor::Filament
                | WaitsFor::Copied,
            ),
        )
        | (Activity::Faulted | Activity::Unknown | Activity::Paused, _) => Kind::Person,
        (
            Activity::Preparing
            | Activity::Starting
            | Activity::Printing
            | Activity::Finishing
            | Activity::Foreign,
            _,
        ) => Kind::Working,
        (Activity::Idle, None) => Kind::Ready,
        (Activity::Idle | Activity::Offline | Activity::Other, _) => Kind::Away,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is between 0 and 100"
)]
fn progress(report: &PrinterReport, language: Language, clock: WallClock) -> Option<Progress> {
    let fraction = report.status.fraction?;
    let left = report.status.seconds_left;
    Some(Progress {
        percent: (fraction.clamp(0.0, 1.0) * 100.0) as u32,
        left: left.map(|seconds| words::left(seconds, language)),
        end: left.map(|seconds| words::end(seconds, clock, language)),
    })
}

fn past(report: &PrinterReport, language: Language, clock: WallClock) -> Vec<Past> {
    let told = report.happened.iter().rev().map(|happened| Past {
        ago: local_words::ago(happened.at, language, clock.unix_seconds),
        what: words::capital(&shown(&local_words::fact(&happened.fact, language))),
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
