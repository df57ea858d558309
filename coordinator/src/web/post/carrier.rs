//! The way of letters to people: a mail server that takes them, by SMTP.

use std::fmt;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::letter::Letter;
use crate::accounts::draw;

/// How long a mail server may take to answer: some wait half a minute to try a sender's patience.
const PATIENCE: Duration = Duration::from_mins(1);

/// Carries letters to a mail server.
#[derive(Clone)]
pub struct Carrier {
    from: Mailbox,
    server: AsyncSmtpTransport<Tokio1Executor>,
}

/// Why a letter goes nowhere.
#[derive(Debug, thiserror::Error)]
pub enum NoCarrier {
    /// There is no mail server.
    #[error("this farm has no mail server: start the coordinator with --mail-server")]
    None,
    /// An address is none.
    #[error("{shown:?} is no address: write one like anne@farm.example")]
    Address {
        /// What was given, cut short.
        shown: String,
    },
    /// The address of the server is none that letters go to.
    #[error(
        "--mail-server is smtps://USER:PASSWORD@HOST, or smtp://HOST?tls=required for a server that \
         begins in the clear; without encryption only on this machine"
    )]
    Server,
    /// The server did not take it.
    #[error("the mail server does not take it: {0}")]
    Refused(#[from] lettre::transport::smtp::Error),
    /// The letter cannot be written.
    #[error("the letter cannot be written: {0}")]
    Unwritable(#[from] lettre::error::Error),
}

impl Carrier {
    /// Returns the carrier to `server`, from the address `from`.
    pub fn new(server: &str, from: &str) -> Result<Self, NoCarrier> {
        let at = host_of(server).ok_or(NoCarrier::Server)?;
        let encrypted = server.starts_with("smtps://") || server.contains("tls=required");
        if !encrypted && !is_this_machine(at) {
            return Err(NoCarrier::Server);
        }
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(server)
            .map_err(|_| NoCarrier::Server)?;
        Ok(Self { from: mailbox(from)?, server: builder.timeout(Some(PATIENCE)).build() })
    }

    pub(super) async fn send(&self, to: &str, letter: Letter) -> Result<(), NoCarrier> {
        // Many servers take what has none for rubbish (RFC 5322, section 3.6.4); the sender's domain
        // makes it one of a kind, as only the sender's servers give out names in it.
        let domain = self.from.email.domain();
        let id = format!("<{}@{domain}>", draw::<16>());
        let message = Message::builder()
            .message_id(Some(id))
            .from(self.from.clone())
            .to(mailbox(to)?)
            .subject(letter.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text)?;
        self.server.send(message).await?;
        Ok(())
    }
}

impl NoCarrier {
    /// Returns it for the log. What a mail server answers names the address, which is personal.
    pub(super) fn without_address(&self) -> String {
        let code = match self {
            Self::Refused(error) => error.status(),
            Self::Address { .. } => return "it is no address".to_owned(),
            Self::None | Self::Server | Self::Unwritable(_) => None,
        };
        code.map_or_else(|| self.to_string(), |code| format!("the mail server answers {code}"))
    }

    /// Says whether the mail server said that it never takes this letter.
    pub(super) fn is_for_ever(&self) -> bool {
        matches!(self, Self::Refused(error) if error.is_permanent())
    }
}

impl fmt::Debug for Carrier {
    /// Without the server's password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carrier").field("from", &self.from).finish_non_exhaustive()
    }
}

/// Says whether letters could be sent to `address`.
pub(super) fn mailbox(address: &str) -> Result<Mailbox, NoCarrier> {
    let no_address = |_| NoCarrier::Address { shown: address.chars().take(80).collect() };
    address.trim().parse().map_err(no_address)
}

/// Returns the host of `scheme://user:password@host:port?...`, without its port.
fn host_of(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("smtps://").or_else(|| url.strip_prefix("smtp://"))?;
    let place = rest.split(['/', '?']).next()?;
    let host = place.rsplit_once('@').map_or(place, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(ip) => ip.split(']').next()?,
        None => host.split(':').next()?,
    };
    (!host.is_empty()).then_some(host)
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(server: &str, good: bool) {
        let carrier = Carrier::new(server, "Visors <visors@farm.example>");
        assert_eq!(carrier.is_ok(), good, "{server}: {carrier:?}");
    }

    #[tokio::test]
    async fn letters_are_encrypted_unless_they_stay_on_this_machine() {
        rustls::crypto::ring::default_provider().install_default().ok();
        check("smtps://anne:secret@mail.example", true);
        check("smtps://mail.example:465", true);
        check("smtp://mail.example:587?tls=required", true);
        check("smtp://mail.example", false);
        check("smtp://mail.example?tls=opportunistic", false);
        check("smtp://127.0.0.1:2525", true);
        check("smtp://[::1]:2525", true);
        check("smtp://localhost", true);
        check("smtp://localhost@mail.example", false);
        check("http://mail.example", false);
        check("smtp://", false);
    }

    #[test]
    fn what_is_no_address_is_said_to_be() {
        assert!(mailbox("anne@farm.example").is_ok());
        for text in ["", "anne", "anne@", "a@b\nBcc: c@d", "@farm.example"] {
            assert!(mailbox(text).is_err(), "{text:?}");
        }
    }
}
