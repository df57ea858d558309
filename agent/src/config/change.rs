//! Changes what a maker agrees to as a maker would: in the lines that say it, and in no other.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use toml::{Spanned, Value};
use visorfarm_protocol::id::PrinterId;

use super::{Config, ConfigError, PrinterConfig, edit, hours};

/// What a maker agrees to, as it is typed. What is empty is no limit, and stands in no line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTerms {
    /// When prints may start: `08:00-22:00`.
    pub hours: Vec<String>,
    /// The longest print in hours.
    pub print_hours_max: Option<String>,
    /// Filament that is loaded.
    pub materials: Vec<String>,
}

/// Why terms are not written.
#[derive(Debug, thiserror::Error)]
pub enum TermsRefused {
    /// One of the hours is no span.
    #[error(
        "{text:?} is no span of hours: write it like 08:00-22:00, or 20:00-07:30 over midnight"
    )]
    Hours {
        /// What was typed.
        text: String,
    },
    /// The longest print is no time, or none that a print takes.
    #[error("the longest print is a number of hours up to 1000, like 12 or 1.5, not {text:?}")]
    Longest {
        /// What was typed.
        text: String,
    },
    /// Not the names of filaments.
    #[error("filaments are up to 8 short names, like PETG, PLA")]
    Materials,
    /// The file cannot be read, changed or written.
    #[error(transparent)]
    File(#[from] ConfigError),
}

impl NewTerms {
    /// Checks what is typed: whoever typed it reads which field is wrong, and nothing of the file.
    fn check(&self) -> Result<(), TermsRefused> {
        let shown = |text: &String| text.chars().take(20).collect();
        if let Some(text) = self.hours.iter().find(|text| !hours::is_span(text)) {
            return Err(TermsRefused::Hours { text: shown(text) });
        }
        let is_fine = |text: &String| text.parse().is_ok_and(super::is_print_hours_max);
        if let Some(text) = self.print_hours_max.as_ref().filter(|text| !is_fine(text)) {
            return Err(TermsRefused::Longest { text: shown(text) });
        }
        if !super::are_materials(&self.materials) {
            return Err(TermsRefused::Materials);
        }
        Ok(())
    }
}

/// The file, as far as is needed to find what stands where.
#[derive(Deserialize)]
struct Places {
    #[serde(default)]
    printer: Vec<BTreeMap<String, Spanned<Value>>>,
}

/// Writes the terms of `printer` into the file at `path`, and keeps every other byte. Returns the
/// settings as they are then; if they would be wrong, nothing is written.
pub fn change_terms(
    path: &Path,
    printer: &PrinterId,
    terms: &NewTerms,
) -> Result<Config, TermsRefused> {
    terms.check()?;
    let mut text = super::read(path)?;
    let before = Config::parse(path, &text)?;
    for (key, value) in values(terms) {
        text = set(&text, printer, key, value.as_ref()).ok_or_else(|| by_hand(path))?;
    }
    let after = Config::parse(path, &text)?;
    if !is_only_change(&before, &after, printer) {
        return Err(by_hand(path).into());
    }
    let failed = |source| ConfigError::File { doing: "write", path: path.to_owned(), source };
    edit::write(path, &text).map_err(failed)?;
    Ok(after)
}

fn by_hand(path: &Path) -> ConfigError {
    let what = "this file is not written in [[printer]] blocks: change it by hand".to_owned();
    ConfigError::Line { path: path.to_owned(), line: 1, what }
}

