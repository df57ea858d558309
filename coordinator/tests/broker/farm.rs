//! A coordinator that is nothing but a broker, and agents that are nothing but a connection.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rumqttc::{
    AsyncClient, ConnectionError, Event, MqttOptions, Packet, PublishOptions, QoS,
    SubscribeReasonCode,
};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use visorfarm_coordinator::accounts::{Accounts, INVITE_VALID_FOR};
use visorfarm_coordinator::broker::{self, Broker, Delivery, Inbound, Settings};
use visorfarm_coordinator::clock::Clock;
use visorfarm_coordinator::tls::Identity;
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::{AgentId, Epoch, FarmId};
use visorfarm_protocol::message::{Down, Up};

/// Longer than anything here takes; a test that waits for it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A coordinator that is nothing but a broker.
pub(crate) struct Farm {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) broker: Broker,
    pub(crate) intake: mpsc::Receiver<Delivery>,
    pub(crate) pin: Digest,
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) serving: JoinHandle<()>,
}

pub(crate) fn farm_id() -> FarmId {
    FarmId::new("lyon").unwrap()
}

pub(crate) fn loopback() -> SocketAddr {
    ([127, 0, 0, 1], 0).into()
}

impl Farm {
    pub(crate) async fn open() -> Self {
        Self::with_intake(64).await
    }

    pub(crate) async fn with_intake(room: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self::open_in(dir, loopback(), room).await
    }

    pub(crate) async fn open_in(dir: tempfile::TempDir, mqtt: SocketAddr, room: usize) -> Self {
        let accounts = Arc::new(Accounts::open(&dir.path().join("farm.db")).unwrap());
        let now = Clock::new().now();
        let identity = Identity::load_or_make(&dir.path().join("tls"), &[], None, now).unwrap();
        let (sender, intake) = mpsc::channel(room);
        let settings = Settings {
            farm: farm_id(),
            mqtt: Some(mqtt),
            mqtts: Some((loopback(), identity.mqtt_config())),
        };
        let (broker, server) = broker::bind(settings, Arc::clone(&accounts), sender).await.unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.run(async { stopped.await.unwrap_or(()) }));
        Self { dir, accounts, broker, intake, pin: identity.pin(), stop, serving }
    }

    pub(crate) async fn close(self) -> tempfile::TempDir {
        self.stop.send(()).unwrap();
        self.serving.await.unwrap();
        self.dir
    }

    pub(crate) fn enrol(&self) -> (AgentId, String) {
        let now = Clock::new().now();
        let token = self.accounts.make_invite("test", INVITE_VALID_FOR, now).unwrap();
        self.accounts.enrol(&token, "test", now).unwrap()
    }

    pub(crate) fn options(&self, agent: &str, secret: &str) -> MqttOptions {
        let address = self.broker.mqtt_addr().unwrap();
        options(agent, secret, MqttOptions::new(agent, (address.ip().to_string(), address.port())))
    }

    pub(crate) async fn connect(&self, agent: &AgentId, secret: &str) -> Client {
        let mut client = Client::start(self.options(agent.as_str(), secret));
        client.connack().await.unwrap();
        client
    }

    /// Returns the next delivery that is no hint.
    pub(crate) async fn delivery(&mut self) -> Delivery {
        loop {
            let delivery = within(self.intake.recv()).await.unwrap();
            match &delivery.inbound {
                Inbound::Connected { .. } | Inbound::Disconnected { .. } => {}
                Inbound::Message { .. } | Inbound::Quarantined { .. } => return delivery,
            }
        }
    }

    pub(crate) async fn commit_next(&mut self) -> Inbound {
        let delivery = self.delivery().await;
        // Nobody listens where nothing is acknowledged.
        delivery.committed.send(()).ok();
        delivery.inbound
    }
}

pub(crate) fn options(agent: &str, secret: &str, mut options: MqttOptions) -> MqttOptions {
    options.set_credentials(agent, secret.to_owned());
    options.set_clean_session(true);
    options.set_keep_alive(30);
    options.set_max_packet_size(1 << 20, 1 << 20);
    options
}

/// An agent's end of a connection; it never comes back by itself.
pub(crate) struct Client {
    pub(crate) client: AsyncClient,
    pub(crate) events: mpsc::UnboundedReceiver<Result<Packet, ConnectionError>>,
}

impl Client {
    pub(crate) fn start(options: MqttOptions) -> Self {
        let (client, mut polled) = AsyncClient::builder(options).capacity(32).build();
        polled.network_options.set_tcp_nodelay(true);
        polled.network_options.set_connection_timeout(PATIENCE.as_secs());
        let (told, events) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                let event = match polled.poll().await {
                    Ok(Event::Incoming(packet)) => Ok(packet),
                    Ok(Event::Outgoing(_)) => continue,
                    Err(error) => Err(error),
                };
                let ended = event.is_err();
                if told.send(event).is_err() || ended {
                    return;
                }
            }
        });
        Self { client, events }
    }

    pub(crate) async fn next(&mut self) -> Result<Packet, ConnectionError> {
        within(self.events.recv()).await.expect("the connection did not end before")
    }

    pub(crate) async fn connack(&mut self) -> Result<(), ConnectionError> {
        let packet = self.next().await?;
        assert!(matches!(packet, Packet::ConnAck(_)), "expected a CONNACK, got {packet:?}");
        Ok(())
    }

    pub(crate) async fn publish(&self, topic: &str, payload: impl Into<Vec<u8>>) {
        let options = PublishOptions::at_least_once();
        self.client.publish(topic, payload.into(), options).await.unwrap();
    }

    pub(crate) async fn puback(&mut self) {
        let packet = self.next().await.unwrap();
        assert!(matches!(packet, Packet::PubAck(_)), "expected a PUBACK, got {packet:?}");
    }

    pub(crate) async fn ended(&mut self) {
        while let Ok(packet) = self.next().await {
            assert!(!matches!(packet, Packet::PubAck(_)), "the end comes before a PUBACK");
        }
    }

    pub(crate) async fn subscribe(&mut self, filter: &str) -> SubscribeReasonCode {
        self.client.subscribe(filter.to_owned(), QoS::AtLeastOnce).await.unwrap();
        let Packet::SubAck(ack) = self.next().await.unwrap() else {
            panic!("the next packet is a SUBACK");
        };
        ack.return_codes[0]
    }
}

pub(crate) async fn within<F: IntoFuture>(future: F) -> F::Output {
    timeout(PATIENCE, future.into_future()).await.expect("it takes less than the test's patience")
}

pub(crate) fn up(agent: &AgentId, kind: &str) -> String {
    format!("visorfarm/1/lyon/up/{agent}/{kind}")
}

pub(crate) fn status() -> Up {
    Up::Status { printers: Vec::new() }
}

pub(crate) fn facts() -> Up {
    Up::Facts { printer: "ender".parse().unwrap(), facts: Vec::new(), teller: None }
}

pub(crate) fn welcome() -> Down {
    Down::Welcome { epoch: Epoch(7), farm: farm_id() }
}
