//! One connection to the push socket, from the login to its end.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::{Method, Upgraded};
use serde_json::{Value, json};
use tokio::sync::mpsc::Sender;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as SocketError, Message as Frame};
use tracing::debug;

use super::message::{self, Message};
use super::{Ended, Lost, PushEvent};
use crate::octoprint::model::{Markings, Temperatures};
use crate::octoprint::rest::{Rest, Session};

/// The longest seen was a history of 200 kB, with half an hour of temperatures.
const FRAME_MAX: usize = 1 << 20;
/// Once a second instead of twice: for display this is enough.
const THROTTLE: u32 = 2;
/// A quiet printer pushes nothing at all, so that only answers to pings tell a dead line.
const PING_EVERY: Duration = Duration::from_secs(15);
const PINGS_UNANSWERED_MAX: u32 = 2;
const OPEN_WITHIN: Duration = Duration::from_secs(20);
/// Each answers a session that has just expired; more of them is a server that never accepts one.
const LOGINS_MAX: u32 = 3;

struct Connection<'a> {
    rest: &'a Rest,
    sink: &'a Sender<PushEvent>,
    socket: WebSocketStream<Upgraded>,
    /// `None` until the login was accepted; then what was told last.
    told: Option<Told>,
    unanswered: u32,
    logins: u32,
}

struct Told {
    markings: Markings,
    /// Pushed only when new ones were measured.
    heat: Temperatures,
}

/// Why listening ends.
enum End {
    Unwatched,
    Lost(Lost),
}

enum Step {
    Frame(Option<Result<Frame, SocketError>>),
    Ping,
    Unwatched,
}

/// Opens the socket and tells `sink` what comes, until it ends.
pub(super) async fn listen(rest: &Rest, sink: &Sender<PushEvent>) -> Ended {
    let opened = tokio::select! {
        opened = open(rest) => Some(opened),
        () = sink.closed() => None,
    };
    let (socket, session) = match opened {
        None => return Ended::Unwatched,
        Some(Err(why)) => return Ended::Lost { why, was_connected: false },
        Some(Ok(opened)) => opened,
    };
    let mut connection = Connection { rest, sink, socket, told: None, unanswered: 0, logins: 1 };
    match connection.run(&session).await {
        End::Unwatched => Ended::Unwatched,
        End::Lost(why) => Ended::Lost { why, was_connected: connection.told.is_some() },
    }
}