/// Returns each key with its value; nothing if its line is to go.
fn values(terms: &NewTerms) -> [(&'static str, Option<Value>); 3] {
    let list = |items: &[String]| (!items.is_empty()).then(|| Value::from(items.to_vec()));
    let hours = terms.print_hours_max.as_deref().and_then(number);
    [
        ("hours", list(&terms.hours)),
        ("max_print_hours", hours),
        ("materials", list(&terms.materials)),
    ]
}

fn number(text: &str) -> Option<Value> {
    let whole = text.parse::<i64>().map(Value::from);
    whole.ok().or_else(|| text.parse::<f64>().ok().map(Value::from))
}

/// Returns `text` with the printer's `key` set to `value`; nothing if the printer is not there.
fn set(text: &str, printer: &PrinterId, key: &str, value: Option<&Value>) -> Option<String> {
    let places: Places = toml::from_str(text).ok()?;
    let is_its = |name: &Spanned<Value>| name.get_ref().as_str() == Some(printer.as_str());
    let mut blocks = places.printer.iter();
    let block = blocks.find(|block| block.get("name").is_some_and(is_its))?;
    let (place, written) = match (block.get(key), value) {
        (Some(known), Some(value)) if known.get_ref() == value => return Some(text.to_owned()),
        (Some(known), Some(value)) => (known.span(), value.to_string()),
        (Some(known), None) => (line_of(text, known.span()), String::new()),
        (None, None) => return Some(text.to_owned()),
        (None, Some(value)) => {
            let end = end_of_line(text, block.get("profile")?.span().end);
            (end..end, format!("\n{key} = {value}"))
        }
    };
    let mut changed = text.to_owned();
    changed.replace_range(place, &written);
    Some(changed)
}

/// Returns the lines of a value with its key; a remark after it stays.
fn line_of(text: &str, value: Range<usize>) -> Range<usize> {
    let start = text[..value.start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = end_of_line(text, value.end);
    let alone = text[value.end..end].trim().is_empty();
    start..if alone { text.len().min(end + 1) } else { value.end }
}

fn end_of_line(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |newline| from + newline)
}

/// Says whether nothing but the terms of `printer` differs.
fn is_only_change(before: &Config, after: &Config, printer: &PrinterId) -> bool {
    let without_terms = |config: &Config| {
        let mut printers = config.printers.clone();
        for changed in printers.iter_mut().filter(|known| known.name == *printer) {
            let PrinterConfig { hours, print_seconds_max, materials, .. } = changed;
            (*hours, *print_seconds_max, *materials) = Default::default();
        }
        (printers, config.page, config.notices.clone())
    };
    without_terms(before) == without_terms(after)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const FILE: &str = r#"# mine
[[printer]]
name = "attic"
octoprint = "http://localhost:5000"
profile = "ender3" # with a 0.4 nozzle
# hours = ["08:00-22:00"]    # when prints may start
max_print_hours = 12 # my nights are short

[[printer]]
name = "cellar"
octoprint = "http://localhost:5001"
profile = "prusa-mk3"
hours = [
    "08:00-12:00", # school
    "14:00-22:00",
]
materials = ["PLA"]
"#;

    fn terms(hours: &[&str], longest: &str, materials: &[&str]) -> NewTerms {
        let owned = |items: &[&str]| items.iter().map(|&item| item.to_owned()).collect();
        let longest = Some(longest.to_owned()).filter(|text| !text.is_empty());
        NewTerms { hours: owned(hours), print_hours_max: longest, materials: owned(materials) }
    }

    fn change(text: &str, printer: &str, terms: &NewTerms) -> (Result<Config, String>, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent.toml");
        fs::write(&path, text).unwrap();
        let changed = change_terms(&path, &printer.parse().unwrap(), terms);
        (changed.map_err(|error| error.to_string()), fs::read_to_string(path).unwrap())
    }

    /// Each pair is a piece of the file, and what stands there after the change.
    #[track_caller]
    fn check(printer: &str, terms: &NewTerms, pieces: &[(&str, &str)]) {
        let (config, text) = change(FILE, printer, terms);
        let expected = pieces.iter().fold(FILE.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        assert_eq!(text, expected);
        config.unwrap();
    }

    #[test]
    fn only_the_lines_that_say_it_change() {
        check("attic", &terms(&[], "12", &[]), &[]);
        check(
            "attic",
            &terms(&["20:00-07:30"], "1.5", &["petg", "PLA"]),
            &[
                ("= 12 #", "= 1.5 #"),
                (
                    "nozzle\n",
                    "nozzle\nmaterials = [\"petg\", \"PLA\"]\nhours = [\"20:00-07:30\"]\n",
                ),
            ],
        );
        check("attic", &NewTerms::default(), &[("max_print_hours = 12 #", " #")]);
        check(
            "cellar",
            &terms(&["08:00-12:00", "14:00-22:00"], "", &[]),
            &[("materials = [\"PLA\"]\n", "")],
        );
        check(
            "cellar",
            &terms(&[], "", &["PLA"]),
            &[("hours = [\n    \"08:00-12:00\", # school\n    \"14:00-22:00\",\n]\n", "")],
        );
    }

    #[track_caller]
    fn check_refused(text: &str, printer: &str, terms: &NewTerms, says: &str) {
        let (config, after) = change(text, printer, terms);
        let error = config.unwrap_err();
        assert!(error.contains(says), "{error}");
        assert_eq!(after, text);
    }

    #[test]
    fn what_would_be_wrong_is_not_written() {
        check_refused(FILE, "attic", &terms(&["8-22"], "", &[]), "08:00-22:00");
        check_refused(FILE, "attic", &terms(&[], "long", &[]), "number of hours");
        check_refused(FILE, "attic", &terms(&[], "-1", &[]), "number of hours");
        check_refused(FILE, "attic", &terms(&[], "NaN", &[]), "number of hours");
        check_refused(FILE, "attic", &terms(&[], "", &["\"]\nbed = \"x"]), "short names");
        check_refused(FILE, "garage", &terms(&[], "", &[]), "by hand");
        check_refused("nonsense", "attic", &terms(&[], "", &[]), "line 1");
        let inline = "printer = [{ name = \"attic\", octoprint = \"http://localhost\", profile = \"mk3\" }]\n";
        check_refused(inline, "attic", &terms(&[], "12", &[]), "");
    }
}
