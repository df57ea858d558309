//! Gets a key from the maker: the agent asks, a person presses "Allow" in OctoPrint.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::model::read;
use super::rest::{Host, RestError, UrlRefused, http};

/// OctoPrint drops a request that nobody asked about for five seconds. It began to count before its
/// answer reached us: near the end of them nobody can tell that from a maker who said no.
const ASK_EVERY: Duration = Duration::from_secs(1);
const FORGOTTEN_AFTER: Duration = Duration::from_secs(4);

/// An OctoPrint we have no key to.
#[derive(Clone, Debug)]
pub struct AppKeys {
    host: Host,
}

/// A question that waits for the maker.
#[derive(Debug)]
pub struct Question {
    token: String,
    /// Where the maker answers it.
    pub dialog: Option<String>,
    asked: Instant,
}

/// How the asking ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Granted(ApiKey),
    Denied,
    /// Nobody answered in time, or the answer was lost on its way: ask again.
    Expired,
}

/// What came of one look.
#[derive(Debug, PartialEq, Eq)]
pub enum Look {
    Waiting,
    Ended(Outcome),
}

/// A key that no log shows.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(pub String);

/// Why the maker was not asked.
#[derive(Debug, thiserror::Error)]
pub enum NotAsked {
    #[error("this OctoPrint hands out no keys on request: copy one from its settings")]
    NotSupported,
    /// OctoPrint takes three requests a minute, five in ten minutes, ten an hour.
    #[error("OctoPrint was asked for keys too often: wait ten minutes, then try again")]
    RateLimited,
    #[error("OctoPrint could not be asked for a key")]
    Failed {
        #[source]
        source: RestError,
    },
}

impl AppKeys {
    /// Takes an address like `http://octopi.local`; talks to nobody yet.
    pub fn new(base_url: &str) -> Result<Self, UrlRefused> {
        Host::new(base_url).map(|host| Self { host })
    }

    /// Asks for a key as `app`, for `user` or for whoever answers.
    pub async fn ask(&self, app: &str, user: Option<&str>) -> Result<Question, NotAsked> {
        let failed = |source| NotAsked::Failed { source };
        let probe = self.host.request(Method::GET, ["plugin", "appkeys", "probe"]);
        let probe = http::get(probe).await.map_err(failed)?;
        if probe.status != 204 {
            return Err(NotAsked::NotSupported);
        }
        let order = match user {
            Some(user) => json!({ "app": app, "user": user }),
            None => json!({ "app": app }),
        };
        let request = self.host.request(Method::POST, ["plugin", "appkeys", "request"]);
        let answer = http::once(request.json(&order)).await.map_err(failed)?;
        if answer.status == 429 {
            return Err(NotAsked::RateLimited);
        }
        let what = "a key request";
        let answer = answer.success().and_then(|answer| answer.json(what)).map_err(failed)?;
        let token = read::text(&answer["app_token"])
            .ok_or(NotAsked::Failed { source: RestError::Unreadable { what } })?;
        Ok(Question { token, dialog: read::text(&answer["auth_dialog"]), asked: Instant::now() })
    }

    /// Looks once whether the maker has answered; to be done every second.
    pub async fn look(&self, question: &mut Question) -> Result<Look, RestError> {
        let segments = ["plugin", "appkeys", "request", question.token.as_str()];
        let asked_before = question.asked;
        // A granted key is told once: a repeated question would only hear that it is gone.
        let answer = http::once(self.host.request(Method::GET, segments)).await?;
        match answer.status {
            202 => {
                question.asked = Instant::now();
                Ok(Look::Waiting)
            }
            404 if asked_before.elapsed() < FORGOTTEN_AFTER => Ok(Look::Ended(Outcome::Denied)),
            404 => Ok(Look::Ended(Outcome::Expired)),
            _ => {
                let what = "a key";
                let answer = answer.success()?.json(what)?;
                let key = read::text(&answer["api_key"]).ok_or(RestError::Unreadable { what })?;
                Ok(Look::Ended(Outcome::Granted(ApiKey(key))))
            }
        }
    }

    /// Waits for the maker's answer, ten minutes at most: OctoPrint forgets the question then.
    pub async fn wait(&self, mut question: Question) -> Outcome {
        loop {
            // OctoPrint pushes no answer to a question for a key: it is asked.
            sleep(ASK_EVERY).await;
            match self.look(&mut question).await {
                Ok(Look::Ended(outcome)) => return outcome,
                Ok(Look::Waiting) => {}
                // Asked again in time, a single lost answer does no harm.
                Err(_) if question.asked.elapsed() < FORGOTTEN_AFTER => {}
                Err(_) => return Outcome::Expired,
            }
        }
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKey(..)")
    }
}
