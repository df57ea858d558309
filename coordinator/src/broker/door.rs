//! The doors: public ports, with or without TLS, and the private one that they lead to.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::{BindError, CHUNK_BYTES, HANDSHAKE_MAX};

/// Connections that may wait to be accepted: after a power cut all agents come at once, and with
/// 128 a storm of 10,000 took four times as long (measured). The system's own limit is lower on
/// some.
const BACKLOG: u32 = 4096;

/// The pause after an accept that failed: usually there are no file descriptors left.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a connection that ends may take to take its last bytes.
const CLOSING_MAX: Duration = Duration::from_secs(5);

/// The private port inside, and who came to it from outside.
pub(super) struct Private {
    inside: SocketAddr,
    /// By our own end of the private connection.
    visitors: Mutex<BTreeMap<SocketAddr, SocketAddr>>,
}

impl Private {
    pub(super) fn new(inside: SocketAddr) -> Self {
        Self { inside, visitors: Mutex::default() }
    }

    /// Returns the private port.
    pub(super) fn inside(&self) -> SocketAddr {
        self.inside
    }

    /// Returns where a private connection comes from; nothing if it did not come through us.
    pub(super) fn peer(&self, private: SocketAddr) -> Option<SocketAddr> {
        self.visitors().get(&private).copied()
    }

    /// Opens a private connection for `peer`.
    pub(super) async fn enter(&self, peer: SocketAddr) -> io::Result<Visit<'_>> {
        let stream = TcpStream::connect(self.inside).await?;
        stream.set_nodelay(true)?;
        let ours = stream.local_addr()?;
        // Before the first byte, which is what makes rmqtt ask for it.
        self.visitors().insert(ours, peer);
        Ok(Visit { stream, private: self, ours })
    }

    fn visitors(&self) -> MutexGuard<'_, BTreeMap<SocketAddr, SocketAddr>> {
        self.visitors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A private connection, on behalf of somebody outside.
pub(super) struct Visit<'a> {
    pub(super) stream: TcpStream,
    private: &'a Private,
    ours: SocketAddr,
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.private.visitors().remove(&self.ours);
    }
}

/// A public port.
pub(super) struct Door {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
}

impl Door {
    pub(super) fn bind(
        address: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
    ) -> Result<Self, BindError> {
        let bound = listen(address).and_then(|listener| {
            let address = listener.local_addr()?;
            Ok(Self { listener, address, tls: tls.map(TlsAcceptor::from) })
        });
        bound.map_err(|source| BindError::Listen { address, source })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts for ever. Dropped, it ends all its connections.
    pub(super) async fn run(self, private: Arc<Private>) {
        let mut connections = JoinSet::new();
        loop {
            while connections.try_join_next().is_some() {}
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    let (private, tls) = (Arc::clone(&private), self.tls.clone());
                    connections.spawn(async move {
                        if let Err(error) = serve(stream, peer, tls, &private).await {
                            tracing::debug!(%peer, %error, "Connection of {peer} ended");
                        }
                    });
                }
                Err(error) => {
                    let address = self.address;
                    tracing::error!(%error, "Cannot accept on {address}; look for too many open files");
                    // Others must end first; without a pause this would spin.
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Without it, a restart waits a minute for the last connections of the one before.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    private: &Private,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    match tls {
        Some(tls) => carry(timeout(HANDSHAKE_MAX, tls.accept(stream)).await??, peer, private).await,
        None => carry(stream, peer, private).await,
    }
}

/// Copies both ways until one side ends.
async fn carry(
    outside: impl AsyncRead + AsyncWrite,
    peer: SocketAddr,
    private: &Private,
) -> io::Result<()> {
    let mut visit = private.enter(peer).await?;
    let (from_inside, to_inside) = visit.stream.split();
    let (from_outside, mut to_outside) = tokio::io::split(outside);
    // Whoever ends first ends both: MQTT knows no half-closed connection, and waiting for the other
    // side would let a stranger hold two sockets for ever.
    tokio::select! {
        ended = pour(from_outside, to_inside) => ended?,
        ended = pour(from_inside, &mut to_outside) => ended?,
    }
    timeout(CLOSING_MAX, to_outside.shutdown()).await??;
    Ok(())
}

/// Copies until `from` ends. Unlike tokio's, with a small buffer: there are two for each agent.
async fn pour(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let length = from.read(&mut chunk).await?;
        if length == 0 {
            return Ok(());
        }
        to.write_all(&chunk[..length]).await?;
        // TLS may hold back what the socket did not take.
        to.flush().await?;
    }
}
