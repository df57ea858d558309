//! The farm at a glance: numbers, what needs a person, requests, printers.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use visorfarm_protocol::id::AgentId;

use super::designs::Typed;
use super::printers::Query;
use super::requests::Asked;
use super::{Frame, page, words};
use crate::accounts::Role;
use crate::dispatch::{Event, Priority};
use crate::web::Shared;
use crate::web::answer::{At, Failure, granted, see};
use crate::web::caller::{Caller, Dispatcher, Reader};
use crate::web::text::Language;
use crate::web::view::{Alert, PrinterView, RequestView, View, askable};

/// The most printers and requests that are shown here; the others have pages.
const PRINTERS_SHOWN: usize = 24;
const REQUESTS_SHOWN: usize = 12;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    view: View,
    /// Those that are shown, what moves first.
    printers: Vec<PrinterView>,
    /// Whether these are all.
    all_shown: bool,
    printers_max: usize,
    /// What is wanted, the most pressing first.
    requests: Vec<RequestView>,
    requests_max: usize,
    /// One letter for each printer, as the stream numbers them.
    cells: Vec<&'static str>,
    blank: Blank,
    words: Vec<(String, String)>,
    kinds: Vec<(&'static str, &'static str)>,
    priorities: [Priority; 3],
    designs: Vec<String>,
    asked: Asked,
    uploaded: Typed,
    /// What a new farm still needs; nothing once it has it all.
    steps: Option<Steps>,
    /// Whether the reader may run the farm.
    runs: bool,
    /// Whether the reader may let others in.
    admin: bool,
}

/// What a new farm needs, and whether it has it.
#[derive(Clone, Copy, Debug)]
struct Steps {
    published: bool,
    invited: bool,
    asked: bool,
}

/// Rows that the script in the page copies for what is new.
#[derive(Default)]
struct Blank {
    alert: Alert,
    request: RequestView,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Reader(caller): Reader,
    t: Language,
) -> Response {
    page(StatusCode::OK, &home(&app, t, caller))
}

fn home(app: &Shared, t: Language, caller: Caller) -> Home {
    let board = app.site.brain.board();
    let view = View::new(&board, &app.known);
    let designs = askable(&board);
    let steps = Steps {
        published: !board.revisions.is_empty(),
        invited: !board.printers.is_empty(),
        asked: !board.requests.is_empty(),
    };
    let printers = Query::now().found(&view).into_iter().take(PRINTERS_SHOWN).cloned().collect();
    Home {
        all_shown: view.printers.len() <= PRINTERS_SHOWN,
        printers_max: PRINTERS_SHOWN,
        printers,
        requests: view.wanted().take(REQUESTS_SHOWN).cloned().collect(),
        requests_max: REQUESTS_SHOWN,
        cells: cells(&view),
        blank: Blank::default(),
        words: words::all(t),
        kinds: words::kinds(),
        priorities: Priority::ALL,
        designs,
        asked: Asked::default(),
        uploaded: Typed::default(),
        steps: (!(steps.published && steps.invited && steps.asked)).then_some(steps),
        runs: caller.role.covers(Role::Dispatcher),
        admin: caller.role.covers(Role::Admin),
        frame: Frame::new(app, t, Some(caller), "/").alerting(&view),
        view,
    }
}

/// Returns the letter of each printer's kind, by its number.
pub(super) fn cells(view: &View) -> Vec<&'static str> {
    let numbers = view.printers.iter().map(|row| row.number as usize + 1).max().unwrap_or(0);
    let mut cells = vec!["x"; numbers];
    for row in &view.printers {
        cells[row.number as usize] = row.kind.letter();
    }
    cells
}

pub(super) async fn release(
    State(app): State<Shared>,
    _: Dispatcher,
    At(agent): At<String>,
) -> Result<Response, Failure> {
    let agent: AgentId = agent.parse().map_err(|e| Failure::missing(format!("{e}")))?;
    granted(app.site.brain.put(Event::AgentReleased { agent }).await?)?;
    Ok(see("/"))
}
