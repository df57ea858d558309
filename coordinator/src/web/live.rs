//! The live stream: one snapshot, then only what changed.
//!
//! Nothing queues for a viewer. Each field knows the step in which it last changed; a viewer
//! remembers the last step it was sent, and is sent what changed since, when its connection has
//! room. A slow phone skips what lies between, and whoever comes back misses nothing.

mod fields;
mod news;
mod part;
mod rows;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use serde_json::{Map, Value};
use tokio::sync::watch;

use self::fields::Fields;
use self::news::News;
use self::part::Part;
use self::rows::{Rows, Wanted};
use super::Shared;
use super::known::Known;
use super::view::View;
use crate::clock::{Stopwatch, Timestamp};
use crate::dispatch::board::Board;

/// How many times as long as it took to compute a step is waited before the next, within
/// [`STEP_REST`]: a small farm shows a change at once, and a large one computes five steps a second.
const STEP_RESTS: u32 = 20;

/// The least and the longest time between two steps: no page is busy, and none is late.
const STEP_REST: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(200));

/// The farm as it is streamed now.
#[derive(Clone)]
pub(super) struct Live {
    moments: watch::Receiver<Arc<Moment>>,
}

/// The latest step, and when each thing in it changed.
#[derive(Clone)]
struct Moment {
    /// Which start of the coordinator: numbers of another are not ours.
    run: u64,
    seq: u64,
    at: Timestamp,
    fields: Fields,
    news: News,
    rows: Rows,
}

/// What a viewer's page shows.
#[derive(Clone, Debug)]
struct Page {
    printers: Wanted,
    /// The names of lists, with commas.
    lists: String,
    requests: Part,
}

impl Page {
    fn shows(&self, list: &str) -> bool {
        self.lists.split(',').any(|one| one == list)
    }
}

/// A step for one viewer, as it goes over the wire.
struct Frame {
    event: &'static str,
    data: Map<String, Value>,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/live", get(stream::live))
}

impl Live {
    /// Starts the task that computes the steps; it ends with the brain.
    pub(super) fn start(mut boards: watch::Receiver<Arc<Board>>, known: Arc<Known>) -> Self {
        let first = Arc::clone(&boards.borrow_and_update());
        let moment = Moment::first(&View::new(&first, &known), known.started);
        let (tell, moments) = watch::channel(Arc::new(moment));
        tokio::spawn(async move {
            while boards.changed().await.is_ok() {
                let began = Stopwatch::start();
                let board = Arc::clone(&boards.borrow_and_update());
                let next = tell.borrow().next(&View::new(&board, &known));
                if let Some(next) = next {
                    tell.send_replace(Arc::new(next));
                }
                // What changes meanwhile goes into the next step.
                let (least, longest) = STEP_REST;
                tokio::time::sleep((began.elapsed() * STEP_RESTS).clamp(least, longest)).await;
            }
        });
        Self { moments }
    }
}

impl Moment {
    fn first(view: &View, started: Timestamp) -> Self {
        let nothing = Self {
            run: started.0,
            seq: 0,
            at: view.at,
            fields: Fields::default(),
            news: News::default(),
            rows: Rows::default(),
        };
        nothing.next(view).unwrap_or(nothing)
    }

    /// Returns the step to `view`, unless nothing that is shown has changed.
    fn next(&self, view: &View) -> Option<Self> {
        let mut next = Self { seq: self.seq + 1, at: view.at, ..self.clone() };
        let fields = next.fields.update(view, next.seq);
        let rows = next.rows.update(&view.printers, next.seq);
        // What is new changed the totals or the alerts, too.
        next.news.update(&view.alerts, next.seq);
        (fields || rows).then_some(next)
    }

