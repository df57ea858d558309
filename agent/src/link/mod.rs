//! The connection to the coordinator: MQTT on one side, [`Up`] and [`Down`] on the other.
//!
//! It remembers nothing. What it is given while there is no connection is dropped, and what was
//! on its way when one broke may be lost: facts are repeated by who remembers them, until the
//! coordinator's receipt. So each connection is a new client, and nothing said on an old one is
//! ever said again on a new one.

mod broker;
mod connection;

use std::time::Duration;

use rumqttc::MqttOptions;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tracing::{info, warn};
use visorfarm_protocol::message::{Down, Up};

use crate::backoff::Backoff;
use crate::enrol::Membership;
use broker::Broker;
use connection::{Connection, End};

/// How long to wait after the coordinator refused our password: only a person changes that.
const REFUSED_WAITS: Duration = Duration::from_mins(1);

/// A connection that lasted this long was a good one: the next attempt is made soon.
const LASTED: Duration = Duration::from_mins(1);

/// What the link tells.
#[derive(Debug, PartialEq)]
pub enum Incoming {
    /// We are connected and will hear everything from here on: say hello.
    Online,
    /// There is no connection. Told once for each reason.
    Offline {
        /// Why, for the maker.
        why: String,
    },
    /// The coordinator does not accept our password: this agent was revoked, or enrolled anew.
    Refused,
    /// A message.
    Down(Down),
}

/// Why no link can be made.
#[derive(Debug, thiserror::Error)]
#[error(
    "none of the brokers {brokers:?} can be used by this version: install a newer \
     visorfarm-agent, or enrol again"
)]
pub struct NoBroker {
    brokers: Vec<String>,
}

/// A link that is not started yet.
#[derive(Debug)]
pub struct Link {
    membership: Membership,
    brokers: Vec<Broker>,
    reach: fn(&mut MqttOptions),
    backoff: Backoff,
}

/// What a simulated world has instead of this machine's network and chance.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings {
    /// Sets the socket connector of each client that is made.
    pub reach: fn(&mut MqttOptions),
    /// Draws the number that a wait between two attempts comes from.
    pub draw: fn() -> u32,
}

impl Link {
    /// Prepares a link. Brokers of kinds that this program does not know are left out.
    pub fn new(membership: Membership) -> Result<Self, NoBroker> {
        let mut brokers = Vec::new();
        for text in &membership.credentials.brokers {
            match text.parse() {
                Ok(broker) => brokers.push(broker),
                Err(error) => warn!("Leaving out a broker: {error}"),
            }
        }
        if brokers.is_empty() {
            return Err(NoBroker { brokers: membership.credentials.brokers });
        }
        let (reach, backoff) = (|_: &mut MqttOptions| {}, Backoff::default());
        Ok(Self { membership, brokers, reach, backoff })
    }

    /// Lets the link live in a simulated world.
    #[must_use]
    pub fn within(self, surroundings: Surroundings) -> Self {
        let Surroundings { reach, draw } = surroundings;
        Self { reach, backoff: Backoff::drawn(draw), ..self }
    }

    /// Connects, again and again, until the sender of `outgoing` is dropped; what was sent before
    /// that is still told, for a short while.
    ///
    /// A full `outgoing` is a slow network: its sender keeps what must arrive and tries later.
    pub async fn run(self, mut outgoing: mpsc::Receiver<Up>, incoming: mpsc::Sender<Incoming>) {
        let mut teller = Teller { incoming, told: None };
        let mut backoff = self.backoff.clone();
        loop {
            for broker in &self.brokers {
                let began = Instant::now();
                let connection = Connection::open(broker, &self.membership, self.reach);
                let end = connection.serve(&mut outgoing, &mut teller).await;
                let wait = match end {
                    End::Shut => return,
                    End::Refused => {
                        warn!("{broker} refuses the password of {:?}", self.membership);
                        teller.tell(Incoming::Refused).await;
                        REFUSED_WAITS + self.backoff.jitter(REFUSED_WAITS / 4)
                    }
                    End::Lost { why } => {
                        info!("No connection to {broker}: {why}");
                        teller.tell(Incoming::Offline { why }).await;
                        if LASTED < began.elapsed() {
                            backoff = self.backoff.clone();
                        }
                        backoff.next()
                    }
                };
                if Wait::Shut == idle(wait, &mut outgoing).await {
                    return;
                }
                if LASTED < began.elapsed() {
                    // It was a good one; the best broker is tried first again.
                    break;
                }
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Wait {
    Over,
    Shut,
}

/// Drops everything it is given for as long as `wait`.
async fn idle(wait: Duration, outgoing: &mut mpsc::Receiver<Up>) -> Wait {
    // The back-off between two attempts: a broker that is away does not say when it is back.
    let over = sleep(wait);
    tokio::pin!(over);
    loop {
        tokio::select! {
            () = &mut over => return Wait::Over,
            message = outgoing.recv() => if message.is_none() { return Wait::Shut },
        }
    }
}

/// Tells what is news.
struct Teller {
    /// Waits while the rest of the agent is busy: then the connection takes in no more either, and
    /// ends when its own queue is full.
    incoming: mpsc::Sender<Incoming>,
    /// The last word on the connection.
    told: Option<String>,
}

impl Teller {
    async fn tell(&mut self, news: Incoming) {
        let word = match &news {
            Incoming::Online => None,
            Incoming::Offline { why } => Some(why.clone()),
            Incoming::Refused => Some("refused".to_owned()),
            Incoming::Down(_) => return self.send(news).await,
        };
        if word.is_none() || word != self.told {
            self.told = word;
            self.send(news).await;
        }
    }

    async fn send(&self, news: Incoming) {
        // If nobody listens any more the process is about to end.
        self.incoming.send(news).await.ok();
    }
}

#[cfg(test)]
mod tests;
