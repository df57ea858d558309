//! The real transport under a simulated agent.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rumqttc::{
    AsyncClient, Event, EventLoop, MqttOptions, Packet, PublishNotice, PublishOptions, QoS,
    SubscribeReasonCode, TlsConfiguration, Transport,
};
use rustls::ClientConfig;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use visorfarm_protocol::enrol::Credentials;
use visorfarm_protocol::message::{Down, Up};
use visorfarm_protocol::topic::{Direction, Topic, down_filter};

/// Longer than anything takes here that goes well.
const PATIENCE: Duration = Duration::from_mins(1);

/// Messages on their way at one time, as in the agent.
const WINDOW: usize = 32;

/// Where a coordinator's broker is.
#[derive(Clone, Debug)]
pub(crate) struct Broker {
    pub(crate) address: SocketAddr,
    /// What agents trust; nothing where the link is plain.
    pub(crate) trusts: Option<Arc<ClientConfig>>,
}

/// An agent's connection.
pub(crate) struct Connection {
    client: AsyncClient,
    credentials: Credentials,
    packets: mpsc::UnboundedReceiver<Packet>,
    polling: AbortHandle,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.polling.abort();
    }
}

impl Connection {
    /// Connects and subscribes.
    pub(crate) async fn open(broker: &Broker, credentials: &Credentials) -> Result<Self> {
        let (address, agent) = (broker.address, credentials.agent.as_str());
        let mut options = MqttOptions::new(agent, (address.ip().to_string(), address.port()));
        options.set_transport(match &broker.trusts {
            Some(trusts) => {
                Transport::tls_with_config(TlsConfiguration::Rustls(Arc::clone(trusts)))
            }
            None => Transport::tcp(),
        });
        options
            .set_credentials(agent, credentials.secret.clone())
            .set_clean_session(true)
            .set_keep_alive(30)
            .set_max_packet_size(1 << 18, 1 << 18);
        let (client, mut event_loop) = AsyncClient::builder(options).capacity(WINDOW + 1).build();
        let mut network = event_loop.network_options();
        network.set_tcp_nodelay(true);
        event_loop.set_network_options(network);
        let (sender, packets) = mpsc::unbounded_channel();
        let polling = tokio::spawn(poll(event_loop, sender)).abort_handle();
        let credentials = credentials.clone();
        let mut connection = Self { client, credentials, packets, polling };
        timeout(PATIENCE, connection.subscribe())
            .await
            .context("no answer to a subscription")??;
        Ok(connection)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "of all packets only two are waited for")]
    async fn subscribe(&mut self) -> Result<()> {
        let filter = down_filter(&self.credentials.farm, &self.credentials.agent);
        loop {
            match self.packet().await? {
                Packet::ConnAck(_) => {
                    self.client.try_subscribe(filter.clone(), QoS::AtLeastOnce)?;
                }
                Packet::SubAck(answer) => {
                    let refused = answer.return_codes.contains(&SubscribeReasonCode::Failure);
                    ensure!(!refused, "the subscription was refused");
                    return Ok(());
                }
                _ => {}
            }
        }
    }

    async fn packet(&mut self) -> Result<Packet> {
        self.packets.recv().await.context("the connection ended")
    }

    /// Sends a message; the notice tells when the broker acknowledged it.
    pub(crate) fn send(&self, message: &Up) -> Result<PublishNotice> {
        let topic = Topic {
            farm: self.credentials.farm.clone(),
            direction: Direction::Up,
            agent: self.credentials.agent.clone(),
            kind: message.kind(),
        };
        let options = PublishOptions::at_least_once();
        Ok(self.client.try_publish_tracked(topic.to_string(), message.write(), options)?)
    }

    /// Sends a message and waits for its acknowledgement.
    pub(crate) async fn say(&self, message: &Up) -> Result<()> {
        let acknowledged = timeout(PATIENCE, self.send(message)?.wait_async()).await;
        acknowledged.context("a message was not acknowledged")??;
        Ok(())
    }

    /// Returns what the coordinator says next.
    pub(crate) async fn hear(&mut self) -> Result<Down> {
        loop {
            if let Packet::Publish(publish) = self.packet().await? {
                return Ok(Down::read(&publish.payload)?);
            }
        }
    }

    /// Returns the next thing said that `wanted` takes, and drops what comes before it.
    pub(crate) async fn hear_one<T>(&mut self, wanted: impl Fn(Down) -> Option<T>) -> Result<T> {
        let heard = async {
            loop {
                if let Some(found) = wanted(self.hear().await?) {
                    return Ok(found);
                }
            }
        };
        match timeout(PATIENCE, heard).await {
            Ok(found) => found,
            Err(_) => bail!("the coordinator did not say what was waited for"),
        }
    }
}

async fn poll(mut event_loop: EventLoop, packets: mpsc::UnboundedSender<Packet>) {
    loop {
        match event_loop.poll().await {
            Ok(Event::Incoming(packet)) => {
                if packets.send(packet).is_err() {
                    return;
                }
            }
            Ok(Event::Outgoing(_)) => {}
            // The receiver sees the channel close.
            Err(_) => return,
        }
    }
}
