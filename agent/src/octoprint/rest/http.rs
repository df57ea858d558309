//! Sends one request within its limits: of time, of size, and of how often it may be repeated.

use std::time::Duration;

use reqwest::{RequestBuilder, Response};
use serde_json::Value;

use super::error::RestError;

/// OctoPrint on a Pi was seen to take seconds while it prints; beyond this it is stuck.
pub(in crate::octoprint) const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// A thousand files listed are below 2 MiB.
const BODY_MAX: usize = 4 << 20;

/// The server that stands in during a start was seen for 1.1 s.
const TRIES: u32 = 6;
const TRY_EVERY: Duration = Duration::from_millis(400);

/// A whole answer.
#[derive(Debug)]
pub(in crate::octoprint) struct Answer {
    pub(in crate::octoprint) status: u16,
    pub(in crate::octoprint) body: Vec<u8>,
}

impl Answer {
    pub(in crate::octoprint) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(in crate::octoprint) fn success(self) -> Result<Self, RestError> {
        if self.is_success() {
            return Ok(self);
        }
        Err(RestError::from_status(self.status, &self.body))
    }

    pub(in crate::octoprint) fn json(&self, what: &'static str) -> Result<Value, RestError> {
        serde_json::from_slice(&self.body).map_err(|_| RestError::Unreadable { what })
    }
}

/// Sends a request that changes nothing, again if a starting server garbled the answer.
pub(in crate::octoprint) async fn get(request: RequestBuilder) -> Result<Answer, RestError> {
    let mut tried = 1;
    loop {
        let again = request.try_clone().expect("a request without a body can be cloned");
        match once(again).await {
            Err(error) if error.is_passing() && tried < TRIES => {
                tried += 1;
                // A server that starts does not say when it is ready.
                tokio::time::sleep(TRY_EVERY).await;
            }
            result => return result,
        }
    }
}

/// Sends a request once: it may change something.
pub(in crate::octoprint) async fn once(request: RequestBuilder) -> Result<Answer, RestError> {
    let response = request.send().await.map_err(RestError::from_transport)?;
    let status = response.status().as_u16();
    Ok(Answer { status, body: read(response).await? })
}

pub(in crate::octoprint) async fn read(mut response: Response) -> Result<Vec<u8>, RestError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(RestError::from_transport)? {
        if BODY_MAX < body.len() + chunk.len() {
            return Err(RestError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
