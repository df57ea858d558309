//! What can be typed: the commands of `visorfarm-agent` and their options.

mod talk;

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use visorfarm_protocol::enrol::Invite;
use visorfarm_protocol::id::{PrinterId, ProfileId};

use crate::supervise::PrintId;

pub use talk::talk;

/// How the program ends, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It is done.
    Done = 0,
    /// Something failed; the message says what and what to do.
    Failed = 1,
    /// No agent runs.
    NotRunning = 3,
    /// The agent or the coordinator says no; the message says why.
    Refused = 4,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  it failed; the message says what to do
  2  the command line is wrong
  3  no agent runs with this state folder
  4  the agent or the coordinator says no; the message says why

Files:
  settings  $XDG_CONFIG_HOME/visorfarm/agent.toml, or ~/.config/visorfarm/agent.toml
  state     $XDG_STATE_HOME/visorfarm/, or ~/.local/state/visorfarm/

Page:
  what the printers do, and a button for what they need: http://127.0.0.1:7125 on this machine;
  [page] listen = \"0.0.0.0:7125\" in the settings lets it onto your network, with a PIN

The agent's answers are in French if LANG says so, else in English. RUST_LOG sets what `run` logs.";

/// Prints face visors, and whatever else is needed, on the printers you lend.
///
/// It stands beside your 3D printer, asks the coordinator of your farm for work when the printer
/// is idle and its bed is clear, checks each file, prints it through OctoPrint, and tells what came
/// of it. You decide: nothing starts outside your hours, on a bed that you have not cleared, or
/// while you have paused it.
#[derive(Debug, Parser)]
#[command(name = "visorfarm-agent", version, after_long_help = EXIT_CODES)]
pub struct Cli {
    /// Files that are elsewhere than usual.
    #[command(flatten)]
    pub places: Places,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Files that are elsewhere than usual.
#[derive(Clone, Debug, Args)]
pub struct Places {
    /// Settings file, if not ~/.config/visorfarm/agent.toml
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// State folder, if not ~/.local/state/visorfarm: credentials, journals, G-code
    #[arg(long, global = true, value_name = "FOLDER")]
    pub state: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Join a farm with the invite that its dispatcher gave you
    Enrol(Enrol),
    /// Add a printer to the settings, and get the key to its OctoPrint
    AddPrinter(Printer),
    /// Get a new key to the OctoPrint of a printer, after it refused the old one
    OctoprintKey {
        /// Which printer
        printer: PrinterId,
        /// An application key that you made in OctoPrint; without it you are asked there to confirm
        key: Option<String>,
    },
    /// Serve the printers until stopped; this is what the service manager runs
    Run,
    /// Show how the printers are, and what they need from you
    Status {
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// Say that the bed is clear, and how many of the pieces are good
    ///
    /// The next print may start right after this: take the pieces off first.
    BedClear {
        /// Which printer; may be left out if only one waits for it
        printer: Option<PrinterId>,
        /// How many pieces are good, if not all; 0 if the plate failed
        #[arg(long, value_name = "N")]
        good: Option<u32>,
    },
    /// Count the pieces of the plate before again, even while the next one prints
    ///
    /// The answer says which plate was counted. `status` names the last; to be sure that it is that
    /// one, and to correct an older one, name it.
    Recount {
        /// How many pieces are good
        #[arg(value_name = "N")]
        good: u32,
        /// Which printer; may be left out if there is only one
        printer: Option<PrinterId>,
        /// Which plate, as `status` names it; the last whose print ended if left out
        #[arg(long, value_name = "PLATE")]
        plate: Option<PrintId>,
    },
    /// Say how much filament is on the spool, whenever you load one or weigh it
    ///
    /// Each print of the farm's is subtracted, and none is taken that needs more than is left.
    Spool {
        /// How many grams, without the empty spool's own weight; `unknown` if you do not know
        #[arg(value_name = "GRAMS")]
        load: Load,
        /// Which printer; may be left out if there is only one
        #[arg(long)]
        printer: Option<PrinterId>,
    },
    /// Say that you have read what your farm's people wrote to you; `status` shows it
    Read,
    /// Take no more work; a print that runs goes on to its end
    Pause {
        /// Which printer; all if left out
        printer: Option<PrinterId>,
    },
    /// Take work again
    Resume {
        /// Which printer; all if left out
        printer: Option<PrinterId>,
    },
    /// Show the PIN that opens your page from the network
    ///
    /// The page is on this machine only, unless agent.toml says `[page] listen = "0.0.0.0:7125"`;
    /// `status` shows its address.
    PagePin {
        /// Draw another PIN, and close the page to every browser that the old one opened it to
        #[arg(long)]
        new: bool,
    },
    /// Print a completion script for your shell
    ///
    /// Put it where your shell looks for it; for bash that is
    /// ~/.local/share/bash-completion/completions/visorfarm-agent
    Completions {
        /// Which shell
        shell: Shell,
    },
}

/// What is on a spool, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// So many grams.
    Grams(u32),
    /// Nobody knows.
    Unknown,
}

/// Why something typed is no load of a spool.
#[derive(Debug, thiserror::Error)]
#[error("say how many grams in whole numbers, like 750, or `unknown`")]
pub struct NoLoad;

impl FromStr for Load {
    type Err = NoLoad;

