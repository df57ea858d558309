//! A coordinator's web side over a real store in a temporary folder, and a farm to show on it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};
use tower::ServiceExt;
use visorfarm_coordinator::accounts::{Accounts, INVITE_VALID_FOR, Role};
use visorfarm_coordinator::brain::{Brain, Outgoing};
use visorfarm_coordinator::clock::{Clock, Timestamp};
use visorfarm_coordinator::dispatch::{Answer, Channel, Event, NewRequest, Publication, Slice};
use visorfarm_coordinator::intake::{BYTES_MAX, Intake, Places};
use visorfarm_coordinator::store::history::History;
use visorfarm_coordinator::store::{FILE_NAME, Store};
use visorfarm_coordinator::web::{Carrier, WebState, router};
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::{AgentId, FarmId, LeaseId, RequestId};
use visorfarm_protocol::letters::{About, LetterLanguage, Letters, Wish};
use visorfarm_protocol::message::{Ask, Hello, Up};
use visorfarm_protocol::status::{Activity, Bed, PrinterCard, PrinterStatus};

/// Whole, and harmless to any printer.
pub(crate) const GCODE: &[u8] =
    b"G28\nM104 S200\nM109 S200\nG92 E0\nG1 X10 Y10 Z1 F3000\nG1 X20 E1 F1200\nM104 S0\nM84\n";

/// The digest of the visors that a farm wants.
pub(crate) const WANTED: Digest = Digest([7; 32]);

pub(crate) struct Site {
    /// Kept, so that it is removed at the end.
    _folder: TempDir,
    pub(crate) state: WebState,
    pub(crate) router: Router,
    pub(crate) reader: String,
    pub(crate) dispatcher: String,
    pub(crate) admin: String,
    pub(crate) agent: AgentId,
    pub(crate) secret: String,
    /// Kept, so that the brain can send.
    _outgoing: mpsc::Receiver<Outgoing>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Got {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{self:?} is no JSON"))
    }