impl Connection<'_> {
    async fn run(&mut self, session: &Session) -> End {
        let greetings =
            [message::subscription(), json!({ "throttle": THROTTLE }), authentication(session)];
        for greeting in greetings {
            if let Err(end) = self.say(&greeting).await {
                return end;
            }
        }
        let mut ping = interval(PING_EVERY);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ping.reset();
        loop {
            let step = tokio::select! {
                frame = self.socket.next() => Step::Frame(frame),
                _ = ping.tick() => Step::Ping,
                () = self.sink.closed() => Step::Unwatched,
            };
            let done = match step {
                Step::Frame(frame) => self.take(frame).await,
                Step::Ping => self.ping().await,
                Step::Unwatched => Err(End::Unwatched),
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    async fn take(&mut self, frame: Option<Result<Frame, SocketError>>) -> Result<(), End> {
        let text = match frame {
            Some(Ok(Frame::Text(text))) => text,
            Some(Ok(Frame::Pong(_) | Frame::Ping(_) | Frame::Frame(_))) => {
                // An answered ping proves a line, not that the login was taken.
                if self.told.is_some() {
                    self.unanswered = 0;
                }
                return Ok(());
            }
            Some(Ok(Frame::Binary(_))) => return Err(End::Lost(Lost::Garbled)),
            Some(Ok(Frame::Close(_))) | None => return Err(End::Lost(Lost::Closed)),
            Some(Err(error)) => return Err(End::Lost(lost(&error))),
        };
        self.unanswered = 0;
        match message::parse(&text) {
            None => Err(End::Lost(Lost::Garbled)),
            Some(Message::Other) => Ok(()),
            Some(Message::LoginAgain) => self.login_again().await,
            Some(Message::Event(event)) => self.tell(event).await,
            Some(Message::History { snapshot, markings }) => {
                self.told = Some(Told { markings: markings.clone(), heat: snapshot.temperatures });
                self.tell(PushEvent::Connected { markings }).await?;
                self.tell(PushEvent::Current(*snapshot)).await
            }
            Some(Message::Current { mut snapshot, markings }) => {
                let Some(told) = &mut self.told else { return Ok(()) };
                told.heat = newer(snapshot.temperatures, told.heat);
                snapshot.temperatures = told.heat;
                if told.markings != markings {
                    told.markings.clone_from(&markings);
                    self.tell(PushEvent::Marked(markings)).await?;
                }
                // The next one is a second away: one that finds no room is dropped.
                drop(self.sink.try_send(PushEvent::Current(*snapshot)));
                Ok(())
            }
        }
    }

    async fn ping(&mut self) -> Result<(), End> {
        if self.unanswered == PINGS_UNANSWERED_MAX {
            return Err(End::Lost(Lost::Silent));
        }
        self.unanswered += 1;
        self.send(Frame::Ping(Vec::new().into())).await
    }

    async fn login_again(&mut self) -> Result<(), End> {
        if self.logins == LOGINS_MAX {
            return Err(End::Lost(Lost::KeyRefused));
        }
        self.logins += 1;
        let session = self.rest.login().await;
        let session = session.map_err(|error| End::Lost(Lost::from_login(&error)))?;
        self.say(&authentication(&session)).await
    }

    async fn tell(&mut self, event: PushEvent) -> Result<(), End> {
        self.sink.send(event).await.map_err(|_| End::Unwatched)
    }

    async fn say(&mut self, message: &Value) -> Result<(), End> {
        self.send(Frame::Text(message.to_string().into())).await
    }

    async fn send(&mut self, frame: Frame) -> Result<(), End> {
        match timeout(OPEN_WITHIN, self.socket.send(frame)).await {
            Ok(sent) => sent.map_err(|error| End::Lost(lost(&error))),
            Err(_) => Err(End::Lost(Lost::Silent)),
        }
    }
}

/// Logs in and opens the socket through the client that asks, so that its limits on addresses and
/// its TLS hold here too.
async fn open(rest: &Rest) -> Result<(WebSocketStream<Upgraded>, Session), Lost> {
    let session = rest.login().await.map_err(|error| Lost::from_login(&error))?;
    let key = generate_key();
    let request = rest
        .host
        .request(Method::GET, ["sockjs", "websocket"])
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", &key);
    let opened = timeout(OPEN_WITHIN, async {
        let response = request.send().await?;
        let accepted = response.headers().get("Sec-WebSocket-Accept");
        let is_ours = accepted.is_some_and(|accept| *accept == derive_accept_key(key.as_bytes()));
        response.upgrade().await.map(|upgraded| (upgraded, is_ours))
    });
    let (upgraded, is_ours) = match opened.await {
        Ok(Ok(opened)) => opened,
        Ok(Err(error)) => {
            debug!(%error, "cannot open OctoPrint's push socket");
            return Err(Lost::Unreachable);
        }
        Err(_) => return Err(Lost::Unreachable),
    };
    if !is_ours {
        return Err(Lost::Garbled);
    }
    let limits = WebSocketConfig::default()
        .max_message_size(Some(FRAME_MAX))
        .max_frame_size(Some(FRAME_MAX));
    let socket = WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(limits)).await;
    Ok((socket, session))
}

fn authentication(session: &Session) -> Value {
    json!({ "auth": format!("{}:{}", session.user, session.secret) })
}

fn newer(now: Temperatures, before: Temperatures) -> Temperatures {
    Temperatures {
        nozzle: now.nozzle.or(before.nozzle),
        other_tool: now.other_tool.or(before.other_tool),
        bed: now.bed.or(before.bed),
    }
}

fn lost(error: &SocketError) -> Lost {
    debug!(%error, "OctoPrint's push socket broke");
    let is_end = matches!(
        error,
        SocketError::ConnectionClosed
            | SocketError::AlreadyClosed
            | SocketError::Io(_)
            | SocketError::Protocol(ProtocolError::ResetWithoutClosingHandshake)
    );
    if is_end { Lost::Closed } else { Lost::Garbled }
}
