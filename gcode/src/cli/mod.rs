//! The command line: arguments in, reports and findings out, an exit code at the end.

mod ahead;
mod args;
mod complaint;
mod diff;
mod json;
mod made;
mod output;
mod read;
mod see;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use visorfarm_gcode::{Language, Look, Profile, Severity, verify};

use args::{Args, Command, How};
use complaint::{advise, complain};

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
    let args = Args::parse();
    let language = args.lang.map_or_else(of_environment, Language::from);
    let outcome = obey(args.command, language, &mut out);
    let written = outcome.and_then(|outcome| out.flush().map(|()| outcome).map_err(Into::into));
    match written {
        Ok(outcome) => outcome.into(),
        // `visorfarm-gcode inspect x | head` is no failure.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error, language);
            Outcome::Unreadable.into()
        }
    }
}

fn obey(command: Command, language: Language, out: &mut impl Write) -> anyhow::Result<Outcome> {
    match command {
        Command::Inspect { schema: true, .. } => writeln!(out, "{}", json::SCHEMA.trim_end())?,
        Command::Inspect { files, how, profile, schema: false } => {
            let profile = profile.as_deref().map(read::profile).transpose()?;
            let wanted = Wanted { files, how, profile, show: output::report, language };
            return judge(&wanted, out);
        }
        Command::Verify { files, how, profile } => {
            let profile = Some(read::profile(&profile)?);
            let wanted = Wanted { files, how, profile, show: output::verdict, language };
            return judge(&wanted, out);
        }
        Command::Picture { one, output, view, by, size } => {
            let look = Look { view: view.into(), colouring: by.into() };
            see::picture(&one, &output, look, size)?;
        }
        Command::Thumbnail { one, output } => see::thumbnail(&one, &output, out)?,
        Command::Text { one } => see::text(&one, out)?,
        Command::Diff { before, after, json, profile } => {
            let profile = profile.as_deref().map(read::profile).transpose()?;
            let pair = [&before, &after]
                .map(|path| read::scan(path, None, &read::options(profile.as_ref(), path)));
            let [before, after] = pair;
            let rows = diff::rows(&before?, &after?);
            if json { diff::json(&rows, out)? } else { diff::text(&rows, out)? }
        }
        Command::Profile { octoprint, slicer, name } => {
            let made = made::profile(&octoprint, &slicer, name, out)?;
            for advice in made::advice(&made) {
                advise(&advice, language);
            }
        }
        Command::Profiles => {
            for name in Profile::shipped_names() {
                writeln!(out, "{name}")?;
            }
        }
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Args::command(), "visorfarm-gcode", out);
        }
    }
    Ok(Outcome::Fine)
}

/// What to read, and how to show it.
struct Wanted<W> {
    files: Vec<PathBuf>,
    how: How,
    profile: Option<Profile>,
    show: fn(&output::Judged, &mut W) -> io::Result<()>,
    language: Language,
}

/// Reads each file, holds it against the profile if there is one, and shows it. One bad file does not hide the others.
fn judge<W: Write>(wanted: &Wanted<W>, out: &mut W) -> anyhow::Result<Outcome> {
    let mut worst = Outcome::Fine;
    for file in &wanted.files {
        let options = read::options(wanted.profile.as_ref(), file);
        let report = match read::scan(file, wanted.how.plate, &options) {
            Ok(report) => report,
            Err(error) => {
                complain(&error, wanted.language);
                worst = Outcome::Unreadable;
                continue;
            }
        };
        let findings = wanted.profile.as_ref().map(|profile| verify(&report, profile));
        let findings = findings.unwrap_or_default();
        if findings.iter().any(|finding| finding.severity == Severity::Forbid) {
            worst = worst.max(Outcome::Forbidden);
        }
        let file = file.display().to_string();
        let judged = output::Judged { file, report, findings, language: wanted.language };
        if wanted.how.json { json::write(&judged, out)? } else { (wanted.show)(&judged, out)? }
    }
    Ok(worst)
}

/// Returns the language that the environment asks for.
fn of_environment() -> Language {
    let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set);
    Language::of_locale(&locale.unwrap_or_default())
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
    kind == Some(io::ErrorKind::BrokenPipe)
}
