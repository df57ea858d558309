//! The command's end of the socket.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::{Answer, Request};

/// The longest answer in bytes.
const ANSWER_BYTES_MAX: u64 = 1024 * 1024;

/// Longer than the agent gives itself.
const ANSWERS_WITHIN: Duration = Duration::from_secs(15);

/// Why the agent did not answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Nobody listens.
    #[error(
        "no visorfarm-agent runs with the state folder of {path}: start it with `visorfarm-agent \
         run`, or say which with --state"
    )]
    NotRunning {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// It ended before it answered.
    #[error("the agent at {path} ended before it answered: its log says why")]
    Ended {
        /// Where.
        path: PathBuf,
    },
    /// The socket is another user's.
    #[error("{path} belongs to another user: run this command as the user that runs the agent")]
    Denied {
        /// Where.
        path: PathBuf,
    },
    /// The exchange broke.
    #[error("cannot speak with the agent at {path}")]
    Broken {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The agent says nothing.
    #[error("the agent at {path} does not answer: restart it")]
    Silent {
        /// Where.
        path: PathBuf,
    },
    /// The answer is of another version.
    #[error("the agent at {path} is of another version: restart it")]
    NotUnderstood {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

/// Asks the agent that listens at `path`.
pub async fn ask(path: &Path, request: &Request) -> Result<Answer, AskError> {
    let at = || path.to_owned();
    let line = match timeout(ANSWERS_WITHIN, exchange(path, request)).await {
        Ok(Ok(line)) if line.is_empty() => return Err(AskError::Ended { path: at() }),
        Ok(Ok(line)) => line,
        Ok(Err(error)) => return Err(failed(error, at())),
        Err(_) => return Err(AskError::Silent { path: at() }),
    };
    serde_json::from_slice(&line).map_err(|source| AskError::NotUnderstood { path: at(), source })
}

fn failed(source: io::Error, path: PathBuf) -> AskError {
    let kind = source.kind();
    if matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) {
        AskError::NotRunning { path }
    } else if kind == io::ErrorKind::PermissionDenied {
        AskError::Denied { path }
    } else {
        AskError::Broken { path, source }
    }
}

async fn exchange(path: &Path, request: &Request) -> io::Result<Vec<u8>> {
    let mut stream = UnixStream::connect(path).await?;
    let mut line = serde_json::to_vec(request).expect("requests have string keys");
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await?;
    Ok(answer)
}
