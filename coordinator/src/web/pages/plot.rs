//! Plots as SVG, made here: points on lines, and axes with few marks.

use std::fmt::Write;

use crate::clock::Timestamp;
use crate::web::text::Language;
use crate::web::trace::Note;

/// The inside of the lines, in its own units. Marks are placed in percent, so that a screen of any
/// width shows them as large as other words.
const WIDE: f64 = 600.0;
const HIGH: f64 = 120.0;

/// The hottest that the axis shows unless something is hotter.
const CELSIUS_MAX: i32 = 250;

/// What a printer told, as lines.
pub(super) struct Plot {
    pub(super) nozzle: String,
    pub(super) bed: String,
    pub(super) percent: String,
    /// Marks of the temperatures: place from the top in percent, and text.
    pub(super) marks: Vec<(f64, String)>,
    /// Marks of the progress, on the other side of the same lines.
    pub(super) shares: Vec<(f64, String)>,
    /// Marks of the time: place from the left in percent, the time itself, and as a clock time.
    pub(super) times: Vec<(f64, u64, String)>,
    /// The last of it, as a table.
    pub(super) rows: Vec<Row>,
}

/// What was told at one time, in words; what was not told is empty.
pub(super) struct Row {
    pub(super) at: u64,
    pub(super) when: String,
    pub(super) percent: String,
    pub(super) nozzle: String,
    pub(super) bed: String,
}

impl Plot {
    /// Returns the plot; nothing until there are two points for a line.
    pub(super) fn new(notes: &[Note], t: Language, now: Timestamp) -> Option<Self> {
        // Before a printer was heard, nothing is told: a line begins with the first that was.
        let heard = notes.iter().position(|note| note.nozzle.or(note.bed).is_some())?;
        let notes = &notes[heard..];
        let (first, last) = (notes.first()?, notes.last()?);
        let span = last.at.since(first.at).as_secs_f64();
        if span <= 0.0 {
            return None;
        }
        let hottest = notes.iter().filter_map(|note| note.nozzle.max(note.bed)).max();
        let hottest = f64::from(hottest.unwrap_or(0).max(CELSIUS_MAX));
        let x = |at: Timestamp| at.since(first.at).as_secs_f64() / span * WIDE;
        let line = |value: fn(&Note) -> Option<i32>, most: f64| {
            let point = |note: &Note| {
                let y = HIGH - f64::from(value(note)?).clamp(0.0, most) / most * HIGH;
                Some((x(note.at), y))
            };
            path(notes.iter().map(point))
        };
        let quarters = (0..=4).map(|quarter| f64::from(quarter) / 4.0);
        let mark = |share: f64| ((1.0 - share) * 100.0, format!("{:.0} °C", share * hottest));
        let time = |share: f64| {
            let at = first.at + std::time::Duration::from_secs_f64(share * span);
            (share * 100.0, at.0, t.clock(&at, &now))
        };
        let mut times: Vec<_> = quarters.clone().step_by(2).map(time).collect();
        // A plot of a minute tells one time, not thrice the same.
        times.dedup_by(|next, before| next.2 == before.2);
        Some(Self {
            nozzle: line(|note| note.nozzle, hottest),
            bed: line(|note| note.bed, hottest),
            percent: line(|note| note.percent.map(i32::from), 100.0),
            marks: quarters.clone().step_by(2).map(mark).collect(),
            shares: [0_u8, 50, 100].map(|share| (f64::from(100 - share), t.percent(share))).into(),
            times,
            rows: notes.iter().rev().take(20).map(|note| row(note, t, now)).collect(),
        })
    }
}

fn row(note: &Note, t: Language, now: Timestamp) -> Row {
    let degrees = |value: Option<i32>| value.map(|value| format!("{value} °C")).unwrap_or_default();
    Row {
        at: note.at.0,
        when: t.clock(&note.at, &now),
        percent: note.percent.map(|percent| t.percent(percent)).unwrap_or_default(),
        nozzle: degrees(note.nozzle),
        bed: degrees(note.bed),
    }
}

/// Returns the commands of a line with gaps where nothing was told.
fn path(points: impl Iterator<Item = Option<(f64, f64)>>) -> String {
    let mut commands = String::new();
    let mut pen = 'M';
    for point in points {
        let Some((x, y)) = point else {
            pen = 'M';
            continue;
        };
        write!(commands, "{pen}{x:.1} {y:.1}").expect("text can be appended to");
        pen = 'L';
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_gap_where_nothing_was_told() {
        let points = [Some((0.0, 1.0)), Some((2.0, 3.0)), None, Some((5.0, 6.0))];
        assert_eq!(path(points.into_iter()), "M0.0 1.0L2.0 3.0M5.0 6.0");
    }

    #[test]
    fn a_plot_begins_where_something_was_told_and_says_each_time_once() {
        let note = |second: u64, nozzle| Note {
            at: Timestamp(second * 1000),
            percent: None,
            nozzle,
            bed: None,
        };
        let unheard = [note(0, None), note(30, Some(20))];
        assert!(Plot::new(&unheard, Language::English, Timestamp(30_000)).is_none());
        let minute = [note(0, None), note(30, Some(20)), note(59, Some(21))];
        let plot = Plot::new(&minute, Language::English, Timestamp(60_000)).unwrap();
        assert!(plot.nozzle.starts_with("M0.0 ") && plot.nozzle.contains('L'), "{}", plot.nozzle);
        assert_eq!(plot.times.len(), 1, "{:?}", plot.times);
    }

    #[test]
    fn one_point_is_no_plot() {
        let note = Note { at: Timestamp(1), percent: None, nozzle: Some(20), bed: None };
        assert!(Plot::new(&[note], Language::English, Timestamp(1)).is_none());
    }
}
