//! What a supervisor sees and a restart forgets.

use std::collections::BTreeMap;

use super::due::{Asked, Histories, Rest, Telling};
use super::event::LinkChange;
use super::gap::{Presence, Watched};
use super::note::Note;
use super::senses::{Blind, Course, Disk, Engine, Events, Found, KeptHot, Server, Socket};
use super::trace::Traces;
use super::work::Work;
use crate::clock::Moment;
use crate::octoprint::model::{Markings, PrinterCondition, Progress, Snapshot};

/// What a restart forgets.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    /// What OctoPrint said last, and when; nothing while it does not answer.
    pub(super) seen: Option<(Moment, Snapshot)>,
    /// How OctoPrint was watched.
    pub(super) watched: Watched,
    /// Why OctoPrint does not answer.
    pub(super) blind: Option<Blind>,
    /// Whether OctoPrint's events are heard now.
    pub(super) socket: Socket,
    /// Whether every event since the start was ordered has been heard.
    pub(super) events: Events,
    /// The marks of OctoPrint's process, as of this connection.
    pub(super) marks: Option<Markings>,
    /// The way to the coordinator.
    pub(super) link: Link,
    /// The ask that stands.
    pub(super) ask: Option<Asked>,
    /// The number of the next ask: begins at random, so that a grant for an earlier process is
    /// never taken for an answer to this one.
    pub(super) next_ask: u64,
    /// The rest after a lease that could not be started.
    pub(super) rest: Option<Rest>,
    /// How much of the file was sent of the print that was started last, from 0 to 1, as far as it was
    /// seen.
    pub(super) sent: Option<f32>,
    /// How the last look found the printer.
    pub(super) found: Found,
    /// How far events have told of the print that was started last.
    pub(super) course: Course,
    /// The fault that was told last, of this print or before it.
    pub(super) fault: Option<String>,
    /// What is at hand with the run.
    pub(super) work: Work,
    /// When that changed last.
    pub(super) moved_at: Moment,
    /// When all facts are told again; nothing if they are to be told at once.
    pub(super) telling: Option<Telling>,
    /// Whether there was room at the last look.
    pub(super) disk: Disk,
    /// What answered when it was asked for its version.
    pub(super) server: Server,
    /// When the coordinator last said that another machine has our identity.
    pub(super) frozen_at: Option<Moment>,
    /// The number by which receipts name this process.
    pub(super) teller: u64,
    /// The path of a past print of ours that somebody prints again.
    pub(super) repeated: Option<String>,
    /// Whether the histories of past plates are known.
    pub(super) histories: Histories,
    /// The leases that a lost journal knew, as long as OctoPrint has proved nothing of their prints.
    pub(super) traces: Traces,
    /// The files that OctoPrint was told to delete, and when.
    pub(super) deleting: BTreeMap<String, Moment>,
}

/// The way to the coordinator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// There is none.
    Down,
    /// Hello is said, welcome not yet heard.
    Greeting,
    /// The coordinator listens.
    Welcomed,
}

impl Watch {
    pub(super) fn new(asks_from: u64) -> Self {
        Self {
            seen: None,
            watched: Watched::UNWATCHED,
            blind: None,
            socket: Socket::Down,
            events: Events::Missed,
            marks: None,
            link: Link::Down,
            ask: None,
            next_ask: asks_from,
            rest: None,
            sent: None,
            found: Found::Otherwise,
            course: Course::Unheard,
            fault: None,
            work: Work::Watching,
            moved_at: Moment::default(),
            telling: None,
            disk: Disk::Unknown,
            server: Server::Unknown,
            frozen_at: None,
            teller: asks_from,
            repeated: None,
            histories: Histories::due(Moment::default()),
            traces: Traces::default(),
            deleting: BTreeMap::new(),
        }
    }

    pub(super) fn note(&mut self, now: Moment, note: &Note) {
        match note {
            Note::Seen(snapshot) => {
                self.watched.answered(now);
                self.keep_heat(now, snapshot);
                self.watched.saw(now, Engine::of(&snapshot.printer));
                self.goes_away(&snapshot.printer);
                self.answers_may_wait(now, &snapshot.printer);
                self.found = match (Engine::of(&snapshot.printer), snapshot.is_heated_idle()) {
                    (Engine::Idle, false) => Found::Still,
                    (Engine::Idle | Engine::Busy | Engine::Away | Engine::Unclear, _) => {
                        Found::Otherwise
                    }
                };
                self.seen = Some((now, snapshot.as_ref().clone()));
                self.blind = None;
                self.keep_sent();
            }
            Note::Current(snapshot) => {
                self.current(snapshot);
                self.keep_sent();
            }
            Note::Blind(blind) => {
                self.blind = Some(*blind);
                self.seen = None;
                self.watched.answers_since = None;
                self.histories = Histories::due(now);
            }
            Note::Socket(socket) => {
                self.socket = *socket;
                match socket {
                    Socket::Up => {
                        self.watched.heard(now);
                        self.histories = Histories::due(now);
                    }
                    Socket::Down => {
                        self.events = Events::Missed;
                        self.miss_last_moves();
                        self.marks = None;
                    }
                }
            }
            Note::Slept => self.watched.slept(),
            Note::BedSeen => {
                self.watched.looked_at(now);
                if self.watched.kept_hot != KeptHot::No {
                    self.watched.kept_hot = KeptHot::Seen(now);
                }
            }
            Note::Marks(marks) => self.marks = Some(marks.clone()),
            Note::Link(change) => {
                self.link = match change {
                    LinkChange::Up => Link::Greeting,
                    LinkChange::Down => Link::Down,
                };
                // The answer to hello names again what is still looked for.
                self.traces = Traces::default();
            }
            Note::Welcomed => {
                self.link = Link::Welcomed;
                // Hello makes the coordinator forget an ask, unless it has just granted it.
                self.ask_unheard();
                self.telling = None;
            }
            Note::Asked(ask) => self.asked(now, *ask),
            Note::AskUnheard => self.ask_unheard(),
            Note::AskOver => self.ask = None,
            Note::Condition(condition) => self.condition(condition),
            Note::Fault(text) => self.fault = Some(text.clone()),
            Note::SpoolSaid => (self.rest, self.ask) = (None, None),
            Note::GaveBack => self.rest = Some(Rest::after(self.rest, now)),
            Note::Told => self.telling = Some(Telling::after(self.telling, now)),
            Note::TellSoon => self.telling = self.telling.map(|telling| telling.sooner(now)),
            Note::Work(work) => {
                self.work(*work);
                self.moved_at = now;
                self.histories = Histories::due(now);
            }
            Note::Begun => self.course = Course::Begun,
            Note::Disk(disk) => self.disk = *disk,
            Note::Server(server) => self.server.clone_from(server),
            Note::Frozen => self.frozen_at = Some(now),
            Note::Repeated(path) => {
                self.repeated.clone_from(path);
                self.histories = Histories::due(now);
            }
            Note::HistoriesDue => self.histories = Histories::due(now),
            Note::Traced(trace) => self.traces.add(trace),
            Note::TraceOver(lease) => self.traces.end(*lease),
            Note::HistoriesAsked(open) => {
                self.histories = Histories::Asked { at: now, open: *open }
            }
            Note::HistoryHeard => self.histories.answered(),
            Note::Deleting { path, asked } => {
                self.deleting.insert(path.clone(), *asked);
            }
            Note::DeletedAnew(path) => {
                self.deleting.remove(path);
            }
            Note::Setup(_) => unreachable!("the setup is the supervisor's"),
        }
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

    fn work(&mut self, work: Work) {
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
    }
}
