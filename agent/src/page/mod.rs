//! The maker's own page: what the printers do, the one thing to do next, and a button for it.
//!
//! It is another door to the inbox that the commands use: what it shows is [`Answer::Status`], what
//! its forms say are the same [`Request`]s, and it is refused the same. Alone what its maker agrees
//! to is changed in the settings file, as an editor would.
//!
//! On this machine whoever uses it may open the page, as with a key left in the lock. From the
//! network, where the maker has let it there, only who knows the PIN. Each connection brings one
//! request; one task answers them in turn.
//!
//! [`Answer::Status`]: crate::local::Answer::Status
//! [`Request`]: crate::local::Request

mod act;
mod asset;
mod button;
mod card;
mod door;
mod form;
mod guard;
mod history;
mod html;
mod language;
mod listen;
mod look;
mod mdns;
mod meant;
mod network;
mod pin;
mod reply;
mod route;
mod settings;
mod site;
mod terms;
mod view;
mod visit;
mod why;
mod words;

use std::path::PathBuf;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::{info, warn};

use self::listen::Place;
use self::site::Site;
use crate::clock::Clock;
use crate::config::page::Listen;
use crate::local::{Asked, PageState, Reach};
use crate::state_dir::StateDir;

/// How soon an address is tried again: a machine that starts has no network yet.
const TRIED_AGAIN_AFTER: Duration = Duration::from_secs(10);

/// Requests that wait. Each has a connection, whose number is bounded.
const VISITS_MAX: usize = 4;

/// What the page has to do with.
pub struct Surroundings {
    /// Where the maker's words go, and answers come from.
    pub asks: mpsc::Sender<Asked>,
    /// Where the PIN is.
    pub state: StateDir,
    /// The settings file.
    pub config: PathBuf,
    /// The clock of this process.
    pub clock: Clock,
}

/// The page, as its owner holds it. It ends when this is dropped.
pub struct Page {
    wanted: watch::Sender<Listen>,
    served: watch::Receiver<Served>,
    _task: JoinSet<()>,
}

impl Page {
    /// Begins to serve the page where it is wanted.
    #[must_use]
    pub fn open(listen: Listen, surroundings: Surroundings) -> Self {
        let (wanted, wants) = watch::channel(listen);
        let (shown, served) = watch::channel(Served::Starting);
        let mut task = JoinSet::new();
        task.spawn(serve(wants, shown, surroundings));
        Self { wanted, served, _task: task }
    }

    /// Moves the page to where it is wanted now.
    pub fn listen(&self, listen: Listen) {
        self.wanted.send_if_modified(|wanted| std::mem::replace(wanted, listen) != listen);
    }

    /// Returns where the page is, by the address that this machine has now.
    #[must_use]
    pub fn state(&self) -> PageState {
        match &*self.served.borrow() {
            Served::Off => PageState::Off,
            Served::Starting => PageState::Starting,
            Served::At(place) => PageState::Open { url: place.url(), reach: place.reach },
            Served::Failed { listen, why } => {
                PageState::Failed { listen: listen.clone(), why: why.clone() }
            }
        }
    }
}

/// Whether the page is served.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Served {
    Off,
    Starting,
    At(Place),
    Failed { listen: String, why: String },
}

async fn serve(
    mut wanted: watch::Receiver<Listen>,
    shown: watch::Sender<Served>,
    surroundings: Surroundings,
) {
    let mut site = Site::new(surroundings);
    loop {
        let listen = *wanted.borrow_and_update();
        let ended = match listen::bind(listen).await {
            Ok(Some(listener)) => {
                let place = listen::place(&listener);
                info!("Your page is at {}", place.url());
                if place.reach == Reach::Network {
                    info!("It asks for the PIN that `visorfarm-agent page-pin` shows");
                }
                shown.send_replace(Served::At(place.clone()));
                site.moved(place);
                receive(listener, &mut site, &mut wanted).await
            }
            Ok(None) => {
                shown.send_replace(Served::Off);
                wanted.changed().await.is_err()
            }
            Err(error) => {
                let why = error.to_string();
                let failed = Served::Failed { listen: listen.to_string(), why: why.clone() };
                if failed != *shown.borrow() {
                    warn!("Your page cannot be opened at {listen}: {why}");
                }
                shown.send_replace(failed);
                matches!(timeout(TRIED_AGAIN_AFTER, wanted.changed()).await, Ok(Err(_)))
            }
        };
        if ended {
            return;
        }
    }
}

/// Answers until the page is wanted elsewhere; says whether it is wanted nowhere any more.
async fn receive(
    listener: TcpListener,
    site: &mut Site,
    wanted: &mut watch::Receiver<Listen>,
) -> bool {
    let (visits, mut visitors) = mpsc::channel(VISITS_MAX);
    let mut door = JoinSet::new();
    door.spawn(door::run(listener, visits));
    loop {
        tokio::select! {
            Some((visit, reply)) = visitors.recv() => {
                // Whoever asked may have gone.
                reply.send(site.answer(visit).await).ok();
            }
            changed = wanted.changed() => return changed.is_err(),
        }
    }
}

#[cfg(test)]
mod tests;
