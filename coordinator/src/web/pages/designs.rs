//! Designs and their revisions, and what in the drop folder cannot be taken.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use visorfarm_protocol::text::quote;

use super::{Frame, page};
use crate::accounts::Role;
use crate::clock::Timestamp;
use crate::dispatch::board::{RevisionRow, SliceRow};
use crate::dispatch::{Channel, Event};
use crate::intake::Problem;
use crate::web::Shared;
use crate::web::answer::{At, Failure, granted, see};
use crate::web::caller::{Dispatcher, Reader};
use crate::web::text::Language;

#[derive(Template)]
#[template(path = "designs.html")]
struct Designs {
    frame: Frame,
    revisions: Vec<Shown>,
    /// Each file with what is wrong with it.
    problems: Vec<(String, String)>,
    /// Whether the reader may run the farm.
    runs: bool,
}

/// A revision in words.
struct Shown {
    design: String,
    revision: String,
    channel: &'static str,
    channel_text: String,
    is_withdrawn: bool,
    age: String,
    slices: Vec<ShownSlice>,
}

/// A slice in words; what is not known is a dash.
struct ShownSlice {
    profile: String,
    pieces: u32,
    material: String,
    time: String,
    filament: String,
    notes: String,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Reader(caller): Reader,
    t: Language,
) -> Response {
    let board = app.site.brain.board();
    let revisions = board.revisions.iter().map(|row| shown(row, t, board.at)).collect();
    let designs = Designs {
        revisions,
        problems: app.site.intake.problems().into_iter().map(|one| told(one, t)).collect(),
        runs: caller.role.covers(Role::Dispatcher),
        frame: Frame::new(&app, t, Some(caller), "/designs"),
    };
    page(StatusCode::OK, &designs)
}

fn told(problem: Problem, t: Language) -> (String, String) {
    match t {
        Language::English => (problem.path, problem.problem),
        Language::French => (problem.path, problem.french),
    }
}

fn shown(row: &RevisionRow, t: Language, now: Timestamp) -> Shown {
    let (channel, channel_text) = match row.channel {
        Channel::Prototype => ("prototype", t.text("channel-prototype")),
        Channel::Clinical => ("clinical", t.text("channel-clinical")),
        Channel::Validated => ("validated", t.text("channel-validated")),
        Channel::Withdrawn => ("withdrawn", t.text("channel-withdrawn")),
    };
    Shown {
        design: row.design.to_string(),
        revision: row.revision.to_string(),
        channel,
        channel_text,
        is_withdrawn: row.channel == Channel::Withdrawn,
        age: t.since(row.at, now),
        slices: row.slices.iter().map(|slice| shown_slice(slice, t)).collect(),
    }
}

fn shown_slice(SliceRow { profile, slice }: &SliceRow, t: Language) -> ShownSlice {
    let dash = || "–".to_owned();
    let seconds = slice.expected_seconds.map(u64::from);
    ShownSlice {
        profile: profile.to_string(),
        pieces: slice.pieces,
        material: slice.material.clone().unwrap_or_else(dash),
        time: seconds.map_or_else(dash, |seconds| t.span(seconds)),
        filament: slice.filament_grams.map_or_else(dash, |grams| format!("{grams} g")),
        notes: slice.notes.clone(),
    }
}

/// Why a revision is withdrawn, as a form.
#[derive(Deserialize)]
pub(super) struct Withdrawal {
    why: String,
}

pub(super) async fn withdraw(
    State(app): State<Shared>,
    _: Dispatcher,
    At((design, revision)): At<(String, String)>,
    form: Result<Form<Withdrawal>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(Withdrawal { why }) = form?;
    let event = Event::RevisionWithdrawn {
        design: design.parse().map_err(|e| Failure::missing(format!("{e}")))?,
        revision: revision.parse().map_err(|e| Failure::missing(format!("{e}")))?,
        why: quote(why.trim()),
    };
    granted(app.site.brain.put(event).await?)?;
    Ok(see("/designs"))
}
