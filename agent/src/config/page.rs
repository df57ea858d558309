//! Where the maker's own page is served.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::{Deserialize, Deserializer};

/// The port of the page unless its maker writes another.
pub const USUAL_PORT: u16 = 7125;

/// Where the page is served. Beyond this machine only where its maker writes so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Listen {
    /// On this machine, on the usual port or the next that is free.
    #[default]
    Usual,
    /// Nowhere.
    Off,
    /// There, and on no other port.
    At(SocketAddr),
}

impl Listen {
    /// Returns the first address to be tried; nothing if there is to be no page.
    #[must_use]
    pub fn address(self) -> Option<SocketAddr> {
        match self {
            Self::Usual => Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), USUAL_PORT)),
            Self::Off => None,
            Self::At(address) => Some(address),
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address() {
            Some(address) => address.fmt(f),
            None => f.write_str("off"),
        }
    }
}

impl<'de> Deserialize<'de> for Listen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "off" {
            return Ok(Self::Off);
        }
        text.parse().map(Self::At).map_err(|_| {
            let text: String = text.chars().take(40).collect();
            serde::de::Error::custom(format!(
                "{text:?} is no place for the page: write \"127.0.0.1:{USUAL_PORT}\" for this \
                 machine only, \"0.0.0.0:{USUAL_PORT}\" for your network, or \"off\""
            ))
        })
    }
}
