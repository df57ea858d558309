//! Answers for people: a block of lines for each printer, what to do next before all else.

use std::fmt::Write as _;

use visorfarm_protocol::status::{Bed, PrinterStatus};
use visorfarm_protocol::text::is_plain;

use super::{Answer, Happened, PrinterReport, Status, around, needs, plates, refusals, words};
use crate::memos::Memo;

/// A language that the agent speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
}

impl Language {
    /// Returns the language that the environment asks for; English for all that we do not speak.
    #[must_use]
    pub fn of_environment() -> Self {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(std::env::var_os);
        let locale = set.into_iter().find(|locale| !locale.is_empty()).unwrap_or_default();
        Self::of_locale(&locale.to_string_lossy())
    }

    fn of_locale(locale: &str) -> Self {
        match locale.get(..2) {
            Some("fr") => Self::French,
            Some(_) | None => Self::English,
        }
    }
}

/// Returns `answer` as lines, at `now` in Unix seconds.
#[must_use]
pub fn render(answer: &Answer, language: Language, now: u64) -> String {
    match answer {
        Answer::Status(status) => render_status(status, language, now),
        Answer::Done { printers } => {
            let done = language.pick("done", "c’est fait");
            if printers.is_empty() {
                return format!("{done}\n");
            }
            let colon = language.pick(":", " :");
            format!("{done}{colon} {}\n", refusals::list(printers))
        }
        Answer::Counted { printer, plate } => {
            let colon = language.pick(":", " :");
            format!("{printer}{colon} {}\n", plates::past_plate(plate, language))
        }
        Answer::Refused(refusal) => format!("{}\n", refusals::refusal(refusal, language)),
    }
}

/// Says that no agent runs, since nothing can be written where it keeps what it must not forget.
#[must_use]
pub fn not_running_read_only(language: Language) -> String {
    let why = needs::read_only(language);
    language.pick(format!("no agent runs: {why}"), format!("aucun agent ne tourne : {why}"))
}

fn render_status(status: &Status, language: Language, now: u64) -> String {
    let mut lines = String::new();
    memos(&mut lines, &status.memos, language, now);
    for printer in &status.printers {
        block(&mut lines, printer, language, now);
        lines.push('\n');
    }
    if status.printers.is_empty() {
        lines.push_str(language.pick(
            "No printer yet: write one into the settings file\n\n",
            "Pas encore d’imprimante : ajoutez‑en une au fichier de réglages\n\n",
        ));
    }
    if let Some(error) = &status.config_error {
        let goes_on = language.pick(
            "The settings file is wrong, the agent goes on with the older ones:",
            "Le fichier de réglages est faux, l’agent garde les anciens :",
        );
        line(&mut lines, &format!("{goes_on} {}", shown(error)));
    }
    let coordinator = language.pick("Coordinator:", "Coordinateur :");
    line(&mut lines, &format!("{coordinator} {}", shown(&around::link(&status.link, language))));
    if status.facts_untold != 0 {
        let kept = around::untold(status.facts_untold, language);
        line(&mut lines, &kept);
    }
    if let Some(page) = &status.page {
        let your_page = language.pick("Your page:", "Votre page :");
        line(&mut lines, &format!("{your_page} {}", shown(&around::page(page, language))));
    }
    if let Some(letters) = &status.letters {
        let to = language.pick("Letters:", "Courriels :");
        line(&mut lines, &format!("{to} {}", around::letters(letters, language)));
    }
    line(&mut lines, &shown(&status.software));
    lines
}

fn memos(lines: &mut String, memos: &[Memo], language: Language, now: u64) {
    for memo in memos {
        let (ago, text) = (words::ago(memo.at, language, now), shown(&memo.text));
        line(lines, &format!("{} ({ago}) {text}", language.pick("From your farm", "De la ferme")));
    }
    if !memos.is_empty() {
        let read = language.pick("when you have read it:", "quand vous l’avez lu :");
        line(lines, &format!("  >> {read} visorfarm-agent read\n"));
    }
}

