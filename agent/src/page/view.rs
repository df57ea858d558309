//! What the page shows of a printer: from its report to words, pure.

use std::fmt;

use visorfarm_protocol::id::{LeaseId, PrinterId};
use visorfarm_protocol::message::End;
use visorfarm_protocol::status::{Activity, Cause, PrinterStatus, WaitsFor};

use super::button::{Button, button};
use super::history::{Past, past};
use super::words;
use crate::clock::WallClock;
use crate::local::render::{Language, shown};
use crate::local::{PrinterReport, plates, words as local_words};

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
            plate: plate.map(plates::plate),
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
            fault: told_fault(status).map(|fault| cause(fault, language)),
            failed: report.last.as_ref().filter(|last| is_lost(last.end)).map(|last| last.lease),
            happened: past(report, language, clock),
        }
    }
}

/// Returns what is wrong, unless what is to be done says so, too.
fn told_fault(status: &PrinterStatus) -> Option<&str> {
    let is_said = |fault: &&str| {
        status.waits_for == Some(WaitsFor::Key) && Cause::read(fault) == Some(Cause::KeyRefused)
    };
    status.fault.as_deref().filter(|fault| !is_said(fault))
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
