//! What the maker does, and what happens to OctoPrint.

use super::super::super::{Answer, Event};
use super::super::printer::VASE;
use super::super::scene::Net;
use super::super::step::{MakerStep, OctoStep};
use super::{Hears, Workshop};
use crate::octoprint::push::{Lost, PushEvent};

impl Workshop {
    pub(super) fn maker(&mut self, step: MakerStep) {
        match step {
            // Nobody takes a plate off a bed that moves.
            MakerStep::ClearsTheBed(_) if self.printer.is_busy() => {}
            MakerStep::ClearsTheBed(good) => {
                if self.put(Event::BedClear { good }) == Some(Answer::Done) {
                    self.printer.bed = None;
                    self.reached.meet("a cleared bed");
                }
            }
            MakerStep::Recounts(good) => drop(self.put(Event::Recount { plate: None, good })),
            MakerStep::SaysOfTheSpool(grams) => drop(self.put(Event::Spool { grams })),
            MakerStep::Pauses => drop(self.put(Event::Pause)),
            MakerStep::Resumes => drop(self.put(Event::Resume)),
            MakerStep::PrintsAVase => self.prints(VASE),
            MakerStep::PrintsOursAgain => {
                let ours = self.printer.ends.iter().rev().map(|(path, _)| path);
                let mut ours = ours.filter(|path| self.printer.record(path).is_some());
                if let Some(path) = ours.find(|path| *path != VASE).cloned() {
                    self.prints(&path);
                }
            }
            MakerStep::Cancels if self.printer.is_printing() => {
                let events = self.printer.is_cancelled();
                self.push(events);
            }
            MakerStep::Cancels => {}
            MakerStep::DeletesOurFile => {
                if let Some((path, _)) = self.printer.ends.last().cloned() {
                    self.printer.deletes(&path);
                }
            }
        }
    }

    fn prints(&mut self, path: &str) {
        if self.printer.is_idle() {
            self.reached.meet(if path == VASE { "a vase" } else { "one of ours again" });
            let events = self.printer.starts(path);
            self.push(events);
        }
    }

    pub(super) fn octo(&mut self, step: OctoStep) {
        match step {
            OctoStep::IsDone if self.printer.is_printing() => {
                let events = self.printer.is_done();
                self.push(events);
            }
            OctoStep::StandsStill if self.printer.is_busy() && !self.printer.is_printing() => {
                let events = self.printer.stands_still();
                self.push(events);
            }
            OctoStep::Fails if self.printer.is_printing() => {
                let events = self.printer.fails();
                self.push(events);
            }
            OctoStep::IsDone | OctoStep::StandsStill | OctoStep::Fails | OctoStep::Shows => {}
            OctoStep::Restarts => {
                self.close();
                self.printer.restarts();
                self.reached.meet("a restart of OctoPrint");
            }
            OctoStep::ClosesTheSocket | OctoStep::Hides => self.close(),
            OctoStep::OpensTheSocket => {
                let opens = self.scene.is_alive() && self.scene.net == Net::Shown;
                if opens && self.socket == Hears::Nothing {
                    self.socket = Hears::Events;
                    self.push(vec![PushEvent::Connected { markings: self.printer.marks() }]);
                }
            }
        }
    }

    fn close(&mut self) {
        if std::mem::replace(&mut self.socket, Hears::Nothing) == Hears::Events {
            self.put(Event::Push(PushEvent::Lost(Lost::Closed)));
        }
    }

    pub(super) fn push(&mut self, events: Vec<PushEvent>) {
        if self.socket == Hears::Events {
            for event in events {
                self.put(Event::Push(event));
            }
        }
    }
}
