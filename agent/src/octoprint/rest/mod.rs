//! Asks and commands an OctoPrint over HTTP.
//!
//! A question may be repeated, a command never is: whether it was heard is the caller's to find out.
//! Every call ends in bounded time and memory, whatever the other side does.

mod address;
mod camera;
mod error;
mod host;
pub(super) mod http;
mod transfer;

use reqwest::header::HeaderValue;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::model::{FileRecord, PrinterCondition, Snapshot, Version, printer_names, read};
pub use address::{UrlRefused, check_address};
pub use camera::NoPicture;
pub use error::{RestError, StartError};
pub(super) use host::Host;

/// Two questions make one snapshot; while a state changes they disagree and are asked again.
const SNAPSHOT_TRIES: u32 = 3;

/// An OctoPrint with the key to it. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Rest {
    pub(super) host: Host,
    /// Marked sensitive, so that no log shows it.
    key: HeaderValue,
}

/// A session of the push socket, bought with the key.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) user: String,
    pub(super) secret: String,
}

impl Rest {
    /// Takes an address like `http://octopi.local` and a key; talks to nobody yet.
    ///
    /// The process must have installed a crypto provider before.
    pub fn new(base_url: &str, api_key: &str) -> Result<Self, UrlRefused> {
        let host = Host::new(base_url)?;
        let mut key = HeaderValue::from_str(api_key.trim()).map_err(|_| UrlRefused::Key)?;
        key.set_sensitive(true);
        Ok(Self { host, key })
    }

    /// Says whether this is the key that every request carries.
    #[must_use]
    pub fn has_key(&self, api_key: &str) -> bool {
        self.key == *api_key.trim()
    }

    pub async fn version(&self) -> Result<Version, RestError> {
        let what = "a version";
        let answer = http::get(self.ask(["api", "version"])).await?.success()?.json(what)?;
        Version::read(&answer).ok_or(RestError::Unreadable { what })
    }

    /// Returns what the printer is doing, from two questions that agree on it.
    ///
    /// If they never do, the printer's own answer counts and the job may be a moment older or newer.
    pub async fn snapshot(&self) -> Result<Snapshot, RestError> {
        let mut tried = 1;
        loop {
            let printer = self.printer().await?;
            let job = http::get(self.ask(["api", "job"])).await?.success()?.json("a job")?;
            if tried == SNAPSHOT_TRIES || agree(printer.as_ref(), &job) {
                return Ok(Snapshot::from_rest(printer.as_ref(), &job));
            }
            tried += 1;
        }
    }

    /// Selects and prints a stored file: the one command that heats.
    ///
    /// `Ok` means accepted; that the print began shows in events and in the job.
    pub async fn start(&self, path: &str) -> Result<(), StartError> {
        let order = json!({ "command": "select", "print": true });
        let request = self.request(Method::POST, file_at(path)).json(&order);
        let response = request.send().await.map_err(StartError::from_transport)?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        // The status decides; a body that breaks off only takes the reason with it.
        let body = http::read(response).await.unwrap_or_default();
        Err(StartError::from_status(status.as_u16(), &body))
    }

    /// Returns what is known of a stored file; `None` if it is not there.
    pub async fn file(&self, path: &str) -> Result<Option<FileRecord>, RestError> {
        let what = "a file";
        let answer = http::get(self.request(Method::GET, file_at(path))).await?;
        if answer.status == 404 || (answer.status == 500 && self.lacks_folder_of(path).await?) {
            return Ok(None);
        }
        let record = answer.success()?.json(what)?;
        FileRecord::read(&record).map(Some).ok_or(RestError::Unreadable { what })
    }

    /// Deletes a stored file; one that is not there is as good as deleted.
    pub async fn delete(&self, path: &str) -> Result<(), RestError> {
        let answer = http::once(self.request(Method::DELETE, file_at(path))).await?;
        match answer.status {
            404 => Ok(()),
            500 if self.lacks_folder_of(path).await? => Ok(()),
            _ => answer.success().map(drop),
        }
    }

    /// Returns how many bytes are free where OctoPrint stores its files.
    pub async fn free_bytes(&self) -> Result<u64, RestError> {
        let what = "the free space";
        let request = self.ask(["api", "files"]);
        let listing = http::get(request).await?.success()?.json(what)?;
        read::bytes(&listing["free"]).ok_or(RestError::Unreadable { what })
    }

    /// Returns what OctoPrint's owner calls the printer: its model and its name, if they were given.
    pub async fn printer_names(&self) -> Result<Vec<String>, RestError> {
        let what = "printer profiles";
        let answer = http::get(self.ask(["api", "printerprofiles"])).await?;
        let answer = answer.success()?.json(what)?;
        printer_names(&answer).ok_or(RestError::Unreadable { what })
    }

    /// Before 2.0 OctoPrint fails with a 500 when asked for a file in a folder that is not there.
    async fn lacks_folder_of(&self, path: &str) -> Result<bool, RestError> {
        let Some((folder, _)) = path.rsplit_once('/') else { return Ok(false) };
        let answer = http::get(self.request(Method::GET, file_at(folder))).await?;
        Ok(answer.status == 404)
    }

    /// Buys a session for the push socket.
    pub(super) async fn login(&self) -> Result<Session, RestError> {
        let what = "a session";
        let request =
            self.request(Method::POST, ["api", "login"]).json(&json!({ "passive": true }));
        let answer = http::once(request).await?.success()?.json(what)?;
        match (read::text(&answer["name"]), read::text(&answer["session"])) {
            (Some(user), Some(secret)) => Ok(Session { user, secret }),
            (Some(_) | None, Some(_) | None) => Err(RestError::Unreadable { what }),
        }
    }

    /// Returns a request with the key and the usual time limit.
    pub(super) fn request<'a>(
        &self,
        method: Method,
        segments: impl IntoIterator<Item = &'a str>,
    ) -> RequestBuilder {
        self.host.request(method, segments).header("X-Api-Key", self.key.clone())
    }

    fn ask<const N: usize>(&self, segments: [&str; N]) -> RequestBuilder {
        self.request(Method::GET, segments)
    }

    /// `None` when the printer is not operational, which OctoPrint answers with a conflict.
    async fn printer(&self) -> Result<Option<Value>, RestError> {
        let answer = http::get(self.ask(["api", "printer"])).await?;
        match answer.status {
            409 => Ok(None),
            _ => answer.success()?.json("the printer's state").map(Some),
        }
    }
}

fn file_at(path: &str) -> impl Iterator<Item = &str> {
    ["api", "files", "local"].into_iter().chain(path.split('/'))
}

/// A job without a state cannot disagree.
fn agree(printer: Option<&Value>, job: &Value) -> bool {
    let Some(text) = read::text(&job["state"]) else { return true };
    let told = PrinterCondition::from_text(&text, None);
    match printer {
        Some(printer) => {
            let condition = PrinterCondition::read(&printer["state"]);
            std::mem::discriminant(&condition) == std::mem::discriminant(&told)
        }
        // The printer had just answered that it is not operational.
        None => told != PrinterCondition::Operational,
    }
}
