//! How this machine joins a farm: one request with the invite's token, which is worth nothing
//! after it.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::enrol::{Credentials, ENROL_PATH, Enrolment, Invite};
use visorfarm_protocol::text::quote;

use crate::trust::{self, TrustError};

/// Credentials are under 1 KiB; an answer beyond this is none.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// What an agent needs to be in a farm. Kept in the state folder, told to nobody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The coordinator: `https://host:port`, or `http://` on loopback.
    pub origin: String,
    /// Whose certificates are believed.
    pub pin: Option<Digest>,
    /// SHA-256 of the invite's token: who gives the same invite again goes on where it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<Digest>,
    /// What the coordinator gave.
    #[serde(flatten)]
    pub credentials: Credentials,
}

impl fmt::Debug for Membership {
    /// Keeps the secret out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Credentials { farm, agent, .. } = &self.credentials;
        write!(f, "agent {agent} of {farm} at {}", self.origin)
    }
}

/// Why an invite gave no credentials.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The coordinator does not accept the invite.
    #[error("the coordinator refused the invite: {why}; ask the dispatcher for a new one")]
    Refused {
        /// In its words.
        why: String,
    },
    /// The server is not believed.
    #[error("cannot enrol at {origin}")]
    Untrusted {
        /// Where.
        origin: String,
        /// Why.
        #[source]
        source: TrustError,
    },
    /// The server cannot be reached, or the connection broke.
    #[error(
        "cannot reach the coordinator at {origin}: check the link and this machine's network, \
         then try again"
    )]
    Unreachable {
        /// Where.
        origin: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// What answers there is no coordinator, or one of another time.
    #[error("{origin} answered {status} like no coordinator does: check the link")]
    Strange {
        /// Where.
        origin: String,
        /// With which HTTP status.
        status: u16,
    },
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl Membership {
    /// Says whether it was got with `invite`.
    #[must_use]
    pub fn is_from(&self, invite: &Invite) -> bool {
        self.origin == invite.origin && self.invite == Some(digest_of(invite))
    }
}

fn digest_of(invite: &Invite) -> Digest {
    Digest(Sha256::digest(invite.token.as_bytes()).into())
}

/// Asks for credentials with `invite`, for a machine that its maker calls `title`.
pub async fn enrol(invite: &Invite, title: &str) -> Result<Membership, EnrolError> {
    let origin = &invite.origin;
    let unreachable = |source: reqwest::Error| match trust::reason(&source) {
        Some(source) => EnrolError::Untrusted { origin: origin.clone(), source },
        None => EnrolError::Unreachable { origin: origin.clone(), source: source.without_url() },
    };
    let enrolment = Enrolment { token: invite.token.clone(), title: title.to_owned() };
    let client = trust::http_client(origin, invite.pin).map_err(unreachable)?;
    let request = client.post(format!("{origin}{ENROL_PATH}")).json(&enrolment);
    let mut answer = request.send().await.map_err(unreachable)?;
    let status = answer.status();
    let strange = || EnrolError::Strange { origin: origin.clone(), status: status.as_u16() };
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        if ANSWER_BYTES_MAX < body.len() + chunk.len() {
            return Err(strange());
        }
        body.extend_from_slice(&chunk);
    }
    if status.is_success() {
        let credentials = serde_json::from_slice(&body).map_err(|_| strange())?;
        return Ok(Membership {
            origin: origin.clone(),
            pin: invite.pin,
            invite: Some(digest_of(invite)),
            credentials,
        });
    }
    let refusal: Refusal = serde_json::from_slice(&body).map_err(|_| strange())?;
    Err(EnrolError::Refused { why: quote(&refusal.error) })
}

#[cfg(test)]
mod tests;
