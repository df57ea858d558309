//! How a print begins, goes on and ends at the printer, and what OctoPrint tells of it.

use visorfarm_agent::octoprint::model::{MarkingKind, PrinterCondition};
use visorfarm_agent::octoprint::push::{FailReason, PushEvent};

use super::{Happened, OctoPrint, Print, Stage, Told, Wire, Words};
use crate::sim::chance::Chance;
use crate::sim::truth::{PrintId, TrueEnd};

impl OctoPrint {
    /// Begins a print.
    pub(in crate::sim) fn begin(
        &mut self,
        now: u64,
        until: u64,
        id: PrintId,
        path: &str,
    ) -> Happened {
        let path = path.to_owned();
        self.selected = Some(path.clone());
        self.print = Some(Print { id, path: path.clone(), stage: Stage::Printing(until) });
        self.mark(now, MarkingKind::Print);
        let pushes = vec![
            PushEvent::StateChanged(PrinterCondition::Starting),
            PushEvent::PrintStarted { path },
            PushEvent::StateChanged(PrinterCondition::Printing),
            PushEvent::Marked(self.markings()),
        ];
        Happened { pushes, ..Happened::default() }
    }

    /// Lets the print go on if its stage is over.
    pub(in crate::sim) fn go_on(&mut self, now: u64, tail: u64) -> Happened {
        let Some(print) = &mut self.print else { return Happened::default() };
        match print.stage {
            Stage::Printing(until) if until <= now => {
                print.stage = Stage::Finishing(now + tail);
                let path = print.path.clone();
                self.mark(now, MarkingKind::Done);
                Happened {
                    pushes: vec![
                        PushEvent::StateChanged(PrinterCondition::Finishing),
                        PushEvent::PrintDone { path: path.clone() },
                        PushEvent::Marked(self.markings()),
                    ],
                    history: Some((path, true)),
                    ..Happened::default()
                }
            }
            Stage::Finishing(until) if until <= now => {
                let id = print.id;
                self.print = None;
                Happened {
                    pushes: vec![PushEvent::StateChanged(PrinterCondition::Operational)],
                    ended: Some((id, TrueEnd::Completed)),
                    ..Happened::default()
                }
            }
            Stage::Printing(_) | Stage::Finishing(_) | Stage::Paused(_) => Happened::default(),
        }
    }

    /// Ends the print with events; nothing if none runs.
    fn stop(&mut self, now: u64, end: TrueEnd, mark: MarkingKind) -> Option<(Print, Happened)> {
        let print = self.print.take()?;
        self.mark(now, mark);
        // The last line is sent: what stands on the bed may be whole.
        let end = match print.stage {
            Stage::Finishing(_) => TrueEnd::InItsLastMoves,
            Stage::Printing(_) | Stage::Paused(_) => end,
        };
        let happened = Happened {
            pushes: Vec::new(),
            ended: Some((print.id, end)),
            history: Some((print.path.clone(), false)),
            told: Told::Aloud,
        };
        Some((print, happened))
    }

    /// The owner cancels: told twice.
    pub(in crate::sim) fn cancel(&mut self, now: u64) -> Option<Happened> {
        let (print, mut happened) = self.stop(now, TrueEnd::Cancelled, MarkingKind::Cancel)?;
        let path = print.path;
        happened.pushes = vec![
            PushEvent::StateChanged(PrinterCondition::Cancelling),
            PushEvent::PrintCancelled { path: path.clone(), by_user: Some("anne".into()) },
            PushEvent::PrintFailed { path, reason: FailReason::Cancelled { by_user: true } },
            PushEvent::StateChanged(PrinterCondition::Operational),
            PushEvent::Marked(self.markings()),
        ];
        Some(happened)
    }

