//! What a maker agrees to: the file `agent.toml`, which only the maker writes.
//!
//! It holds no secret: keys and passwords are in the state folder. A setting that this program
//! does not know is an error, never ignored: a misspelt `hours` must not mean "always".

pub mod agreed;
mod change;
mod edit;
pub mod hours;
pub mod notices;
pub mod page;
mod watch;

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::{fs, ops};

use serde::{Deserialize, Deserializer};
use toml::Spanned;
use visorfarm_protocol::id::{PrinterId, ProfileId};
use visorfarm_protocol::status::{self, Consent};

use crate::octoprint::rest::check_address;
use agreed::Agreed;
pub use change::{NewTerms, TermsRefused, change_terms};
pub use edit::{NewPrinter, add_printer};
use hours::Hours;
use notices::Notices;
use page::Listen;
pub use watch::watch;

/// No settings of one home are longer.
const CONFIG_BYTES_MAX: u64 = 256 * 1024;

/// More printers than one small computer serves.
const PRINTERS_MAX: usize = 32;

/// The longest title in bytes.
const TITLE_BYTES_MAX: usize = 120;

/// The settings of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Its printers, as ordered in the file; no two have one name.
    pub printers: Vec<PrinterConfig>,
    /// Where the maker's own page is served.
    pub page: Listen,
    /// What the maker wants to be told by letter, if anything.
    pub notices: Option<Notices>,
}

/// The settings of one printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrinterConfig {
    /// Its name in topics and files.
    pub name: PrinterId,
    /// What its maker calls it.
    pub title: String,
    /// Where it stands, as its maker wants to be found: a town or a quarter.
    pub place: Option<String>,
    /// Where its OctoPrint is: `http://host:port` or `https://host/path`, without a slash at the
    /// end.
    pub octoprint: String,
    /// What G-code must be sliced for.
    pub profile: ProfileId,
    /// Filament that is loaded, in capitals; empty if the maker did not say.
    pub materials: Vec<String>,
    /// Who makes sure that its bed is clear.
    pub bed: BedCare,
    /// When prints may start.
    pub hours: Hours,
    /// The longest print its maker agrees to, in seconds.
    pub print_seconds_max: Option<u32>,
    /// Which findings of the G-code verdict that ask for its owner's word its maker agrees to.
    pub agrees_to: Agreed,
    /// Whether pictures of its camera are sent while it prints for the farm.
    pub camera: bool,
}

impl PrinterConfig {
    /// Says what the maker agrees to, for the coordinator's people to read.
    #[must_use]
    pub fn consent(&self) -> Consent {
        Consent {
            materials: self.materials.clone(),
            hours: self.hours.written(),
            seconds_max: self.print_seconds_max,
            bed: match self.bed {
                BedCare::Ask => status::BedCare::Ask,
                BedCare::ClearsItself => status::BedCare::ClearsItself,
            },
            camera: self.camera,
        }
    }
}

/// Who makes sure that a bed is clear before the next print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BedCare {
    /// The maker says so after each print.
    #[default]
    Ask,
    /// The printer, by ejecting or with a belt; or the maker takes the risk.
    ClearsItself,
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The maker has written none.
    #[error("there is no {path}: write one, or let `visorfarm-agent enrol` begin it")]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("cannot {doing} {path}")]
    File {
        /// What was tried.
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// A line is wrong.
    #[error("{path}, line {line}: {what}")]
    Line {
        /// In which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong and what is allowed.
        what: String,
    },
}

