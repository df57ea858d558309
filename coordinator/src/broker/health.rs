//! Whether the broker still accepts connections: rmqtt keeps its accept errors to itself, so we
//! knock and listen for the answer.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// How often we knock.
const EVERY: Duration = Duration::from_secs(10);

/// How long an answer may take: in a storm of 10,000 agents it took one second (measured).
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// An MQTT 3.1.1 CONNECT without a user name, from `?`, which is no agent's name.
const KNOCK: [u8; 15] = *b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x0a\x00\x01?";

/// The first byte of every CONNACK.
const CONNACK: u8 = 0x20;

/// Whether the broker accepts connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It answers.
    Accepting,
    /// It does not.
    Deaf {
        /// What happened instead.
        why: String,
    },
}

/// Knocks for ever, and tells what changes.
pub(super) async fn watch(inside: SocketAddr, told: &watch::Sender<Health>) {
    loop {
        let seen = match timeout(ANSWER_MAX, knock(inside)).await {
            Ok(Ok(CONNACK)) => Health::Accepting,
            Ok(Ok(byte)) => Health::Deaf { why: format!("it answered {byte:#04x}") },
            Ok(Err(error)) => Health::Deaf { why: error.to_string() },
            Err(_) => Health::Deaf { why: "it did not answer".to_owned() },
        };
        let changed = told.send_if_modified(|known| {
            let changed = *known != seen;
            known.clone_from(&seen);
            changed
        });
        match &seen {
            Health::Deaf { why } if changed => {
                tracing::error!(%why, "The broker accepts no connection; look for too many open files");
            }
            Health::Accepting if changed => tracing::info!("The broker accepts connections again"),
            Health::Deaf { .. } | Health::Accepting => {}
        }
        // The broker tells nobody that it is deaf: only a knock does.
        sleep(EVERY).await;
    }
}

async fn knock(inside: SocketAddr) -> io::Result<u8> {
    let mut stream = TcpStream::connect(inside).await?;
    stream.write_all(&KNOCK).await?;
    stream.read_u8().await
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_closed_port_is_noticed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let (told, mut health) = watch::channel(Health::Accepting);
        tokio::select! {
            () = watch(address, &told) => unreachable!("it knocks for ever"),
            changed = health.changed() => changed.unwrap(),
        }
        assert!(matches!(*health.borrow(), Health::Deaf { .. }));
    }

    #[test]
    fn the_knock_is_a_packet_of_the_length_it_says() {
        assert_eq!(usize::from(KNOCK[1]) + 2, KNOCK.len());
    }
}
