//! Designs and their revisions, what came of them, and what in the drop folder cannot be taken.

mod act;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

pub(super) use self::act::{Typed, promote, publish, withdraw};
use super::paging::Slot;
use super::printers::escaped;
use super::{Frame, page};
use crate::accounts::Role;
use crate::dispatch::Channel;
use crate::dispatch::board::{Board, RevisionRow, SliceRow};
use crate::intake::Problem;
use crate::store::report::{By, Group};
use crate::web::Shared;
use crate::web::answer::{Asked, Failure};
use crate::web::caller::{Caller, Reader};
use crate::web::search::has_words;
use crate::web::slices::picture_path;
use crate::web::text::Language;

#[derive(Template)]
#[template(path = "designs.html")]
struct Designs {
    frame: Frame,
    query: Query,
    catalogue: Vec<(String, Vec<Shown>)>,
    /// How many revisions there are, and how many were looked for.
    revisions: usize,
    found: usize,
    page: usize,
    pages: usize,
    /// Each file with what is wrong with it.
    problems: Vec<(String, String)>,
    /// What was typed into the form of an upload that was just refused.
    uploaded: Typed,
    /// Whether the reader may run the farm.
    runs: bool,
}

/// Revisions on a page.
const PER_PAGE: usize = 20;

/// Which revisions are looked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Query {
    /// Words that must be in a design's name, its revision's, or a profile, a material or the notes of its G-code.
    q: String,
    page: usize,
    /// A revision whose page of the list is looked for, `design/revision`, and into which channel it was just
    /// brought.
    of: String,
    done: String,
}

impl Query {
    /// Returns the address of another page of the same list.
    fn address(&self, page: usize) -> String {
        match self.q.as_str() {
            "" => format!("/designs?page={page}"),
            words => format!("/designs?q={}&page={page}", escaped(words)),
        }
    }

    /// Returns the address of a sheet of all that are looked for.
    fn sheet_address(&self, kind: &str) -> String {
        match self.q.as_str() {
            "" => format!("/sheets/revisions.{kind}"),
            words => format!("/sheets/revisions.{kind}?q={}", escaped(words)),
        }
    }

    /// Says whether a revision is looked for.
    pub(in crate::web) fn takes(&self, row: &RevisionRow) -> bool {
        let mut text = format!("{} {}", row.design, row.revision);
        for SliceRow { profile, slice } in &row.slices {
            let material = slice.material.as_deref().unwrap_or_default();
            text = [&text, profile.as_str(), material, &slice.notes].join(" ");
        }
        has_words(&text, &self.q)
    }

    /// Says whether a revision is the one that something was just done to.
    fn is_of(&self, row: &RevisionRow) -> bool {
        self.of == format!("{}/{}", row.design, row.revision)
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
    /// Whether it was brought into its channel just now.
    is_done: bool,
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
    Asked(query): Asked<Query>,
) -> Result<Response, Failure> {
    Ok(page(StatusCode::OK, &designs(&app, t, caller, query).await?))
}

async fn designs(
    app: &Shared,
    t: Language,
    caller: Caller,
    query: Query,
) -> Result<Designs, Failure> {
    let board = app.site.brain.board();
    let sums = app.blocking(|app| app.site.history.sums(By::Revision, 0)).await?;
    let mut sums: BTreeMap<_, _> =
        sums.into_iter().map(|group| (group.key.clone(), group)).collect();
    let mut designs: Vec<(String, Vec<Shown>)> = Vec::new();
    let found: Vec<_> = board.revisions.iter().filter(|row| query.takes(row)).collect();
    let place = found.iter().position(|row| query.is_of(row));
    let asked = place.map_or(query.page, |place| place / PER_PAGE + 1);
    let slot = Slot::new(asked, found.len(), PER_PAGE);
    for row in slot.of(&found) {
        let sums = sums.remove(&format!("{} {}", row.design, row.revision)).unwrap_or_default();
        let is_done = query.is_of(row) && query.done == code(row.channel);
        let shown = Shown { is_done, ..Shown::new(row, &board, sums, t) };
        match designs.last_mut().filter(|(design, _)| *design == shown.design) {
            Some((_, revisions)) => revisions.push(shown),
            None => designs.push((shown.design.clone(), vec![shown])),
        }
    }
    let view = app.view();
    Ok(Designs {
        query,
        revisions: board.revisions.len(),
        found: found.len(),
        page: slot.at,
        pages: slot.pages,
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
            is_done: false,
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
