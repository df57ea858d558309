//! What a supervisor sees and a restart forgets.

mod noting;

use std::collections::BTreeMap;

use super::due::{Asked, Histories, Rest, Telling};
use super::gap::Watched;
use super::senses::{Blind, Course, Disk, Events, Found, Server, Socket};
use super::trace::Traces;
use super::work::Work;
use crate::clock::Moment;
use crate::octoprint::model::{Markings, Snapshot};

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
}
