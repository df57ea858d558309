//! One figure, and all of them as a table.

use std::fmt::Write;

use serde::Serialize;

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figure {
    pub(super) what: String,
    pub(super) value: f64,
    pub(super) unit: &'static str,
    pub(super) goal: Option<Goal>,
    /// What the nearest rival needs, in the same unit.
    pub(super) rival: Option<f64>,
    /// Window, number of samples, and what else a reader must know.
    pub(super) how: String,
    /// How busy the machine was before: others may have taken from it.
    pub(super) load_before: f64,
}

/// What we wish for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Goal {
    Below(f64),
    AtLeast(f64),
}

impl Goal {
    fn is_met_by(self, value: f64) -> bool {
        match self {
            Self::Below(limit) => value < limit,
            Self::AtLeast(limit) => limit <= value,
        }
    }
}

impl Figure {
    pub(super) fn new(
        what: impl Into<String>,
        value: f64,
        unit: &'static str,
        how: impl Into<String>,
    ) -> Self {
        let (what, how) = (what.into(), how.into());
        Self { what, value, unit, goal: None, rival: None, how, load_before: 0.0 }
    }

    pub(super) fn goal(self, goal: Goal) -> Self {
        Self { goal: Some(goal), ..self }
    }

    pub(super) fn rival(self, rival: f64) -> Self {
        Self { rival: Some(rival), ..self }
    }

    /// Returns the figure for who waits.
    pub(super) fn line(&self) -> String {
        format!("{}: {} {}", self.what, number(self.value), self.unit)
    }

    fn cells(&self) -> [String; 6] {
        let goal = self.goal.map_or_else(String::new, |goal| {
            let (sign, limit) = match goal {
                Goal::Below(limit) => ('<', limit),
                Goal::AtLeast(limit) => ('≥', limit),
            };
            let verdict = if goal.is_met_by(self.value) { "met" } else { "MISSED" };
            format!("{sign} {} {verdict}", number(limit))
        });
        let rival = self.rival.map_or_else(String::new, number);
        let load = format!("{:.1}", self.load_before);
        let measured = format!("{} {}", number(self.value), self.unit);
        [self.what.clone(), measured, goal, rival, load, self.how.clone()]
    }
}

/// Three digits say all that a run on a shared machine can say.
fn number(value: f64) -> String {
    let size = value.abs();
    if 100.0 <= size || value.fract() == 0.0 {
        format!("{value:.0}")
    } else if 10.0 <= size {
        format!("{value:.1}")
    } else if 1.0 <= size {
        format!("{value:.2}")
    } else {
        format!("{value:.3}")
    }
}

/// Returns `figures` as a table that is also Markdown.
pub(super) fn table(figures: &[Figure]) -> String {
    let heads = ["figure", "measured", "goal", "rival", "load", "how"].map(str::to_owned);
    let rows: Vec<_> = figures.iter().map(Figure::cells).collect();
    let width = |column: usize| {
        let cells = rows.iter().chain([&heads]).map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    let mut text = String::new();
    let rule = widths.map(|width| "-".repeat(width));
    for row in [&heads, &rule].into_iter().chain(&rows) {
        for (cell, width) in row.iter().zip(widths) {
            write!(text, "| {cell:<width$} ").expect("text can be written to a string");
        }
        text.push_str("|\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_says_whether_a_goal_is_met() {
        let size = |value| Figure::new("agent", value, "MB", "stripped").goal(Goal::Below(6.0));
        let text = table(&[size(5.25), size(6.0).rival(172.0)]);
        assert!(text.contains("| agent  | 5.25 MB  | < 6 met    |"), "{text}");
        assert!(text.contains("| agent  | 6 MB     | < 6 MISSED | 172   |"), "{text}");
    }

    #[test]
    fn numbers_have_three_digits() {
        let texts = [19_999.6, 172.0, 26.54, 5.253, 0.25, 0.0].map(number);
        assert_eq!(texts, ["20000", "172", "26.5", "5.25", "0.250", "0"]);
    }
}
