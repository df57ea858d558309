//! MQTT packets on turmoil's sockets.

use std::io;

use bytes::BytesMut;
use rumqttc::Packet;
use rumqttc::mqttbytes::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use turmoil::net::TcpStream;

/// The largest packet: the embedded broker's figure.
const PACKET_BYTES_MAX: usize = 128 * 1024;

/// How much of a packet is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Write {
    Whole,
    /// The connection breaks in its middle.
    Half,
}

/// Packets on a socket.
pub(super) struct Packets {
    stream: TcpStream,
    bytes: BytesMut,
}

impl Packets {
    /// Returns what comes over `stream`.
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, bytes: BytesMut::new() }
    }

    /// Reads the next packet. Nothing is lost if it is not waited for to the end.
    pub(super) async fn read(&mut self) -> io::Result<Packet> {
        loop {
            match Packet::read(&mut self.bytes, PACKET_BYTES_MAX) {
                Ok(packet) => return Ok(packet),
                Err(Error::InsufficientBytes(_)) => {}
                Err(error) => return Err(io::Error::other(error)),
            }
            if self.stream.read_buf(&mut self.bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Writes a packet, or its first half.
    pub(super) async fn write(&mut self, packet: &Packet, how: Write) -> io::Result<()> {
        let mut bytes = BytesMut::new();
        packet.write(&mut bytes, PACKET_BYTES_MAX).map_err(io::Error::other)?;
        let end = match how {
            Write::Whole => bytes.len(),
            Write::Half => bytes.len() / 2,
        };
        self.stream.write_all(&bytes[..end]).await?;
        self.stream.flush().await
    }
}
