//! One running coordinator: started, killed, and started again on its old ports and data.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Url;
use visorfarm_agent::trust;
use visorfarm_coordinator::serving::Serving;
use visorfarm_coordinator::store::FILE_NAME;

use crate::binaries::Binaries;
use crate::mail::MailServer;
use crate::process::{self, Process, tail};
use crate::trouble::Trouble;
use crate::wait::until;

/// A start makes certificates and a database; a machine that also compiles takes its time.
const SERVES_WITHIN: Duration = Duration::from_mins(1);

/// Whether connections are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all, which it allows on loopback only.
    Plain,
    /// By its own authority, as farms have it.
    Own,
}

/// Where it listens on loopback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    pub http: u16,
    pub mqtt: u16,
}

/// A running coordinator. Dropping it kills it.
#[derive(Debug)]
pub struct Coordinator {
    program: PathBuf,
    data: PathBuf,
    log: PathBuf,
    encryption: Encryption,
    process: Option<Process>,
    trouble: Trouble,
    /// The mail server that takes its letters.
    mail: Option<String>,
    pub(crate) http: reqwest::Client,
    pub(crate) origin: String,
    pub(crate) token: String,
    ports: Ports,
}

impl Coordinator {
    /// Starts a coordinator with a new farm below `folder`, at ports that are free.
    pub async fn start(binaries: &Binaries, folder: &Path, encryption: Encryption) -> Result<Self> {
        // A second installation says so by an error, and is as good as the first.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut coordinator = Self {
            program: binaries.coordinator.clone(),
            data: folder.join("farm"),
            log: folder.join("coordinator.log"),
            encryption,
            process: None,
            trouble: Trouble::default(),
            mail: None,
            http: reqwest::Client::new(),
            origin: String::new(),
            token: String::new(),
            ports: Ports { http: 0, mqtt: 0 },
        };
        let serving = coordinator.launch().await?;
        coordinator.ports = ports(&serving)?;
        coordinator.http = trust::http_client(&serving.origin, serving.pin)
            .context("cannot make an HTTP client")?;
        coordinator.origin = serving.origin;
        coordinator.token = coordinator.command("token", &["--role", "admin"]).await?;
        coordinator.answers().await?;
        Ok(coordinator)
    }

    /// Starts it again where it was, with what it had.
    pub async fn restart(&mut self) -> Result<()> {
        ensure!(self.process.is_none(), "the coordinator still runs");
        let serving = self.launch().await?;
        ensure!(ports(&serving)? == self.ports, "the coordinator came back elsewhere");
        self.answers().await
    }

    /// Kills it as a power cut does.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.take().context("the coordinator does not run")?.kill().await
    }

    /// Lets it send letters once it is started again.
    pub fn writes_by(&mut self, server: &MailServer) {
        self.mail = Some(server.url());
    }

    /// Says what befalls it once it is started again.
    pub fn trouble(&mut self) -> &mut Trouble {
        &mut self.trouble
    }

    /// Says whether it has died.
    pub fn has_died(&mut self) -> Result<bool> {
        self.process.as_mut().context("the coordinator does not run")?.has_ended()
    }

    /// Freezes it: its connections stay open, and nothing answers.
    pub fn freeze(&self) -> Result<()> {
        self.process.as_ref().context("the coordinator does not run")?.freeze()
    }

    /// Lets it go on.
    pub fn thaw(&self) -> Result<()> {
        self.process.as_ref().context("the coordinator does not run")?.thaw()
    }

    /// Asks it to end, and waits until it has.
    pub async fn stop(&mut self) -> Result<()> {
        let ended = self.process.take().context("the coordinator does not run")?.stop().await?;
        ensure!(ended.success(), "the coordinator ended with {ended}: {}", tail(&self.log));
        Ok(())
    }

    /// Waits until it has ended by itself, and returns what it logged last.
    pub async fn ended(&mut self) -> Result<String> {
        self.process.take().context("the coordinator does not run")?.ended().await
    }

    /// Returns where its database is.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.data.join(FILE_NAME)
    }

    /// Returns a link that is worth one enrolment.
    pub async fn invite(&self, title: &str) -> Result<String> {
        self.command("invite", &[title]).await
    }

    /// Copies its database, and returns where to.
    pub async fn backup(&self) -> Result<PathBuf> {
        let copy = self.data.with_extension("copy");
        self.command("backup", &[&copy.to_string_lossy()]).await?;
        Ok(copy)
    }

    /// Puts a copy in the place of its database, while it does not run.
    pub async fn restore(&self, copy: &Path) -> Result<()> {
        self.command("restore", &[&copy.to_string_lossy()]).await.map(drop)
    }

    /// Lets it check all its invariants; fails with what is broken.
    pub async fn check(&self) -> Result<()> {
        self.command("check", &[]).await.map(drop)
    }

    /// Returns the link by which the first account is made.
    pub async fn setup_link(&self) -> Result<String> {
        until("the link to the first account", SERVES_WITHIN, async || {
            let log = fs::read_to_string(&self.log)?;
            let link = log.split_whitespace().find(|word| word.contains("/setup?token="));
            Ok(link.map(str::to_owned))
        })
        .await
    }

    /// Returns what it has logged, in all its lives.
    pub fn log(&self) -> Result<String> {
        fs::read_to_string(&self.log).context("the coordinator has no log")
    }

    /// The folder that designs are dropped into.
    #[must_use]
    pub fn designs(&self) -> PathBuf {
        self.data.join("designs")
    }

    /// What people type to see the pages.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Where it listens.
    #[must_use]
    pub fn ports(&self) -> Ports {
        self.ports
    }

    /// Returns the number of its process.
    pub(crate) fn pid(&self) -> Result<u32> {
        Ok(self.process.as_ref().context("the coordinator does not run")?.pid())
    }

    /// Opens an answer that does not end.
    pub(crate) async fn open(&self, path: &str) -> Result<reqwest::Response> {
        let request = self.http.get(format!("{}{path}", self.origin)).bearer_auth(&self.token);
        let answer = request.send().await.context("the coordinator does not answer")?;
        Ok(answer.error_for_status()?)
    }

    async fn launch(&mut self) -> Result<Serving> {
        // The file stays when a coordinator ends: only a new one says that this one serves.
        let stale = self.data.join("serving.json");
        match fs::remove_file(&stale) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", stale.display()));
            }
            Ok(()) | Err(_) => {}
        }
        let [http, mqtt] =
            [self.ports.http, self.ports.mqtt].map(|port| format!("127.0.0.1:{port}"));
        let data = self.data.to_string_lossy().into_owned();
        let mut args = vec!["serve", "--data", &data, "--http", &http, "--mqtt", &mqtt];
        match self.encryption {
            Encryption::Plain => args.push("--plain"),
            Encryption::Own => args.extend(["--host", "localhost"]),
        }
        if let Some(server) = &self.mail {
            args.extend(["--mail-server", server, "--mail-from", "visors@farm.example"]);
        }
        let mut process =
            Process::start(&self.program, &args, &self.log, &self.trouble.variables())?;
        let data = self.data.clone();
        let serving = until("the coordinator serves", SERVES_WITHIN, async || {
            Ok(match Serving::read(&data) {
                Ok(serving) => Some(Ok(serving)),
                Err(_) => process.must_run().err().map(Err),
            })
        })
        .await??;
        self.process = Some(process);
        Ok(serving)
    }

    async fn answers(&mut self) -> Result<()> {
        until("the coordinator answers", SERVES_WITHIN, async || Ok(Some(self.farm().await?)))
            .await?;
        Ok(())
    }

    pub(crate) async fn command(&self, command: &str, args: &[&str]) -> Result<String> {
        let data = self.data.to_string_lossy().into_owned();
        let args = [&[command, "--data", &data], args].concat();
        process::ask(&self.program, &args).await
    }
}

fn ports(serving: &Serving) -> Result<Ports> {
    let port = |url: &str| Url::parse(url).ok().and_then(|url| url.port());
    let mqtt = serving.brokers.first().and_then(|broker| port(broker));
    let (http, mqtt) = port(&serving.origin).zip(mqtt).context("the coordinator tells no ports")?;
    Ok(Ports { http, mqtt })
}
