//! The agent's end of the socket.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

use super::{Answer, Refusal, Request};

/// A request and where its answer goes.
pub type Asked = (Request, oneshot::Sender<Answer>);

/// The longest request in bytes.
const REQUEST_BYTES_MAX: u64 = 4096;

/// Makers with this many terminals do not exist.
const AT_ONCE_MAX: usize = 8;

/// How long one exchange may take. An answer may wait for a journal's fsync on a slow card.
const EXCHANGE_TAKES_AT_MOST: Duration = Duration::from_secs(10);

/// The agent's end of the socket, bound.
#[derive(Debug)]
pub struct Door {
    listener: UnixListener,
    path: PathBuf,
}

/// Why there is no socket to listen on.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// An agent answers there.
    #[error(
        "another visorfarm-agent runs with the state folder of {path}{}: stop that one first, or join \
         anew with another --state folder",
        numbered(*process)
    )]
    InUse {
        /// Where.
        path: PathBuf,
        /// The number of its process, if the system tells.
        process: Option<i32>,
    },
    /// The socket cannot be made.
    #[error("cannot listen on {path}")]
    Bind {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl Door {
    /// Listens at `path`, which a process that was killed may have left behind.
    pub async fn bind(path: &Path) -> Result<Self, DoorError> {
        if let Ok(other) = UnixStream::connect(path).await {
            let process = other.peer_cred().ok().and_then(|peer| peer.pid());
            return Err(DoorError::InUse { path: path.to_owned(), process });
        }
        let listener =
            listen(path).map_err(|source| DoorError::Bind { path: path.to_owned(), source })?;
        Ok(Self { listener, path: path.to_owned() })
    }

    /// Brings requests to `asked` until its receiver is dropped.
    pub async fn run(self, asked: mpsc::Sender<Asked>) {
        let places = Arc::new(Semaphore::new(AT_ONCE_MAX));
        loop {
            let place = Arc::clone(&places).acquire_owned().await;
            let place = place.expect("nobody closes the semaphore");
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = asked.closed() => return,
            };
            match accepted {
                Ok((stream, _)) => {
                    let asked = asked.clone();
                    tokio::spawn(async move {
                        match timeout(EXCHANGE_TAKES_AT_MOST, exchange(stream, asked)).await {
                            Ok(Ok(())) => {}
                            Ok(Err(error)) => debug!("A command went away: {error}"),
                            Err(_) => debug!("A command took too long"),
                        }
                        drop(place);
                    });
                }
                Err(error) => {
                    warn!("Cannot take commands on {}: {error}", self.path.display());
                    // Too many open files: others must end first.
                    sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        // If it stays, the next bind removes it.
        drop(fs::remove_file(&self.path));
    }
}

/// Names a process, for a sentence.
fn numbered(process: Option<i32>) -> String {
    process.map_or_else(String::new, |number| format!(", as process {number}"))
}

fn listen(path: &Path) -> io::Result<UnixListener> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn exchange(stream: UnixStream, asked: mpsc::Sender<Asked>) -> io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut line = Vec::new();
    BufReader::new(reader.take(REQUEST_BYTES_MAX)).read_until(b'\n', &mut line).await?;
    let answer = match serde_json::from_slice(&line) {
        Ok(request) => answer(request, &asked).await,
        Err(_) => Answer::Refused(Refusal::NotUnderstood),
    };
    let mut line = serde_json::to_vec(&answer).expect("answers have string keys");
    line.push(b'\n');
    writer.write_all(&line).await?;
    writer.shutdown().await
}

async fn answer(request: Request, asked: &mpsc::Sender<Asked>) -> Answer {
    let not_now = Answer::Refused(Refusal::NotNow);
    let (sender, receiver) = oneshot::channel();
    match asked.send((request, sender)).await {
        Ok(()) => receiver.await.unwrap_or(not_now),
        Err(_) => not_now,
    }
}
