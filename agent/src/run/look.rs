//! What looks and listens at one OctoPrint: the poll that is the truth, the push that makes it
//! quick, and slower looks at version and disks. Each tells the supervisor by events.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tracing::{info, warn};
use visorfarm_protocol::id::PrinterId;

use super::floor::Inbox;
use crate::clock::{Clock, Pulse, Since};
use crate::octoprint::model::Support;
use crate::octoprint::push::{self, Lost, PushEvent};
use crate::octoprint::rest::{Rest, RestError};
use crate::state_dir::StateDir;
use crate::supervise::{Blind, Disk, Event, Server};

/// How often OctoPrint is asked how the printer is. An answer costs it about 6 ms on a PC.
const POLL_EVERY: Duration = Duration::from_secs(2);

/// How often disks and version are looked at.
const SURVEY_EVERY: Duration = Duration::from_mins(1);

/// How soon they are looked at again while OctoPrint has not said what it is: nothing is asked for
/// before.
const SURVEY_AGAIN_AFTER: Duration = Duration::from_secs(3);

/// What must be free on OctoPrint's disk and on ours before more work is asked for. The file of a
/// grant is checked against its size as well.
const BYTES_FREE_MIN: u64 = 64 << 20;

/// Events of OctoPrint that wait. A full queue holds up the socket, never the printer.
const PUSHES_MAX: usize = 64;

/// The OctoPrint version that was told last. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Version(watch::Sender<Option<String>>);

impl Default for Version {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Version {
    pub(super) fn told(&self) -> Option<String> {
        self.0.borrow().clone()
    }
}

/// Watches until the returned tasks are dropped.
pub(super) fn watch(
    printer: &PrinterId,
    clock: Clock,
    rest: &Rest,
    version: &Version,
    inbox: &Inbox,
    state: StateDir,
) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(listen(printer.clone(), clock, rest.clone(), inbox.clone()));
    tasks.spawn(poll(printer.clone(), clock, rest.clone(), inbox.clone(), state.clone()));
    tasks.spawn(survey(printer.clone(), rest.clone(), version.clone(), inbox.clone(), state));
    tasks
}

/// Passes on what OctoPrint pushes, and listens anew after each sleep of this machine: what a connection from before it
/// brings is late, may have been read from OctoPrint's histories meanwhile, and misses what was not kept for a sleeper.
async fn listen(printer: PrinterId, clock: Clock, rest: Rest, inbox: Inbox) {
    loop {
        let (sink, mut pushed) = mpsc::channel(PUSHES_MAX);
        // Aborted with the set.
        let mut watching = JoinSet::new();
        watching.spawn(push::watch(rest.clone(), sink));
        let mut pulse = clock.pulse();
        loop {
            let heard = hear(&mut pulse, &mut pushed).await;
            let event = match &heard {
                Heard::Told(event) => event.clone(),
                Heard::Asleep => PushEvent::Lost(Lost::Slept),
            };
            if inbox.send((printer.clone(), Event::Push(event))).await.is_err() {
                return;
            }
            if heard == Heard::Asleep {
                break;
            }
        }
    }
}

/// What comes of listening.
#[derive(Debug, PartialEq)]
enum Heard {
    Told(PushEvent),
    /// This machine was asleep.
    Asleep,
}

/// Returns what is pushed next, or that this machine slept: before anything that came meanwhile, since that may tell of what
/// began in the sleep.
async fn hear(pulse: &mut Pulse, pushed: &mut mpsc::Receiver<PushEvent>) -> Heard {
    loop {
        let event = tokio::select! {
            biased;
            () = pulse.stirs() => None,
            Some(event) = pushed.recv() => Some(event),
        };
        match (pulse.feel(), event) {
            (Since::Asleep, _) => return Heard::Asleep,
            (Since::Awake, Some(event)) => return Heard::Told(event),
            (Since::Awake, None) => {}
        }
    }
}

