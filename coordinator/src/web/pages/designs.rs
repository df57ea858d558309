//! Designs and their revisions, what came of them, and what in the drop folder cannot be taken.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::multipart::MultipartRejection;
use axum::extract::rejection::FormRejection;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use visorfarm_protocol::text::quote;

use super::{Frame, page};
use crate::accounts::Role;
use crate::clock::Timestamp;
use crate::dispatch::board::{Board, RevisionRow, SliceRow};
use crate::dispatch::{Channel, Event, Publication};
use crate::intake::Problem;
use crate::store::report::{By, Group};
use crate::web::Shared;
use crate::web::answer::{At, Failure, granted, see};
use crate::web::api::{Fields, take_upload};
use crate::web::caller::{Caller, Dispatcher, Reader};
use crate::web::slices::picture_path;
use crate::web::text::Language;

#[derive(Template)]
#[template(path = "designs.html")]
struct Designs {
    frame: Frame,
    catalogue: Vec<(String, Vec<Shown>)>,
    /// Each file with what is wrong with it.
    problems: Vec<(String, String)>,
    /// What was typed into the form of an upload that was just refused.
    uploaded: Typed,
    /// Whether the reader may run the farm.
    runs: bool,
}

/// What was typed into the form of an upload.
#[derive(Default)]
pub(super) struct Typed(Fields);

impl Typed {
    /// Returns what stands in a field; nothing in a form that nobody filled in.
    pub(super) fn of(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A revision in words.
struct Shown {
    design: String,
    revision: String,
    channel: &'static str,
    channel_text: String,
    kind: &'static str,
    is_withdrawn: bool,
    age: String,
    slices: Vec<ShownSlice>,
    sums: Group,
    /// Pieces of it that printers hold.
    printing: u32,
    /// The channels that it can be moved to, and their names.
    next: Vec<(&'static str, String)>,
}

/// A slice in words; what is not known is a dash.
struct ShownSlice {
    profile: String,
    picture: String,
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
) -> Result<Response, Failure> {
    Ok(page(StatusCode::OK, &designs(&app, t, caller).await?))
}

async fn designs(app: &Shared, t: Language, caller: Caller) -> Result<Designs, Failure> {
    let board = app.site.brain.board();
    let sums = app.blocking(|app| app.site.history.sums(By::Revision, 0)).await?;
    let mut sums: BTreeMap<_, _> =
        sums.into_iter().map(|group| (group.key.clone(), group)).collect();
    let mut designs: Vec<(String, Vec<Shown>)> = Vec::new();
    for row in &board.revisions {
        let sums = sums.remove(&format!("{} {}", row.design, row.revision)).unwrap_or_default();
        let shown = Shown::new(row, &board, sums, t);
        match designs.last_mut().filter(|(design, _)| *design == shown.design) {
            Some((_, revisions)) => revisions.push(shown),
            None => designs.push((shown.design.clone(), vec![shown])),
        }
    }
    let view = app.view();
    Ok(Designs {
        catalogue: designs,
        problems: app.site.intake.problems().into_iter().map(|one| told(one, t)).collect(),
        uploaded: Typed::default(),
        runs: caller.role.covers(Role::Dispatcher),
        frame: Frame::new(app, t, Some(caller), "/designs").alerting(&view),
    })
}

fn told(problem: Problem, t: Language) -> (String, String) {
    match t {
        Language::English => (problem.path, problem.problem),
        Language::French => (problem.path, t.set(&problem.french)),
    }
}

impl Shown {
    fn new(row: &RevisionRow, board: &Board, sums: Group, t: Language) -> Self {
        let channel = code(row.channel);
        let held = board.printers.iter().filter_map(|printer| printer.plate.as_ref());
        let of_it =
            held.filter(|plate| plate.design == row.design && plate.revision == row.revision);
        let next = [Channel::Prototype, Channel::Clinical, Channel::Validated];
        let next = next.into_iter().filter(|next| *next != row.channel);
        Self {
            design: row.design.to_string(),
            revision: row.revision.to_string(),
            channel,
            channel_text: t.word("channel", channel),
            kind: match row.channel {
                Channel::Validated => "ready",
                Channel::Clinical => "working",
                Channel::Prototype => "person",
                Channel::Withdrawn => "away",
            },
            is_withdrawn: row.channel == Channel::Withdrawn,
            age: t.since(row.at, board.at),
            slices: row.slices.iter().map(|slice| shown_slice(slice, t)).collect(),
            sums,
            printing: of_it.map(|plate| plate.pieces).sum(),
            next: next.map(code).map(|code| (code, t.word("channel", code))).collect(),
        }
    }
}

/// Returns the word by which a channel is called in the catalogue.
pub(in crate::web) fn code(channel: Channel) -> &'static str {
    match channel {
        Channel::Prototype => "prototype",
        Channel::Clinical => "clinical",
        Channel::Validated => "validated",
        Channel::Withdrawn => "withdrawn",
    }
}

fn shown_slice(SliceRow { profile, slice }: &SliceRow, t: Language) -> ShownSlice {
    let dash = || "–".to_owned();
    let seconds = slice.expected_seconds.map(u64::from);
    ShownSlice {
        profile: profile.to_string(),
        picture: picture_path(profile, slice.digest),
        pieces: slice.pieces,
        material: slice.material.clone().unwrap_or_else(dash),
        time: seconds.map_or_else(dash, |seconds| t.span(seconds)),
        filament: slice.filament_grams.map_or_else(dash, |grams| t.grams(grams)),
        notes: slice.notes.clone(),
    }
}

/// Publishes one file from the form; shows the page again with what is wrong.
pub(super) async fn publish(
    State(app): State<Shared>,
    _: Dispatcher,
    Reader(caller): Reader,
    t: Language,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Failure> {
    let form = form.map_err(|rejection| {
        Failure::new(rejection.status(), format!("the upload cannot be read: {rejection}"))
    })?;
    let mut fields = Fields::new();
    match take_upload(&app.site.intake, form, &mut fields).await {
        Ok(_slice) => Ok(see("/designs")),
        Err(failure) => {
            let mut again = designs(&app, t, caller).await?;
            again.uploaded = Typed(fields);
            again.frame.notice = Some(failure.told(t));
            Ok(page(failure.status, &again))
        }
    }
}

/// How far a revision is proven, as a form.
#[derive(Deserialize)]
pub(super) struct Move {
    channel: Channel,
}

/// Moves a revision to another channel, with what it has.
pub(super) async fn promote(
    State(app): State<Shared>,
    _: Dispatcher,
    At((design, revision)): At<(String, String)>,
    form: Result<Form<Move>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(Move { channel }) = form?;
    if channel == Channel::Withdrawn {
        return Err(Failure::impossible("a revision is withdrawn by its own form, with a reason"));
    }
    let board = app.site.brain.board();
    let mut rows = board.revisions.iter();
    let known = rows.find(|row| row.design.as_str() == design && row.revision.as_str() == revision);
    let Some(known) = known else {
        return Err(Failure::missing(format!("design {design} has no revision {revision}")));
    };
    let slices = Publication { channel, at: Timestamp(known.at.0), slices: Vec::new() };
    let (design, revision) = (known.design.clone(), known.revision.clone());
    granted(app.site.brain.put(Event::Published { design, revision, slices }).await?)?;
    Ok(see("/designs"))
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
