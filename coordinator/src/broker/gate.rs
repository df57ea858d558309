//! The gate: decides for rmqtt who may come in, publish and subscribe, and hands on what is said.
//!
//! **No agent hears or speaks for another.** Nothing is taken from a session but the name that its
//! secret proved.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use rmqtt::codec::types::Publish;
use rmqtt::codec::v3::Connect;
use rmqtt::codec::v5::SubscribeAckReason;
use rmqtt::context::ServerContext;
use rmqtt::hook::{Handler, HookResult, Parameter, ReturnType, Type};
use rmqtt::session::Session;
use rmqtt::types::{AuthResult, ConnectInfo, Id, PublishAclResult, QoS, SubscribeAclResult};
use tokio::sync::{Mutex, mpsc, oneshot};
use visorfarm_protocol::id::{AgentId, FarmId};
use visorfarm_protocol::message::Up;
use visorfarm_protocol::text::quote;
use visorfarm_protocol::topic::{Direction, Topic, down_filter};

use super::door::Private;
use super::{Delivery, Inbound};
use crate::accounts::Accounts;

/// How much is kept of what cannot be read: enough to see what it was.
const QUARANTINED_BYTES_MAX: usize = 4096;

/// One gate for all sessions; rmqtt wants one per kind of question, so it is cloned.
#[derive(Clone)]
pub(super) struct Gate(Arc<Inner>);

struct Inner {
    farm: FarmId,
    accounts: Arc<Accounts>,
    private: Arc<Private>,
    intake: mpsc::Sender<Delivery>,
    /// Which of an agent's connections is the present one. When a new one takes over, the old one's
    /// end is heard after the new one's beginning. Locked while a hint waits for room in the
    /// intake, so that hints leave in the order they were judged.
    present: Mutex<BTreeMap<AgentId, Option<SocketAddr>>>,
}

/// What is done with a publish.
enum Verdict {
    /// It is no message to us: acknowledged, because it would only come again, and noted.
    Dropped(Inbound),
    /// It is handed on.
    Taken(Inbound),
}

impl Gate {
    pub(super) fn new(
        farm: FarmId,
        accounts: Arc<Accounts>,
        private: Arc<Private>,
        intake: mpsc::Sender<Delivery>,
    ) -> Self {
        let present = Mutex::default();
        Self(Arc::new(Inner { farm, accounts, private, intake, present }))
    }

