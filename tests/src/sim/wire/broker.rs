//! The broker of this world: MQTT 3.1.1 as far as agents speak it, over turmoil's sockets. The embedded
//! broker cannot listen there; what matters of it is here: whoever comes under a name takes over, the
//! silent are left, and a message is acknowledged only when whoever took it says that it is committed.
//!
//! Sessions are clean. What was sent to an agent and not acknowledged is sent again by nobody.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use rumqttc::mqttbytes::QoS;
use rumqttc::{ConnAck, ConnectReturnCode, Packet, PubAck, Publish, SubAck, SubscribeReasonCode};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};
use turmoil::net::{TcpListener, TcpStream};
use visorfarm_protocol::id::AgentId;

use super::packets::{Packets, Write};
use super::reach::BROKER;

/// How long a stranger may take to say who it is.
const INTRODUCES_WITHIN: Duration = Duration::from_secs(10);

/// What the broker tells.
#[derive(Debug)]
pub(super) enum News {
    /// An agent came; whether an earlier connection of its was still there.
    Came { agent: AgentId, earlier: Earlier },
    /// An agent went.
    Went { agent: AgentId, why: Gone },
    /// An agent said something: `acknowledge` once it is committed.
    Said { agent: AgentId, topic: String, payload: Vec<u8>, acknowledge: Acknowledge },
}

/// Whether an agent that comes has an earlier connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Earlier {
    Stood,
    None,
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gone {
    /// The other side closed it, or it broke.
    Closed,
    /// Nothing was heard on it.
    Silent,
    /// It was cut on purpose.
    Cut,
}

/// The right to acknowledge one message.
#[derive(Debug)]
pub(super) struct Acknowledge {
    out: UnboundedSender<Packet>,
    packet: u16,
}

impl Acknowledge {
    /// Acknowledges it, if the connection still stands.
    pub(super) fn send(self) {
        self.out.send(Packet::PubAck(PubAck::new(self.packet))).ok();
    }
}

/// Who is connected.
#[derive(Default)]
pub(super) struct Hall {
    sessions: BTreeMap<AgentId, Session>,
    came: u64,
}

struct Session {
    number: u64,
    out: UnboundedSender<Packet>,
    listens: bool,
    /// Dropped, it ends the connection.
    _stays: oneshot::Sender<()>,
}

impl Hall {
    /// Sends a message to an agent that listens.
    pub(super) fn publish(&mut self, agent: &AgentId, topic: String, payload: Vec<u8>) {
        let Some(session) = self.sessions.get(agent).filter(|session| session.listens) else {
            return;
        };
        // Its task numbers it.
        let publish = Publish::new(topic, QoS::AtLeastOnce, payload);
        session.out.send(Packet::Publish(publish)).ok();
    }
}

/// The broker, for the tasks that serve its connections.
#[derive(Clone)]
pub(super) struct Broker {
    pub(super) hall: Rc<RefCell<Hall>>,
    pub(super) news: UnboundedSender<News>,
    /// Asked before each message to an agent: whether it breaks off.
    pub(super) cuts: Rc<dyn Fn(&AgentId) -> bool>,
}

impl Broker {
    /// Serves every connection that is made.
    pub(super) async fn serve(self) -> io::Result<()> {
        let listener = TcpListener::bind(("0.0.0.0", BROKER.1)).await?;
        let mut connections = JoinSet::new();
        loop {
            let (stream, _) = listener.accept().await?;
            connections.spawn_local(self.clone().converse(stream));
        }
    }

