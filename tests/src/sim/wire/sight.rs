//! What happens in a shop, in its turn, and what the agent sees of it: what looks find, and what
//! OctoPrint pushes.

use visorfarm_agent::clock::Moment;
use visorfarm_agent::octoprint::push::{Lost, PushEvent};
use visorfarm_agent::supervise::{Blind, Event, Question, Witnesses};

use super::scene::{Happening as Next, Scene};
use super::shop::Happening;
use crate::sim::disk::Health;
use crate::sim::octoprint::{Happened, Process as Server};

/// How often OctoPrint is looked at: the agent's own figure.
const LOOKS_EVERY: u64 = 2_000;

impl Scene {
    /// Lets something happen in a shop.
    pub(super) fn happen_in(&mut self, shop: usize, happening: Happening) {
        match happening {
            Happening::Looks { life } => self.looks(shop, life),
            Happening::Reaches { life, event } => self.reaches(shop, life, event),
            Happening::Listens { life } => self.listens(shop, life),
            Happening::Fetched { life, lease } => self.fetched(shop, life, lease),
            Happening::Uploaded { life, lease } => self.uploaded(shop, life, lease),
            Happening::Ordered { life, lease, path } => self.ordered(shop, life, (lease, &path)),
            Happening::Asked { life, question } => {
                if self.shops[shop].octoprint.process == Server::Up {
                    let record = self.shops[shop].octoprint.record(&question.path);
                    let then = Happening::Job { life, question, record };
                    self.soon((5, 200), Next::Shop(shop, then));
                }
            }
            Happening::Job { life, question: Question { lease, asked, .. }, record } => {
                if self.shops[shop].octoprint.process == Server::Up {
                    let snapshot = self.shops[shop].octoprint.snapshot();
                    let witnesses = Witnesses { lease, asked, snapshot, record };
                    self.reaches(shop, life, Event::Witnesses(witnesses));
                }
            }
            Happening::Deleted { life, path, asked } => {
                let octoprint = &mut self.shops[shop].octoprint;
                if octoprint.process == Server::Up && octoprint.delete(&path) {
                    self.reaches(shop, life, Event::Deleted { path, asked });
                }
            }
            Happening::Due => self.goes_on(shop),
            Happening::History { server, path, success } => {
                if self.shops[shop].octoprint.life == server {
                    self.shops[shop].octoprint.write_history(&path, success);
                }
            }
            Happening::OctoPrintStarts => self.octoprint_starts(shop),
            Happening::Repaired => self.shops[shop].disk.set_health(Health::Good),
        }
    }

    /// Tells the agent that ordered something what became of it.
    pub(super) fn reaches(&mut self, shop: usize, life: u64, event: Event) {
        if let Some(process) = self.shops[shop].living(life) {
            // One that has just ended takes nothing any more.
            process.events.send(event).ok();
        }
    }

    /// The agent looks at OctoPrint, and will again.
    fn looks(&mut self, shop: usize, life: u64) {
        let now = self.now();
        let found = &mut self.shops[shop];
        let Some(process) = found.process.as_ref().filter(|process| process.life == life) else {
            return;
        };
        let (takes, event) = match found.octoprint.process {
            Server::Up => {
                let snapshot = found.octoprint.snapshot();
                let slow = if self.chance.percent(3) { 3_000 } else { 50 };
                let asked = Moment(now - process.born);
                (self.chance.between(5, slow), Event::Seen { asked, snapshot })
            }
            Server::Hung | Server::Down => (1_500, Event::Blind(Blind::Unreachable)),
        };
        self.later(takes, Next::Shop(shop, Happening::Reaches { life, event }));
        self.later(takes + LOOKS_EVERY, Next::Shop(shop, Happening::Looks { life }));
    }

    /// The agent begins to hear events, or tries again.
    fn listens(&mut self, shop: usize, life: u64) {
        let up = self.shops[shop].octoprint.process == Server::Up;
        let markings = self.shops[shop].octoprint.markings();
        let Some(process) = self.shops[shop].living(life).filter(|process| !process.hears) else {
            return;
        };
        if !up {
            return self.soon((1_000, 5_000), Next::Shop(shop, Happening::Listens { life }));
        }
        process.hears = true;
        self.reaches(shop, life, Event::Push(PushEvent::Connected { markings }));
    }

    /// Events are heard no more; the agent tries again.
    pub(super) fn deafen(&mut self, shop: usize, why: Lost) {
        let Some(process) = self.shops[shop].process.as_mut().filter(|process| process.hears)
        else {
            return;
        };
        process.hears = false;
        let life = process.life;
        self.reaches(shop, life, Event::Push(PushEvent::Lost(why)));
        self.soon((1_000, 30_000), Next::Shop(shop, Happening::Listens { life }));
    }

    /// Pushes events to whoever listens, in order.
    pub(super) fn push(&mut self, shop: usize, events: Vec<PushEvent>) {
        let Some(process) = self.shops[shop].process.as_ref().filter(|process| process.hears)
        else {
            return;
        };
        let life = process.life;
        for event in events {
            let least = self.shops[shop].pushed_until.saturating_sub(self.now());
            let late = least + self.chance.between(1, 60);
            self.shops[shop].pushed_until = self.now() + late;
            let event = Event::Push(event);
            self.later(late, Next::Shop(shop, Happening::Reaches { life, event }));
        }
    }

    /// Takes note of what happened at a printer, and pushes it.
    pub(super) fn happened(&mut self, shop: usize, happened: Happened) {
        if let Some((print, end)) = happened.ended {
            let lease = self.truth.print(print).lease;
            self.tell(format!("{}: the print of {lease:?} is {end:?}", self.shops[shop].id));
            self.truth.end(print, end);
        }
        if let Some((path, success)) = happened.history {
            let server = self.shops[shop].octoprint.life;
            let history = Happening::History { server, path, success };
            self.soon((0, 1_500), Next::Shop(shop, history));
        }
        self.push(shop, happened.pushes);
    }
}
