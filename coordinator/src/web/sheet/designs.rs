//! The G-code of all revisions, one file in a row: what the page of designs shows.

use std::collections::BTreeMap;

use super::tables::{SUMS, number, some, summed, text, titles};
use super::{Cell, Sheet, Wanted};
use crate::dispatch::board::{RevisionRow, SliceRow};
use crate::store::report::By;
use crate::web::App;
use crate::web::answer::Failure;
use crate::web::pages::channel_code;
use crate::web::text::Language;

/// Returns the revisions that are looked for, those that were never printed too. What came of a revision stands
/// in its first row alone, so that a column can be summed.
pub(super) fn sheet(app: &App, t: Language, wanted: &Wanted) -> Result<Sheet, Failure> {
    let board = app.site.brain.board();
    let groups = app.site.history.sums(By::Revision, wanted.since)?;
    let groups: BTreeMap<_, _> =
        groups.into_iter().map(|group| (group.key.clone(), group)).collect();
    let mut rows = Vec::new();
    for revision in board.revisions.iter().filter(|row| wanted.designs.takes(row)) {
        let group = groups.get(&format!("{} {}", revision.design, revision.revision)).cloned();
        let mut sums = summed(&group.unwrap_or_default()).to_vec();
        for slice in &revision.slices {
            let mut row = about(revision, slice, t);
            row.append(&mut sums);
            row.resize(ABOUT.len() + SUMS.len(), Cell::Empty);
            rows.push(row);
        }
    }
    Ok(Sheet { rows, columns: titles(t, &[&ABOUT[..], &SUMS].concat()) })
}

const ABOUT: [&str; 10] = [
    "ask-design",
    "upload-revision",
    "upload-channel",
    "column-when",
    "designs-profile",
    "ask-pieces",
    "designs-material",
    "column-plate-seconds",
    "column-plate-grams",
    "designs-notes",
];

fn about(revision: &RevisionRow, SliceRow { profile, slice }: &SliceRow, t: Language) -> Vec<Cell> {
    vec![
        text(revision.design.as_str()),
        text(revision.revision.as_str()),
        text(&t.word("channel", channel_code(revision.channel))),
        Cell::Moment(revision.at),
        text(profile.as_str()),
        number(Some(slice.pieces)),
        some(slice.material.as_deref()),
        number(slice.expected_seconds),
        number(slice.filament_grams),
        text(&slice.notes),
    ]
}