    /// Returns what brings a viewer who saw step `seen` here; nothing if it is here. `held` are the requests
    /// that it has: others of its page are sent whole.
    fn after(&self, seen: Option<u64>, page: &Page, held: &mut Vec<String>) -> Option<Frame> {
        let seen = seen.filter(|seen| *seen <= self.seq);
        let event = match seen {
            Some(seen) if seen == self.seq => return None,
            Some(_) => "delta",
            None => "snapshot",
        };
        let mut data = Map::new();
        data.insert("seq".to_owned(), self.seq.into());
        data.insert("at".to_owned(), self.at.0.into());
        self.fields.since(seen, |list| page.shows(list), &mut data);
        if page.shows("requests") {
            self.fields.requests_since(seen, &page.requests, held, &mut data);
        }
        self.news.since(seen, &mut data);
        self.rows.since(seen, &page.printers, &mut data);
        // Of what changed, nothing may be on this viewer's page.
        (event == "snapshot" || 2 < data.len()).then_some(Frame { event, data })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::web::view::{Doing, Kind, PrinterView};

    fn view(printed: i64, printers: &[(&str, u8)]) -> View {
        let mut totals = crate::web::view::Totals::default();
        totals.numbers.printed = printed;
        let row = |(number, (title, percent)): (usize, &(&str, u8))| PrinterView {
            key: format!("a/{number}"),
            number: u32::try_from(number).unwrap(),
            title: (*title).to_owned(),
            percent: Some(*percent),
            doing: Doing::Printing,
            kind: Kind::Working,
            ..PrinterView::default()
        };
        View {
            at: Timestamp(1000),
            totals,
            tally: crate::web::view::Tally::default(),
            requests: Vec::new(),
            printers: printers.iter().enumerate().map(row).collect(),
            alerts: Vec::new(),
        }
    }

    fn page(printers: Wanted) -> Page {
        Page { printers, lists: "alerts,requests".to_owned(), requests: Part::All }
    }

    #[track_caller]
    fn check(moment: &Moment, seen: u64, page: &Page, data: &Value) {
        let frame =
            moment.after(Some(seen), page, &mut Vec::new()).map(|frame| Value::Object(frame.data));
        assert_eq!(frame.as_ref().unwrap_or(&Value::Null), data);
    }

    #[test]
    fn a_step_has_only_what_changed_and_is_looked_at() {
        let first = Moment::first(&view(0, &[("one", 1), ("two", 1)]), Timestamp(7));
        assert!(first.next(&view(0, &[("one", 1), ("two", 1)])).is_none(), "nothing changed");
        let second = first.next(&view(4, &[("one", 1), ("two", 9)])).unwrap();
        let totals = json!({ "seq": 2, "at": 1000, "totals": { "printed": 4 } });
        check(&second, 1, &page(Wanted::Only(vec![0])), &totals);
        let both = json!({
            "seq": 2, "at": 1000, "totals": { "printed": 4 }, "printers": [[1, 2, 9]],
        });
        check(&second, 1, &page(Wanted::All), &both);
        check(&second, 2, &page(Wanted::All), &Value::Null);
    }

    #[test]
    fn who_was_away_gets_each_thing_once_as_it_is_now() {
        let mut moment = Moment::first(&view(0, &[("one", 0)]), Timestamp(7));
        for percent in 1..=90 {
            moment = moment.next(&view(0, &[("one", percent)])).unwrap();
        }
        let now = json!({ "seq": 91, "at": 1000, "printers": [[0, 2, 90]] });
        check(&moment, 1, &page(Wanted::All), &now);
    }

    #[test]
    fn who_is_new_gets_a_snapshot() {
        let moment = Moment::first(&view(3, &[("one", 5)]), Timestamp(7));
        for seen in [None, Some(99)] {
            let frame = moment.after(seen, &page(Wanted::All), &mut Vec::new()).unwrap();
            assert_eq!(frame.event, "snapshot");
            assert_eq!(frame.data["totals"]["printed"], 3);
            assert_eq!(frame.data["cells"], "w");
        }
    }

    #[test]
    fn a_printer_that_left_is_told_once() {
        let first = Moment::first(&view(0, &[("one", 1), ("two", 1)]), Timestamp(7));
        let second = first.next(&view(0, &[("one", 1)])).unwrap();
        let gone = json!({ "seq": 2, "at": 1000, "gone": [1], "changed": [[1, "x"]] });
        check(&second, 1, &page(Wanted::All), &gone);
        let third = second.next(&view(5, &[("one", 1)])).unwrap();
        let totals = json!({ "seq": 3, "at": 1000, "totals": { "printed": 5 } });
        check(&third, 2, &page(Wanted::All), &totals);
    }
}
