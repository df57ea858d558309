//! A simulated agent: the real protocol over the real transport, with no printer behind it.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rumqttc::{
    AsyncClient, Event, EventLoop, MqttOptions, Packet, PublishNotice, PublishOptions, QoS,
    SubscribeReasonCode, TlsConfiguration, Transport,
};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use visorfarm_protocol::enrol::Credentials;
use visorfarm_protocol::id::{PrinterId, ProfileId};
use visorfarm_protocol::message::{Ask, Down, End, Fact, Grant, Hello, Numbered, Up};
use visorfarm_protocol::status::{Activity, Bed, PrinterCard, PrinterStatus};
use visorfarm_protocol::topic::{Direction, Topic, down_filter};

use super::farm::Farm;

/// Longer than anything takes here that goes well.
const PATIENCE: Duration = Duration::from_mins(1);

/// Messages on their way at one time, as in the agent.
const WINDOW: usize = 32;

/// An agent of one printer.
pub(super) struct Member {
    pub(super) credentials: Credentials,
    pub(super) printer: PrinterId,
    profile: ProfileId,
    /// The lease it holds, once it was granted one.
    pub(super) grant: Option<Box<Grant>>,
    seq: u64,
}

/// Its connection.
pub(super) struct Connection {
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
    pub(super) async fn open(farm: &Farm, credentials: &Credentials) -> Result<Self> {
        let (broker, trusts) = (farm.mqtt(), farm.trusts());
        let agent = credentials.agent.as_str();
        let mut options = MqttOptions::new(agent, (broker.ip().to_string(), broker.port()));
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(trusts)));
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
    pub(super) fn send(&self, message: &Up) -> Result<PublishNotice> {
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
    pub(super) async fn say(&self, message: &Up) -> Result<()> {
        let acknowledged = timeout(PATIENCE, self.send(message)?.wait_async()).await;
        acknowledged.context("a message was not acknowledged")??;
        Ok(())
    }

    /// Returns what the coordinator says next.
    pub(super) async fn hear(&mut self) -> Result<Down> {
        loop {
            if let Packet::Publish(publish) = self.packet().await? {
                return Ok(Down::read(&publish.payload)?);
            }
        }
    }

    /// Returns the next thing said that `wanted` takes, and drops what comes before it.
    pub(super) async fn hear_one<T>(&mut self, wanted: impl Fn(Down) -> Option<T>) -> Result<T> {
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

impl Member {
    pub(super) fn new(credentials: Credentials, profile: &str) -> Result<Self> {
        let (printer, profile) = ("printer".parse()?, profile.parse()?);
        Ok(Self { credentials, printer, profile, grant: None, seq: 0 })
    }

    /// Says hello and waits to be welcomed.
    pub(super) async fn greet(&self, connection: &mut Connection) -> Result<()> {
        let hello = Hello {
            incarnation: "0123456789abcdef".parse()?,
            session: 1,
            software: "visorfarm-bench".to_owned(),
            epoch: None,
            printers: vec![PrinterCard {
                printer: self.printer.clone(),
                title: format!("printer of {}", self.credentials.agent),
                profile: self.profile.clone(),
                octoprint: Some("1.11.8".to_owned()),
            }],
            holds: self.grant.iter().map(|grant| grant.lease).collect(),
        };
        connection.say(&Up::Hello(hello)).await?;
        connection.hear_one(|down| matches!(down, Down::Welcome { .. }).then_some(())).await
    }

    /// Asks for work until it is granted, and says that it was started.
    pub(super) async fn take_work(&mut self, connection: &mut Connection) -> Result<()> {
        let ask = Ask {
            printer: self.printer.clone(),
            ask: 1,
            profile: self.profile.clone(),
            materials: Vec::new(),
            seconds_max: None,
        };
        connection.say(&Up::Ask(ask)).await?;
        let granted = |down| match down {
            Down::Grant(grant) => Some(grant),
            Down::Welcome { .. } | Down::Withdraw { .. } | Down::Receipt(_) => None,
        };
        let grant = connection.hear_one(granted).await?;
        let facts = vec![Fact::Accepted { lease: grant.lease }, grant.started()];
        self.grant = Some(grant);
        self.tell(connection, facts).await
    }

    /// Tells facts and waits for the receipt.
    pub(super) async fn tell(
        &mut self,
        connection: &mut Connection,
        facts: Vec<Fact>,
    ) -> Result<()> {
        connection.say(&self.facts(facts)).await?;
        connection.hear_one(|down| matches!(down, Down::Receipt(_)).then_some(())).await
    }

    /// Returns what is told of the plate's end.
    pub(super) fn ended(&self, ordinal: u32) -> Fact {
        let grant = self.grant.as_ref().expect("only who holds a lease prints");
        Fact::Ended {
            lease: grant.lease,
            ordinal,
            end: End::Completed,
            plate: grant.plate.clone(),
            seconds: Some(3600),
            note: String::new(),
        }
    }

    /// Returns a message of facts, numbered on.
    pub(super) fn facts(&mut self, facts: Vec<Fact>) -> Up {
        let numbered = facts.into_iter().map(|fact| {
            self.seq += 1;
            Numbered { seq: self.seq, fact }
        });
        Up::Facts { printer: self.printer.clone(), facts: numbered.collect() }
    }

    /// Returns what a printing printer says each second; `second` makes each one different.
    pub(super) fn status(&self, second: u16) -> Up {
        let progress = f32::from(second % 1000) / 1000.0;
        Up::Status {
            printers: vec![PrinterStatus {
                printer: self.printer.clone(),
                activity: Activity::Printing,
                bed: Bed::Occupied,
                waits_for: None,
                lease: self.grant.as_ref().map(|grant| grant.lease),
                fraction: Some(progress),
                seconds_left: Some(3600 - u32::from(second % 3600)),
                nozzle_celsius: Some(f32::from(nozzle_celsius(second))),
                bed_celsius: Some(60.0 + progress),
                fault: None,
            }],
        }
    }
}

/// Returns the temperature that marks `second`'s status: no two within minutes are alike.
pub(super) fn nozzle_celsius(second: u16) -> u16 {
    100 + second % 300
}
