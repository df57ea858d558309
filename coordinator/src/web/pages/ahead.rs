//! What would follow if pieces were asked for: said before anybody asks.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use visorfarm_protocol::id::RequestId;

use super::requests::Asked;
use super::{Frame, page};
use crate::accounts::Role;
use crate::clock::Timestamp;
use crate::dispatch::board::{Board, Numbers, RequestRow};
use crate::dispatch::{Channel, PIECES_MAX, Priority, RequestState};
use crate::web::Shared;
use crate::web::answer::{Asked as Queried, Failure};
use crate::web::caller::Reader;
use crate::web::text::Language;
use crate::web::view::{View, askable};

#[derive(Template)]
#[template(path = "ahead.html")]
struct Ahead {
    frame: Frame,
    priorities: [Priority; 3],
    designs: Vec<String>,
    asked: Asked,
    runs: bool,
}

/// Shows the form as it was filled in, with what would follow. The script in the page takes the
/// sentence from here while somebody types.
pub(super) async fn show(
    State(app): State<Shared>,
    Reader(caller): Reader,
    t: Language,
    Queried(mut asked): Queried<Asked>,
) -> Result<Response, Failure> {
    let board = app.site.brain.board();
    asked.ahead = match wanted(&board, &asked) {
        Some(row) => said(&app, &board, row, t),
        None => t.text("ahead-nothing"),
    };
    let ahead = Ahead {
        priorities: Priority::ALL,
        designs: askable(&board),
        asked,
        runs: caller.role.covers(Role::Dispatcher),
        frame: Frame::new(&app, t, Some(caller), "/requests").alerting(&app.view()),
    };
    Ok(page(StatusCode::OK, &ahead))
}

/// Returns the request as it would be taken; nothing if it would be refused.
fn wanted(board: &Board, asked: &Asked) -> Option<RequestRow> {
    let pieces: u32 = asked.pieces.trim().parse().ok()?;
    if pieces == 0 || PIECES_MAX < pieces {
        return None;
    }
    let numbers =
        Numbers { wanted: pieces.into(), outstanding: pieces.into(), ..Numbers::default() };
    Some(RequestRow {
        id: RequestId(board.requests.iter().map(|row| row.id.0).max().unwrap_or(0) + 1),
        design: asked.design.parse().ok()?,
        revision: None,
        title: String::new(),
        state: RequestState::Open,
        at: Timestamp(board.at.0),
        priority: asked.pressing.priority,
        due: asked.pressing.due.trim().parse().ok(),
        numbers,
    })
}

fn said(app: &Shared, board: &Board, row: RequestRow, t: Language) -> String {
    let Some((fewest, most)) = plate(board, &row) else { return t.text("ahead-nothing") };
    let pieces = row.numbers.outstanding;
    let key = row.id.to_string();
    let mut plates = t.count("ahead-plates", pieces.div_ceil(u64::from(most)));
    if fewest == most {
        let made = pieces.div_ceil(u64::from(most)) * u64::from(most);
        plates = format!("{plates} {}", t.count("ahead-pieces", made));
    }
    let mut board = board.clone();
    board.requests.push(row);
    let view = View::new(&board, &app.known);
    let finish = view.requests.iter().find(|row| row.key == key).map(|row| row.finish);
    match finish {
        Some(finish) if finish.early.is_some() => {
            format!("{plates} {} {}", t.text("finish-label"), t.range(&finish, &view.at))
        }
        Some(_) | None => format!("{plates} {}", t.text("ahead-never")),
    }
}

/// Returns how many pieces a plate of what would be printed gives: the fewest and the most.
fn plate(board: &Board, row: &RequestRow) -> Option<(u32, u32)> {
    let proven = |channel| matches!(channel, Channel::Clinical | Channel::Validated);
    let mut revisions = board.revisions.iter().rev();
    let newest = revisions.find(|one| one.design == row.design && proven(one.channel))?;
    let pieces = || newest.slices.iter().map(|row| row.slice.pieces.max(1));
    pieces().min().zip(pieces().max())
}