    /// Makes `context` ask this gate.
    pub(super) async fn hang_in(&self, context: &ServerContext) {
        let register = context.extends.hook_mgr().register();
        for question in [
            Type::ClientAuthenticate,
            Type::ClientSubscribeCheckAcl,
            Type::MessagePublishCheckAcl,
            Type::ClientConnected,
            Type::ClientDisconnected,
        ] {
            register.add(question, Box::new(self.clone())).await;
        }
        register.start().await;
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the gate hangs in for five kinds only")]
#[async_trait]
impl Handler for Gate {
    async fn hook(&self, question: &Parameter, said: Option<HookResult>) -> ReturnType {
        let gate = &self.0;
        // The `false` says that nobody else is to be asked.
        match question {
            Parameter::ClientAuthenticate(ConnectInfo::V3(id, connect)) => {
                (false, Some(HookResult::AuthResult(gate.authenticate(id, connect))))
            }
            // Agents speak 3.1.1, so that any broker serves them; less is exposed this way.
            Parameter::ClientAuthenticate(ConnectInfo::V5(id, _)) => {
                if let Some(peer) = gate.peer(id) {
                    tracing::info!(%peer, "Refused {peer}: it speaks MQTT 5, agents speak 3.1.1");
                }
                (false, Some(HookResult::AuthResult(AuthResult::NotAuthorized)))
            }
            Parameter::ClientSubscribeCheckAcl(session, asked) => {
                let answer = gate.subscribe(session, &asked.topic_filter);
                (false, Some(HookResult::SubscribeAclResult(answer)))
            }
            Parameter::MessagePublishCheckAcl(session, publish) => {
                let answer = gate.publish(session, publish).await;
                (false, Some(HookResult::PublishAclResult(answer)))
            }
            Parameter::ClientConnected(session) => {
                gate.connected(session).await;
                (true, said)
            }
            Parameter::ClientDisconnected(session, _) => {
                gate.disconnected(session).await;
                (true, said)
            }
            _ => (true, said),
        }
    }
}

impl Inner {
    /// Returns who is outside; nobody where somebody on this machine found the private port, or we
    /// knock ourselves.
    fn peer(&self, id: &Id) -> Option<SocketAddr> {
        id.remote_addr.and_then(|address| self.private.peer(address))
    }

    fn authenticate(&self, id: &Id, connect: &Connect) -> AuthResult {
        let Some(peer) = self.peer(id) else { return AuthResult::NotAuthorized };
        let password = connect.password.as_deref().and_then(|bytes| str::from_utf8(bytes).ok());
        let (Ok(agent), Some(secret)) = (AgentId::new(&connect.client_id), password) else {
            tracing::info!(%peer, "Refused {peer}: it names no agent or has no secret");
            return AuthResult::BadUsernameOrPassword;
        };
        if connect.username.as_deref() != Some(agent.as_str()) {
            tracing::info!(%peer, "Refused {peer}: user name and client id differ");
            return AuthResult::BadUsernameOrPassword;
        }
        if !self.accounts.admits(&agent, secret) {
            tracing::info!(%peer, "Refused {peer} as {agent}: unknown, revoked, or a wrong secret");
            return AuthResult::BadUsernameOrPassword;
        }
        // A will is published without another question, so it is judged here.
        let will_is_fine = connect
            .last_will
            .as_ref()
            .is_none_or(|will| !will.retain && own_up(&self.farm, &agent, &will.topic).is_some());
        if !will_is_fine {
            tracing::warn!(%agent, "Refused {agent}: its will is not for its own topic");
            return AuthResult::NotAuthorized;
        }
        tracing::debug!(%agent, %peer, "Admitted {agent} from {peer}");
        AuthResult::Allow(false, None)
    }

    fn subscribe(&self, session: &Session, filter: &str) -> SubscribeAclResult {
        let agent = name(session);
        if filter == down_filter(&self.farm, &agent) {
            return SubscribeAclResult::new_success(QoS::AtLeastOnce, None);
        }
        let why = "it may not subscribe to that".to_owned();
        let refused =
            Inbound::Quarantined { agent, topic: quote(filter), payload: Vec::new(), why };
        let (committed, _) = oneshot::channel();
        // A full intake has more to do than to note this.
        self.intake.try_send(Delivery { inbound: refused, committed }).ok();
        SubscribeAclResult::new_failure(SubscribeAckReason::NotAuthorized)
    }

    async fn publish(&self, session: &Session, publish: &Publish) -> PublishAclResult {
        let inbound = match self.judge(name(session), publish) {
            Verdict::Taken(inbound) => inbound,
            Verdict::Dropped(inbound) => {
                self.hint(inbound).await;
                return PublishAclResult::rejected(false, None);
            }
        };
        let (committed, commit) = oneshot::channel();
        // Waits while the intake is full: this agent's socket fills up, and it waits too.
        let handed_on = self.intake.send(Delivery { inbound, committed }).await.is_ok();
        let kept = handed_on && (publish.qos == QoS::AtMostOnce || commit.await.is_ok());
        if kept { PublishAclResult::allow() } else { PublishAclResult::rejected(true, None) }
    }

    fn judge(&self, agent: AgentId, publish: &Publish) -> Verdict {
        let Some(topic) = own_up(&self.farm, &agent, &publish.topic) else {
            return Verdict::Dropped(quarantined(agent, publish, "the topic is not its own"));
        };
        if publish.retain {
            return Verdict::Dropped(quarantined(agent, publish, "it was to be retained"));
        }
        let why = match Up::read(&publish.payload) {
            Ok(message) if message.kind() == topic.kind => {
                return Verdict::Taken(Inbound::Message { agent, message });
            }
            Ok(message) => {
                format!("the topic says {:?}, the message {}", topic.kind, message.kind())
            }
            Err(unreadable) => match std::error::Error::source(&unreadable) {
                Some(source) => format!("{unreadable}: {source}"),
                None => unreadable.to_string(),
            },
        };
        Verdict::Taken(quarantined(agent, publish, &why))
    }

    async fn connected(&self, session: &Session) {
        let agent = name(session);
        let mut present = self.present.lock().await;
        present.insert(agent.clone(), session.id.remote_addr);
        tracing::info!(%agent, "{agent} is connected");
        self.hint(Inbound::Connected { agent }).await;
    }

    async fn disconnected(&self, session: &Session) {
        let agent = name(session);
        let mut present = self.present.lock().await;
        if present.get(&agent) == Some(&session.id.remote_addr) {
            present.remove(&agent);
            tracing::info!(%agent, "{agent} is gone");
            self.hint(Inbound::Disconnected { agent }).await;
        }
    }

    async fn hint(&self, inbound: Inbound) {
        let (committed, _) = oneshot::channel();
        // With the intake closed the coordinator is ending, and needs no hints.
        self.intake.send(Delivery { inbound, committed }).await.ok();
    }
}

fn quarantined(agent: AgentId, publish: &Publish, why: &str) -> Inbound {
    let length = publish.payload.len().min(QUARANTINED_BYTES_MAX);
    let payload = publish.payload[..length].to_vec();
    Inbound::Quarantined { agent, topic: quote(&publish.topic), payload, why: quote(why) }
}

/// Parses a topic below the agent's own `up`; returns nothing for any other.
fn own_up<'a>(farm: &FarmId, agent: &AgentId, topic: &'a str) -> Option<Topic<'a>> {
    Topic::parse(topic).filter(|topic| {
        topic.farm == *farm && topic.direction == Direction::Up && topic.agent == *agent
    })
}

fn name(session: &Session) -> AgentId {
    AgentId::new(&session.id.client_id).expect("the client id was an agent's name when it came in")
}
