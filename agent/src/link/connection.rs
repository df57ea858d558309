//! One connection to one broker, from the attempt to its end.

use std::time::Duration;

use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, MqttOptions, Packet,
    Publish, PublishNotice, PublishOptions, QoS, SubscribeReasonCode,
};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use tracing::{error, warn};
use visorfarm_protocol::enrol::Credentials;
use visorfarm_protocol::message::{Down, MESSAGE_BYTES_MAX, Up};
use visorfarm_protocol::topic::{Direction, Topic, down_filter};

use super::broker::Broker;
use super::{Incoming, Teller};
use crate::enrol::Membership;
use crate::trust;

/// Messages on their way at one time. The coordinator answers each after a commit, so a few are
/// enough to fill its batches.
const WINDOW: usize = 32;

/// A broker that acknowledges nothing for this long is gone, whatever its keep-alive says.
const ACKNOWLEDGES_WITHIN: Duration = Duration::from_secs(30);

/// How long what was already given may take when we go.
const LEAVES_WITHIN: Duration = Duration::from_secs(2);

/// A household's router forgets silent connections after minutes; this is well below.
const KEEP_ALIVE_SECONDS: u16 = 30;

/// How long a TLS connection may take from a Raspberry Pi Zero over a slow line (a guess).
const CONNECTS_WITHIN_SECONDS: u64 = 15;

/// The largest MQTT packet, topic and all. The library's own limit of 10 KiB would end the
/// connection at a message that is allowed.
const PACKET_BYTES_MAX: usize = 4 * MESSAGE_BYTES_MAX;

/// What may have arrived and not been taken yet. An agent takes each within a journal's fsync; all of
/// them full of text are 16 MiB.
const ARRIVALS_MAX: usize = 64;

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The rest of the agent wants no more of it.
    Shut,
    /// The coordinator does not accept our password.
    Refused,
    /// It broke, or was never made.
    Lost {
        /// Why.
        why: String,
    },
}

/// A connection that is made or being made.
pub(super) struct Connection {
    client: AsyncClient,
    credentials: Credentials,
    arrivals: mpsc::Receiver<Result<Packet, End>>,
    polling: AbortHandle,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.polling.abort();
    }
}

impl Connection {
    /// Begins to connect; `reach` says how a socket is made, where that is not left to the client.
    pub(super) fn open(
        broker: &Broker,
        membership: &Membership,
        reach: fn(&mut MqttOptions),
    ) -> Self {
        let Membership { credentials, pin, .. } = membership;
        let agent = credentials.agent.as_str();
        let mut options = broker.options(agent, trust::client_config(*pin));
        options
            .set_credentials(agent, credentials.secret.clone())
            .set_clean_session(true)
            .set_keep_alive(KEEP_ALIVE_SECONDS)
            .set_max_packet_size(PACKET_BYTES_MAX, PACKET_BYTES_MAX)
            .set_inflight(u16::try_from(WINDOW).expect("the window fits a u16"));
        reach(&mut options);
        // Room for the window and our one subscription: `try_publish` never finds it full.
        let (client, mut event_loop) = AsyncClient::builder(options).capacity(WINDOW + 1).build();
        let mut network = event_loop.network_options();
        network.set_tcp_nodelay(true);
        network.set_connection_timeout(CONNECTS_WITHIN_SECONDS);
        event_loop.set_network_options(network);
        // Room for the last word as well.
        let (sender, arrivals) = mpsc::channel(ARRIVALS_MAX + 1);
        let polling = tokio::spawn(poll(event_loop, sender)).abort_handle();
        Self { client, credentials: credentials.clone(), arrivals, polling }
    }

    /// Carries messages until the end. What is given before the broker listens is dropped.
    pub(super) async fn serve(
        mut self,
        outgoing: &mut mpsc::Receiver<Up>,
        teller: &mut Teller,
    ) -> End {
        if let Err(end) = self.subscribe(outgoing).await {
            return end;
        }
        teller.tell(Incoming::Online).await;
        let mut window = JoinSet::new();
        loop {
            tokio::select! {
                // What arrived is heard first: acknowledgements make room for what is to be said.
                biased;
                arrived = self.arrivals.recv() => match arrived {
                    Some(Ok(Packet::Publish(publish))) => self.hear(&publish, teller).await,
                    Some(Ok(_)) => {}
                    Some(Err(end)) => return end,
                    None => return gone(),
                },
                Some(acknowledged) = window.join_next() => match acknowledged {
                    Ok(Ok(())) => {}
                    Ok(Err(end)) => return end,
                    Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
                },
                message = outgoing.recv(), if window.len() < WINDOW => match message {
                    Some(message) => match self.publish(&message) {
                        Ok(Some(notice)) => { window.spawn(acknowledged(notice)); }
                        Ok(None) => {}
                        Err(end) => return end,
                    },
                    None => return self.leave(window).await,
                },
            }
        }
    }

