//! Commands that speak with the running agent, and print what it answers.

use std::path::Path;

use crate::clock;
use crate::local::render::{Language, not_running_read_only, render};
use crate::local::{Answer, AskError, Request, ask};
use crate::state_dir::{is_read_only, socket};

use super::{Command, Exit};

/// Carries out `command` with the agent of the folder `state`; nothing if it is a command that the
/// agent is not asked for.
pub async fn talk(command: &Command, state: &Path) -> Option<Exit> {
    let (request, json) = match command {
        Command::Status { json } => (Request::Status, *json),
        Command::BedClear { printer, good } => {
            (Request::BedClear { printer: printer.clone(), good: *good }, false)
        }
        Command::Recount { printer, plate, good } => {
            (Request::Recount { printer: printer.clone(), plate: *plate, good: *good }, false)
        }
        Command::Spool { load, printer } => {
            (Request::Spool { printer: printer.clone(), grams: load.grams() }, false)
        }
        Command::Read => (Request::Read { memo: None }, false),
        Command::Pause { printer } => (Request::Pause { printer: printer.clone() }, false),
        Command::Resume { printer } => (Request::Resume { printer: printer.clone() }, false),
        Command::Enrol(_)
        | Command::AddPrinter(_)
        | Command::OctoprintKey { .. }
        | Command::PagePin { .. }
        | Command::Run
        | Command::Completions { .. } => return None,
    };
    Some(match ask(&socket(state), &request).await {
        Ok(answer) => show(&answer, json),
        // Why it does not run: it cannot be started before that is mended.
        Err(AskError::NotRunning { .. } | AskError::Ended { .. }) if is_read_only(state) => {
            complain_read_only()
        }
        Err(error) => complain(&error),
    })
}

#[expect(clippy::print_stderr, reason = "the message is for whoever typed the command")]
fn complain_read_only() -> Exit {
    eprintln!("{}", not_running_read_only(Language::of_environment()));
    Exit::NotRunning
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the answer is what was asked for")]
fn show(answer: &Answer, json: bool) -> Exit {
    let exit = match answer {
        Answer::Status(_) | Answer::Done { .. } | Answer::Counted { .. } => Exit::Done,
        Answer::Refused(_) => Exit::Refused,
    };
    if json {
        let json = serde_json::to_string_pretty(answer).expect("answers have string keys");
        println!("{json}");
        return exit;
    }
    let text = render(answer, Language::of_environment(), clock::unix_seconds());
    match exit {
        Exit::Done => print!("{text}"),
        Exit::Failed | Exit::NotRunning | Exit::Refused => eprint!("{text}"),
    }
    exit
}

#[expect(clippy::print_stderr, reason = "the message is for whoever typed the command")]
fn complain(error: &AskError) -> Exit {
    let mut source = std::error::Error::source(error);
    eprint!("error: {error}");
    while let Some(cause) = source {
        eprint!(": {cause}");
        source = cause.source();
    }
    eprintln!();
    match error {
        AskError::NotRunning { .. } | AskError::Ended { .. } => Exit::NotRunning,
        AskError::Denied { .. }
        | AskError::Broken { .. }
        | AskError::Silent { .. }
        | AskError::NotUnderstood { .. } => Exit::Failed,
    }
}
