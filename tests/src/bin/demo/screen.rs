//! The farm on a terminal: a bar for each printer and one for the whole. Where nobody looks, a line
//! for each thing that changed.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use visorfarm_protocol::status::{Activity, WaitsFor};
use visorfarm_tests::rows::{Numbers, PrinterRow};

use crate::say;

/// Bars count in thousandths.
const WHOLE: u64 = 1_000;

/// Where the farm is shown.
pub(crate) enum Screen {
    /// A terminal.
    Bars { all: MultiProgress, printers: BTreeMap<String, ProgressBar>, total: ProgressBar },
    /// A file, or another program; remembers what was said last of whom.
    Lines { said: BTreeMap<String, String> },
}

impl Screen {
    pub(crate) fn new(asked: i64) -> Self {
        if !io::stdout().is_terminal() {
            return Self::Lines { said: BTreeMap::new() };
        }
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stdout());
        let total = all.add(bar(asked.unsigned_abs()));
        total.set_style(style("{prefix:10} {bar:30.green/dim} {msg}"));
        total.set_prefix("all");
        Self::Bars { all, printers: BTreeMap::new(), total }
    }

    /// Shows how the printers and the whole are.
    pub(crate) fn show(&mut self, rows: &[PrinterRow], totals: &Numbers) {
        let Numbers { wanted, printed, in_flight, .. } = totals;
        let counted = format!("{wanted} asked, {printed} counted");
        match self {
            Self::Bars { all, printers, total } => {
                // In the order in which they were started; the API's is by agent.
                let mut rows: Vec<_> = rows.iter().collect();
                rows.sort_by_key(|row| (row.printer.as_str().len(), row.printer.as_str()));
                for row in rows {
                    let bar = printers.entry(row.printer.to_string()).or_insert_with_key(|name| {
                        let bar = all.insert_before(total, bar(WHOLE));
                        bar.set_style(style("{prefix:10} {bar:30.cyan/dim} {msg}"));
                        bar.set_prefix(name.clone());
                        bar
                    });
                    bar.set_position(thousandths(row));
                    bar.set_message(format!("{}{}", doing(row), left(row)));
                }
                total.set_length(wanted.unsigned_abs());
                total.set_position(printed.unsigned_abs().min(wanted.unsigned_abs()));
                total.set_message(format!("{counted}, {in_flight} on printers"));
            }
            Self::Lines { said } => {
                let lines = rows.iter().map(|row| (row.printer.to_string(), doing(row).to_owned()));
                for (whom, line) in lines.chain([("all".to_owned(), counted)]) {
                    if said.get(&whom) != Some(&line) {
                        say(&format!("{whom}: {line}"));
                        said.insert(whom, line);
                    }
                }
            }
        }
    }

    /// Says a line above the bars.
    pub(crate) fn say(&self, line: &str) {
        match self {
            Self::Bars { all, .. } => all.suspend(|| say(line)),
            Self::Lines { .. } => say(line),
        }
    }

    /// Says a line, but not twice.
    pub(crate) fn finish_once(&mut self, line: &str) {
        match self {
            Self::Bars { total, .. } if total.is_finished() => {}
            Self::Bars { all, total, .. } => {
                all.suspend(|| say(line));
                total.finish();
            }
            Self::Lines { said } => {
                if said.insert("end".to_owned(), line.to_owned()).is_none() {
                    say(line);
                }
            }
        }
    }

    /// Leaves the bars as they are.
    pub(crate) fn finish(&self) {
        if let Self::Bars { printers, total, .. } = self {
            printers.values().chain([total]).for_each(ProgressBar::abandon);
        }
    }
}

/// Returns a bar that stays as it is when the demo is interrupted.
fn bar(length: u64) -> ProgressBar {
    ProgressBar::new(length).with_finish(ProgressFinish::Abandon)
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).expect("our templates are well formed");
    style.progress_chars("=> ")
}

fn thousandths(row: &PrinterRow) -> u64 {
    let fraction = row.fraction.filter(|_| row.plate.is_some()).unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let thousandths = (fraction * 1_000.0).clamp(0.0, 1_000.0) as u64;
    thousandths
}

fn left(row: &PrinterRow) -> String {
    let percent = thousandths(row) / 10;
    match (row.activity, row.seconds_left) {
        (Some(Activity::Printing), Some(seconds)) => {
            format!(" {percent} %, {}:{:02} left", seconds / 60, seconds % 60)
        }
        (Some(Activity::Printing), None) => format!(" {percent} %"),
        (_, _) => String::new(),
    }
}

fn doing(row: &PrinterRow) -> &'static str {
    match (row.activity, row.waits_for) {
        (_, Some(WaitsFor::BedClear)) => "the maker clears the bed",
        (_, Some(WaitsFor::Look)) | (Some(Activity::Unknown), _) => "somebody must look at the bed",
        (None, _) => "not heard of yet",
        (Some(Activity::Offline), _) => "offline",
        (Some(Activity::Idle), _) => "ready",
        (Some(Activity::Preparing), _) => "fetching and checking the file",
        (Some(Activity::Starting), _) => "starting",
        (Some(Activity::Printing), _) => "printing",
        (Some(Activity::Paused), _) => "paused",
        (Some(Activity::Finishing), _) => "finishing",
        (Some(Activity::Foreign), _) => "printing something else",
        (Some(Activity::Faulted), _) => "in a fault",
        (Some(Activity::Other), _) => "busy",
    }
}
