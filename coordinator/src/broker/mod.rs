//! The embedded MQTT broker: bytes on one side, [`Up`] and [`Down`] on the other.
//!
//! ```text
//! agents --TLS--> door --\
//!                         +--> rmqtt on a private loopback port --> gate --> intake
//! agents --WebSocket--> bridge --/
//! ```
//!
//! rmqtt speaks MQTT and is told by the `gate` who may do what. It listens on loopback only, and
//! only to connections that came through a `door` or the `bridge`: they end TLS, tell when
//! accepting stops, and could stand in front of another broker.
//!
//! **A message is acknowledged only after its [`Delivery`] was committed.** Whoever drops it
//! uncommitted ends the connection, and the agent tells everything again.

mod bridge;
mod door;
mod gate;
mod health;

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

use rmqtt::context::ServerContext;
use rmqtt::net::Builder;
use rmqtt::server::MqttServer;
use rmqtt::types::{CodecPublish, From as Sender, Id, QoS};
use rustls::ServerConfig;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use visorfarm_protocol::id::{AgentId, FarmId};
use visorfarm_protocol::message::{Down, MESSAGE_BYTES_MAX, Up};
use visorfarm_protocol::topic::{Direction, Topic};

use crate::accounts::Accounts;
use door::{Door, Private};
use gate::Gate;

pub use bridge::Bridge;
pub use health::Health;

/// The largest MQTT packet: twice [`MESSAGE_BYTES_MAX`], so that a message that is only somewhat
/// too large is quarantined and told of, instead of ending the connection at every attempt.
const PACKET_BYTES_MAX: u32 = 2 * 64 * 1024;
const _: () = assert!(2 * MESSAGE_BYTES_MAX == PACKET_BYTES_MAX as usize);

/// How much is carried at a time: most messages fit, and it is held for every agent.
const CHUNK_BYTES: usize = 2048;

/// How long a stranger may take to say who it is.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);

/// The longest keep-alive in seconds that an agent may ask for: it is gone for good by then.
const KEEP_ALIVE_MAX_SECONDS: u16 = 600;

/// What a session that nobody asked to keep costs: rmqtt holds its socket open until it expires.
const SESSION_KEPT: Duration = Duration::from_secs(1);

/// The most messages that wait for one slow agent; what is dropped then is sent again.
const QUEUE_MAX: usize = 256;

/// The most messages on their way to one agent unacknowledged.
const IN_FLIGHT_MAX: NonZeroU16 = NonZeroU16::new(32).expect("32 is not zero");

/// Handshakes at a time. rmqtt makes this many workers at once: 100,000 cost 63 MB (measured).
const HANDSHAKES_MAX: usize = 500;

/// The most connections; file descriptors end earlier.
const CONNECTIONS_MAX: usize = 100_000;

/// What came from an agent.
#[derive(Clone, Debug, PartialEq)]
pub enum Inbound {
    /// A message.
    Message {
        /// From whom: the broker knows it by its secret.
        agent: AgentId,
        /// What it says.
        message: Up,
    },
    /// Something that cannot be read: kept and reported, never told again.
    Quarantined {
        /// From whom.
        agent: AgentId,
        /// Under which topic, cut short.
        topic: String,
        /// Its first 4 KiB.
        payload: Vec<u8>,
        /// What is wrong with it.
        why: String,
    },
    /// An agent came. A hint: its hello follows.
    Connected {
        /// Which one.
        agent: AgentId,
    },
    /// An agent went. A hint: it may come back at once.
    Disconnected {
        /// Which one.
        agent: AgentId,
    },
}

/// Something inbound, and the promise to commit it.
#[derive(Debug)]
pub struct Delivery {
    /// What came.
    pub inbound: Inbound,
    /// Told after the commit. Dropped untold, it ends the agent's connection, so that the agent
    /// tells everything again. Nobody listens for hints, and for what came unacknowledged (`QoS` 0).
    pub committed: oneshot::Sender<()>,
}

/// Where the broker listens, and for whom.
pub struct Settings {
    /// The farm's name in topics.
    pub farm: FarmId,
    /// Where to listen unencrypted: on loopback, or not at all.
    pub mqtt: Option<SocketAddr>,
    /// Where to listen with TLS.
    pub mqtts: Option<(SocketAddr, Arc<ServerConfig>)>,
}

