//! What people and programs see: pages, a JSON API, one live stream, G-code for agents.
//!
//! An edge: it parses what comes in, asks the [`Brain`] or the [`History`], and writes answers. It
//! decides nothing about prints. [`router`] gives the whole of it; whoever serves it adds
//! `ConnectInfo<SocketAddr>` to each request, so that wrong passwords are counted by address.

mod answer;
mod api;
mod asset;
mod caller;
mod camera;
mod drain;
mod due;
mod guard;
mod known;
mod live;
mod pace;
mod packed;
mod pages;
mod post;
mod refusal;
mod search;
mod sheet;
mod slices;
mod text;
mod trace;
mod view;

mod bridge;
mod gcode;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use tokio::sync::Semaphore;
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::FarmId;

use self::camera::Cameras;
use self::known::Known;
use self::live::Live;
use self::pace::Pace;
pub use self::post::{Carrier, NoCarrier};
use self::slices::Slices;
use self::trace::Traces;
use self::view::View;
use crate::accounts::{Accounts, StoreFailed};
use crate::brain::Brain;
use crate::broker::Broker;
use crate::clock::{Clock, Timestamp};
use crate::intake::Intake;
use crate::store::history::History;

/// The largest body of a request that is no upload: a form or a few fields of JSON.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Passwords that are checked at once; the others wait.
const PASSWORDS_AT_ONCE: usize = 2;

/// The most live streams: people of one farm with all their open pages.
const VIEWERS_MAX: usize = 1_000;

/// What the pages and the API are made of.
#[derive(Clone)]
pub struct WebState {
    /// The farm's name.
    pub farm: FarmId,
    /// The way to the dispatcher.
    pub brain: Brain,
    /// Who may do what.
    pub accounts: Arc<Accounts>,
    /// The time.
    pub clock: Arc<Clock>,
    /// The rows of the past.
    pub history: History,
    /// The drop folder, and the way in for uploads.
    pub intake: Intake,
    /// The folder of G-code, each file named by its digest.
    pub gcode: PathBuf,
    /// The embedded broker; without it there is no `/mqtt`.
    pub broker: Option<Broker>,
    /// Where agents find the broker, best first.
    pub brokers: Vec<String>,
    /// What people type: `https://farm.example:8443`, or `http://127.0.0.1:8080`.
    pub origin: String,
    /// SHA-256 of the certificate that agents trust; none where the link is plain.
    pub pin: Option<Digest>,
    /// What takes letters to people, if there is a mail server.
    pub carrier: Option<Carrier>,
}

/// What every handler shares.
struct App {
    site: WebState,
    live: Live,
    known: Arc<Known>,
    traces: Arc<Traces>,
    cameras: Arc<Cameras>,
    slices: Slices,
    enrolments: Pace,
    /// Who may have a password checked: argon2 costs 19 MiB and a core each time.
    passwords: Semaphore,
    /// Who may look at the live stream.
    viewers: Arc<Semaphore>,
}

type Shared = Arc<App>;

/// Returns everything that is served. Starts the task behind the live stream, so it is called
/// inside a runtime.
pub fn router(site: WebState) -> Router {
    let started = site.clock.now();
    let known = Arc::new(Known::new(started, Arc::clone(&site.accounts)));
    let live = Live::start(site.brain.boards(), Arc::clone(&known));
    let traces = Traces::start(site.brain.boards(), Arc::clone(&known));
    let cameras = Cameras::start(site.brain.boards(), Arc::clone(&site.clock));
    let app = Arc::new(App {
        site,
        cameras,
        live,
        traces,
        known,
        slices: Slices::default(),
        enrolments: Pace::default(),
        passwords: Semaphore::new(PASSWORDS_AT_ONCE),
        viewers: Arc::new(Semaphore::new(VIEWERS_MAX)),
    });
    post::start(&app);
    let router = Router::new()
        .merge(pages::routes())
        .nest("/api/v1", api::routes())
        .merge(gcode::routes())
        .merge(camera::routes())
        .merge(bridge::routes())
        .merge(live::routes())
        .merge(sheet::routes())
        .merge(slices::routes())
        .merge(asset::routes())
        .fallback(answer::not_found)
        .method_not_allowed_fallback(answer::wrong_method)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    let dress = axum::middleware::from_fn_with_state(Arc::clone(&app), pages::dress);
    let router = router.layer(dress);
    guard::layers(router, &app.site.origin).with_state(app)
}

impl App {
    /// Runs `work`, which waits for a disk or for argon2, where it holds up nobody.
    async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> T {
        let app = Arc::clone(self);
        match tokio::task::spawn_blocking(move || work(&app)).await {
            Ok(done) => done,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    /// Runs `work`, which checks or hashes a password, when its turn has come.
    async fn password<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> T {
        let _turn = self.passwords.acquire().await.expect("it is never closed");
        self.blocking(work).await
    }

    async fn account<T: Send + 'static>(
        self: &Arc<Self>,
        ask: impl FnOnce(&Accounts, Timestamp) -> Result<T, StoreFailed> + Send + 'static,
    ) -> Result<T, answer::Failure> {
        let asked = self.blocking(move |app| ask(&app.site.accounts, app.site.clock.now())).await;
        Ok(asked?)
    }

    /// Returns the farm as it is now.
    fn view(&self) -> View {
        View::new(&self.site.brain.board(), &self.known)
    }

    fn is_encrypted(&self) -> bool {
        self.site.origin.starts_with("https://")
    }
}
