//! A page with an agent behind it, for whoever comes to its door.

use std::net::SocketAddr;
use std::path::PathBuf;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use visorfarm_protocol::letters::Letters;

use super::super::{Page, Surroundings};
use super::*;
use crate::clock::Clock;
use crate::config::page::Listen;
use crate::local::render::Language;
use crate::local::{Answer, Asked, LettersReport, PageState, Request, Status};
use crate::state_dir::StateDir;

pub(super) const SETTINGS: &str = "\
[[printer]]
name = \"attic\"
octoprint = \"http://localhost:5000\"
profile = \"ender3\" # mine
";

/// A page with an agent behind it whose printer is as told.
pub(super) struct Bench {
    pub(super) folder: TempDir,
    pub(super) page: Page,
    pub(super) address: SocketAddr,
    pub(super) asked: mpsc::UnboundedReceiver<Request>,
    _agent: JoinSet<()>,
}

impl Bench {
    pub(super) async fn open(listen: &str, report: PrinterReport) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("agent.toml"), SETTINGS).unwrap();
        let (asks, requests) = mpsc::channel(1);
        let (seen, asked) = mpsc::unbounded_channel();
        let mut agent = JoinSet::new();
        let config = folder.path().join("agent.toml");
        agent.spawn(act_as_agent(requests, report, seen, config.clone()));
        let state = StateDir::open(&folder.path().join("state")).unwrap();
        let surroundings = Surroundings { asks, state, config, clock: Clock::start() };
        let page = Page::open(Listen::At(listen.parse().unwrap()), surroundings);
        let address = loop {
            match page.state() {
                PageState::Open { url, .. } => {
                    let (_, port) = url.rsplit_once(':').unwrap();
                    break SocketAddr::from(([127, 0, 0, 1], port.parse().unwrap()));
                }
                PageState::Starting => tokio::task::yield_now().await,
                other @ (PageState::Off | PageState::Failed { .. }) => panic!("{other:?}"),
            }
        };
        Self { folder, page, address, asked, _agent: agent }
    }

    /// On this machine only, with a finished plate on the bed.
    pub(super) async fn on_machine() -> Self {
        Self::open("127.0.0.1:0", waiting(End::Completed)).await
    }

    /// Sends bytes as they are, and returns all that comes back.
    pub(super) async fn send(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8(answer).unwrap()
    }

    pub(super) async fn get(&self, path: &str, more: &str) -> String {
        let host = self.address;
        self.send(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n").as_bytes()).await
    }

    pub(super) async fn post(&self, path: &str, form: &str, more: &str) -> String {
        let (host, length) = (self.address, form.len());
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n"
        );
        self.send(format!("{head}{more}\r\n{form}").as_bytes()).await
    }

    /// As a browser sends a form of this page.
    pub(super) async fn own_form(&self, path: &str, form: &str) -> String {
        self.post(path, form, &format!("Origin: http://{}\r\n", self.address)).await
    }

    /// Returns what was asked besides how everything is.
    pub(super) fn said(&mut self) -> Vec<Request> {
        let mut said = Vec::new();
        while let Ok(request) = self.asked.try_recv() {
            said.extend(Some(request).filter(|request| *request != Request::Status));
        }
        said
    }

    pub(super) fn pin(&self) -> String {
        StateDir::open(&self.folder.path().join("state")).unwrap().page_pass().unwrap().pin
    }
}

/// Answers as an agent does whose watcher reads the settings at once.
async fn act_as_agent(
    mut requests: mpsc::Receiver<Asked>,
    mut report: PrinterReport,
    seen: mpsc::UnboundedSender<Request>,
    config: PathBuf,
) {
    while let Some((request, reply)) = requests.recv().await {
        let answer = if request == Request::Status {
            let settings = crate::config::Config::load(&config).unwrap();
            let consent = settings.printers.first().map(crate::config::PrinterConfig::consent);
            report.card.as_mut().unwrap().consent = consent;
            let wish = settings.notices.map(|notices| notices.wish(Language::English));
            let report_of = |wish| Box::new(LettersReport { wish, farm: Some(Letters::None) });
            let letters = wish.map(report_of);
            Answer::Status(Status { letters, ..status(vec![report.clone()]) })
        } else {
            Answer::Done { printers: Vec::new() }
        };
        drop(seen.send(request));
        drop(reply.send(answer));
    }
}

#[track_caller]
pub(super) fn has_status(answer: &str, status: u16) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
}