    async fn converse(self, stream: TcpStream) {
        let mut packets = Packets::new(stream);
        let introduced = timeout(INTRODUCES_WITHIN, packets.read()).await;
        let Ok(Ok(Packet::Connect(connect))) = introduced else { return };
        let Ok(agent) = connect.client_id.parse::<AgentId>() else { return };
        let (out, queue) = unbounded_channel();
        let (number, stays) = self.admit(&agent, out.clone());
        out.send(Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false))).ok();
        // MQTT 3.1.1, 3.1.2.10: one and a half times the keep-alive.
        let patience = Duration::from_secs(u64::from(connect.keep_alive)) * 3 / 2;
        let visit = Visit { broker: &self, agent: &agent, patience, out };
        let why = tokio::select! {
            biased;
            why = visit.last(packets, queue) => why,
            _ = stays => return,
        };
        self.leave(&agent, number, why);
    }

    fn admit(&self, agent: &AgentId, out: UnboundedSender<Packet>) -> (u64, oneshot::Receiver<()>) {
        let (stay, stays) = oneshot::channel();
        let mut hall = self.hall.borrow_mut();
        hall.came += 1;
        let number = hall.came;
        let session = Session { number, out, listens: false, _stays: stay };
        let earlier = match hall.sessions.insert(agent.clone(), session) {
            Some(_) => Earlier::Stood,
            None => Earlier::None,
        };
        self.tell(News::Came { agent: agent.clone(), earlier });
        (number, stays)
    }

    fn leave(&self, agent: &AgentId, number: u64, why: Gone) {
        let mut hall = self.hall.borrow_mut();
        if hall.sessions.get(agent).is_some_and(|session| session.number == number) {
            hall.sessions.remove(agent);
            self.tell(News::Went { agent: agent.clone(), why });
        }
    }

    fn tell(&self, news: News) {
        // Whoever took news has ended with the process.
        self.news.send(news).ok();
    }
}

/// A connection of an agent that was let in.
struct Visit<'a> {
    broker: &'a Broker,
    agent: &'a AgentId,
    patience: Duration,
    out: UnboundedSender<Packet>,
}

impl Visit<'_> {
    /// Carries packets both ways until the end.
    async fn last(&self, mut packets: Packets, mut queue: UnboundedReceiver<Packet>) -> Gone {
        let mut heard = Instant::now();
        let mut sent = 0;
        loop {
            tokio::select! {
                biased;
                read = timeout_at(heard + self.patience, packets.read()) => match read {
                    Ok(Ok(Packet::Disconnect) | Err(_)) => return Gone::Closed,
                    Ok(Ok(packet)) => {
                        heard = Instant::now();
                        self.hear(packet);
                    }
                    Err(_) => return Gone::Silent,
                },
                Some(packet) = queue.recv() => {
                    let packet = numbered(packet, &mut sent);
                    let how = self.how(&packet);
                    let written = timeout(self.patience, packets.write(&packet, how)).await;
                    if how == Write::Half {
                        return Gone::Cut;
                    }
                    let Ok(Ok(())) = written else { return Gone::Closed };
                }
            }
        }
    }

    fn how(&self, packet: &Packet) -> Write {
        let is_message = matches!(packet, Packet::Publish(_));
        if is_message && (self.broker.cuts)(self.agent) { Write::Half } else { Write::Whole }
    }

    fn hear(&self, packet: Packet) {
        match packet {
            Packet::Publish(publish) => self.broker.tell(News::Said {
                agent: self.agent.clone(),
                topic: String::from_utf8_lossy(&publish.topic).into_owned(),
                payload: publish.payload.to_vec(),
                acknowledge: Acknowledge { out: self.out.clone(), packet: publish.pkid },
            }),
            Packet::Subscribe(subscribe) => {
                if let Some(session) = self.broker.hall.borrow_mut().sessions.get_mut(self.agent) {
                    session.listens = true;
                }
                let granted = SubscribeReasonCode::Success(QoS::AtLeastOnce);
                let codes = vec![granted; subscribe.filters.len()];
                self.out.send(Packet::SubAck(SubAck::new(subscribe.pkid, codes))).ok();
            }
            Packet::PingReq => drop(self.out.send(Packet::PingResp)),
            // Acknowledgements: nothing is repeated within a connection.
            _ => {}
        }
    }
}

/// Numbers a message on its way to an agent.
fn numbered(packet: Packet, sent: &mut u16) -> Packet {
    match packet {
        Packet::Publish(mut publish) => {
            *sent = sent.checked_add(1).unwrap_or(1);
            publish.pkid = *sent;
            Packet::Publish(publish)
        }
        other => other,
    }
}