impl Config {
    /// Reads the file at `path`.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(path, &read(path)?)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let wrong = |span: Option<ops::Range<usize>>, what: String| {
            let start = span.map_or(0, |span| span.start);
            let line = 1 + text.char_indices().filter(|&(at, c)| at < start && c == '\n').count();
            ConfigError::Line { path: path.to_owned(), line, what }
        };
        let written: Written = toml::from_str(text)
            .map_err(|error| wrong(error.span(), error.message().replace('\n', ", ")))?;
        let mut names = BTreeSet::new();
        for (count, printer) in written.printer.iter().enumerate() {
            let span = Some(printer.name.span());
            if count == PRINTERS_MAX {
                let what = format!("more than {PRINTERS_MAX} printers: run a second agent");
                return Err(wrong(span, what));
            }
            if !names.insert(printer.name.get_ref()) {
                let what = format!("a second printer is named {:?}", printer.name.get_ref());
                return Err(wrong(span, what));
            }
        }
        let printers = written.printer.into_iter().map(PrinterConfig::from).collect();
        Ok(Self { printers, page: written.page.listen, notices: written.notices })
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let failed = |source| ConfigError::File { doing: "read", path: path.to_owned(), source };
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(ConfigError::Missing { path: path.to_owned() });
        }
        Err(source) => return Err(failed(source)),
    };
    let mut text = String::new();
    let read = file.take(CONFIG_BYTES_MAX + 1).read_to_string(&mut text).map_err(failed)?;
    if CONFIG_BYTES_MAX < read as u64 {
        let what = format!("the file is over {CONFIG_BYTES_MAX} bytes");
        return Err(ConfigError::Line { path: path.to_owned(), line: 1, what });
    }
    Ok(text)
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    page: WrittenPage,
    #[serde(default)]
    notices: Option<Notices>,
    #[serde(default)]
    printer: Vec<WrittenPrinter>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPage {
    #[serde(default)]
    listen: Listen,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPrinter {
    name: Spanned<PrinterId>,
    #[serde(default, deserialize_with = "title")]
    title: Option<String>,
    #[serde(default, deserialize_with = "title")]
    place: Option<String>,
    #[serde(deserialize_with = "octoprint_url")]
    octoprint: String,
    profile: ProfileId,
    #[serde(default, deserialize_with = "materials")]
    materials: Vec<String>,
    #[serde(default)]
    bed: BedCare,
    #[serde(default)]
    hours: Hours,
    #[serde(default, rename = "max_print_hours", deserialize_with = "print_seconds_max")]
    print_seconds_max: Option<u32>,
    #[serde(default)]
    agrees_to: Agreed,
    #[serde(default)]
    camera: bool,
}

impl From<WrittenPrinter> for PrinterConfig {
    fn from(written: WrittenPrinter) -> Self {
        let name = written.name.into_inner();
        Self {
            title: written.title.unwrap_or_else(|| name.to_string()),
            name,
            place: written.place,
            octoprint: written.octoprint,
            profile: written.profile,
            materials: written.materials,
            bed: written.bed,
            hours: written.hours,
            print_seconds_max: written.print_seconds_max,
            agrees_to: written.agrees_to,
            camera: written.camera,
        }
    }
}

fn title<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let title = String::deserialize(deserializer)?;
    let title = title.trim();
    if title.is_empty() || TITLE_BYTES_MAX < title.len() || title.chars().any(char::is_control) {
        let what = format!("a title or place is one line of at most {TITLE_BYTES_MAX} bytes");
        return Err(serde::de::Error::custom(what));
    }
    Ok(Some(title.to_owned()))
}

fn octoprint_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    check_address(&text).map_err(serde::de::Error::custom)
}

fn materials<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let mut materials = Vec::<String>::deserialize(deserializer)?;
    if !are_materials(&materials) {
        return Err(serde::de::Error::custom(
            "materials are up to 8 short names like [\"PETG\", \"PLA\"]",
        ));
    }
    for name in &mut materials {
        name.make_ascii_uppercase();
    }
    Ok(materials)
}

/// Says whether these are names of filaments, and not too many.
fn are_materials(names: &[String]) -> bool {
    let plain = |c: u8| c.is_ascii_alphanumeric() || b"+-".contains(&c);
    let fine = |name: &String| (1..=16).contains(&name.len()) && name.bytes().all(plain);
    names.len() <= 8 && names.iter().all(fine)
}

/// Says whether so many hours can be the longest print: from a minute to weeks.
fn is_print_hours_max(hours: f64) -> bool {
    (1.0 / 60.0..=1000.0).contains(&hours)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be between 1 minute and 1000 hours"
)]
fn print_seconds_max<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let hours = f64::deserialize(deserializer)?;
    if !is_print_hours_max(hours) {
        return Err(serde::de::Error::custom(
            "max_print_hours is a number of hours up to 1000, like 12 or 1.5",
        ));
    }
    Ok(Some((hours * 3600.0) as u32))
}

#[cfg(test)]
mod tests;
