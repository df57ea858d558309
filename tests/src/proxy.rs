//! A network in between that can be cut, stalled and slowed down while it is used.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How a network behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// Everything passes.
    Pass,
    /// Everything passes, each piece so much later.
    Delay(Duration),
    /// Connections stay, nothing passes: a cable that was pulled.
    Stall,
    /// The server's side is closed, the client may still send.
    HalfClose,
    /// Connections are closed, new ones as soon as they are made.
    Cut,
    /// Connections are reset, new ones as soon as they are made.
    Reset,
}

/// A port that leads to another. Dropping it ends every connection.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    weather: watch::Sender<Weather>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    /// Listens at a free port of this machine and leads to `port`.
    pub async fn to(port: u16) -> Result<Self> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no port is free")?;
        let own = listener.local_addr().context("a bound socket has no address")?.port();
        let (weather, watched) = watch::channel(Weather::Pass);
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, (Ipv4Addr::LOCALHOST, port).into(), watched));
        Ok(Self { port: own, weather, _tasks: tasks })
    }

    /// Changes the weather, for the connections that are as for those that come.
    pub fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Weather {
    fn ends_connections(self) -> bool {
        match self {
            Self::Cut | Self::Reset => true,
            Self::Pass | Self::Delay(_) | Self::Stall | Self::HalfClose => false,
        }
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, weather: watch::Receiver<Weather>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else { return };
        while connections.try_join_next().is_some() {}
        connections.spawn(carry(client, server, weather.clone()));
    }
}

async fn carry(mut client: TcpStream, server: SocketAddr, weather: watch::Receiver<Weather>) {
    let mut ending = weather.clone();
    let ended = async {
        ending.wait_for(|weather| weather.ends_connections()).await.map(|weather| *weather).ok()
    };
    let passed = async {
        let Ok(mut server) = TcpStream::connect(server).await else { return };
        let (from_server, to_server) = server.split();
        let (from_client, to_client) = client.split();
        tokio::join!(
            pump(from_client, to_server, weather.clone(), Direction::Up),
            pump(from_server, to_client, weather, Direction::Down),
        );
    };
    let ended = tokio::select! {
        biased;
        ended = ended => ended,
        () = passed => None,
    };
    if ended == Some(Weather::Reset) {
        // Without a linger time the kernel sends a reset instead of a goodbye.
        client.set_zero_linger().ok();
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut weather: watch::Receiver<Weather>,
    direction: Direction,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let half_closed =
            |weather: &Weather| *weather == Weather::HalfClose && direction == Direction::Down;
        let read = tokio::select! {
            read = from.read(&mut buffer) => read.unwrap_or(0),
            _ = weather.wait_for(half_closed) => 0,
        };
        if read == 0 {
            to.shutdown().await.ok();
            return;
        }
        // A stalled network keeps what was sent until it flows again.
        let flows = weather.wait_for(|weather| *weather != Weather::Stall).await;
        let Ok(now) = flows.map(|weather| *weather) else { return };
        if let Weather::Delay(delay) = now {
            sleep(delay).await;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    /// Returns a proxy before a server that sends back what it gets.
    async fn echo() -> Proxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = stream.split();
                    tokio::io::copy(&mut from, &mut to).await.ok();
                });
            }
        });
        Proxy::to(port).await.unwrap()
    }

    async fn said_back(stream: &mut TcpStream) -> std::io::Result<usize> {
        stream.write_all(b"hello").await?;
        stream.read(&mut [0; 5]).await
    }

    #[tokio::test]
    async fn a_stalled_network_delivers_when_it_flows_again() {
        let proxy = echo().await;
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).await.unwrap();
        assert_eq!(said_back(&mut client).await.unwrap(), 5);
        proxy.set(Weather::Stall);
        let waited = timeout(Duration::from_millis(200), said_back(&mut client)).await;
        assert!(waited.is_err(), "a stalled network delivered");
        proxy.set(Weather::Pass);
        assert_eq!(client.read(&mut [0; 5]).await.unwrap(), 5);
    }

    #[tokio::test]
    async fn a_cut_network_ends_connections_and_new_ones() {
        for (weather, said) in
            [(Weather::Cut, None), (Weather::Reset, Some(std::io::ErrorKind::ConnectionReset))]
        {
            let proxy = echo().await;
            let connect = || TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port()));
            let mut client = connect().await.unwrap();
            assert_eq!(said_back(&mut client).await.unwrap(), 5);
            proxy.set(weather);
            let ended = client.read(&mut [0; 5]).await;
            assert_eq!(ended.as_ref().err().map(std::io::Error::kind), said, "{ended:?}");
            let mut next = connect().await.unwrap();
            assert!(!matches!(said_back(&mut next).await, Ok(1..)), "{weather:?} let bytes pass");
            proxy.set(Weather::Pass);
            assert_eq!(said_back(&mut connect().await.unwrap()).await.unwrap(), 5);
        }
    }

    #[tokio::test]
    async fn a_half_closed_network_still_sends() {
        let proxy = echo().await;
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).await.unwrap();
        assert_eq!(said_back(&mut client).await.unwrap(), 5);
        proxy.set(Weather::HalfClose);
        assert_eq!(client.read(&mut [0; 5]).await.unwrap(), 0);
        client.write_all(b"still here").await.unwrap();
    }
}
