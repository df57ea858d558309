//! What a supervisor sees and a restart forgets.

use std::collections::BTreeMap;
use std::time::Duration;

use visorfarm_protocol::id::LeaseId;

use super::event::{LinkChange, Setup};
use super::gap::Watched;
use super::senses::{Blind, Disk, Events, Server, Socket};
use super::trace::{Trace, Traces};
use super::work::Work;
use crate::clock::Moment;
use crate::octoprint::model::{Markings, PrinterCondition, Progress, Snapshot};

/// How long a printer that could not start a lease asks for no other: two looks at OctoPrint, so that
/// what was in the way is seen. It doubles each time.
const REST: Duration = Duration::from_secs(5);

/// The longest rest: what is in the way by then is for a person to clear.
const REST_MAX: Duration = Duration::from_mins(10);

/// How long OctoPrint may take to write a print into its file's history: it does so a moment after the
/// event, on another thread.
const HISTORY_WITHIN: Duration = Duration::from_secs(10);

/// How soon facts without a receipt are told again on a standing connection. It doubles each time:
/// what is still not receipted then is for later, or finds nobody who listens.
const TELL_AFTER: Duration = Duration::from_secs(15);

/// The longest that such facts wait: short beside the hour after which the coordinator takes what was
/// too much before.
const TELL_AFTER_MAX: Duration = Duration::from_mins(4);

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

/// Something to be taken note of.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// What OctoPrint said.
    Seen(Box<Snapshot>),
    /// OctoPrint told what the printer does now.
    Condition(PrinterCondition),
    /// The printer or OctoPrint told of a fault.
    Fault(String),
    /// What OctoPrint told of progress and temperatures.
    Current(Box<Snapshot>),
    /// OctoPrint cannot be asked.
    Blind(Blind),
    /// OctoPrint's events are heard from now on, or no more.
    Socket(Socket),
    /// The marks that OctoPrint's process has set.
    Marks(Markings),
    /// The maker looked at the bed.
    BedSeen,
    /// How the connection to the coordinator changed.
    Link(LinkChange),
    /// The coordinator answered hello.
    Welcomed,
    /// This ask was said.
    Asked(u64),
    /// The ask was answered, or the printer is no longer willing.
    AskOver,
    /// The coordinator may not have listened to the ask: it thought that the printer held a lease.
    AskUnheard,
    /// The maker said what is on the spool: what was asked for before may be too much now, or too little.
    SpoolSaid,
    /// A lease could not be started and was given back.
    GaveBack,
    /// All facts were told.
    Told,
    /// Something new was told, or something was receipted: what may have got lost is told again soon.
    TellSoon,
    /// What is at hand with the run.
    Work(Work),
    /// The configuration changed.
    Setup(Box<Setup>),
    /// The disks were looked at.
    Disk(Disk),
    /// What answers at OctoPrint's address said what it is.
    Server(Server),
    /// Another machine has our identity.
    Frozen,
    /// A past print of ours is printed again, or no longer.
    Repeated(Option<String>),
    /// A past print of ours may have been printed again unnoticed.
    HistoriesDue,
    /// The histories of all past plates are asked for.
    HistoriesAsked,
    /// OctoPrint is asked for the print of a lease that a lost journal knew.
    Traced(Trace),
    /// It is asked no longer.
    TraceOver(LeaseId),
    /// OctoPrint is told to delete a file.
    Deleting {
        /// Where.
        path: String,
        /// When.
        asked: Moment,
    },
    /// What OctoPrint was told of the file at this path is settled: if it is there again, it is to be
    /// deleted anew.
    DeletedAnew(String),
}

/// Whether OctoPrint's histories of the past plates' files are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Histories {
    /// They are to be asked for; from then on they are complete.
    Due {
        /// When.
        from: Moment,
    },
    /// They were asked for since.
    Asked,
}

impl Histories {
    /// Something ended at `now`, or may have.
    fn due(now: Moment) -> Self {
        Self::Due { from: now + HISTORY_WITHIN }
    }
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

/// An ask that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) ask: u64,
    pub(super) since: Moment,
    /// Nothing if it must be said again at once.
    pub(super) repeated: Option<Moment>,
}

/// A printer asks for nothing until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rest {
    pub(super) until: Moment,
    length: Duration,
}

/// All facts are told again when that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Telling {
    pub(super) due: Moment,
    /// How long they wait after that.
    then: Duration,
}

impl Telling {
    /// Returns when facts are told again that were told at `now`, when `before` was due.
    fn after(before: Option<Self>, now: Moment) -> Self {
        let wait = before.map_or(TELL_AFTER, |before| before.then);
        Self { due: now + wait, then: (2 * wait).min(TELL_AFTER_MAX) }
    }

    fn sooner(self, now: Moment) -> Self {
        Self { due: self.due.min(now + TELL_AFTER), then: 2 * TELL_AFTER }
    }
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
                        self.marks = None;
                    }
                }
            }
            Note::BedSeen => self.watched.looked_at(now),
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
            Note::GaveBack => self.gave_back(now),
            Note::Told => self.telling = Some(Telling::after(self.telling, now)),
            Note::TellSoon => self.telling = self.telling.map(|telling| telling.sooner(now)),
            Note::Work(work) => {
                self.work(*work);
                self.moved_at = now;
                self.histories = Histories::due(now);
            }
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
            Note::HistoriesAsked => self.histories = Histories::Asked,
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

    /// Keeps the last look true until the next one.
    fn condition(&mut self, condition: &PrinterCondition) {
        let Some((_, snapshot)) = &mut self.seen else { return };
        if *condition == PrinterCondition::Starting {
            // What it shows is the progress of the print before.
            snapshot.progress = Progress::default();
        }
        snapshot.printer = condition.clone();
    }

    fn gave_back(&mut self, now: Moment) {
        let lately = self.rest.filter(|before| now < before.until + REST_MAX);
        let length = lately.map_or(REST, |before| (before.length * 2).min(REST_MAX));
        self.rest = Some(Rest { until: now + length, length });
    }

    fn work(&mut self, work: Work) {
        if work == Work::Finishing {
            // A print was done: whatever was in the way is gone.
            self.rest = None;
        }
        if let Work::Starting { .. } = work {
            self.fault = None;
            self.sent = None;
            self.events = match self.socket {
                Socket::Up => Events::Whole,
                Socket::Down => Events::Missed,
            };
        }
        self.work = work;
    }
}
