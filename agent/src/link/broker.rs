//! Where a broker listens and how it is spoken to: `mqtts://host:port`, `wss://host:port/mqtt`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use rumqttc::{MqttOptions, TlsConfiguration, Transport};
use rustls::ClientConfig;

/// A broker that this program can connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broker {
    scheme: Scheme,
    /// As written in URLs: an IPv6 address is in brackets.
    host: String,
    port: u16,
    /// Empty, or beginning with a slash.
    path: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Mqtt,
    Mqtts,
    Ws,
    Wss,
}

/// A text that is no broker for us.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotABroker {
    /// It has another form.
    #[error("{text:?} is not like mqtts://host:8883 or wss://host:8443/mqtt")]
    Shape {
        /// What it is.
        text: String,
    },
    /// Our password would cross the network in the clear.
    #[error("{text:?} is not encrypted and leads to another machine")]
    Plain {
        /// What it is.
        text: String,
    },
}

impl FromStr for Broker {
    type Err = NotABroker;

    fn from_str(text: &str) -> Result<Self, NotABroker> {
        let broker = parse(text).ok_or_else(|| NotABroker::Shape { text: text.to_owned() })?;
        let here = matches!(broker.host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        match broker.scheme {
            Scheme::Mqtt | Scheme::Ws if !here => Err(NotABroker::Plain { text: text.to_owned() }),
            Scheme::Mqtt | Scheme::Mqtts | Scheme::Ws | Scheme::Wss => Ok(broker),
        }
    }
}

fn parse(text: &str) -> Option<Broker> {
    let (scheme, rest) = text.split_once("://")?;
    let (scheme, port) = match scheme {
        "mqtt" => (Scheme::Mqtt, 1883),
        "mqtts" => (Scheme::Mqtts, 8883),
        "ws" => (Scheme::Ws, 80),
        "wss" => (Scheme::Wss, 443),
        _ => return None,
    };
    let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let (host, port) = match authority.rsplit_once(':') {
        // The colons of an IPv6 address are not a port's.
        Some((host, digits)) if !digits.ends_with(']') => (host, digits.parse().ok()?),
        Some(_) | None => (authority, port),
    };
    let plain = |c: u8| c.is_ascii_alphanumeric() || b"-._".contains(&c);
    let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let well_formed = match bracketed {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(plain),
    };
    let path_fits = match scheme {
        Scheme::Mqtt | Scheme::Mqtts => path.is_empty(),
        Scheme::Ws | Scheme::Wss => path.bytes().all(|c| plain(c) || c == b'/'),
    };
    // The TLS layer of rumqttc takes no IPv6 address for a server's name.
    let nameable = bracketed.is_none() || matches!(scheme, Scheme::Mqtt | Scheme::Ws);
    (well_formed && path_fits && nameable).then(|| Broker {
        scheme,
        host: host.to_owned(),
        port,
        path: path.to_owned(),
    })
}

impl Broker {
    /// Returns the options of a client called `client_id` that connects there.
    pub(super) fn options(&self, client_id: &str, tls: Arc<ClientConfig>) -> MqttOptions {
        let tls = TlsConfiguration::Rustls(tls);
        let url = "a parsed broker is a URL that rumqttc takes";
        match self.scheme {
            Scheme::Mqtt => MqttOptions::new(client_id, (self.host.clone(), self.port)),
            Scheme::Mqtts => {
                let mut options = MqttOptions::new(client_id, (self.host.clone(), self.port));
                options.set_transport(Transport::tls_with_config(tls));
                options
            }
            Scheme::Ws => {
                let broker = rumqttc::Broker::websocket(self.to_string()).expect(url);
                MqttOptions::new(client_id, broker)
            }
            Scheme::Wss => {
                MqttOptions::websocket_with_tls_config(client_id, self.to_string(), tls).expect(url)
            }
        }
    }
}

impl fmt::Display for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Mqtt => "mqtt",
            Scheme::Mqtts => "mqtts",
            Scheme::Ws => "ws",
            Scheme::Wss => "wss",
        };
        write!(f, "{scheme}://{}:{}{}", self.host, self.port, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust;

    #[test]
    fn every_kind_of_broker_is_understood() {
        for (text, whole) in [
            ("mqtts://farm.example", "mqtts://farm.example:8883"),
            ("wss://farm.example:8443/mqtt", "wss://farm.example:8443/mqtt"),
            ("mqtt://127.0.0.1:1883", "mqtt://127.0.0.1:1883"),
            ("mqtt://[::1]", "mqtt://[::1]:1883"),
            ("ws://localhost:8080/mqtt", "ws://localhost:8080/mqtt"),
        ] {
            let broker: Broker = text.parse().unwrap();
            assert_eq!(broker.to_string(), whole);
            broker.options("a7", trust::client_config(None)).validate().unwrap();
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in [
            "",
            "farm.example:8883",
            "quic://farm.example",
            "mqtts://",
            "mqtts://:8883",
            "mqtts://farm.example:99999",
            "mqtts://farm.example/mqtt",
            "mqtts://user@farm.example",
            "mqtts://[::1]:8883",
            "wss://farm.example/mqtt?x",
        ] {
            assert!(matches!(bad.parse::<Broker>(), Err(NotABroker::Shape { .. })), "{bad:?}");
        }
    }

    #[test]
    fn a_password_crosses_no_network_in_the_clear() {
        for bad in ["mqtt://farm.example", "ws://192.168.1.2/mqtt", "mqtt://localhost.evil.example"]
        {
            assert!(matches!(bad.parse::<Broker>(), Err(NotABroker::Plain { .. })), "{bad:?}");
        }
    }
}
