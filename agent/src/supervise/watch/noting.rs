//! How what a supervisor notes changes what it sees.

use super::{Link, Watch};
use crate::clock::Moment;
use crate::octoprint::model::{PrinterCondition, Progress, Snapshot};
use crate::supervise::due::{Asked, Histories, Rest, Telling};
use crate::supervise::event::LinkChange;
use crate::supervise::gap::Presence;
use crate::supervise::note::Note;
use crate::supervise::senses::{Blind, Course, Engine, Events, Found, KeptHot, Socket};
use crate::supervise::trace::Traces;
use crate::supervise::work::Work;

impl Watch {
    pub(in crate::supervise) fn note(&mut self, now: Moment, note: &Note) {
        match note {
            Note::Seen(snapshot) => self.look(now, snapshot),
            Note::Current(snapshot) => self.current(snapshot),
            Note::Blind(blind) => self.lose_sight(now, *blind),
            Note::Socket(Socket::Up) => self.hear(now),
            Note::Socket(Socket::Down) => self.lose_hearing(),
            Note::Slept => self.watched.slept(),
            Note::BedSeen => self.bed_seen(now),
            Note::Marks(marks) => self.marks = Some(marks.clone()),
            Note::Link(change) => self.link(*change),
            Note::Welcomed => self.welcomed(),
            Note::Asked(ask) => self.asked(now, *ask),
            Note::AskUnheard => self.ask_unheard(),
            Note::AskOver => self.ask = None,
            Note::Condition(condition) => self.condition(condition),
            Note::Fault(text) => self.fault = Some(text.clone()),
            Note::SpoolSaid => (self.rest, self.ask) = (None, None),
            Note::GaveBack => self.rest = Some(Rest::after(self.rest, now)),
            Note::Told => self.telling = Some(Telling::after(self.telling, now)),
            Note::TellSoon => self.telling = self.telling.map(|telling| telling.sooner(now)),
            Note::Work(work) => self.work(now, *work),
            Note::Begun => self.course = Course::Begun,
            Note::Disk(disk) => self.disk = *disk,
            Note::Server(server) => self.server.clone_from(server),
            Note::Frozen => self.frozen_at = Some(now),
            Note::Repeated(path) => self.repeated(now, path.as_ref()),
            Note::HistoriesDue => self.histories = Histories::due(now),
            Note::HistoriesAsked(open) => {
                self.histories = Histories::Asked { at: now, open: *open }
            }
            Note::HistoryHeard => self.histories.answered(),
            Note::Traced(trace) => self.traces.add(trace),
            Note::TraceOver(lease) => self.traces.end(*lease),
            Note::Deleting { path, asked } => drop(self.deleting.insert(path.clone(), *asked)),
            Note::DeletedAnew(path) => drop(self.deleting.remove(path)),
            Note::Setup(_) => unreachable!("the setup is the supervisor's"),
        }
    }

    /// OctoPrint answered how the printer is.
    fn look(&mut self, now: Moment, snapshot: &Snapshot) {
        let engine = Engine::of(&snapshot.printer);
        self.watched.answered(now);
        self.keep_heat(now, snapshot);
        self.watched.saw(now, engine);
        self.goes_away(&snapshot.printer);
        self.answers_may_wait(now, &snapshot.printer);
        self.found = match (engine, snapshot.is_heated_idle()) {
            (Engine::Idle, false) => Found::Still,
            (Engine::Idle | Engine::Busy | Engine::Away | Engine::Unclear, _) => Found::Otherwise,
        };
        self.seen = Some((now, snapshot.clone()));
        self.blind = None;
        self.keep_sent();
    }

    /// OctoPrint does not answer any more.
    fn lose_sight(&mut self, now: Moment, blind: Blind) {
        self.blind = Some(blind);
        self.seen = None;
        self.watched.answers_since = None;
        self.histories = Histories::due(now);
    }

    /// OctoPrint's events are heard from now on.
    fn hear(&mut self, now: Moment) {
        self.socket = Socket::Up;
        self.watched.heard(now);
        self.histories = Histories::due(now);
    }

    /// They are heard no more.
    fn lose_hearing(&mut self) {
        self.socket = Socket::Down;
        self.events = Events::Missed;
        self.course = Course::Unheard;
        self.miss_last_moves();
        self.marks = None;
    }

    /// The maker has looked at the bed.
    fn bed_seen(&mut self, now: Moment) {
        self.watched.looked_at(now);
        if self.watched.kept_hot != KeptHot::No {
            self.watched.kept_hot = KeptHot::Seen(now);
        }
    }

    fn link(&mut self, change: LinkChange) {
        self.link = match change {
            LinkChange::Up => Link::Greeting,
            LinkChange::Down => Link::Down,
        };
        // The answer to hello names again what is still looked for.
        self.traces = Traces::default();
    }

