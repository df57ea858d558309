//! What makers want to be told by letter, as their agents say at every hello: kept by the accounts,
//! and answered to the agent. The dispatcher never hears of an address.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::mpsc;
use tracing::{error, warn};
use visorfarm_protocol::id::AgentId;
use visorfarm_protocol::letters::{Letters, Wish};
use visorfarm_protocol::message::{Down, Hello};

use crate::accounts::Accounts;
use crate::broker::Broker;
use crate::clock::Clock;

/// Wishes that wait to be taken down. One that finds no room is said again at the next hello.
const WAITING_MAX: usize = 1_024;

/// The way to whoever takes wishes down.
#[derive(Clone, Debug)]
pub(crate) struct Wishes(mpsc::Sender<Wished>);

/// What an agent said; nothing if its maker wants no letters, or no more.
type Wished = (AgentId, Option<Wish>);

/// Takes wishes down.
pub(crate) struct Clerk {
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) broker: Broker,
    pub(crate) post: Post,
}

/// Whether the farm sends letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Post {
    /// There is a mail server.
    Carried,
    /// There is none: no address is kept.
    None,
}

impl Wishes {
    /// Returns it with what arrives there.
    pub(crate) fn channel() -> (Self, mpsc::Receiver<Wished>) {
        let (sender, wished) = mpsc::channel(WAITING_MAX);
        (Self(sender), wished)
    }

    /// Takes the wish out of a hello.
    pub(crate) fn take_out(&self, agent: &AgentId, hello: &mut Hello) {
        if self.0.try_send((agent.clone(), hello.letters.take())).is_err() {
            warn!(%agent, "Too many agents say hello: what {agent} wants to be told waits");
        }
    }
}

impl Clerk {
    /// Takes down what is wished until nobody can wish any more.
    pub(crate) async fn run(self, mut wished: mpsc::Receiver<Wished>) {
        while let Some((agent, wish)) = wished.recv().await {
            // The last word of each agent counts, however often it changes its mind meanwhile.
            let mut said = BTreeMap::from([(agent, wish)]);
            while let Ok((agent, wish)) = wished.try_recv() {
                said.insert(agent, wish);
            }
            for (agent, wish) in said {
                self.take_down(agent, wish).await;
            }
        }
    }

    async fn take_down(&self, agent: AgentId, wish: Option<Wish>) {
        let (kept, answer) = match (wish, self.post) {
            (Some(_), Post::None) => (None, Some(Letters::None)),
            (wish, Post::Carried | Post::None) => (wish, None),
        };
        let (accounts, now, its) = (Arc::clone(&self.accounts), self.clock.now(), agent.clone());
        let take = move || accounts.take_wish(&its, kept.as_ref(), now);
        let taken = match tokio::task::spawn_blocking(take).await {
            Ok(taken) => taken,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        match taken {
            Ok(state) => {
                if let Some(state) = answer.or(state) {
                    // An agent that is away says hello again.
                    self.broker.publish(&agent, &Down::Letters { state }).await;
                }
            }
            Err(failed) => error!(%agent, "What {agent} wants to be told is not kept: {failed}"),
        }
    }
}
