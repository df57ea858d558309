//! Sends pictures of a printer's camera to the farm's people, where its maker allows them.

use reqwest::StatusCode;
use visorfarm_protocol::camera;
use visorfarm_protocol::id::PrinterId;

use crate::enrol::Membership;

/// The way to the coordinator for pictures. Clones share its connections.
#[derive(Clone, Debug)]
pub(crate) struct Album {
    client: reqwest::Client,
    membership: Membership,
}

/// Why a picture did not arrive.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotShown {
    /// The network or the coordinator failed.
    #[error("the picture did not reach the coordinator")]
    Network(#[source] reqwest::Error),
    /// The coordinator said no: perhaps it is older than pictures.
    #[error("the coordinator takes no picture: status {status}")]
    Refused {
        /// The HTTP status.
        status: StatusCode,
    },
}

impl Album {
    /// Returns the way by `client`, which trusts the coordinator of `membership`.
    pub(crate) fn new(client: reqwest::Client, membership: Membership) -> Self {
        Self { client, membership }
    }

    /// Sends what the camera of `printer` sees.
    pub(crate) async fn show(&self, printer: &PrinterId, picture: Vec<u8>) -> Result<(), NotShown> {
        let credentials = &self.membership.credentials;
        let url = format!("{}{}", self.membership.origin, camera::path(printer));
        let request = self.client.put(url).body(picture);
        let request = request.basic_auth(credentials.agent.as_str(), Some(&credentials.secret));
        let status = request.send().await.map_err(NotShown::Network)?.status();
        if status.is_success() { Ok(()) } else { Err(NotShown::Refused { status }) }
    }
}
