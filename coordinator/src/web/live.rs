//! The live stream: one snapshot, then only what changed. Computed once, shared by all who look.
//!
//! Nothing queues for a viewer: each remembers the last step it was sent, and is sent those that
//! followed when its connection has room. Who is too far behind gets a new snapshot.

mod delta;
mod stream;

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use tokio::sync::watch;

use self::delta::Rows;
use super::Shared;
use super::view::View;
use crate::clock::Timestamp;
use crate::dispatch::board::Board;

/// The least time between two steps: a change is seen within a second, and no page is busy.
const STEP: Duration = Duration::from_millis(100);

/// The steps that are remembered for who comes back: half a minute.
const REMEMBERED: usize = 300;

/// The farm as it is streamed now.
#[derive(Clone)]
pub(super) struct Live {
    moments: watch::Receiver<Arc<Moment>>,
}

/// The latest step and those before it.
struct Moment {
    /// Which start of the coordinator: numbers of another are not ours.
    run: u64,
    seq: u64,
    at: Timestamp,
    rows: Rows,
    /// Rendered for the first who needs it.
    snapshot: OnceLock<Bytes>,
    /// Each with its number, oldest first.
    steps: VecDeque<(u64, Bytes)>,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/live", get(stream::live))
}

impl Live {
    /// Starts the task that computes the steps; it ends with the brain.
    pub(super) fn start(mut boards: watch::Receiver<Arc<Board>>, started: Timestamp) -> Self {
        let first = Arc::clone(&boards.borrow_and_update());
        let moment = Moment::first(&first, started);
        let (tell, moments) = watch::channel(Arc::new(moment));
        tokio::spawn(async move {
            while boards.changed().await.is_ok() {
                let board = Arc::clone(&boards.borrow_and_update());
                let next = tell.borrow().next(&board, started);
                if let Some(next) = next {
                    tell.send_replace(Arc::new(next));
                }
                tokio::time::sleep(STEP).await;
            }
        });
        Self { moments }
    }
}

impl Moment {
    fn first(board: &Board, started: Timestamp) -> Self {
        Self {
            run: started.0,
            seq: 1,
            at: board.at,
            rows: Rows::of(&View::new(board, started)),
            snapshot: OnceLock::new(),
            steps: VecDeque::new(),
        }
    }

    /// Returns the step to `board`, unless nothing that is shown has changed.
    fn next(&self, board: &Board, started: Timestamp) -> Option<Self> {
        let rows = Rows::of(&View::new(board, started));
        let changed = rows.since(&self.rows)?;
        let seq = self.seq + 1;
        let mut steps = self.steps.clone();
        steps.push_back((seq, frame("delta", self.run, seq, board.at, &changed)));
        if REMEMBERED < steps.len() {
            steps.pop_front();
        }
        let snapshot = OnceLock::new();
        Some(Self { run: self.run, seq, at: board.at, rows, snapshot, steps })
    }

    /// Returns what brings a viewer who saw `seen` here.
    fn after(&self, seen: Option<u64>) -> Vec<Bytes> {
        let oldest = self.steps.front().map_or(self.seq + 1, |(seq, _)| *seq);
        match seen {
            Some(seen) if oldest <= seen + 1 && seen <= self.seq => {
                let new = self.steps.iter().filter(|(seq, _)| seen < *seq);
                new.map(|(_, frame)| frame.clone()).collect()
            }
            Some(_) | None => {
                let render = || frame("snapshot", self.run, self.seq, self.at, self.rows.all());
                vec![self.snapshot.get_or_init(render).clone()]
            }
        }
    }
}

/// Returns an event as it goes over the wire.
fn frame(
    event: &str,
    run: u64,
    seq: u64,
    at: Timestamp,
    rows: &serde_json::Map<String, serde_json::Value>,
) -> Bytes {
    let rows = serde_json::to_string(rows).expect("a map of text to JSON is JSON");
    let fields = rows.strip_prefix('{').expect("an object begins with a brace");
    let comma = if fields == "}" { "" } else { "," };
    let data = format!("{{\"seq\":{seq},\"at\":{}{comma}{fields}", at.0);
    Bytes::from(format!("id: {run}-{seq}\nevent: {event}\ndata: {data}\n\n"))
}

#[cfg(test)]
mod tests {
    use visorfarm_protocol::id::{Epoch, FarmId};

    use super::*;
    use crate::dispatch::Dispatcher;

    fn board(anything: i64) -> Board {
        let farm = FarmId::new("lyon").unwrap();
        let mut board = Dispatcher::new(farm, Epoch(1)).board(Timestamp(1000));
        board.totals.printed = anything;
        board
    }

    fn text(frames: &[Bytes]) -> String {
        frames.iter().map(|frame| std::str::from_utf8(frame).unwrap()).collect()
    }

    #[test]
    fn a_step_has_only_what_changed() {
        let first = Moment::first(&board(0), Timestamp(7));
        assert!(first.next(&board(0), Timestamp(7)).is_none(), "nothing changed");
        let second = first.next(&board(4), Timestamp(7)).unwrap();
        assert_eq!(
            text(&second.after(Some(1))),
            "id: 7-2\nevent: delta\ndata: {\"seq\":2,\"at\":1000,\"totals\":{\"printed\":4}}\n\n"
        );
        assert!(second.after(Some(2)).is_empty());
    }

    #[test]
    fn who_is_new_or_too_far_behind_gets_a_snapshot() {
        let mut moment = Moment::first(&board(0), Timestamp(7));
        let last = i64::try_from(REMEMBERED).unwrap() + 50;
        for printed in 1..=last {
            moment = moment.next(&board(printed), Timestamp(7)).unwrap();
        }
        for seen in [None, Some(1), Some(moment.seq + 1)] {
            let sent = text(&moment.after(seen));
            assert!(sent.contains("event: snapshot"), "{sent}");
            assert!(sent.contains(&format!("\"printed\":{last}")), "{sent}");
        }
        assert_eq!(moment.after(Some(moment.seq - 5)).len(), 5);
    }
}
