//! What is written in the coordinator's books: what every world prints, and what its board must say.

use std::collections::BTreeSet;

use visorfarm_coordinator::clock::Timestamp;
use visorfarm_coordinator::dispatch::board::Board;
use visorfarm_coordinator::dispatch::{Channel, Event, NewRequest, Publication, Slice};
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::{AgentId, LeaseId};
use visorfarm_protocol::status::WaitsFor;

use super::truth::PIECES;

/// The slicer's estimate of every plate, in seconds.
const EXPECTED_SECONDS: u32 = 300;

/// Returns the design that every world prints.
#[must_use]
pub(super) fn published(at: Timestamp) -> Event {
    let slice = Slice {
        digest: Digest([1; 32]),
        bytes: 10,
        pieces: PIECES,
        material: None,
        expected_seconds: Some(EXPECTED_SECONDS),
        filament_grams: None,
        notes: String::new(),
    };
    let profile = "ender3".parse().expect("a name");
    Event::Published {
        design: "visor".parse().expect("a name"),
        revision: "r1".parse().expect("a name"),
        slices: Publication { channel: Channel::Validated, at, slices: vec![(profile, slice)] },
    }
}

/// Returns that somebody needs `pieces`.
#[must_use]
pub(super) fn requested(pieces: u64) -> Event {
    let pieces = i64::try_from(pieces).expect("a few pieces");
    Event::Requested(NewRequest::new("visor".parse().expect("a name"), pieces, "CHU"))
}

/// Returns what is not yet told or done.
#[must_use]
pub(super) fn open(board: &Board) -> Vec<String> {
    let mut open = Vec::new();
    for row in &board.requests {
        if (row.numbers.outstanding, row.numbers.in_flight) != (0, 0) {
            open.push(format!("request {}: {:?}", row.id, row.numbers));
        }
    }
    open.extend(board.jobs.iter().map(|job| format!("job {}", job.id)));
    let plates = board.printers.iter().filter_map(|row| Some((row, row.plate.as_ref()?)));
    open.extend(plates.map(|(row, plate)| format!("{} holds {plate:?}", row.agent)));
    open
}

/// Returns the plates of which the farm's page says that their agents have forgotten them.
#[must_use]
pub(super) fn forgotten(board: &Board) -> Vec<LeaseId> {
    let rows = board.printers.iter().filter(|row| row.waits_for != Some(WaitsFor::Copied));
    let plates = rows.filter_map(|row| row.plate.as_ref());
    plates.filter(|plate| plate.forgotten).map(|plate| plate.lease).collect()
}

/// Returns the agents that are held back because two machines spoke as them.
#[must_use]
pub(super) fn frozen(board: &Board) -> BTreeSet<AgentId> {
    let rows = board.printers.iter().filter(|row| row.waits_for == Some(WaitsFor::Copied));
    rows.map(|row| row.agent.clone()).collect()
}

/// Returns a request of which it is not true that wanted = in flight + printed - bad + outstanding -
/// surplus, if there is one.
#[must_use]
pub(super) fn unbalanced(board: &Board) -> Option<String> {
    board.requests.iter().find_map(|row| {
        let n = row.numbers;
        let signed = |number: u64| i64::try_from(number).expect("a few pieces");
        let pipeline = signed(n.in_flight) + n.printed - n.bad;
        let balanced = n.wanted == pipeline + signed(n.outstanding) - signed(n.surplus);
        (!balanced).then(|| format!("request {} does not add up: {n:?}", row.id))
    })
}

/// Returns how long it is since a world began, to be read.
#[must_use]
pub(super) fn clock(millis: u64) -> String {
    let seconds = millis / 1_000;
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}.{:03}", seconds % 60, millis % 1_000)
}
