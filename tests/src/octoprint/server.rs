//! One running OctoPrint: started, killed, frozen and started again.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use super::basedir::{Basedir, Options, Prepared, Ready};
use super::install::Venv;

/// Eight servers at once on two busy cores take 7 s; a machine that also compiles takes far longer.
const READY_WITHIN: Duration = Duration::from_mins(3);
/// How often a starting server is asked whether it is ready.
const ASK_EVERY: Duration = Duration::from_millis(100);
/// A free port may be taken before the server has bound it.
const PORTS_TRIED: u32 = 3;

/// Runs the server, and ends it when the other end of its standard input goes, however that happens:
/// a test that is killed leaves no server behind.
const LAUNCHER: &str = "
import os, runpy, signal, sys, threading
def follow():
    while os.read(0, 4096):
        pass
    os.killpg(0, signal.SIGKILL)
threading.Thread(target=follow, daemon=True).start()
sys.argv[0] = 'octoprint'
runpy.run_module('octoprint', run_name='__main__')
";

/// A running OctoPrint with a virtual printer. Dropping it kills it.
#[derive(Debug)]
pub struct OctoPrint {
    pub(super) http: reqwest::Client,
    pub(super) key: String,
    port: u16,
    venv: Venv,
    basedir: Basedir,
    ready: Ready,
    process: Option<Child>,
}

impl OctoPrint {
    /// Starts a server and returns when its printer is operational.
    ///
    /// A server whose options turn `serial.autoconnect` off is ready when it answers.
    pub async fn start(venv: &Venv, options: Options) -> Result<Self> {
        // A second installation says so by an error, and is as good as the first.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .timeout(Duration::from_secs(30))
            .build()
            .context("cannot make an HTTP client")?;
        let Prepared { basedir, key, ready } = Basedir::prepare(&options)?;
        let venv = venv.clone();
        let mut server = Self { http, key, port: 0, venv, basedir, ready, process: None };

        let mut tried = 0;
        loop {
            tried += 1;
            server.port = options.port.map_or_else(free_port, Ok)?;
            server.launch()?;
            match server.ready().await {
                Ok(()) => return Ok(server),
                Err(error) if options.port.is_some() || tried == PORTS_TRIED => return Err(error),
                Err(_) => server.kill().await?,
            }
        }
    }

    /// Kills the server: no goodbye, nothing flushed.
    pub async fn kill(&mut self) -> Result<()> {
        self.end(Signal::KILL).await
    }

    /// Asks the server to end, and waits until it has.
    pub async fn stop(&mut self) -> Result<()> {
        self.end(Signal::TERM).await
    }

    /// Starts the server again at its old address, on its old folder; stops it first if it runs.
    pub async fn restart(&mut self) -> Result<()> {
        self.stop().await?;
        self.launch()?;
        self.ready().await
    }

    /// Starts the server again and returns at once, while it is not listening yet.
    pub async fn restart_unready(&mut self) -> Result<()> {
        self.stop().await?;
        self.launch()
    }

    /// Freezes the server: its socket accepts, nothing answers.
    pub fn pause_process(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets a frozen server go on.
    pub fn resume_process(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    /// Waits until the server answers and its printer is operational.
    pub async fn ready(&mut self) -> Result<()> {
        let waited = timeout(READY_WITHIN, async {
            loop {
                let ended = match &mut self.process {
                    Some(process) => process.try_wait().context("cannot watch OctoPrint")?,
                    None => bail!("OctoPrint was not started"),
                };
                if let Some(status) = ended {
                    bail!("OctoPrint ended with {status}: {}", self.log_tail());
                }
                if self.is_ready().await {
                    return Ok(());
                }
                sleep(ASK_EVERY).await;
            }
        })
        .await;
        match waited {
            Ok(result) => result,
            Err(_) => bail!("OctoPrint was not ready in {READY_WITHIN:?}: {}", self.log_tail()),
        }
    }

    /// The address of the server, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The key of its administrator.
    pub fn api_key(&self) -> &str {
        &self.key
    }

    /// The port it listens at.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder with its settings, uploads and logs.
    pub fn basedir(&self) -> &Path {
        self.basedir.path()
    }

    /// The installed version it runs.
    pub fn venv(&self) -> &Venv {
        &self.venv
    }

    fn launch(&mut self) -> Result<()> {
        let log = self.basedir().join("console.log");
        let log = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .with_context(|| format!("cannot open {}", log.display()))?;
        let errors = log.try_clone().context("cannot share the log")?;
        let process = Command::new(self.venv.python())
            .args(["-c", LAUNCHER, "serve", "--host", "127.0.0.1", "--iknowwhatimdoing", "--port"])
            .arg(self.port.to_string())
            .arg("--basedir")
            .arg(self.basedir())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(log)
            .stderr(errors)
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", self.venv.python().display()))?;
        self.process = Some(process);
        Ok(())
    }

    async fn end(&mut self, signal: Signal) -> Result<()> {
        // One that ended by itself was waited for already, and has no number any more.
        if self.group().is_some() {
            self.signal(signal)?;
        }
        if let Some(mut process) = self.process.take() {
            process.wait().await.context("cannot wait for OctoPrint's end")?;
        }
        Ok(())
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let Some(group) = self.group() else { bail!("OctoPrint does not run") };
        kill_process_group(group, signal).context("cannot signal OctoPrint")
    }

    /// `None` once the process was waited for: its number may be another's by then.
    fn group(&self) -> Option<Pid> {
        let number = self.process.as_ref()?.id()?;
        Pid::from_raw(i32::try_from(number).ok()?)
    }

    async fn is_ready(&self) -> bool {
        match (self.get("/api/connection").await, self.ready) {
            (Ok((200, body)), Ready::Operational) => body["current"]["state"] == "Operational",
            (Ok((200, _)), Ready::Answering) => true,
            // Refused, reset, or raw bytes from the server that stands in during the start.
            (Ok(_) | Err(_), _) => false,
        }
    }

    fn log_tail(&self) -> String {
        let log = fs::read_to_string(self.basedir().join("console.log")).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}

impl Drop for OctoPrint {
    fn drop(&mut self) {
        if let Some(group) = self.group() {
            // Already gone is as good as killed.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener.local_addr().context("a bound socket has no address")?.port())
}
