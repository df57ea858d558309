//! The command line: arguments in, reports and findings out, an exit code at the end.

mod args;
mod output;
mod read;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use visorfarm_gcode::{Options, Profile, Severity, verify};

use args::{Args, Command, Files};
use output::Judged;

/// How a run ends; the worst of all files counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Fine,
    Forbidden,
    Unreadable,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fine => Self::SUCCESS,
            Outcome::Forbidden => Self::from(1),
            Outcome::Unreadable => Self::from(2),
        }
    }
}

pub(crate) fn run() -> ExitCode {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let outcome = obey(Args::parse().command, &mut out);
    let written = outcome.and_then(|outcome| out.flush().map(|()| outcome).map_err(Into::into));
    match written {
        Ok(outcome) => outcome.into(),
        // `visorfarm-gcode inspect x | head` is no failure.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            Outcome::Unreadable.into()
        }
    }
}

fn obey(command: Command, out: &mut impl Write) -> anyhow::Result<Outcome> {
    match command {
        Command::Inspect { files, profile } => {
            let profile = profile.as_deref().map(read::profile).transpose()?;
            judge(&files, profile.as_ref(), output::report, out)
        }
        Command::Verify { files, profile } => {
            let profile = read::profile(&profile)?;
            judge(&files, Some(&profile), output::verdict, out)
        }
        Command::Profiles => {
            for name in Profile::shipped_names() {
                writeln!(out, "{name}")?;
            }
            Ok(Outcome::Fine)
        }
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Args::command(), "visorfarm-gcode", out);
            Ok(Outcome::Fine)
        }
    }
}

/// Reads each file, holds it against the profile if there is one, and shows it. One bad file does not hide the others.
fn judge<W: Write>(
    files: &Files,
    profile: Option<&Profile>,
    show: fn(&Judged, &mut W) -> io::Result<()>,
    out: &mut W,
) -> anyhow::Result<Outcome> {
    let options = profile.map(Options::from).unwrap_or_default();
    let mut worst = Outcome::Fine;
    for file in &files.files {
        let report = match read::report(file, &options) {
            Ok(report) => report,
            Err(error) => {
                output::complain(&error);
                worst = Outcome::Unreadable;
                continue;
            }
        };
        let findings = profile.map(|profile| verify(&report, profile)).unwrap_or_default();
        if findings.iter().any(|finding| finding.severity == Severity::Forbid) {
            worst = worst.max(Outcome::Forbidden);
        }
        let judged = Judged { file: file.display().to_string(), report, findings };
        if files.json { output::json(&judged, out)? } else { show(&judged, out)? }
    }
    Ok(worst)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
    kind == Some(io::ErrorKind::BrokenPipe)
}
