//! How an agent joins: an invite link, one HTTPS exchange, and the credentials it gives.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::id::{AgentId, FarmId};

/// The path that an agent posts its [`Enrolment`] to.
pub const ENROL_PATH: &str = "/api/v1/enrol";

/// The longest single-use token in bytes.
const TOKEN_BYTES_MAX: usize = 64;

/// A single-use invite: `https://host:port/join#<token>.<pin>`.
///
/// Token and pin stand in the fragment, which browsers and proxies never send: a link opened by
/// mistake ends up in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Invite {
    /// `https://host:port`, or `http://` on loopback.
    pub origin: String,
    /// The secret that is worth one enrolment.
    pub token: String,
    /// SHA-256 of the certificate that the coordinator's own chain must end in; none where the
    /// link is plain, on loopback.
    pub pin: Option<Digest>,
}

/// A text that is no [`Invite`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnInvite {
    /// The link is cut short or altered.
    #[error("the invite is incomplete: copy the whole link, like https://host:8443/join#token.pin")]
    Incomplete,
    /// An unencrypted link to another machine.
    #[error("the invite is not encrypted and leads to another machine: ask for an https link")]
    Plain,
}

impl FromStr for Invite {
    type Err = NotAnInvite;

    fn from_str(text: &str) -> Result<Self, NotAnInvite> {
        let (link, secret) = text.trim().split_once('#').ok_or(NotAnInvite::Incomplete)?;
        let origin = link.strip_suffix("/join").ok_or(NotAnInvite::Incomplete)?;
        let (token, pin) = match secret.split_once('.') {
            Some((token, pin)) => (token, Some(pin.parse().map_err(|_| NotAnInvite::Incomplete)?)),
            None => (secret, None),
        };
        let plain = |c: u8| c.is_ascii_alphanumeric() || b"-_".contains(&c);
        if token.is_empty() || token.len() > TOKEN_BYTES_MAX || !token.bytes().all(plain) {
            return Err(NotAnInvite::Incomplete);
        }
        let encrypted = origin.starts_with("https://");
        if !encrypted && !is_loopback(origin) {
            return Err(NotAnInvite::Plain);
        }
        if encrypted && pin.is_none() {
            return Err(NotAnInvite::Incomplete);
        }
        Ok(Self { origin: origin.to_owned(), token: token.to_owned(), pin })
    }
}

fn is_loopback(origin: &str) -> bool {
    let Some(host) = origin.strip_prefix("http://") else { return false };
    let host = host.rsplit_once(':').map_or(host, |(host, _port)| host);
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

impl fmt::Display for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/join#{}", self.origin, self.token)?;
        match self.pin {
            Some(pin) => write!(f, ".{pin}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Invite {
    /// Keeps the token out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invite to {}", self.origin)
    }
}

/// What an agent sends to join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The invite's token.
    pub token: String,
    /// What the maker calls this machine.
    pub title: String,
}

/// What an agent gets for a valid token, once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The farm it belongs to.
    pub farm: FarmId,
    /// Its name there.
    pub agent: AgentId,
    /// Its password for MQTT and for G-code.
    pub secret: String,
    /// Where the broker listens, best first: `mqtts://host:8883`, `wss://host:8443/mqtt`.
    pub brokers: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIN: &str = "00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff";

    #[test]
    fn an_invite_survives_the_round_trip() {
        let text = format!("https://farm.example:8443/join#s3cr-et.{PIN}");
        let invite: Invite = text.parse().unwrap();
        assert_eq!(invite.origin, "https://farm.example:8443");
        assert_eq!(invite.to_string(), text);
        assert!(!format!("{invite:?}").contains("s3cr-et"));
    }

    #[test]
    fn plain_links_stay_on_this_machine() {
        for good in
            ["http://localhost:80/join#t", "http://127.0.0.1:9/join#t", "http://[::1]:9/join#t"]
        {
            assert!(good.parse::<Invite>().is_ok(), "{good}");
        }
        for bad in
            ["http://farm.example/join#t", "http://127.0.0.1.evil.example/join#t", "ftp://x/join#t"]
        {
            assert_eq!(bad.parse::<Invite>(), Err(NotAnInvite::Plain), "{bad}");
        }
    }

    #[test]
    fn a_link_cut_short_says_so() {
        let whole = format!("https://farm.example/join#token.{PIN}");
        for end in 0..whole.len() {
            assert_eq!(whole[..end].parse::<Invite>(), Err(NotAnInvite::Incomplete), "{end}");
        }
    }
}
