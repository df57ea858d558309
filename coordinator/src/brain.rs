//! The shell around the [`Dispatcher`]: one thread owns it, decides whatever has arrived, makes
//! all changes durable in one commit, and only then sends, answers and shows.
//!
//! If a commit fails, nothing that was decided may stand: the process ends, and a restart reads
//! back what was committed.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tracing::warn;
use visorfarm_protocol::id::{AgentId, PrinterId};
use visorfarm_protocol::message::{Down, Numbered, Receipt, Up};

use crate::clock::{Clock, Timestamp};
use crate::dispatch::board::Board;
use crate::dispatch::{Answer, Change, Decision, Dispatcher, Event, Sighting};
use crate::narrate::narrate;
use crate::store::Store;

/// The most commands in one commit: what arrives while the last commit ran, bounded so that the
/// first of them does not wait for ever.
const BATCH_MAX: usize = 1_000;

/// Commands that wait. A full queue makes agents wait for their receipts; nothing is dropped.
const WAITING_MAX: usize = 4_096;

/// How often the board is made again while things change: pages show a change within a second.
const BOARD_MILLIS: u64 = 100;

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
    dispatcher: Dispatcher,
    store: Store,
    clock: Arc<Clock>,
    outgoing: mpsc::Sender<Outgoing>,
    board: watch::Sender<Arc<Board>>,
    shown: Timestamp,
    changed: bool,
    follows: Follows,
}

/// Whether anything may follow from what was decided since the last settling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follows {
    Nothing,
    Something,
}

/// What a batch of commands came to.
#[derive(Default)]
struct Batch {
    changes: Vec<Change>,
    messages: Vec<Outgoing>,
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
        let thread = Thread {
            dispatcher,
            store,
            clock,
            outgoing,
            board,
            shown: now,
            changed: false,
            follows: Follows::Something,
        };
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
    fn run(mut self, mut waiting: mpsc::Receiver<Command>) {
        while let Some(first) = waiting.blocking_recv() {
            let mut batch = Batch::default();
            self.dispatcher.listen(self.clock.now());
            self.carry_out(first, &mut batch);
            for _ in 1..BATCH_MAX {
                let Ok(command) = waiting.try_recv() else { break };
                self.carry_out(command, &mut batch);
            }
            self.settle(&mut batch);
            self.store.commit(&batch.changes).unwrap_or_else(|error| {
                // What was decided and not committed must not be seen by anyone.
                tracing::error!("Stopping: {}", chain(&error));
                std::process::exit(70);
            });
            self.finish(batch);
        }
    }

    fn carry_out(&mut self, command: Command, batch: &mut Batch) {
        match command {
            Command::Event { event, answer } => {
                let decided = self.step(&event, batch);
                batch.answers.push((answer, decided));
            }
            Command::Said { agent, message: Up::Facts { printer, facts }, committed } => {
                self.told(&agent, &printer, facts, batch);
                batch.commits.push(committed);
            }
            Command::Said { agent, message, committed } => {
                self.step(&Event::Said { agent, message }, batch);
                batch.commits.push(committed);
            }
            // Time alone lets asks lapse and silent leases end.
            Command::Tick => self.follows = Follows::Something,
        }
    }

    /// Decides facts one by one, and receipts them in one message.
    fn told(
        &mut self,
        agent: &AgentId,
        printer: &PrinterId,
        facts: Vec<Numbered>,
        batch: &mut Batch,
    ) {
        let seqs = facts.iter().map(|numbered| numbered.seq).collect();
        for numbered in facts {
            let event = Event::Told { agent: agent.clone(), printer: printer.clone(), numbered };
            self.step(&event, batch);
        }
        let receipt = Receipt { printer: printer.clone(), seqs };
        batch.messages.push((agent.clone(), Down::Receipt(receipt)));
    }

    fn step(&mut self, event: &Event, batch: &mut Batch) -> Answer {
        let Decision { changes, sightings, messages, answer } =
            self.dispatcher.decide(self.clock.now(), event);
        self.changed |= !changes.is_empty() || !sightings.is_empty();
        let asks = sightings.iter().any(|sighting| matches!(sighting, Sighting::Waits { .. }));
        if asks || !changes.is_empty() {
            self.follows = Follows::Something;
        }
        for change in &changes {
            self.dispatcher.apply(change);
        }
        for sighting in &sightings {
            self.dispatcher.sight(sighting);
        }
        batch.changes.extend(changes);
        batch.messages.extend(messages);
        answer
    }

    /// Decides what follows, until nothing does. A status alone, of which there are many, changes
    /// nothing that anything follows from.
    fn settle(&mut self, batch: &mut Batch) {
        if self.follows == Follows::Nothing {
            return;
        }
        loop {
            let before = (batch.changes.len(), self.dispatcher.is_settled());
            self.step(&Event::Settle, batch);
            if batch.changes.len() == before.0 && before.1 {
                self.follows = Follows::Nothing;
                return;
            }
        }
    }

    fn finish(&mut self, batch: Batch) {
        // An agent fetches its file as soon as it is granted, and whoever gets an answer looks at
        // once: for both, what was decided is on the board before they hear of it.
        let granted = |change: &Change| matches!(change, Change::LeaseGranted(_));
        let awaited = !batch.answers.is_empty() || batch.changes.iter().any(granted);
        let now = self.clock.now();
        let due = BOARD_MILLIS <= now.0.saturating_sub(self.shown.0);
        if self.changed && (awaited || due) {
            self.board.send_replace(Arc::new(self.dispatcher.board(now)));
            (self.shown, self.changed) = (now, false);
        }
        // Only now has it happened.
        batch.changes.iter().for_each(narrate);
        for message in batch.messages {
            // A message is only a hint: whatever matters is sent again when the agent asks.
            if let Err(error) = self.outgoing.try_send(message) {
                warn!("Dropped a message to an agent: {error}");
            }
        }
        for committed in batch.commits {
            // An agent that left meanwhile tells again.
            committed.send(()).ok();
        }
        for (answer, decided) in batch.answers {
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
