//! Where the page is: the address that is bound, and the one that a browser is told.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, UdpSocket};

use tokio::net::TcpListener;

use super::mdns;
use crate::config::page::Listen;
use crate::local::Reach;

/// How many ports are tried where the maker named none: as many agents are on no machine.
const PORTS_TRIED: u16 = 100;

/// An address of documentation (RFC 5737): nothing is ever sent there.
const SOMEWHERE: (&str, u16) = ("192.0.2.1", 9);

/// Where the page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) bound: SocketAddr,
    pub(super) reach: Reach,
    /// What this machine calls itself.
    pub(super) machine: String,
}

/// Binds where the page is wanted; nothing if it is wanted nowhere.
pub(super) async fn bind(listen: Listen) -> io::Result<Option<TcpListener>> {
    let Some(mut address) = listen.address() else { return Ok(None) };
    let last = match listen {
        Listen::Usual => address.port() + PORTS_TRIED,
        Listen::Off | Listen::At(_) => address.port(),
    };
    loop {
        match TcpListener::bind(address).await {
            Err(error) if error.kind() == ErrorKind::AddrInUse && address.port() < last => {
                address.set_port(address.port() + 1);
            }
            bound => return bound.map(Some),
        }
    }
}

/// Returns where a bound listener is.
pub(super) fn place(listener: &TcpListener) -> Place {
    let machine = rustix::system::uname().nodename().to_string_lossy().to_ascii_lowercase();
    let bound = listener.local_addr().expect("a bound socket has an address");
    let reach = if bound.ip().is_loopback() { Reach::Machine } else { Reach::Network };
    Place { bound, reach, machine }
}

impl Place {
    /// Returns the address for a browser. The machine's own is looked up each time: routers give
    /// another one some day.
    pub(super) fn url(&self) -> String {
        let port = self.bound.port();
        match (self.bound.ip().is_unspecified(), own_address()) {
            (true, Some(own)) => format!("http://{}", SocketAddr::new(own, port)),
            (true, None) => format!("http://{}.local:{port}", self.machine),
            (false, _) => format!("http://{}", self.bound),
        }
    }

    /// Returns the address by the name that phones find this machine by, if they do: it stays.
    pub(super) async fn named(&self) -> Option<String> {
        let IpAddr::V4(own) = own_address()? else { return None };
        if !self.bound.ip().is_unspecified() {
            return None;
        }
        let name = mdns::name(&self.machine, own, mdns::EVERYBODY).await?;
        Some(format!("http://{name}:{}", self.bound.port()))
    }
}

/// Returns the address that this machine has in its network. Connecting a datagram socket only asks
/// the system for its route.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind(("0.0.0.0", 0)).ok()?;
    socket.connect(SOMEWHERE).ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|ip| !ip.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_usual_place_is_this_machine_on_a_free_port() {
        let first = bind(Listen::Usual).await.unwrap().unwrap();
        let second = bind(Listen::Usual).await.unwrap().unwrap();
        let ports = [&first, &second].map(|bound| bound.local_addr().unwrap().port());
        assert_ne!(ports[0], ports[1]);
        let there = place(&first);
        assert_eq!(there.url(), format!("http://127.0.0.1:{}", ports[0]));
        assert_eq!(there.reach, Reach::Machine);
    }

    #[tokio::test]
    async fn a_written_place_is_that_place_or_none() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listen = Listen::At(taken.local_addr().unwrap());
        assert_eq!(bind(listen).await.unwrap_err().kind(), ErrorKind::AddrInUse);
        assert!(bind(Listen::Off).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn all_addresses_of_this_machine_are_its_network() {
        let everywhere = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let there = place(&everywhere);
        assert_eq!(there.reach, Reach::Network);
        assert!(!there.url().contains("0.0.0.0"), "{}", there.url());
    }
}
