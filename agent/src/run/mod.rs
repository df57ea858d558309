//! The agent at work: one task owns every printer's supervisor and journal, takes whatever event
//! arrives, and does what follows in order: journal, then act.
//!
//! Everything that waits (OctoPrint, the network, the disk cache) runs beside it and answers with
//! an event. The `floor` is the part that a simulated world runs too; around it stand the settings,
//! the keys, the maker's page and the process.

mod floor;
mod hands;
mod look;
mod maker;
mod photographer;
mod printer;
mod report;
mod setup;
mod tally;
mod terms;
mod weigh;
mod work;

use tokio::sync::mpsc;
use tracing::error;
use visorfarm_protocol::id::MemoId;
use visorfarm_protocol::letters::Letters;
use visorfarm_protocol::message::Down;

pub use self::floor::{Arrival, Floor, Inbox, Speaker, Waits};
pub use self::hands::Hands;
pub use self::printer::{Equipment, Printer, Stopped};
pub use self::setup::{PrinterError, RunError, run};
use self::work::{Tools, Workshop};
use crate::config::{Config, ConfigError};
use crate::link::Incoming;
use crate::local::{self, LettersReport, Refusal, Request, Status};
use crate::memos::{Mailbox, Memo};
use crate::page::Page;
use crate::state_dir::{StateDir, StateError};
use crate::supervise::{Blind, Event};
use crate::trust::causes;

/// Everything the agent owns.
struct Agent {
    floor: Floor<Workshop>,
    state: StateDir,
    tools: Tools,
    inbox: Inbox,
    config_error: Option<String>,
    page: Page,
    mailbox: Mailbox,
    /// What the coordinator last said to the letters that the maker wants.
    letters: Option<Letters>,
}

impl Agent {
    /// Serves until the process is told to stop.
    async fn serve(
        mut self,
        mut waits: Waits,
        mut config: mpsc::Receiver<Result<Config, ConfigError>>,
    ) {
        let stop = stop_signal();
        tokio::pin!(stop);
        loop {
            let taken = tokio::select! {
                arrival = waits.next() => self.take(arrival),
                Some(config) = config.recv() => self.configure(config),
                () = &mut stop => return,
            };
            if let Err(stopped) = taken {
                // What was decided and is not on the disk must not happen. A restart asks OctoPrint.
                let causes: Vec<_> = causes(&stopped).map(ToString::to_string).collect();
                error!(printer = %stopped.printer, "Stopping: {}", causes.join(": "));
                if self.state.is_read_only() {
                    error!("{}", StateError::ReadOnly { path: self.state.path().to_owned() });
                }
                std::process::exit(70);
            }
            self.floor.report();
        }
    }

    fn take(&mut self, arrival: Arrival) -> Result<(), Stopped> {
        match arrival {
            Arrival::Printer(id, event) => {
                if let Event::Blind(Blind::KeyRefused) = event {
                    self.look_for_key(&id)?;
                }
                self.floor.take(Arrival::Printer(id, event))
            }
            Arrival::Maker((Request::Status, answer)) => {
                // Whoever asked may have gone.
                answer.send(local::Answer::Status(self.status())).ok();
                Ok(())
            }
            // What cannot be kept is not done: an attempt would end the agent, which a print may still need.
            Arrival::Maker((_, answer)) if self.state.is_read_only() => {
                answer.send(local::Answer::Refused(Refusal::ReadOnly)).ok();
                Ok(())
            }
            Arrival::Maker((Request::Read { memo }, answer)) => {
                answer.send(self.read(memo)).ok();
                Ok(())
            }
            Arrival::Coordinator(Incoming::Down(Down::Memo { memo, text, at })) => {
                self.take_memo(Memo { memo, text, at });
                Ok(())
            }
            Arrival::Coordinator(Incoming::Down(Down::Letters { state })) => {
                self.letters = Some(state);
                Ok(())
            }
            Arrival::Coordinator(_) | Arrival::Maker(_) | Arrival::Time => self.floor.take(arrival),
        }
    }

    fn take_memo(&mut self, memo: Memo) {
        match self.mailbox.take(memo) {
            Ok(Some(said)) => self.floor.say(said),
            Ok(None) => {}
            // It is told again.
            Err(error) => error!("A message from the farm cannot be kept: {error}"),
        }
    }

    /// The maker has read a memo, or all.
    fn read(&mut self, memo: Option<MemoId>) -> local::Answer {
        match self.mailbox.read(memo) {
            Ok(said) => {
                if let Some(said) = said {
                    self.floor.say(said);
                }
                local::Answer::Done { printers: Vec::new() }
            }
            Err(error) => {
                error!("That a message was read cannot be kept: {error}");
                local::Answer::Refused(Refusal::NotNow)
            }
        }
    }

    /// Returns what the maker wants to know.
    fn status(&self) -> Status {
        let report = |wish| Box::new(LettersReport { wish, farm: self.letters });
        Status {
            config_error: self.config_error.clone(),
            page: Some(self.page.state()),
            letters: self.floor.wish.clone().map(report),
            memos: self.mailbox.unread(),
            ..self.floor.status()
        }
    }
}

/// Returns when the process is told to stop.
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be listened for");
    let mut interrupt = signal(SignalKind::interrupt()).expect("signals can be listened for");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
