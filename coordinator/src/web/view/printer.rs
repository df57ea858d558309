//! One printer as a page shows it.

use std::time::Duration;

use visorfarm_protocol::status::Activity;

use super::doing::{Doing, Kind};
use crate::clock::Timestamp;
use crate::dispatch::board::{Link, PrinterRow};
use crate::web::known::Name;
use crate::web::slices::thumbnail_path;

/// Times of hearing are rounded to this many milliseconds, and told only of printers that are silent:
/// a stream without it repeats every printer every second.
const HEARD_STEP_MILLIS: u64 = 10_000;

/// Ends are told by the minute, as clocks show them.
const END_STEP_MILLIS: u64 = 60_000;

/// A printer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::web) struct PrinterView {
    /// `agent/printer`.
    pub(in crate::web) key: String,
    /// Its number on the stream, for as long as the coordinator runs.
    pub(in crate::web) number: u32,
    pub(in crate::web) title: String,
    pub(in crate::web) maker: String,
    pub(in crate::web) place: Option<String>,
    pub(in crate::web) materials: Vec<String>,
    pub(in crate::web) profile: String,
    pub(in crate::web) kind: Kind,
    pub(in crate::web) doing: Doing,
    /// What it prints: pieces of a design, for a request.
    pub(in crate::web) pieces: Option<u32>,
    pub(in crate::web) design: Option<String>,
    pub(in crate::web) revision: Option<String>,
    /// The address of a small picture of it.
    pub(in crate::web) picture: Option<String>,
    pub(in crate::web) request: Option<u64>,
    pub(in crate::web) percent: Option<u8>,
    /// When the print ends, by the printer's own estimate.
    pub(in crate::web) ends: Option<Timestamp>,
    pub(in crate::web) nozzle: Option<i32>,
    pub(in crate::web) bed: Option<i32>,
    /// What is left on the spool in grams, if its maker said what was on it.
    pub(in crate::web) filament: Option<u32>,
    pub(in crate::web) fault: Option<String>,
    /// When it was last heard, if that is not just now.
    pub(in crate::web) heard: Option<Timestamp>,
    pub(in crate::web) printed: i64,
    /// When its maker last said how many pieces of a plate are good.
    pub(in crate::web) judged: Option<Timestamp>,
}

impl PrinterView {
    pub(super) fn new(row: &PrinterRow, grace: bool, name: &Name) -> Self {
        let doing = Doing::of(row, grace);
        let kind = doing.kind();
        let held = row.plate.as_ref();
        // What a silent printer said of its progress is not so any more.
        let live = row.link == Link::Live;
        let warm = live && row.activity != Some(Activity::Offline);
        let left = row.seconds_left.filter(|_| live && kind == Kind::Working);
        let materials = row.consent.as_ref().map(|consent| consent.materials.clone());
        Self {
            key: format!("{}/{}", row.agent, row.printer),
            number: name.number,
            title: row.title.clone(),
            maker: name.maker.as_ref().to_owned(),
            place: row.place.clone(),
            materials: materials.unwrap_or_default(),
            profile: row.profile.to_string(),
            kind,
            doing,
            pieces: held.map(|plate| plate.pieces),
            design: held.map(|plate| plate.design.to_string()),
            revision: held.map(|plate| plate.revision.to_string()),
            picture: held.map(|plate| thumbnail_path(&plate.profile, plate.digest)),
            request: held.and_then(|plate| plate.request).map(|request| request.0),
            percent: row.fraction.filter(|_| live && held.is_some()).map(percent),
            ends: left.zip(row.heard).map(|(left, heard)| ends(heard, left)),
            nozzle: row.nozzle_celsius.filter(|_| warm).and_then(degrees),
            bed: row.bed_celsius.filter(|_| warm).and_then(degrees),
            filament: row.filament_left_grams,
            fault: row.fault.clone().filter(|_| live),
            heard: row.heard.filter(|_| !live).map(|at| rounded(at, HEARD_STEP_MILLIS)),
            printed: row.printed,
            judged: row.judged,
        }
    }

    /// Returns its maker and where it stands.
    pub(in crate::web) fn whose(&self) -> String {
        match &self.place {
            Some(place) => format!("{} · {place}", self.maker),
            None => self.maker.clone(),
        }
    }
}

fn ends(heard: Timestamp, seconds_left: u32) -> Timestamp {
    let at = heard + Duration::from_secs(u64::from(seconds_left));
    rounded(Timestamp(at.0.saturating_add(END_STEP_MILLIS / 2)), END_STEP_MILLIS)
}

fn rounded(at: Timestamp, step: u64) -> Timestamp {
    Timestamp(at.0 - at.0 % step)
}

/// Rounds down: never 100 before the end.
fn percent(fraction: f32) -> u8 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped; NaN becomes 0"
    )]
    let percent = (fraction * 100.0).clamp(0.0, 100.0) as u8;
    percent
}

fn degrees(celsius: f32) -> Option<i32> {
    #[expect(clippy::cast_possible_truncation, reason = "clamped to what a display shows")]
    let whole = celsius.clamp(-99.0, 999.0).round() as i32;
    celsius.is_finite().then_some(whole)
}

#[cfg(test)]
mod tests;