/// Looks at the printer, and at our own disk: a card that can no longer be written ends this agent at the next thing
/// that it has to remember, so it is told at once.
async fn poll(printer: PrinterId, clock: Clock, rest: Rest, inbox: Inbox, state: StateDir) {
    let mut every = interval(POLL_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut before = None;
    loop {
        every.tick().await;
        let asked = clock.now();
        let looked = rest.snapshot().await;
        let now = looked.as_ref().err().map(blind);
        if now != before {
            tell_sight(&printer, looked.as_ref().err());
            before = now;
        }
        let event = match looked {
            Ok(snapshot) => Event::Seen { asked, snapshot },
            Err(error) => Event::Blind(blind(&error)),
        };
        if inbox.send((printer.clone(), event)).await.is_err() {
            return;
        }
        if state.is_read_only()
            && inbox.send((printer.clone(), Event::Disk(Disk::ReadOnly))).await.is_err()
        {
            return;
        }
    }
}

fn tell_sight(printer: &PrinterId, error: Option<&RestError>) {
    match error {
        None => info!(%printer, "The OctoPrint of {printer} answers again"),
        Some(error) => warn!(%printer, "The OctoPrint of {printer} cannot be looked at: {error}"),
    }
}

fn blind(error: &RestError) -> Blind {
    match error {
        RestError::KeyRefused => Blind::KeyRefused,
        RestError::Unreachable { .. }
        | RestError::NotHttp { .. }
        | RestError::Busy { .. }
        | RestError::NotFound
        | RestError::Refused { .. }
        | RestError::TooLarge
        | RestError::Unreadable { .. }
        | RestError::File { .. } => Blind::Unreachable,
    }
}

async fn survey(printer: PrinterId, rest: Rest, version: Version, inbox: Inbox, state: StateDir) {
    loop {
        if let Ok(told) = rest.version().await {
            let support = told.support();
            if version.told().as_ref() != Some(&told.text) {
                introduce(&printer, &told.text, &support);
                version.0.send_replace(Some(told.text));
            }
            let server = server(support);
            if inbox.send((printer.clone(), Event::Server(server))).await.is_err() {
                return;
            }
        }
        let theirs = rest.free_bytes().await.ok();
        let ours = rustix::fs::statvfs(state.cache());
        let ours = ours.ok().map(|disk| disk.f_bavail * disk.f_frsize);
        let disk = if state.is_read_only() { Disk::ReadOnly } else { room(theirs, ours) };
        if inbox.send((printer.clone(), Event::Disk(disk))).await.is_err() {
            return;
        }
        let known = version.told().is_some();
        // Neither disks nor OctoPrint's version tell of their changes.
        sleep(if known { SURVEY_EVERY } else { SURVEY_AGAIN_AFTER }).await;
    }
}

/// Judges the bytes free at OctoPrint and here, as far as they could be measured.
fn room(theirs: Option<u64>, ours: Option<u64>) -> Disk {
    match theirs.into_iter().chain(ours).min() {
        None => Disk::Unknown,
        Some(free) if free < BYTES_FREE_MIN => Disk::Full,
        Some(_) => Disk::Roomy,
    }
}

fn server(support: Support) -> Server {
    match support {
        Support::Good | Support::Outdated | Support::TooOld => Server::OctoPrint,
        Support::NotOctoPrint { name } => Server::Imitator { name },
    }
}

fn introduce(printer: &PrinterId, text: &str, support: &Support) {
    match support {
        Support::Good => info!(%printer, "{printer} is driven by {text}"),
        Support::Outdated => {
            warn!(%printer, "{printer} is driven by {text}, which has known faults: update to 1.11.8 or newer");
        }
        Support::TooOld => {
            warn!(%printer, "{printer} is driven by {text}, which this agent was never tried with: update it");
        }
        Support::NotOctoPrint { name } => {
            warn!(%printer, "{printer} is driven by {name}, which only imitates OctoPrint: it will not print for the farm");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::octoprint::model::PrinterCondition;

    #[tokio::test(start_paused = true)]
    async fn what_comes_first_after_a_sleep_is_not_believed() {
        let (sink, mut pushed) = mpsc::channel(PUSHES_MAX);
        let mut pulse = Clock::start().pulse();
        let event = PushEvent::StateChanged(PrinterCondition::Operational);
        for (asleep, heard) in [(1, Heard::Told(event.clone())), (60, Heard::Asleep)] {
            tokio::time::advance(Duration::from_secs(asleep)).await;
            sink.send(event.clone()).await.unwrap();
            assert_eq!(hear(&mut pulse, &mut pushed).await, heard, "asleep for {asleep} s");
        }
    }

    #[test]
    fn room_that_nobody_could_measure_is_unknown() {
        let (much, little) = (Some(BYTES_FREE_MIN), Some(BYTES_FREE_MIN - 1));
        for (theirs, ours, disk) in [
            (None, None, Disk::Unknown),
            (much, None, Disk::Roomy),
            (None, much, Disk::Roomy),
            (much, little, Disk::Full),
            (little, None, Disk::Full),
        ] {
            assert_eq!(room(theirs, ours), disk, "{theirs:?} {ours:?}");
        }
    }
}
