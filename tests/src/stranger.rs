//! An agent of the farm that says whatever a test wants: valid credentials, no manners.

use std::time::Duration;

use anyhow::{Context, Result};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, PublishOptions, QoS};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use visorfarm_agent::enrol::Membership;
use visorfarm_protocol::id::AgentId;

/// Far more than the broker takes, so that only the broker says no.
const PACKET_BYTES_MAX: usize = 64 << 20;

/// For a machine that also compiles.
const CONNECTED_WITHIN: Duration = Duration::from_secs(30);

/// A raw MQTT connection of an enrolled agent, over a plain link.
#[derive(Debug)]
pub struct Stranger {
    client: AsyncClient,
    agent: AgentId,
    prefix: String,
    connections: watch::Receiver<u32>,
    _polling: JoinSet<()>,
}

impl Stranger {
    /// Connects with the credentials that an agent got when it joined.
    pub async fn connect(membership: &Membership, mqtt: u16) -> Result<Self> {
        let Membership { credentials, .. } = membership;
        let agent = credentials.agent.clone();
        let mut options = MqttOptions::new(agent.as_str(), ("127.0.0.1", mqtt));
        options
            .set_credentials(agent.as_str(), credentials.secret.clone())
            .set_max_packet_size(PACKET_BYTES_MAX, PACKET_BYTES_MAX);
        let (client, mut events) = AsyncClient::builder(options).capacity(16).build();
        let (counter, connections) = watch::channel(0);
        let mut polling = JoinSet::new();
        polling.spawn(async move {
            // A connection that the broker ended is made again by the next poll.
            loop {
                match events.poll().await {
                    Ok(Event::Incoming(Packet::ConnAck(_))) => counter.send_modify(|n| *n += 1),
                    Ok(_) => {}
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                }
            }
        });
        let prefix = format!("visorfarm/1/{}/up/{agent}", credentials.farm);
        let mut stranger = Self { client, agent, prefix, connections, _polling: polling };
        stranger.connected(1).await?;
        Ok(stranger)
    }

    /// Publishes bytes under a kind of message of its own.
    pub async fn say(&self, kind: &str, payload: impl Into<Vec<u8>>) -> Result<()> {
        self.publish(&format!("{}/{kind}", self.prefix), payload).await
    }

    /// Publishes bytes anywhere.
    pub async fn publish(&self, topic: &str, payload: impl Into<Vec<u8>>) -> Result<()> {
        // At most once: the library would repeat what the broker ended the connection for.
        let options = PublishOptions::new(QoS::AtMostOnce);
        let published = self.client.publish(topic, payload.into(), options).await;
        published.with_context(|| format!("cannot publish to {topic}"))
    }

    /// Waits until the broker has let it in for the `times`th time.
    pub async fn connected(&mut self, times: u32) -> Result<()> {
        let connected = self.connections.wait_for(|connections| times <= *connections);
        let connected = timeout(CONNECTED_WITHIN, connected).await;
        connected.context("the broker does not let the stranger in")?.context("nobody polls")?;
        Ok(())
    }

    /// Its name.
    #[must_use]
    pub fn agent(&self) -> &AgentId {
        &self.agent
    }
}