    /// The firmware restarts: told like a cancel of nobody's.
    pub(in crate::sim) fn reset(&mut self, now: u64, chance: &mut Chance) -> Option<Happened> {
        let (print, mut happened) = self.stop(now, TrueEnd::Failed, MarkingKind::Cancel)?;
        let path = print.path;
        happened.pushes = vec![
            PushEvent::PrinterReset,
            PushEvent::PrintCancelled { path: path.clone(), by_user: None },
            PushEvent::PrintFailed { path, reason: FailReason::Cancelled { by_user: false } },
        ];
        if chance.percent(50) {
            happened.pushes.rotate_left(1);
        }
        happened.pushes.push(PushEvent::StateChanged(PrinterCondition::Operational));
        Some(happened)
    }

    /// A fault of the machine: told in any order.
    pub(in crate::sim) fn fault(&mut self, now: u64, chance: &mut Chance) -> Option<Happened> {
        let text = "Thermal Runaway, system stopped!".to_owned();
        let (print, mut happened) = self.stop(now, TrueEnd::Failed, MarkingKind::Disconnected)?;
        self.wire = Wire::Offline(Some(text.clone()));
        self.selected = None;
        if self.fails_silently(&print) {
            happened.told = Told::Silently;
            let offline = PrinterCondition::Offline { error: Some(text.clone()) };
            happened.pushes = vec![PushEvent::Error { text }, PushEvent::StateChanged(offline)];
            happened.history = None;
            return Some(happened);
        }
        let told = match self.words {
            Words::Told => text.clone(),
            Words::Apart => "unknown".to_owned(),
        };
        happened.pushes = vec![
            PushEvent::Error { text: text.clone() },
            PushEvent::PrintFailed { path: print.path, reason: FailReason::Error(told) },
            PushEvent::StateChanged(PrinterCondition::Offline { error: Some(text) }),
        ];
        happened.pushes.rotate_left(chance.index(3));
        Some(happened)
    }

    /// Says whether nothing is told of how a print was broken off: version 1.11 tells of it only while lines are sent
    /// (`printer/standard.py`, `on_comm_state_change`).
    fn fails_silently(&self, print: &Print) -> bool {
        matches!((print.stage, self.words), (Stage::Finishing(_), Words::Told))
    }

    /// The owner disconnects the printer: a paused print ends without a word or a history.
    pub(in crate::sim) fn disconnect(&mut self, now: u64) -> Option<Happened> {
        let (print, mut happened) = self.stop(now, TrueEnd::Failed, MarkingKind::Disconnected)?;
        self.wire = Wire::Offline(None);
        self.selected = None;
        happened.pushes = vec![PushEvent::StateChanged(PrinterCondition::Offline { error: None })];
        if self.fails_silently(&print) {
            happened.told = Told::Silently;
        }
        if matches!(print.stage, Stage::Paused(_)) || self.fails_silently(&print) {
            happened.history = None;
        } else {
            let reason = FailReason::Unknown;
            happened.pushes.push(PushEvent::PrintFailed { path: print.path, reason });
        }
        Some(happened)
    }

    /// Pauses the print.
    pub(in crate::sim) fn pause(&mut self, now: u64) -> Vec<PushEvent> {
        let Some(Print { path, stage, .. }) = &mut self.print else { return Vec::new() };
        let Stage::Printing(until) = *stage else { return Vec::new() };
        *stage = Stage::Paused(until.saturating_sub(now).max(1));
        let path = path.clone();
        vec![
            PushEvent::PrintPaused { path, by_user: Some("anne".into()) },
            PushEvent::StateChanged(PrinterCondition::Paused),
        ]
    }

    /// Resumes the print.
    pub(in crate::sim) fn resume(&mut self, now: u64) -> Vec<PushEvent> {
        let Some(Print { stage, .. }) = &mut self.print else { return Vec::new() };
        let Stage::Paused(left) = *stage else { return Vec::new() };
        *stage = Stage::Printing(now + left);
        vec![PushEvent::StateChanged(PrinterCondition::Printing)]
    }
}
