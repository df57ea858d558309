//! A door in front of one OctoPrint: it counts the orders to print that really pass, and can hold
//! one back while something else happens.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, copy};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// An upload goes to the folder itself; an order names the file in it.
const ORDER: &str = "POST /api/files/local/";

/// A request of the agent's is a few hundred bytes before its body.
const HEAD_BYTES_MAX: usize = 16 << 10;

/// Whether orders to print pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Orders {
    Pass,
    Wait,
}

/// A port that leads to an OctoPrint. Dropping it ends every connection.
#[derive(Debug)]
pub(crate) struct Door {
    port: u16,
    orders: watch::Sender<Orders>,
    seen: watch::Receiver<Vec<String>>,
    _tasks: JoinSet<()>,
}

impl Door {
    /// Listens at a free port and leads to `port`.
    pub(crate) async fn before(port: u16) -> Result<Self> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no port is free")?;
        let own = listener.local_addr().context("a bound socket has no address")?.port();
        let orders = watch::Sender::new(Orders::Pass);
        let (see, seen) = watch::channel(Vec::new());
        let keeper =
            Keeper { server: (Ipv4Addr::LOCALHOST, port).into(), orders: orders.clone(), see };
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, keeper));
        Ok(Self { port: own, orders, seen, _tasks: tasks })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Holds back the orders to print that come from now on.
    pub(crate) fn hold(&self) {
        self.orders.send_replace(Orders::Wait);
    }

    /// Lets held orders pass, and those that come.
    pub(crate) fn release(&self) {
        self.orders.send_replace(Orders::Pass);
    }

    /// Waits until `count` orders have come, and returns the path in the last one.
    pub(crate) async fn ordered(&self, count: usize) -> Result<String> {
        let mut seen = self.seen.clone();
        let seen = seen.wait_for(|seen| count <= seen.len()).await.context("the door is gone")?;
        Ok(seen[count - 1].clone())
    }

    /// Returns how many orders have come.
    pub(crate) fn orders(&self) -> usize {
        self.seen.borrow().len()
    }

    /// Returns how many orders to print `path` have come.
    pub(crate) fn orders_for(&self, path: &str) -> usize {
        self.seen.borrow().iter().filter(|seen| *seen == path).count()
    }
}

/// What every connection needs.
#[derive(Clone, Debug)]
struct Keeper {
    server: SocketAddr,
    orders: watch::Sender<Orders>,
    see: watch::Sender<Vec<String>>,
}

async fn accept(listener: TcpListener, keeper: Keeper) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else { return };
        while connections.try_join_next().is_some() {}
        connections.spawn(keeper.clone().carry(client));
    }
}

impl Keeper {
    /// Carries one connection until either end closes it. A closed end closes the other, as if they
    /// were one.
    async fn carry(self, mut client: TcpStream) {
        let Ok(mut server) = TcpStream::connect(self.server).await else { return };
        let (from_client, mut to_client) = client.split();
        let (mut from_server, to_server) = server.split();
        tokio::select! {
            // A connection that breaks off is for its two ends to notice.
            _ = self.requests(from_client, to_server) => {}
            _ = copy(&mut from_server, &mut to_client) => {}
        }
    }

    async fn requests(&self, client: ReadHalf<'_>, mut server: WriteHalf<'_>) -> Result<()> {
        let mut client = BufReader::new(client);
        loop {
            let head = head(&mut client).await?;
            if let Some(path) = ordered(&head) {
                self.see.send_modify(|seen| seen.push(path));
                self.orders.subscribe().wait_for(|orders| *orders == Orders::Pass).await?;
            }
            server.write_all(head.as_bytes()).await?;
            if head.to_lowercase().contains("\r\nupgrade: websocket") {
                copy(&mut client, &mut server).await?;
                return Ok(());
            }
            copy(&mut (&mut client).take(body_bytes(&head)?), &mut server).await?;
        }
    }
}

/// Reads to the empty line after a request's fields.
async fn head(client: &mut BufReader<ReadHalf<'_>>) -> Result<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let read = client.read_line(&mut head).await?;
        if read == 0 || HEAD_BYTES_MAX < head.len() {
            bail!("the client has gone");
        }
    }
    Ok(head)
}

fn ordered(head: &str) -> Option<String> {
    let (path, _) = head.strip_prefix(ORDER)?.split_once(' ')?;
    Some(path.to_owned())
}

fn body_bytes(head: &str) -> Result<u64> {
    let lower = head.to_lowercase();
    let length = lower.split_once("\r\ncontent-length:").map(|(_, rest)| rest);
    match length.and_then(|rest| rest.lines().next()) {
        Some(number) => number.trim().parse().context("an odd length"),
        None => Ok(0),
    }
}