/// Why the broker does not listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Passwords would cross the network in the clear.
    #[error(
        "cannot listen for unencrypted MQTT on {address}: choose a loopback address, or use TLS"
    )]
    Plain {
        /// Where.
        address: SocketAddr,
    },
    /// The port is taken, or not ours.
    #[error("cannot listen for MQTT on {address}: look whether another program does")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The private port cannot be opened.
    #[error("cannot open a private loopback port for MQTT: {why}")]
    Private {
        /// Why.
        why: String,
    },
}

/// Whether an agent got a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It is connected, and the message is on its way; that it arrives is not promised.
    Agent,
    /// It is away.
    Nobody,
}

/// The broker, for those that send.
#[derive(Clone)]
pub struct Broker {
    farm: FarmId,
    context: ServerContext,
    /// Whom messages are from.
    coordinator: Id,
    private: Arc<Private>,
    mqtt: Option<SocketAddr>,
    mqtts: Option<SocketAddr>,
    health: watch::Receiver<Health>,
}

/// The listening side of the broker.
pub struct Server {
    rmqtt: MqttServer,
    doors: Vec<Door>,
    private: Arc<Private>,
    health: watch::Sender<Health>,
}

/// Opens the ports. Nothing is served before [`Server::run`].
pub async fn bind(
    settings: Settings,
    accounts: Arc<Accounts>,
    intake: mpsc::Sender<Delivery>,
) -> Result<(Broker, Server), BindError> {
    if let Some(address) = settings.mqtt.filter(|address| !address.ip().is_loopback()) {
        return Err(BindError::Plain { address });
    }
    let plain = settings.mqtt.map(|address| Door::bind(address, None)).transpose()?;
    let tls = settings.mqtts.map(|(address, tls)| Door::bind(address, Some(tls))).transpose()?;

    let context = ServerContext::new().busy_check_enable(false).build().await;
    let (rmqtt, inside) = inner_server(&context)?;
    let private = Arc::new(Private::new(inside));
    let gate = Gate::new(settings.farm.clone(), accounts, Arc::clone(&private), intake);
    gate.hang_in(&context).await;

    let (told, health) = watch::channel(Health::Accepting);
    let broker = Broker {
        farm: settings.farm,
        coordinator: Id::new(context.node.id(), 0, None, None, "coordinator".into(), None),
        context,
        private: Arc::clone(&private),
        mqtt: plain.as_ref().map(Door::address),
        mqtts: tls.as_ref().map(Door::address),
        health,
    };
    let doors = plain.into_iter().chain(tls).collect();
    Ok((broker, Server { rmqtt, doors, private, health: told }))
}

fn inner_server(context: &ServerContext) -> Result<(MqttServer, SocketAddr), BindError> {
    let listener = Builder::new()
        .name("private")
        .laddr((Ipv4Addr::LOCALHOST, 0).into())
        .backlog(4096)
        .nodelay(true)
        // With `true`, a stranger without a user name is let past the gate (measured).
        .allow_anonymous(false)
        .max_connections(CONNECTIONS_MAX)
        .max_handshaking_limit(HANDSHAKES_MAX)
        .handshake_timeout(HANDSHAKE_MAX)
        .max_packet_size(PACKET_BYTES_MAX)
        .max_clientid_len(visorfarm_protocol::id::NAME_BYTES_MAX)
        .max_qos_allowed(QoS::AtLeastOnce)
        .allow_zero_keepalive(false)
        .max_keepalive(KEEP_ALIVE_MAX_SECONDS)
        .max_inflight(IN_FLIGHT_MAX)
        .max_mqueue_len(QUEUE_MAX)
        .max_subscriptions(1)
        .session_expiry_interval(SESSION_KEPT)
        .bind()
        .and_then(rmqtt::net::Listener::tcp);
    let private = |error: rmqtt::Error| BindError::Private { why: error.to_string() };
    let listener = listener.map_err(private)?;
    let address = listener.local_addr().map_err(private)?;
    let server = MqttServer::new(context.clone()).listener_by_id(listener, address.port()).build();
    Ok((server, address))
}

impl Broker {
    /// Returns where unencrypted MQTT is spoken.
    #[must_use]
    pub fn mqtt_addr(&self) -> Option<SocketAddr> {
        self.mqtt
    }

    /// Returns where MQTT over TLS is spoken.
    #[must_use]
    pub fn mqtts_addr(&self) -> Option<SocketAddr> {
        self.mqtts
    }

    /// Returns the way in for MQTT over WebSocket.
    #[must_use]
    pub fn bridge(&self) -> Bridge {
        Bridge::new(Arc::clone(&self.private))
    }

