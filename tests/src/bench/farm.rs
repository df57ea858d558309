//! A coordinator under measurement: with TLS, its own certificate, and an empty farm.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::multipart::{Form, Part};
use rustls::ClientConfig;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::{Instant, sleep};
use visorfarm_agent::trust;
use visorfarm_protocol::enrol::{Credentials, ENROL_PATH, Enrolment, Invite};

use super::plate::Plate;
use super::process::Process;
use super::programs::{Program, Programs};
use crate::simulated::connection::Broker;
use crate::wait::until;

/// A start makes keys, a certificate and a database; the machine may also compile.
const SERVES_WITHIN: Duration = Duration::from_mins(1);

/// What is committed is on the board within a tenth of a second, on a machine that also compiles later.
const SHOWN_WITHIN: Duration = Duration::from_secs(5);

/// A coordinator takes 30 enrolments a minute from one address, and all of 127/8 is ours.
const AGENTS_PER_ADDRESS: usize = 25;

/// Enrolments at a time: each is a commit.
const ENROLMENTS_AT_ONCE: usize = 8;

/// A farm and the process that serves it.
#[derive(Debug)]
pub(super) struct Farm {
    program: PathBuf,
    folder: TempDir,
    http: SocketAddr,
    mqtt: SocketAddr,
    pub(super) process: Process,
    token: String,
    trusts: Arc<ClientConfig>,
    client: reqwest::Client,
}

impl Farm {
    /// Starts a coordinator on an empty folder.
    pub(super) async fn start(programs: &Programs) -> Result<Self> {
        let folder = programs.scratch()?;
        let program = programs.path(Program::Coordinator);
        let (http, mqtt) = (free_address()?, free_address()?);
        let process = serve(&program, &folder, http, mqtt)?;
        let mut starting = Starting { program, folder, http, mqtt, process };
        let invite = starting.first_invite().await?;
        let token = starting.say(&["token", "--role", "admin", "benchmark"]).await?;
        let trusts = trust::client_config(invite.pin);
        let client = client(&trusts, Ipv4Addr::LOCALHOST)?;
        let Starting { program, folder, http, mqtt, process } = starting;
        Ok(Self { program, folder, http, mqtt, process, token, trusts, client })
    }