fn block(lines: &mut String, report: &PrinterReport, language: Language, now: u64) {
    let status = &report.status;
    line(lines, &format!("{} ({})", shown(&report.title), status.printer));
    if let Some(need) = needs::need(report, language) {
        line(lines, &format!("  >> {need}"));
    }
    line(lines, &format!("  {}", doing(report, language, now)));
    if report.paused && status.lease.is_some() {
        line(lines, &format!("  {}", needs::last_one(&status.printer, language)));
    }
    if let Some(purpose) = &report.purpose {
        line(lines, &format!("  {} {}", language.pick("for:", "pour :"), shown(purpose)));
    }
    if let Some(fault) = &status.fault {
        line(
            lines,
            &format!("  {} {}", language.pick("fault:", "défaut :"), words::cause(fault, language)),
        );
    }
    let bed = match status.bed {
        Bed::Clear => language.pick("bed clear", "plateau vide"),
        Bed::Occupied => language.pick("bed in use", "plateau occupé"),
        Bed::Other => language.pick("bed unknown", "plateau inconnu"),
    };
    line(lines, &format!("  {bed}{}", temperatures(status)));
    if let Some(spool) = words::spool(status, language) {
        let short = report.short_of_grams.map(|grams| words::short(grams, language));
        let all: Vec<_> = [Some(spool), short].into_iter().flatten().collect();
        line(lines, &format!("  {}", all.join("; ")));
    }
    if let Some(last) = &report.last {
        let colon = language.pick("last plate:", "dernière plaque :");
        line(lines, &format!("  {colon} {}", plates::past_plate(last, language)));
    }
    for happened in &report.happened {
        line(lines, &format!("  - {}", past(happened, language, now)));
    }
}

/// Says what a printer does, how far it is, and since when.
fn doing(report: &PrinterReport, language: Language, now: u64) -> String {
    let status = &report.status;
    let mut doing = words::activity(status.activity, language).to_owned();
    if let Some(reason) = words::reason(status, language) {
        push(&mut doing, format_args!(", {reason}"));
    }
    if let Some(fraction) = status.fraction {
        push(&mut doing, format_args!(", {:.0} %", fraction.clamp(0.0, 1.0) * 100.0));
    }
    if let Some(seconds) = status.seconds_left {
        let left = span(u64::from(seconds), language);
        let left = language.pick(format!("{left} left"), format!("encore {left}"));
        push(&mut doing, format_args!(", {left}"));
    }
    if let Some(since) = report.since {
        let since = span(now.saturating_sub(since), language);
        let text = language.pick(format!(", for {since}"), format!(", depuis {since}"));
        doing.push_str(&text);
    }
    doing
}

fn temperatures(status: &PrinterStatus) -> String {
    match (status.nozzle_celsius, status.bed_celsius) {
        (Some(nozzle), Some(bed)) => format!(", {nozzle:.0} °C / {bed:.0} °C"),
        (Some(only), None) | (None, Some(only)) => format!(", {only:.0} °C"),
        (None, None) => String::new(),
    }
}

fn past(happened: &Happened, language: Language, now: u64) -> String {
    let fact = shown(&plates::fact(&happened.fact, language));
    let ago = words::ago(happened.at, language, now);
    language.pick(format!("{ago}: {fact}"), format!("{ago} : {fact}"))
}

/// Writes seconds as a person says them, to the two largest units.
pub(crate) fn span(seconds: u64, language: Language) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    if 1 < days {
        format!("{days} {}", language.pick("d", "j"))
    } else if 0 < hours {
        format!("{hours} h {:02}", minutes % 60)
    } else if 0 < minutes {
        format!("{minutes} min")
    } else {
        format!("{seconds} s")
    }
}

/// Takes out of what others wrote what a terminal would obey or an eye would be misled by.
pub(crate) fn shown(text: &str) -> String {
    text.chars().map(|c| if is_plain(c) { c } else { ' ' }).collect()
}

fn line(lines: &mut String, text: &str) {
    lines.push_str(text);
    lines.push('\n');
}

fn push(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_chooses_the_language() {
        for (locale, language) in [
            ("fr_FR.UTF-8", Language::French),
            ("fr", Language::French),
            ("en_GB.UTF-8", Language::English),
            ("C", Language::English),
            ("é", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of_locale(locale), language, "{locale:?}");
        }
    }

    #[test]
    fn spans_are_told_in_two_units() {
        let told = [5, 65, 3_900, 90_000, 200_000].map(|seconds| span(seconds, Language::English));
        assert_eq!(told, ["5 s", "1 min", "1 h 05", "25 h 00", "2 d"]);
    }
}
