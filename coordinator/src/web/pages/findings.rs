//! The G-code that there is for a printer: what speaks against each file, and whether the printer is
//! given it.

use std::sync::Arc;

use super::designs::code;
use super::log::whole;
use super::slice::{Told, told};
use crate::dispatch::board::{Board, PrinterRow, RevisionRow, SliceRow};
use crate::dispatch::{Channel, Misfit};
use crate::web::App;
use crate::web::slices::thumbnail_path;
use crate::web::text::Language;

/// The most files that are shown of one printer; more than a farm prints of in a year.
pub(super) const SHOWN_MAX: usize = 40;

/// A file for a printer, in words.
pub(super) struct Fitting {
    pub(super) name: String,
    /// Its own page.
    pub(super) page: String,
    pub(super) picture: String,
    pub(super) channel: String,
    /// Pieces, filament, time and weight, as far as they are known.
    pub(super) about: Vec<String>,
    pub(super) verdict: Verdict,
    /// Why the printer is not given it; nothing if it is.
    pub(super) misfit: Option<String>,
}

/// What the verifier says of a file.
pub(in crate::web) enum Verdict {
    /// What speaks against it, gravest first.
    Judged(Vec<Told>),
    /// Nothing: only makers have the profile.
    Unjudged,
    /// It cannot be read any more.
    Gone,
}

/// A file for a printer.
pub(in crate::web) struct Fit<'a> {
    pub(in crate::web) revision: &'a RevisionRow,
    pub(in crate::web) slice: &'a SliceRow,
    pub(in crate::web) verdict: Verdict,
}

/// Returns the files for a printer that are not withdrawn, so many at most, and how many more there are.
pub(in crate::web) async fn fits<'a>(
    app: &Arc<App>,
    board: &'a Board,
    printer: &PrinterRow,
    (most, t): (usize, Language),
) -> (Vec<Fit<'a>>, usize) {
    let present = board.revisions.iter().filter(|row| row.channel != Channel::Withdrawn);
    let slices = present.flat_map(|row| row.slices.iter().map(move |slice| (row, slice)));
    let slices: Vec<_> = slices.filter(|(_, slice)| slice.profile == printer.profile).collect();
    let mut fits = Vec::new();
    for (revision, slice) in slices.iter().take(most) {
        let verdict = match app.sliced(&slice.profile, slice.slice.digest).await {
            Ok(read) => match &read.findings {
                Some(findings) => {
                    Verdict::Judged(findings.iter().map(|one| told(one, t)).collect())
                }
                None => Verdict::Unjudged,
            },
            Err(_said_in_the_log) => Verdict::Gone,
        };
        fits.push(Fit { revision, slice, verdict });
    }
    (fits, slices.len().saturating_sub(most))
}

/// Returns the files for a printer in words, as many as are shown, and how many more there are.
pub(super) async fn of(
    app: &Arc<App>,
    board: &Board,
    printer: &PrinterRow,
    t: Language,
) -> (Vec<Fitting>, usize) {
    let (fits, more) = fits(app, board, printer, (SHOWN_MAX, t)).await;
    (fits.into_iter().map(|fit| fitting(fit, printer, t)).collect(), more)
}

fn fitting(
    Fit { revision, slice, verdict }: Fit<'_>,
    printer: &PrinterRow,
    t: Language,
) -> Fitting {
    let (row, SliceRow { profile, slice }) = (revision, slice);
    let about = [
        Some(t.count("designs-pieces", slice.pieces)),
        slice.material.clone(),
        slice.expected_seconds.map(|seconds| t.span(seconds)),
        slice.filament_grams.map(|grams| t.grams(grams)),
    ];
    Fitting {
        name: format!("{} {}", row.design, row.revision),
        page: format!("/designs/{}/{}/{profile}", row.design, row.revision),
        picture: thumbnail_path(profile, slice.digest),
        channel: t.word("channel", code(row.channel)),
        about: about.into_iter().flatten().map(|part| whole(&part)).collect(),
        verdict,
        misfit: printer.terms().misfit(profile, slice).map(|misfit| why(misfit, t)),
    }
}

/// Says why a printer is not given a file.
pub(in crate::web) fn why(misfit: Misfit<'_>, t: Language) -> String {
    match misfit {
        Misfit::Profile => t.text("misfit-profile"),
        Misfit::Material(material) => t.with("misfit-material", material),
        Misfit::Long { max } => t.with("misfit-long", &t.span(max)),
        Misfit::Endless { max } => t.with("misfit-endless", &t.span(max)),
        Misfit::Heavy { left } => t.with("misfit-heavy", &t.grams(left)),
    }
}
