//! MQTT over WebSocket, so that one HTTPS port can carry everything.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};

use super::door::Private;
use super::{CHUNK_BYTES, PACKET_BYTES_MAX};

/// The way in for MQTT over WebSocket.
#[derive(Clone)]
pub struct Bridge {
    private: Arc<Private>,
}

impl Bridge {
    pub(super) fn new(private: Arc<Private>) -> Self {
        Self { private }
    }

    /// Answers an upgrade request of `peer` and carries MQTT until one side ends.
    pub fn upgrade(self, request: WebSocketUpgrade, peer: SocketAddr) -> Response {
        request
            .protocols(["mqtt"])
            .max_message_size(PACKET_BYTES_MAX as usize)
            .max_frame_size(PACKET_BYTES_MAX as usize)
            .on_upgrade(move |socket| async move { self.carry(socket, peer).await })
    }

    /// Carries MQTT between `socket` and the broker until one side ends.
    pub async fn carry(&self, socket: WebSocket, peer: SocketAddr) {
        let mut visit = match self.private.enter(peer).await {
            Ok(visit) => visit,
            Err(error) => {
                tracing::error!(%peer, %error, "Cannot reach the broker for {peer}");
                return;
            }
        };
        let (from_inside, to_inside) = visit.stream.split();
        let (mut to_outside, from_outside) = socket.split();
        tokio::select! {
            () = inwards(from_outside, to_inside) => {}
            () = outwards(from_inside, &mut to_outside) => {}
        }
        // It may be gone already; the socket closes either way.
        to_outside.close().await.ok();
    }
}

/// MQTT packets may be cut anywhere, so a frame is nothing but bytes.
async fn inwards(mut outside: SplitStream<WebSocket>, mut inside: WriteHalf<'_>) {
    while let Some(Ok(message)) = outside.next().await {
        match message {
            Message::Binary(bytes) => {
                if inside.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            // axum answers pings.
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Text(_) | Message::Close(_) => return,
        }
    }
}

async fn outwards(mut inside: ReadHalf<'_>, outside: &mut SplitSink<WebSocket, Message>) {
    let mut chunk = vec![0; CHUNK_BYTES];
    while let Ok(length @ 1..) = inside.read(&mut chunk).await {
        let bytes = Bytes::copy_from_slice(&chunk[..length]);
        if outside.send(Message::Binary(bytes)).await.is_err() {
            return;
        }
    }
}
