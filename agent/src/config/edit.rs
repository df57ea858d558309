//! Adds a printer to the settings as a maker would: by writing lines at the end of the file.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use visorfarm_protocol::id::{PrinterId, ProfileId};

use super::{Config, ConfigError};
use crate::octoprint::rest::check_address;

const PREAMBLE: &str = r#"# What this maker agrees to. The agent reads it again whenever it is saved.

# [page]
# listen = "0.0.0.0:7125"    # your page for your phone too, with a PIN; or "off"

# [notices]
# mail = "anne@farm.example" # letters about what your printers need; you confirm the address first
# about = ["results", "beds", "stuck"]
# language = "en"            # or "fr"
"#;

/// The choices that nobody made yet, for the maker to find in the file.
const CHOICES: &str = r#"# materials = ["PETG"]       # what is loaded
# bed = "ask"                # or "clears-itself": the printer ejects its prints
# hours = ["08:00-22:00"]    # when prints may start; may pass midnight
# max_print_hours = 12       # no longer prints
# agrees_to = ["waits-for-person"]  # files that wait for you, and other rules that ask for your word
# camera = true              # show the farm's people OctoPrint's camera, only while it prints for them
"#;

/// A printer to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPrinter {
    /// Its name in topics and files.
    pub name: PrinterId,
    /// What its maker calls it, if not by its name.
    pub title: Option<String>,
    /// Where its OctoPrint is.
    pub octoprint: String,
    /// What G-code must be sliced for.
    pub profile: ProfileId,
}

/// Appends `printer` to the file at `path`, begins the file if there is none, and keeps every
/// other byte. Returns the settings as they are then; if they would be wrong, nothing is written.
pub fn add_printer(path: &Path, printer: &NewPrinter) -> Result<Config, ConfigError> {
    let before = match super::read(path) {
        Ok(text) => text,
        Err(ConfigError::Missing { .. }) => PREAMBLE.to_owned(),
        Err(error @ (ConfigError::File { .. } | ConfigError::Line { .. })) => return Err(error),
    };
    let mut after = before;
    if !after.is_empty() && !after.ends_with('\n') {
        after.push('\n');
    }
    after.push_str(&block(printer));
    let config = Config::parse(path, &after)?;
    let failed = |source| ConfigError::File { doing: "write", path: path.to_owned(), source };
    write(path, &after).map_err(failed)?;
    Ok(config)
}

/// Replaces the file in one step: a reader sees the old lines or the new ones.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    fs::create_dir_all(folder)?;
    // A link to a file kept elsewhere stays a link.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let new = path.with_extension("toml.new");
    let mut file = fs::File::create(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, &path)
}

fn block(printer: &NewPrinter) -> String {
    let mut block = String::new();
    let title = printer.title.as_deref().map(|title| ("title", title));
    // A wrong one is told when the file is read back, with its line.
    let octoprint = check_address(&printer.octoprint);
    let octoprint = octoprint.as_ref().unwrap_or(&printer.octoprint);
    let fields = [Some(("name", printer.name.as_str())), title]
        .into_iter()
        .flatten()
        .chain([("octoprint", octoprint.as_str()), ("profile", printer.profile.as_str())]);
    block.push_str("\n[[printer]]\n");
    for (key, value) in fields {
        let value = toml::Value::from(value);
        writeln!(block, "{key} = {value}").expect("writing to a string cannot fail");
    }
    block.push_str(CHOICES);
    block
}