    /// Returns whether the broker accepts connections, as seen from outside every few seconds.
    #[must_use]
    pub fn health(&self) -> watch::Receiver<Health> {
        self.health.clone()
    }

    /// Sends a message if the agent is there. Never waits for the agent.
    pub async fn publish(&self, agent: &AgentId, message: &Down) -> Reach {
        let payload = message.write();
        if MESSAGE_BYTES_MAX < payload.len() {
            // Sent, it would end the agent's connection at every attempt.
            let bytes = payload.len();
            tracing::error!(%agent, bytes, "Withheld a {} that is too large", message.kind());
            return Reach::Nobody;
        }
        let topic = Topic {
            farm: self.farm.clone(),
            direction: Direction::Down,
            agent: agent.clone(),
            kind: message.kind(),
        };
        let publish = CodecPublish {
            dup: false,
            retain: false,
            qos: QoS::AtLeastOnce,
            topic: topic.to_string().into(),
            packet_id: None,
            payload: payload.into(),
            properties: None,
        };
        let from = Sender::from_system(self.coordinator.clone());
        let shared = self.context.extends.shared().await;
        match shared.forwards(None, from, publish.into()).await {
            Ok(0) | Err(_) => Reach::Nobody,
            Ok(_) => Reach::Agent,
        }
    }

    /// Ends the agent's connection, if there is one.
    pub async fn kick(&self, agent: &AgentId) {
        let id = Id::new(self.context.node.id(), 0, None, None, agent.as_str().into(), None);
        let entry = self.context.extends.shared().await.entry(id);
        let kicked = match entry.try_lock().await {
            Ok(mut entry) => entry.kick(true, true, true).await.map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = kicked {
            tracing::warn!(%agent, %error, "Did not end the connection of {agent}");
        }
    }
}

impl Server {
    /// Serves until `stop` comes; then every connection that came through a door ends.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { rmqtt, doors, private, health } = self;
        // Dropped at the end, with all that they accepted.
        let mut open = JoinSet::new();
        for door in doors {
            open.spawn(door.run(Arc::clone(&private)));
        }
        tokio::select! {
            () = stop => {}
            _ = rmqtt.run() => unreachable!("rmqtt accepts for ever"),
            () = health::watch(private.inside(), &health) => unreachable!("we knock for ever"),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;
    use crate::accounts::INVITE_VALID_FOR;
    use crate::clock::Timestamp;

    /// Says hello with the credentials of an agent, and returns the code of the answer.
    async fn connack(mut stream: TcpStream, agent: &AgentId, secret: &str) -> u8 {
        let mut packet = b"\x10\x00\x00\x04MQTT\x04\xc2\x00\x1e".to_vec();
        for text in [agent.as_str(), agent.as_str(), secret] {
            packet.extend([0, u8::try_from(text.len()).unwrap()]);
            packet.extend(text.as_bytes());
        }
        packet[1] = u8::try_from(packet.len() - 2).unwrap();
        stream.write_all(&packet).await.unwrap();
        let mut answer = [0; 4];
        stream.read_exact(&mut answer).await.unwrap();
        answer[3]
    }

    #[tokio::test]
    async fn the_private_port_is_closed_to_those_that_come_past_the_door() {
        let dir = tempfile::tempdir().unwrap();
        let accounts = Arc::new(Accounts::open(&dir.path().join("farm.db")).unwrap());
        let now = Timestamp(0);
        let token = accounts.make_invite("test", INVITE_VALID_FOR, now).unwrap();
        let (agent, secret) = accounts.enrol(&token, "test", now).unwrap();
        let mqtt = Some((Ipv4Addr::LOCALHOST, 0).into());
        let settings = Settings { farm: FarmId::new("lyon").unwrap(), mqtt, mqtts: None };
        let (intake, _inbound) = mpsc::channel(8);
        let (broker, server) = bind(settings, accounts, intake).await.unwrap();
        let serving = server.run(std::future::pending());
        let seen = async {
            let past = TcpStream::connect(broker.private.inside()).await.unwrap();
            let through = TcpStream::connect(broker.mqtt_addr().unwrap()).await.unwrap();
            (connack(past, &agent, &secret).await, connack(through, &agent, &secret).await)
        };
        let codes = tokio::select! {
            () = serving => unreachable!("nobody stops it"),
            codes = seen => codes,
        };
        assert_eq!(codes, (5, 0));
    }
}
