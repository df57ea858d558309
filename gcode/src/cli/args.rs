//! What may be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use visorfarm_gcode::{Colouring, Language, View};

/// Reads G-code files once: says what they do, what they look like, and whether a printer may run them.
///
/// Reads text, gzip, binary G-code (.bgcode) and sliced 3MF archives (.gcode.3mf), told by their content. `-` is the
/// standard input. A file of any size takes a few megabytes of memory.
#[derive(Debug, Parser)]
#[command(
    name = "visorfarm-gcode",
    version,
    after_help = "Exit codes: 0 fine, 1 a finding forbids printing, 2 a file or profile cannot be read.",
    after_long_help = "Examples:
  visorfarm-gcode inspect visor.gcode                        what it does
  visorfarm-gcode verify --profile ender3 *.gcode            may an Ender-3 print them?
  zcat visor.gcode.gz | visorfarm-gcode inspect --json -     one JSON object, described by inspect --schema
  visorfarm-gcode picture visor.gcode -o visor.png           what it looks like
  visorfarm-gcode diff r1/ender3.gcode r2/ender3.gcode       what changed between two revisions
  visorfarm-gcode profile --octoprint printer.json --slicer config.ini > mine.toml

Exit codes:
  0  fine
  1  a finding forbids printing
  2  a file or profile cannot be read",
    arg_required_else_help = true
)]
pub(crate) struct Args {
    /// The language of findings; by default the one that the environment asks for.
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub(crate) lang: Option<Lang>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what files do: time, filament, volume, temperatures, commands.
    Inspect {
        /// G-code files; `-` is the standard input.
        #[arg(required_unless_present = "schema", value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        how: How,
        /// Judge the files for this printer, too: a shipped profile's name or a TOML file.
        #[arg(long, short, value_name = "PROFILE")]
        profile: Option<String>,
        /// Print the JSON schema of what `--json` prints, and end.
        #[arg(long)]
        schema: bool,
    },
    /// Say whether a printer may run files, what speaks against it, and why.
    Verify {
        /// G-code files; `-` is the standard input.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        how: How,
        /// The printer: a shipped profile's name or a TOML file.
        #[arg(long, short, value_name = "PROFILE")]
        profile: String,
    },
    /// Draw where a file lays filament.
    Picture {
        #[command(flatten)]
        one: One,
        /// Where to: a name that ends in .svg or .png.
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
        /// From where one looks.
        #[arg(long, value_enum, default_value = "isometric")]
        view: Seen,
        /// What a colour tells: the height, or what a line is for.
        #[arg(long, value_enum, default_value = "layer")]
        by: By,
        /// The longer side of a PNG, in pixels.
        #[arg(long, value_name = "PIXELS", default_value_t = 1200, value_parser = clap::value_parser!(u32).range(16..=4096))]
        size: u32,
    },
    /// Write the largest picture that the slicer put into a file.
    Thumbnail {
        #[command(flatten)]
        one: One,
        /// Where to; `-` is the standard output.
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
    },
    /// Write a packed file's G-code as plain text to the standard output.
    Text {
        #[command(flatten)]
        one: One,
    },
    /// Say what changed between two revisions of a file.
    Diff {
        /// The earlier one.
        before: PathBuf,
        /// The later one.
        after: PathBuf,
        /// One JSON object.
        #[arg(long)]
        json: bool,
        /// The printer whose speeds the times are reckoned with.
        #[arg(long, short, value_name = "PROFILE")]
        profile: Option<String>,
    },
    /// Make a printer profile from OctoPrint's printer profile and a configuration of PrusaSlicer.
    Profile {
        /// OctoPrint's printer profile as JSON: Settings, or `/api/printerprofiles/_default`.
        #[arg(long, value_name = "FILE")]
        octoprint: PathBuf,
        /// PrusaSlicer's exported configuration, or a file it sliced.
        #[arg(long, value_name = "FILE")]
        slicer: PathBuf,
        /// As findings name the printer.
        #[arg(long)]
        name: Option<String>,
    },
    /// List the profiles that come with this program.
    Profiles,
    /// Write completions for a shell.
    Completions { shell: Shell },
}

#[derive(Debug, clap::Args)]
pub(crate) struct How {
    /// One JSON object a file, each on its own line.
    #[arg(long)]
    pub(crate) json: bool,
    /// Which plate of a 3MF archive that holds several.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) plate: Option<u32>,
}

/// One file.
#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// A G-code file; `-` is the standard input.
    pub(crate) file: PathBuf,
    /// Which plate of a 3MF archive that holds several.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) plate: Option<u32>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Lang {
    En,
    Fr,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Seen {
    Top,
    Isometric,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum By {
    Layer,
    Feature,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::En => Self::English,
            Lang::Fr => Self::French,
        }
    }
}

impl From<Seen> for View {
    fn from(seen: Seen) -> Self {
        match seen {
            Seen::Top => Self::Top,
            Seen::Isometric => Self::Isometric,
        }
    }
}

impl From<By> for Colouring {
    fn from(by: By) -> Self {
        match by {
            By::Layer => Self::Layer,
            By::Feature => Self::Feature,
        }
    }
}