    fn from_str(text: &str) -> Result<Self, NoLoad> {
        match text {
            "unknown" => Ok(Self::Unknown),
            grams => grams.parse().map(Self::Grams).map_err(|_| NoLoad),
        }
    }
}

impl Load {
    /// Returns the grams, if they are known.
    #[must_use]
    pub fn grams(self) -> Option<u32> {
        match self {
            Self::Grams(grams) => Some(grams),
            Self::Unknown => None,
        }
    }
}

/// How to join, and the first printer.
#[derive(Debug, Args)]
pub struct Enrol {
    /// The link from the dispatcher, like <https://farm.example:8443/join#token.pin>; it lets one
    /// machine in, and may be given again where that did not come to its end
    pub invite: Invite,
    /// Add a printer: where its OctoPrint is, like <http://localhost:5000>
    #[arg(long, value_name = "URL")]
    pub octoprint: Option<String>,
    /// Short name of that printer: a-z, 0-9, '-'
    #[arg(long, default_value = "printer", requires = "octoprint")]
    pub name: PrinterId,
    /// What G-code that printer takes, like ender3; if left out it is chosen by what OctoPrint calls
    /// the printer
    #[arg(long, requires = "octoprint")]
    pub profile: Option<ProfileId>,
    /// What you call this machine and its printer, like "Ender 3 in the attic"; shown to the
    /// dispatcher
    #[arg(long)]
    pub title: Option<String>,
    /// An application key that you made in OctoPrint; without it you are asked there to confirm
    #[arg(long, value_name = "KEY", requires = "octoprint")]
    pub octoprint_key: Option<String>,
}

/// A further printer.
#[derive(Debug, Args)]
pub struct Printer {
    /// Where its OctoPrint is, like <http://localhost:5000>
    #[arg(long, value_name = "URL")]
    pub octoprint: String,
    /// Its short name: a-z, 0-9, '-'
    #[arg(long, default_value = "printer")]
    pub name: PrinterId,
    /// What G-code it takes, like ender3; if left out it is chosen by what OctoPrint calls the
    /// printer
    #[arg(long)]
    pub profile: Option<ProfileId>,
    /// What you call it, like "Ender 3 in the attic"
    #[arg(long)]
    pub title: Option<String>,
    /// An application key that you made in OctoPrint; without it you are asked there to confirm
    #[arg(long, value_name = "KEY")]
    pub octoprint_key: Option<String>,
}

impl Enrol {
    /// Returns the printer to be added, if there is one.
    #[must_use]
    pub fn printer(&self) -> Option<Printer> {
        Some(Printer {
            octoprint: self.octoprint.clone()?,
            name: self.name.clone(),
            profile: self.profile.clone(),
            title: self.title.clone(),
            octoprint_key: self.octoprint_key.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_are_consistent() {
        Cli::command().debug_assert();
    }

    #[track_caller]
    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split(' '))
    }

    #[test]
    fn places_may_stand_after_the_command() {
        let cli = parse("visorfarm-agent status --json --state /srv/a").unwrap();
        assert_eq!(cli.places.state, Some(PathBuf::from("/srv/a")));
        assert!(matches!(cli.command, Command::Status { json: true }));
    }

    #[test]
    fn what_is_on_a_spool_is_a_number_or_unknown() {
        for (typed, load) in [("750", Some(Load::Grams(750))), ("unknown", Some(Load::Unknown))] {
            let cli = parse(&format!("visorfarm-agent spool {typed} --printer p")).unwrap();
            let Command::Spool { load: read, .. } = cli.command else { panic!() };
            assert_eq!(Some(read), load);
        }
        let error = parse("visorfarm-agent spool 0.75").unwrap_err();
        assert!(error.to_string().contains("whole numbers, like 750"), "{error}");
    }

    #[test]
    fn a_wrong_invite_says_what_is_wrong() {
        let error = parse("visorfarm-agent enrol http://farm.example/join#t").unwrap_err();
        assert!(error.to_string().contains("not encrypted"), "{error}");
        assert_eq!(error.exit_code(), 2);
    }

    #[test]
    fn a_profile_belongs_to_a_printer_and_may_be_left_out() {
        let line = "visorfarm-agent enrol http://localhost:1/join#t";
        assert!(parse(&format!("{line} --profile ender3")).is_err());
        for line in [line, &format!("{line} --octoprint http://localhost")] {
            let Ok(Cli { command: Command::Enrol(enrol), .. }) = parse(line) else { panic!() };
            assert_eq!(enrol.printer().is_some(), line.contains("--octoprint"));
        }
    }
}