    fn welcomed(&mut self) {
        self.link = Link::Welcomed;
        // Hello makes the coordinator forget an ask, unless it has just granted it.
        self.ask_unheard();
        self.telling = None;
    }

    /// Somebody prints a past plate of ours again, or has ended that.
    fn repeated(&mut self, now: Moment, path: Option<&String>) {
        if self.repeated.as_ref() != path {
            self.histories = Histories::due(now);
        }
        self.repeated = path.cloned();
    }

    fn ask_unheard(&mut self) {
        if let Some(standing) = &mut self.ask {
            standing.repeated = None;
        }
    }

    fn asked(&mut self, now: Moment, ask: u64) {
        let since = match self.ask {
            Some(standing) if standing.ask == ask => standing.since,
            Some(_) | None => now,
        };
        self.next_ask = self.next_ask.max(ask + 1);
        self.ask = Some(Asked { ask, since, repeated: Some(now) });
    }

    /// Freshens the last look, but for the condition of the printer: of that events tell at once.
    fn current(&mut self, snapshot: &Snapshot) {
        let Some((_, seen)) = &mut self.seen else { return };
        let printer = seen.printer.clone();
        *seen = Snapshot { printer, ..snapshot.clone() };
        self.keep_sent();
    }

    /// Keeps how much is sent of a print, which nothing shows once it is broken off.
    fn keep_sent(&mut self) {
        let Some((_, seen)) = &self.seen else { return };
        match seen.printer {
            PrinterCondition::Printing
            | PrinterCondition::Pausing
            | PrinterCondition::Paused
            | PrinterCondition::Resuming
            | PrinterCondition::Finishing => self.sent = seen.progress.completion.or(self.sent),
            // What these show is of the print before, or of none.
            PrinterCondition::Starting
            | PrinterCondition::Operational
            | PrinterCondition::Cancelling
            | PrinterCondition::SendingToSd
            | PrinterCondition::Connecting
            | PrinterCondition::Offline { .. }
            | PrinterCondition::Error { .. }
            | PrinterCondition::Unreadable { .. } => {}
        }
    }

    /// From here on it is not known whether the last moves were made.
    fn miss_last_moves(&mut self) {
        if let Work::Finishing { events, .. } = &mut self.work {
            (*events, self.events) = (Events::Missed, Events::Missed);
        }
    }

    /// A printer that goes away in its last moves breaks them off without an event: OctoPrint 1.11 tells of a failure only while
    /// lines are sent (`printer/standard.py`, `on_comm_state_change`).
    fn goes_away(&mut self, condition: &PrinterCondition) {
        if Engine::of(condition) == Engine::Away {
            self.miss_last_moves();
        }
    }

    /// As long as the printer is at something, its witnesses have time to answer.
    fn answers_may_wait(&mut self, now: Moment, condition: &PrinterCondition) {
        if let Work::Asking { began, .. } = &mut self.work
            && Engine::of(condition) != Engine::Idle
        {
            *began = now;
        }
    }

    /// Keeps since when an idle printer is to be hot, by nobody's order that OctoPrint knows. One that is away says nothing of
    /// its heat.
    fn keep_heat(&mut self, now: Moment, snapshot: &Snapshot) {
        let heated = snapshot.is_heated_idle();
        self.watched.kept_hot = match (Engine::of(&snapshot.printer), self.watched.kept_hot) {
            (Engine::Idle, KeptHot::No) if heated => match self.watched.presence {
                Presence::Unlooked => KeptHot::Before,
                Presence::Here | Presence::AwaySince(_) | Presence::AwayBefore => {
                    KeptHot::Since(now)
                }
            },
            (Engine::Idle, _) if !heated => KeptHot::No,
            (Engine::Busy, _) => KeptHot::No,
            (Engine::Idle | Engine::Away | Engine::Unclear, known) => known,
        };
    }

    /// Keeps the last look true until the next one.
    fn condition(&mut self, condition: &PrinterCondition) {
        self.goes_away(condition);
        let Some((_, snapshot)) = &mut self.seen else { return };
        if *condition == PrinterCondition::Starting {
            // What it shows is the progress of the print before.
            snapshot.progress = Progress::default();
        }
        snapshot.printer = condition.clone();
    }

    fn work(&mut self, now: Moment, work: Work) {
        if let Work::Finishing { .. } = work {
            // A print was done: whatever was in the way is gone.
            self.rest = None;
            self.course = Course::Done;
        }
        if let Work::Starting { .. } = work {
            self.fault = None;
            self.sent = None;
            self.course = Course::Unheard;
            self.events = match self.socket {
                Socket::Up => Events::Whole,
                Socket::Down => Events::Missed,
            };
        }
        self.work = work;
        self.moved_at = now;
        self.histories = Histories::due(now);
    }
}
