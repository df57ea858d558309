//! The shell around the [`Dispatcher`]: one thread owns it, decides whatever has arrived, makes
//! all changes durable in one commit, and only then sends, answers and shows.
//!
//! If a commit fails, nothing that was decided may stand: the process ends, and a restart reads
//! back what was committed.

mod mind;

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tracing::warn;
use visorfarm_protocol::failpoint::{self, Moment};
use visorfarm_protocol::id::AgentId;
use visorfarm_protocol::message::{Down, Up};

pub use self::mind::{Mind, Round, Seen, Told};
use crate::clock::{Clock, Stopwatch};
use crate::dispatch::board::Board;
use crate::dispatch::{Answer, Change, Dispatcher, Event};
use crate::narrate::narrate;
use crate::store::Store;

/// The most commands in one commit: what arrives while the last commit ran, bounded so that the
/// first of them does not wait for ever.
const BATCH_MAX: usize = 1_000;

/// Commands that wait. A full queue makes agents wait for their receipts; nothing is dropped.
const WAITING_MAX: usize = 4_096;

/// How many times as long as it took to make a board is waited before the next, up to
/// [`BOARD_REST_MAX`]. Where somebody waits for an answer or a grant, nothing is waited for.
const BOARD_RESTS: u32 = 50;

/// The longest time between two boards while things change: pages show a change within a second.
const BOARD_REST_MAX: Duration = Duration::from_millis(100);

/// How often time alone is looked at.
const TICK: Duration = Duration::from_millis(100);

/// The way to the dispatcher. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Brain {
    commands: mpsc::Sender<Command>,
    board: watch::Receiver<Arc<Board>>,
}

/// The dispatcher's thread has ended; the process is about to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the coordinator is stopping")]
pub struct Stopping;

#[derive(Debug)]
enum Command {
    /// A person's event, or a broker's.
    Event { event: Event, answer: oneshot::Sender<Answer> },
    /// What an agent said; answered once it is committed.
    Said { agent: AgentId, message: Up, committed: oneshot::Sender<()> },
    /// Time passed.
    Tick,
}

/// A message and the agent it goes to.
pub type Outgoing = (AgentId, Down);

struct Thread {
    mind: Mind,
    store: Store,
    clock: Arc<Clock>,
    outgoing: mpsc::Sender<Outgoing>,
    board: watch::Sender<Arc<Board>>,
    /// Since the last board was begun.
    board_age: Stopwatch,
    /// How old it must be before the next.
    board_rest: Duration,
    seen: Seen,
}

/// Who waits for a batch of commands.
#[derive(Default)]
struct Waiting {
    answers: Vec<(oneshot::Sender<Answer>, Answer)>,
    commits: Vec<oneshot::Sender<()>>,
}

impl Brain {
    /// Starts the thread. Messages for agents go to `outgoing`.
    #[must_use]
    pub fn start(
        dispatcher: Dispatcher,
        store: Store,
        clock: Arc<Clock>,
        outgoing: mpsc::Sender<Outgoing>,
    ) -> Self {
        let (commands, waiting) = mpsc::channel(WAITING_MAX);
        let now = clock.now();
        let (board, shown) = watch::channel(Arc::new(dispatcher.board(now)));
        let mind = Mind::new(dispatcher);
        let (board_age, board_rest) = (Stopwatch::start(), Duration::ZERO);
        let seen = Seen::Same;
        let thread = Thread { mind, store, clock, outgoing, board, board_age, board_rest, seen };
        thread::Builder::new()
            .name("brain".to_owned())
            .spawn(move || thread.run(waiting))
            .expect("a thread can be started when the program starts");
        tokio::spawn(tick(commands.clone()));
        Self { commands, board: shown }
    }

    /// Decides a person's event; returns once it is committed and on the board.
    pub async fn put(&self, event: Event) -> Result<Answer, Stopping> {
        let (answer, answered) = oneshot::channel();
        self.commands.send(Command::Event { event, answer }).await.map_err(|_| Stopping)?;
        answered.await.map_err(|_| Stopping)
    }