    /// Waits for the connection and subscribes to all that is said to this agent.
    async fn subscribe(&mut self, outgoing: &mut mpsc::Receiver<Up>) -> Result<(), End> {
        let filter = down_filter(&self.credentials.farm, &self.credentials.agent);
        loop {
            tokio::select! {
                biased;
                arrived = self.arrivals.recv() => match arrived {
                    Some(Ok(Packet::ConnAck(_))) => {
                        self.client
                            .try_subscribe(filter.clone(), QoS::AtLeastOnce)
                            .map_err(|error| End::Lost { why: error.to_string() })?;
                    }
                    Some(Ok(Packet::SubAck(answer))) => {
                        let refused = answer.return_codes.contains(&SubscribeReasonCode::Failure);
                        return if refused { Err(End::Refused) } else { Ok(()) };
                    }
                    Some(Ok(_)) => {}
                    Some(Err(end)) => return Err(end),
                    None => return Err(gone()),
                },
                message = outgoing.recv() => if message.is_none() { return Err(End::Shut) },
            }
        }
    }

    /// Hands a message to the client; nothing comes back for one that must not be sent.
    fn publish(&self, message: &Up) -> Result<Option<PublishNotice>, End> {
        let payload = message.write();
        if MESSAGE_BYTES_MAX < payload.len() {
            // The broker would end the connection, at every attempt.
            error!("Not sending a {} message of {} bytes", message.kind(), payload.len());
            return Ok(None);
        }
        let topic = Topic {
            farm: self.credentials.farm.clone(),
            direction: Direction::Up,
            agent: self.credentials.agent.clone(),
            kind: message.kind(),
        };
        let options = PublishOptions::at_least_once();
        let notice = self.client.try_publish_tracked(topic.to_string(), payload, options);
        notice.map(Some).map_err(|error| End::Lost { why: error.to_string() })
    }

    async fn hear(&self, publish: &Publish, teller: &mut Teller) {
        let topic = String::from_utf8_lossy(&publish.topic);
        let ours = |topic: &Topic<'_>| {
            topic.direction == Direction::Down && topic.agent == self.credentials.agent
        };
        if !Topic::parse(&topic).as_ref().is_some_and(ours) {
            warn!("Dropping a message to {topic:?}, which is not ours");
            return;
        }
        match Down::read(&publish.payload) {
            Ok(message) => teller.tell(Incoming::Down(message)).await,
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                warn!(error, "Dropping an unreadable message to {topic:?}");
            }
        }
    }

    /// Waits for what is on its way, says good-bye, and ends.
    async fn leave(mut self, mut window: JoinSet<Result<(), End>>) -> End {
        let farewell = async {
            while window.join_next().await.is_some() {}
            if self.client.try_disconnect().is_ok() {
                while let Some(Ok(_)) = self.arrivals.recv().await {}
            }
        };
        // A broker that is silent now does not keep us; it sees the socket close.
        drop(timeout(LEAVES_WITHIN, farewell).await);
        End::Shut
    }
}

/// Drives the client. Awaits nothing else: a poll that waits for the rest of the agent while that
/// waits for a poll is a deadlock. An agent that takes nothing any more loses the connection: what it
/// was told is told again after its next hello.
async fn poll(mut event_loop: EventLoop, arrivals: mpsc::Sender<Result<Packet, End>>) {
    let last_word = arrivals.clone().try_reserve_owned().expect("the channel is empty and open");
    let end = loop {
        let packet = match event_loop.poll().await {
            Ok(Event::Incoming(
                packet @ (Packet::ConnAck(_) | Packet::SubAck(_) | Packet::Publish(_)),
            )) => packet,
            // Acknowledgements and pings are the library's own.
            Ok(Event::Incoming(_) | Event::Outgoing(_)) => continue,
            Err(error) => break ended(&error),
        };
        if arrivals.try_send(Ok(packet)).is_err() {
            break End::Lost { why: "more was told than this machine could take in".to_owned() };
        }
    };
    last_word.send(Err(end));
}

async fn acknowledged(notice: PublishNotice) -> Result<(), End> {
    match timeout(ACKNOWLEDGES_WITHIN, notice.wait_async()).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(End::Lost { why: error.to_string() }),
        Err(_) => Err(End::Lost { why: "the broker acknowledges nothing".to_owned() }),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "all other errors of the library are a loss")]
fn ended(error: &ConnectionError) -> End {
    use ConnectReturnCode::{BadUserNamePassword, NotAuthorized};
    match error {
        ConnectionError::ConnectionRefused(BadUserNamePassword | NotAuthorized) => End::Refused,
        error => {
            // The deepest cause says most: "Connection refused", not in which layer it was seen.
            let deepest = trust::causes(error).last().map(ToString::to_string);
            let untrusted = trust::reason(error).map(|reason| reason.to_string());
            let why = untrusted.or(deepest).expect("an error is its own cause");
            // Some causes end with the address of a page for programmers.
            let said = why.split(": https://").next().unwrap_or(&why).to_owned();
            End::Lost { why: said }
        }
    }
}

fn gone() -> End {
    End::Lost { why: "the connection ended".to_owned() }
}