    #[track_caller]
    pub(crate) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap().to_owned()
    }
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::with_carrier(None)
    }

    /// Returns a farm that wants so many visors for Lyon, in plates of 4, and has a printer `one` that may ask for them.
    pub(crate) async fn that_wants(pieces: i64) -> Self {
        let site = Self::new();
        site.publish("visor", WANTED, 4).await;
        site.request("visor", pieces, "Lyon").await;
        site.hello(&[("one", "Attic")]).await;
        site
    }

    pub(crate) fn with_carrier(carrier: Option<Carrier>) -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(Clock::new());
        let farm: FarmId = "lyon".parse().unwrap();
        let (store, dispatcher) = Store::open(folder.path(), &farm, clock.now()).unwrap();
        let (outgoing, sent) = mpsc::channel(1024);
        let brain = Brain::start(dispatcher, store, Arc::clone(&clock), outgoing);
        let accounts = Arc::new(Accounts::open(&folder.path().join(FILE_NAME)).unwrap());
        let gcode = folder.path().join("gcode");
        let places = Places {
            designs: folder.path().join("designs"),
            gcode: gcode.clone(),
            bytes_max: BYTES_MAX,
        };
        let intake = Intake::open(brain.clone(), Arc::clone(&clock), places).unwrap();
        let token = |role| accounts.make_token("test", role, clock.now()).unwrap();
        let [reader, dispatcher, admin] = [Role::Reader, Role::Dispatcher, Role::Admin].map(token);
        let invite = accounts.make_invite("test", INVITE_VALID_FOR, clock.now()).unwrap();
        let (agent, secret) = accounts.enrol(&invite, "attic", clock.now()).unwrap();
        let state = WebState {
            farm,
            brain,
            accounts,
            clock,
            history: History::open(folder.path()).unwrap(),
            intake,
            gcode,
            broker: None,
            brokers: vec!["mqtts://farm.example:8883".to_owned()],
            origin: "http://127.0.0.1:8080".to_owned(),
            pin: None,
            carrier,
        };
        let router = router(state.clone());
        Self {
            _folder: folder,
            state,
            router,
            reader,
            dispatcher,
            admin,
            agent,
            secret,
            _outgoing: sent,
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Got {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 10_000_000).await.unwrap().to_vec();
        Got { status: parts.status, headers: parts.headers, bytes }
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Got {
        self.send(bearer(Method::GET, path, token).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, json: &str) -> Got {
        let request = bearer(Method::POST, path, token);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(json.to_owned())).unwrap()).await
    }

    pub(crate) async fn put_bytes(&self, token: &str, path: &str, bytes: &[u8]) -> Got {
        let request = bearer(Method::PUT, path, token);
        self.send(request.body(Body::from(bytes.to_vec())).unwrap()).await
    }

    pub(crate) async fn form(&self, token: &str, path: &str, form: &str) -> Got {
        let request = bearer(Method::POST, path, token)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    pub(crate) fn basic(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{}", self.agent, self.secret)))
    }

    pub(crate) async fn put(&self, event: Event) -> Answer {
        self.state.brain.put(event).await.unwrap()
    }

    /// Publishes a design with a slice for the profile `workshop`.
    pub(crate) async fn publish(&self, design: &str, digest: Digest, pieces: u32) {
        let slice = Slice {
            digest,
            bytes: GCODE.len() as u64,
            pieces,
            material: Some("PETG".to_owned()),
            expected_seconds: Some(5_400),
            filament_grams: Some(38),
            notes: "No brim.".to_owned(),
        };
        let slices = Publication {
            channel: Channel::Validated,
            at: self.state.clock.now() - std::time::Duration::from_hours(30),
            slices: vec![("workshop".parse().unwrap(), slice)],
        };
        let (design, revision) = (design.parse().unwrap(), "r1".parse().unwrap());
        assert_eq!(self.put(Event::Published { design, revision, slices }).await, Answer::Done);
    }

    pub(crate) async fn request(&self, design: &str, pieces: i64, title: &str) -> RequestId {
        let new = NewRequest::new(design.parse().unwrap(), pieces, title);
        match self.put(Event::Requested(new)).await {
            Answer::Opened(id) => id,
            other @ (Answer::Done | Answer::Later | Answer::Refused(_)) => panic!("{other:?}"),
        }
    }

    pub(crate) async fn say(&self, message: Up) {
        let (committed, told) = oneshot::channel();
        self.state.brain.hear(self.agent.clone(), message, committed).await.unwrap();
        told.await.unwrap();
    }

    /// Lets another agent join.
    pub(crate) fn joins(&self, title: &str) -> AgentId {
        let (accounts, now) = (&self.state.accounts, self.now());
        let invite = accounts.make_invite(title, INVITE_VALID_FOR, now).unwrap();
        accounts.enrol(&invite, title, now).unwrap().0
    }

    /// Takes down that the maker of `agent` wants letters to `mail`.
    pub(crate) fn wishes(&self, agent: &AgentId, mail: &str) {
        let wish = Wish {
            mail: mail.parse().unwrap(),
            about: [About::Beds].into(),
            language: LetterLanguage::English,
        };
        let told = self.state.accounts.take_wish(agent, Some(&wish), self.now()).unwrap();
        assert_eq!(told, Some(Letters::Unconfirmed));
    }

    pub(crate) async fn hello(&self, printers: &[(&str, &str)]) {
        self.hello_with(printers.iter().map(|(name, title)| card(name, title)).collect()).await;
    }

    pub(crate) async fn hello_with(&self, printers: Vec<PrinterCard>) {
        self.say(Up::Hello(Hello {
            incarnation: "life".parse().unwrap(),
            session: 1,
            software: "test".to_owned(),
            epoch: None,
            printers,
            holds: Vec::new(),
            mark: None,
            letters: None,
        }))
        .await;
    }

    /// Lets a printer ask, and returns the lease it got.
    pub(crate) async fn ask(&self, printer: &str, ask: u64) -> Option<LeaseId> {
        let ask = Ask {
            printer: printer.parse().unwrap(),
            ask,
            profile: "workshop".parse().unwrap(),
            materials: Vec::new(),
            seconds_max: None,
            grams_max: None,
        };
        self.say(Up::Ask(ask)).await;
        // An event answers once the board is made again.
        self.put(Event::Settle).await;
        let board = self.state.brain.board();
        let row = board.printers.iter().find(|row| row.printer.as_str() == printer).unwrap();
        row.plate.as_ref().map(|plate| plate.lease)
    }

    pub(crate) async fn status(&self, status: PrinterStatus) {
        self.say(Up::Status { printers: vec![status] }).await;
        self.put(Event::Settle).await;
    }

    /// Returns the time that all of it runs on.
    pub(crate) fn now(&self) -> Timestamp {
        self.state.clock.now()
    }
}

/// Returns how a printer is that does nothing.
pub(crate) fn idle(name: &str, bed: Bed) -> PrinterStatus {
    PrinterStatus {
        printer: name.parse().unwrap(),
        activity: Activity::Idle,
        bed,
        waits_for: None,
        lease: None,
        fraction: None,
        seconds_left: None,
        nozzle_celsius: None,
        bed_celsius: None,
        filament_left_grams: None,
        fault: None,
    }
}

/// Returns the card of a printer whose maker told no more than what it is called.
pub(crate) fn card(name: &str, title: &str) -> PrinterCard {
    PrinterCard {
        printer: name.parse().unwrap(),
        title: title.to_owned(),
        profile: "workshop".parse().unwrap(),
        octoprint: Some("1.11.8".to_owned()),
        place: None,
        consent: None,
    }
}

pub(crate) fn bearer(method: Method, path: &str, token: &str) -> axum::http::request::Builder {
    let request =
        Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:8080");
    if token.is_empty() {
        return request;
    }
    let value = if token.contains(' ') { token.to_owned() } else { format!("Bearer {token}") };
    request.header(header::AUTHORIZATION, value)
}
