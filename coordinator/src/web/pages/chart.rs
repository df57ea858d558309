//! Drawings of sums: columns for days, rows for names. Made here as numbers for SVG; the table with
//! the same numbers stands beside each.

use chrono::{Datelike, NaiveDate};

use crate::store::report::Group;
use crate::web::text::Language;

/// The inside of a drawing of columns: places and sizes are in percent, so that a screen of any width
/// shows its words as large as others.
const WIDE: f64 = 100.0;
const HIGH: f64 = 100.0;

/// The width of the longest row.
const ROW: f64 = 1000.0;

/// The most rows that are drawn; the sheet has all.
const ROWS_MAX: usize = 15;

/// A name, its value, and what else is known of it.
type Named = (String, i64, Vec<(&'static str, String)>);

/// Days, each a column.
pub(super) struct Columns {
    pub(super) days: Vec<Column>,
    /// Marks: place from the top, and text.
    pub(super) marks: Vec<(f64, String)>,
    /// Whether there is anything to draw.
    pub(super) is_empty: bool,
}

/// A day.
pub(super) struct Column {
    pub(super) x: f64,
    pub(super) width: f64,
    /// The column of what was printed, and the part of it that is good: top and height.
    pub(super) printed: (f64, f64),
    pub(super) good: (f64, f64),
    /// The day, as it stands below some columns.
    pub(super) label: Option<String>,
    /// Whether a narrow screen leaves that out.
    pub(super) spare: bool,
    pub(super) middle: f64,
    /// The day and its numbers, for the table.
    pub(super) day: String,
    pub(super) numbers: [String; 5],
}

/// Names, each a row.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// How many more there are, which are not drawn.
    pub(super) beyond: usize,
}

/// A name.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) width: f64,
    pub(super) value: String,
    /// What else is known of it, each with the key of its column.
    pub(super) more: Vec<(&'static str, String)>,
}

impl Columns {
    pub(super) fn new(days: &[(NaiveDate, Group)], t: Language) -> Self {
        let most = days.iter().map(|(_, group)| group.printed.max(group.good)).max().unwrap_or(0);
        let top = round_up(most.max(1));
        let step = WIDE / to_float(i64::try_from(days.len()).unwrap_or(1).max(1));
        // About eight labels, whatever the number of days.
        let every = days.len().div_ceil(8).max(1);
        let column = |(place, (day, group)): (usize, &(NaiveDate, Group))| {
            let x = to_float(i64::try_from(place).unwrap_or(0)) * step;
            let high = |pieces: i64| {
                let high = to_float(pieces.max(0)) / to_float(top) * HIGH;
                (HIGH - high, high)
            };
            let ago = days.len() - 1 - place;
            let label = ago.is_multiple_of(every);
            let text = format!("{} {}", day.day(), t.word("month", &day.month().to_string()));
            Column {
                x: x + step * 0.1,
                width: step * 0.8,
                printed: high(group.printed),
                good: high(group.good),
                label: label.then(|| text.clone()),
                spare: !ago.is_multiple_of(2 * every),
                middle: x + step / 2.0,
                day: text,
                numbers: [
                    t.number(group.printed),
                    t.number(group.good),
                    t.number(group.bad),
                    group
                        .success_percent()
                        .map_or_else(|| "–".to_owned(), |share| t.percent(share)),
                    t.hours(group.seconds),
                ],
            }
        };
        Self {
            days: days.iter().enumerate().map(column).collect(),
            marks: vec![
                (0.0, t.number(top)),
                (HIGH / 2.0, t.number(top / 2)),
                (HIGH, t.number(0_u8)),
            ],
            is_empty: days.iter().all(|(_, group)| {
                group.completed + group.failed + group.cancelled + group.unknown == 0
            }),
        }
    }
}

impl Rows {
    pub(super) fn of_pieces(groups: Vec<Group>, t: Language) -> Self {
        let row = |group: &Group| {
            let success = group.success_percent().map(|share| t.percent(share));
            vec![
                ("sums-success", success.unwrap_or_else(|| "–".to_owned())),
                ("sums-hours", t.hours(group.seconds)),
                ("designs-filament", t.grams(group.grams)),
            ]
        };
        let rows = groups.into_iter().map(|group| (group.key.clone(), group.printed, row(&group)));
        Self::new(rows.collect(), |pieces| t.number(pieces))
    }

    pub(super) fn of_grams(groups: Vec<Group>, t: Language) -> Self {
        let name = |key: String| if key.is_empty() { t.text("unknown-material") } else { key };
        let grams = |grams: u64| i64::try_from(grams).unwrap_or(i64::MAX);
        let rows =
            groups.into_iter().map(|group| (name(group.key), grams(group.grams), Vec::new()));
        Self::new(rows.collect(), |grams| t.grams(grams.unsigned_abs()))
    }

    pub(super) fn of_counts(counts: Vec<(String, u64)>, t: Language) -> Self {
        let name = |note: String| if note.is_empty() { t.text("unknown-cause") } else { note };
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let rows = counts.into_iter().map(|(note, times)| (name(note), count(times), Vec::new()));
        Self::new(rows.collect(), |times| t.number(times))
    }

    fn new(mut named: Vec<Named>, say: impl Fn(i64) -> String) -> Self {
        named.sort_by_key(|(_, value, _)| std::cmp::Reverse(*value));
        let beyond = named.len().saturating_sub(ROWS_MAX);
        named.truncate(ROWS_MAX);
        let most = named.iter().map(|(_, value, _)| *value).max().unwrap_or(0).max(1);
        let row = |(name, value, more): Named| Row {
            name,
            width: to_float(value.max(0)) / to_float(most) * ROW,
            value: say(value),
            more,
        };
        Self { rows: named.into_iter().map(row).collect(), beyond }
    }
}

/// Returns the next number of one digit and zeros that has a whole half: marks on an axis.
fn round_up(number: i64) -> i64 {
    let mut unit: i64 = 1;
    loop {
        for first in [1, 2, 3, 4, 5, 6, 8] {
            let mark = unit.saturating_mul(first);
            if number <= mark && (mark % 2 == 0 || mark == i64::MAX) {
                return mark;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

#[expect(clippy::cast_precision_loss, reason = "for a drawing")]
fn to_float(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round() {
        for (number, mark) in
            [(0, 2), (1, 2), (3, 4), (9, 10), (17, 20), (266, 300), (500, 500), (501, 600)]
        {
            assert_eq!(round_up(number), mark, "{number}");
        }
        assert_eq!(round_up(i64::MAX), i64::MAX);
    }

    #[test]
    fn the_longest_row_is_whole() {
        let rows =
            Rows::of_counts(vec![("a".to_owned(), 1), ("b".to_owned(), 4)], Language::English);
        let widths: Vec<_> = rows.rows.iter().map(|row| (row.name.as_str(), row.width)).collect();
        assert_eq!(widths, [("b", 1000.0), ("a", 250.0)]);
        assert_eq!(rows.beyond, 0);
    }

    #[test]
    fn rows_that_are_not_drawn_are_counted() {
        let causes = (0..20).map(|number| (number.to_string(), number)).collect();
        let rows = Rows::of_counts(causes, Language::English);
        assert_eq!((rows.rows.len(), rows.beyond), (ROWS_MAX, 5));
        assert_eq!(rows.rows[0].name, "19");
    }
}
