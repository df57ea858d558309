//! A mail server that takes every letter (RFC 5321, appendix D.1), for a coordinator that sends some.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// What stands for two minutes is told a moment later; for a machine that also compiles.
const TAKEN_WITHIN: Duration = Duration::from_mins(4);

/// A mail server. Dropping it ends it.
#[derive(Debug)]
pub struct MailServer {
    address: SocketAddr,
    letters: mpsc::UnboundedReceiver<Letter>,
    _serving: JoinSet<()>,
}

/// A letter that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Whom it is for.
    pub to: String,
    /// Its head and text, with long lines joined and signs as they are meant.
    pub text: String,
}

impl Letter {
    /// Returns the link in it that leads to `path`.
    pub fn link(&self, path: &str) -> Result<&str> {
        let mut words = self.text.split_whitespace();
        words.find(|word| word.contains(path)).with_context(|| format!("no {path} in {self:?}"))
    }
}

impl MailServer {
    /// Opens one at a free port.
    pub async fn open() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port")?;
        let address = listener.local_addr().context("a bound socket has an address")?;
        let (sender, letters) = mpsc::unbounded_channel();
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A connection that breaks off has brought no letter.
                if let Ok(Some(letter)) = take(stream).await {
                    sender.send(letter).ok();
                }
            }
        });
        Ok(Self { address, letters, _serving: serving })
    }

    /// Returns its address, as a coordinator is told it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Waits for the next letter.
    pub async fn letter(&mut self) -> Result<Letter> {
        let taken = timeout(TAKEN_WITHIN, self.letters.recv()).await.context("no letter came")?;
        taken.context("the mail server ended")
    }
}

/// Takes one letter.
async fn take(stream: TcpStream) -> Result<Option<Letter>> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut to = String::new();
    writer.write_all(b"220 farm.example\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        if let Some(path) = line.strip_prefix("RCPT TO:<") {
            to = path.split('>').next().unwrap_or_default().to_owned();
        }
        if line != "DATA" {
            writer.write_all(b"250 fine\r\n").await?;
            continue;
        }
        writer.write_all(b"354 go on\r\n").await?;
        let mut text = String::new();
        while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
            text.push_str(&line);
            text.push('\n');
        }
        writer.write_all(b"250 taken\r\n").await?;
        // Quoted-printable, as far as our own letters need it (RFC 2045, section 6.7).
        let text = text.replace("=\n", "").replace("=3D", "=");
        return Ok(Some(Letter { to, text }));
    }
    Ok(None)
}