    /// Kills the coordinator and starts it again on the same folder and ports. Returns when the old
    /// one was dead and how long it took until the new one answered.
    pub(super) async fn kill_and_restart(self) -> Result<(Self, Restart)> {
        let Self { program, folder, http, mqtt, process, token, trusts, client } = self;
        process.kill().await?;
        let killed = Instant::now();
        let process = serve(&program, &folder, http, mqtt)?;
        let mut farm = Self { program, folder, http, mqtt, process, token, trusts, client };
        loop {
            if farm.get("/api/v1/farm").await.is_ok() {
                return Ok((farm, Restart { killed, serves_after: killed.elapsed() }));
            }
            farm.process.check_running()?;
            ensure!(killed.elapsed() < SERVES_WITHIN, "the coordinator did not come back");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Publishes `plate` and asks for `pieces` of it.
    pub(super) async fn ask_for(&self, plate: &Plate, pieces: u64) -> Result<()> {
        let form = Form::new()
            .text("design", plate.design)
            .text("revision", "r1")
            .text("profile", plate.profile)
            .text("pieces", plate.pieces.to_string())
            .text("channel", "validated")
            .part("gcode", Part::text(plate.gcode.clone()).file_name("plate.gcode"));
        let upload = self.client.post(self.url("/api/v1/designs")).multipart(form);
        self.send(upload).await.context("the plate was not published")?;
        let request = json!({ "design": plate.design, "pieces": pieces, "title": "benchmark" });
        self.post("/api/v1/requests", &request).await.context("the request was not taken")?;
        Ok(())
    }

    /// Makes an invite.
    pub(super) async fn invite(&self, title: &str) -> Result<Invite> {
        let made = self.post("/api/v1/invites", &json!({ "title": title })).await?;
        let link = made["link"].as_str().context("the invite has no link")?;
        Ok(link.parse()?)
    }

    /// Lets `count` agents join, each by an invite of its own.
    pub(super) async fn enrol(&self, count: usize) -> Result<Vec<Credentials>> {
        let clients: Vec<_> = (0..count.div_ceil(AGENTS_PER_ADDRESS))
            .map(|number| {
                let [high, low] = u16::try_from(number)?.to_be_bytes();
                client(&self.trusts, Ipv4Addr::new(127, 1, high, low))
            })
            .collect::<Result<_>>()?;
        stream::iter(0..count)
            .map(|number| self.enrol_one(number, &clients[number / AGENTS_PER_ADDRESS]))
            .buffered(ENROLMENTS_AT_ONCE)
            .try_collect()
            .await
    }

    async fn enrol_one(&self, number: usize, from: &reqwest::Client) -> Result<Credentials> {
        let title = format!("agent {number}");
        let token = self.invite(&title).await?.token;
        let enrolment = Enrolment { token, title };
        let answer = from.post(self.url(ENROL_PATH)).json(&enrolment).send().await?;
        let answer = answer.error_for_status().context("an agent was not enrolled")?;
        Ok(answer.json().await?)
    }

    /// Asks the API.
    pub(super) async fn get(&self, path: &str) -> Result<Value> {
        self.send(self.client.get(self.url(path))).await
    }

    /// Opens the live stream, as a page does that shows every printer.
    pub(super) async fn live(&self) -> Result<reqwest::Response> {
        let answer =
            self.client.get(self.url("/live?printers=all")).bearer_auth(&self.token).send().await?;
        Ok(answer.error_for_status()?)
    }

    /// Fails unless the farm counts `pieces` as printed and every invariant of its database holds.
    pub(super) async fn check_printed(&self, pieces: u64) -> Result<()> {
        // A receipt says that a plate is in the ledger; it is on the board a moment later.
        until(&format!("{pieces} pieces are shown as printed"), SHOWN_WITHIN, async || {
            let printed = self.get("/api/v1/farm").await?["totals"]["printed"].clone();
            ensure!(printed.as_u64() <= Some(pieces), "printed {pieces}, counted {printed}");
            Ok((printed == json!(pieces)).then_some(()))
        })
        .await?;
        self.check().await
    }

    /// Fails unless every invariant of the database holds.
    pub(super) async fn check(&self) -> Result<()> {
        say(&self.program, &self.folder, &["check"]).await.map(drop)
    }

    /// Returns where agents find the broker, and what they trust.
    pub(super) fn broker(&self) -> Broker {
        Broker { address: self.mqtt, trusts: Some(Arc::clone(&self.trusts)) }
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.send(self.client.post(self.url(path)).json(body)).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Value> {
        let answer = request.bearer_auth(&self.token).send().await?;
        let (status, body) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{status}: {body}");
        Ok(serde_json::from_str(&body)?)
    }

    fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.http)
    }
}

/// How a restart went.
#[derive(Clone, Copy, Debug)]
pub(super) struct Restart {
    pub(super) killed: Instant,
    pub(super) serves_after: Duration,
}

/// A coordinator that does not answer yet.
struct Starting {
    program: PathBuf,
    folder: TempDir,
    http: SocketAddr,
    mqtt: SocketAddr,
    process: Process,
}

impl Starting {
    /// Returns an invite as soon as one can be made: it says whom to trust.
    async fn first_invite(&mut self) -> Result<Invite> {
        let began = Instant::now();
        loop {
            match self.say(&["invite"]).await {
                Ok(link) => return Ok(link.parse()?),
                Err(error) if SERVES_WITHIN < began.elapsed() => return Err(error),
                Err(_) => {}
            }
            self.process.check_running()?;
            sleep(Duration::from_millis(50)).await;
        }
    }

    async fn say(&self, words: &[&str]) -> Result<String> {
        say(&self.program, &self.folder, words).await
    }
}

fn serve(
    program: &PathBuf,
    folder: &TempDir,
    http: SocketAddr,
    mqtt: SocketAddr,
) -> Result<Process> {
    let mut command = Command::new(program);
    command.arg("serve").arg("--data").arg(folder.path()).args(["--host", "127.0.0.1"]);
    command.args(["--http", &http.to_string(), "--mqtt", &mqtt.to_string()]);
    Process::start(&mut command, &folder.path().join("coordinator.log"))
}

/// Runs another command on the farm's folder and returns what it says.
async fn say(program: &PathBuf, folder: &TempDir, words: &[&str]) -> Result<String> {
    let mut command = Command::new(program);
    command.arg(words[0]).arg("--data").arg(folder.path()).args(&words[1..]);
    let output = command.output().await.with_context(|| format!("cannot run {command:?}"))?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() {
        return Ok(said);
    }
    bail!("{command:?} failed: {said} {}", String::from_utf8_lossy(&output.stderr).trim())
}

fn client(trusts: &Arc<ClientConfig>, from: Ipv4Addr) -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(ClientConfig::clone(trusts))
        .no_proxy()
        .local_address(std::net::IpAddr::from(from))
        .build()
        .context("cannot make an HTTP client")
}

fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    listener.local_addr().context("a bound socket has no address")
}