    /// Decides an event whose answer nobody waits for.
    pub async fn tell(&self, event: Event) -> Result<(), Stopping> {
        let (answer, _nobody_waits) = oneshot::channel();
        self.commands.send(Command::Event { event, answer }).await.map_err(|_| Stopping)
    }

    /// Takes in what an agent said; `committed` is told once it is durable, and dropped if it
    /// never will be.
    pub async fn hear(
        &self,
        agent: AgentId,
        message: Up,
        committed: oneshot::Sender<()>,
    ) -> Result<(), Stopping> {
        let said = Command::Said { agent, message, committed };
        self.commands.send(said).await.map_err(|_| Stopping)
    }

    /// Returns the farm as it was a moment ago.
    #[must_use]
    pub fn board(&self) -> Arc<Board> {
        Arc::clone(&self.board.borrow())
    }

    /// Returns a view of the farm that tells when it changed.
    #[must_use]
    pub fn boards(&self) -> watch::Receiver<Arc<Board>> {
        self.board.clone()
    }
}

async fn tick(commands: mpsc::Sender<Command>) {
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        // A full queue is busy enough: whatever is in it looks at the time, too.
        if let Err(mpsc::error::TrySendError::Closed(_)) = commands.try_send(Command::Tick) {
            return;
        }
    }
}

impl Thread {
    fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        while let Some(first) = commands.blocking_recv() {
            let mut waiting = Waiting::default();
            self.mind.listen(self.clock.now());
            self.carry_out(first, &mut waiting);
            for _ in 1..BATCH_MAX {
                let Ok(command) = commands.try_recv() else { break };
                self.carry_out(command, &mut waiting);
            }
            self.mind.settle(self.clock.now());
            let round = self.mind.round();
            failpoint::reach(Moment::Before, &round.changes);
            self.store.commit(&round.changes).unwrap_or_else(|error| {
                // What was decided and not committed must not be seen by anyone.
                tracing::error!("Stopping: {}", chain(&error));
                std::process::exit(70);
            });
            failpoint::reach(Moment::After, &round.changes);
            self.finish(round, waiting);
        }
    }

    fn carry_out(&mut self, command: Command, waiting: &mut Waiting) {
        let now = self.clock.now();
        match command {
            Command::Event { event, answer } => {
                waiting.answers.push((answer, self.mind.take(now, &event)));
            }
            Command::Said { agent, message: Up::Facts { printer, facts, teller }, committed } => {
                self.mind.take_facts(now, &agent, Told { printer, facts, teller });
                waiting.commits.push(committed);
            }
            Command::Said { agent, message, committed } => {
                self.mind.take(now, &Event::Said { agent, message });
                waiting.commits.push(committed);
            }
            Command::Tick => self.mind.tick(),
        }
    }

    fn finish(&mut self, round: Round, waiting: Waiting) {
        // An agent fetches its file as soon as it is granted, and whoever gets an answer looks at
        // once: for both, what was decided is on the board before they hear of it.
        let granted = |change: &Change| matches!(change, Change::LeaseGranted(_));
        let awaited = !waiting.answers.is_empty() || round.changes.iter().any(granted);
        if round.seen == Seen::New {
            self.seen = Seen::New;
        }
        let due = self.board_rest <= self.board_age.elapsed();
        if self.seen == Seen::New && (awaited || due) {
            self.board_age = Stopwatch::start();
            self.board.send_replace(Arc::new(self.mind.dispatcher().board(self.clock.now())));
            let took = self.board_age.elapsed();
            self.board_rest = (took * BOARD_RESTS).min(BOARD_REST_MAX);
            self.seen = Seen::Same;
        }
        // Only now has it happened.
        narrate(&round.changes);
        for message in round.messages {
            // A message is only a hint: whatever matters is sent again when the agent asks.
            if let Err(error) = self.outgoing.try_send(message) {
                warn!("Dropped a message to an agent: {error}");
            }
        }
        for committed in waiting.commits {
            // An agent that left meanwhile tells again.
            committed.send(()).ok();
        }
        for (answer, decided) in waiting.answers {
            answer.send(decided).ok();
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
