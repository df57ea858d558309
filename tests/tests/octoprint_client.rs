//! The agent's client against real OctoPrint servers, of every version it promises to work with.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use visorfarm_agent::octoprint::appkeys::{AppKeys, Outcome};
use visorfarm_agent::octoprint::model::{
    FileRecord, MarkingKind, Markings, PrinterCondition, SincePrint, Support,
};
use visorfarm_agent::octoprint::push::{FailReason, Lost, PushEvent, watch};
use visorfarm_agent::octoprint::rest::{Rest, RestError, StartError};
use visorfarm_protocol::digest::Digest;
use visorfarm_tests::octoprint::{DEFAULT, OctoPrint, Options, Prints, install};

/// For a machine that also compiles.
const SOON: Duration = Duration::from_mins(1);

const QUICK: &str = "M107\nM107\nM107\n";

/// A print of a minute that takes a cancel within 200 ms.
fn minute() -> String {
    "G4 P200\n".repeat(300)
}

async fn server(version: &str) -> OctoPrint {
    let venv = install(version).await.unwrap();
    OctoPrint::start(&venv, Options::default()).await.unwrap()
}

fn client(server: &OctoPrint) -> Rest {
    Rest::new(&server.url(), server.api_key()).unwrap()
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waited = timeout(SOON, async {
        while !holds().await {
            sleep(Duration::from_millis(50)).await;
        }
    });
    assert!(waited.await.is_ok(), "still not: {what}");
}

async fn upload(rest: &Rest, name: &str, gcode: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("local name.gcode");
    tokio::fs::write(&file, gcode).await.unwrap();
    rest.upload(name, &file, gcode.len() as u64).await.unwrap()
}

/// Everything heard, in order.
struct Ear {
    events: mpsc::Receiver<PushEvent>,
    heard: Vec<PushEvent>,
}

impl Ear {
    async fn open(rest: &Rest) -> (Self, Markings) {
        let mut ear = Self::deaf(rest);
        let markings = ear.connected().await;
        (ear, markings)
    }

    /// Listens without waiting for a connection.
    fn deaf(rest: &Rest) -> Self {
        let (sink, events) = mpsc::channel(64);
        tokio::spawn(watch(rest.clone(), sink));
        Self { events, heard: Vec::new() }
    }

    async fn connected(&mut self) -> Markings {
        let event = self.hear(|event| matches!(event, PushEvent::Connected { .. })).await;
        let PushEvent::Connected { markings } = event else { panic!("{event:?} is no connection") };
        markings
    }

    async fn hear(&mut self, wanted: impl Fn(&PushEvent) -> bool) -> PushEvent {
        let heard = timeout(SOON, async {
            loop {
                let event = self.events.recv().await.expect("the watcher lives");
                self.heard.push(event.clone());
                if wanted(&event) {
                    return event;
                }
            }
        });
        let heard = heard.await.ok();
        heard.unwrap_or_else(|| panic!("not heard; but {:#?}", self.heard))
    }

    async fn state(&mut self, state: &PrinterCondition) {
        self.hear(|event| matches!(event, PushEvent::StateChanged(new) if new == state)).await;
    }

    fn count(&self, wanted: impl Fn(&PushEvent) -> bool) -> usize {
        self.heard.iter().filter(|event| wanted(event)).count()
    }
}

async fn a_print_from_upload_to_history(version: &str) {
    let server = server(version).await;
    let rest = client(&server);
    let told = rest.version().await.unwrap();
    assert!(told.text.contains(version), "{told:?}");
    assert!(matches!(told.support(), Support::Good | Support::Outdated), "{told:?}");
    assert!(0 < rest.free_bytes().await.unwrap());
    assert_eq!(rest.file("visorfarm/lease-7.gcode").await.unwrap(), None, "no folder yet");
    let (mut ear, before) = Ear::open(&rest).await;

    let path = upload(&rest, "lease-7.gcode", QUICK).await;
    assert_eq!(path, "visorfarm/lease-7.gcode");
    let idle = rest.snapshot().await.unwrap();
    assert_eq!(idle.printer, PrinterCondition::Operational);
    assert_eq!(idle.job, None, "an upload selected its file");
    let record = rest.file(&path).await.unwrap().unwrap();
    assert_eq!((record.successes, record.failures), (0, 0));

    rest.start(&path).await.unwrap();
    let ours = |event: &PushEvent| matches!(event, PushEvent::PrintDone { path } if path == "visorfarm/lease-7.gcode");
    ear.hear(ours).await;
    ear.state(&PrinterCondition::Operational).await;
    assert_eq!(ear.count(|event| matches!(event, PushEvent::PrintStarted { .. })), 1);
    assert_eq!(ear.count(ours), 1);
    assert_eq!(ear.count(|event| matches!(event, PushEvent::PrintFailed { .. })), 0);

    until("in the history", async || {
        matches!(rest.file(&path).await, Ok(Some(FileRecord { successes: 1, failures: 0, .. })))
    })
    .await;
    assert_eq!(server.prints(&path).await.unwrap(), Prints { success: 1, failure: 0 });
    let done = rest.snapshot().await.unwrap();
    assert_eq!(done.job.map(|job| job.path), Some(path.clone()));
    assert_eq!(done.progress.completion, Some(1.0));

    let (_, after) = Ear::open(&rest).await;
    // 1.9 marks prints and no connections: before the first print there is nothing to compare with.
    let proof = if before.0.is_empty() { SincePrint::Unknown } else { SincePrint::Started };
    assert_eq!(after.since(&before), proof);
    assert_eq!(before.0.is_empty(), version.starts_with("1.9."), "{before:?}");
    assert_eq!(after.since(&after), SincePrint::NoneStarted);
    assert_eq!(after.0.last().unwrap().kind, MarkingKind::Done);

    let digest = Digest(Sha256::digest(QUICK).into());
    let size = QUICK.len() as u64;
    assert!(rest.download_matches(&path, digest, size).await.unwrap());
    assert!(!rest.download_matches(&path, Digest([0; 32]), size).await.unwrap());
    assert!(!rest.download_matches(&path, digest, size - 1).await.unwrap());
    rest.delete(&path).await.unwrap();
    rest.delete(&path).await.unwrap();
    assert_eq!(rest.file(&path).await.unwrap(), None);
    assert!(matches!(rest.start(&path).await, Err(StartError::Gone)));
}

#[tokio::test]
async fn a_print_is_followed_from_upload_to_history_on_1_11() {
    a_print_from_upload_to_history(DEFAULT).await;
}

#[tokio::test]
async fn a_print_is_followed_from_upload_to_history_on_2_0() {
    a_print_from_upload_to_history("2.0.0rc7").await;
}

#[tokio::test]
async fn a_print_is_followed_from_upload_to_history_on_1_10() {
    a_print_from_upload_to_history("1.10.3").await;
}

#[tokio::test]
async fn a_print_is_followed_from_upload_to_history_on_1_9() {
    a_print_from_upload_to_history("1.9.3").await;
}

async fn keys(version: &str) {
    let server = server(version).await;
    let path = upload(&client(&server), "a.gcode", QUICK).await;
    let revoked = json!({ "command": "generate", "app": "old", "user": "admin" });
    let (_, answer) = server.post("/api/plugin/appkeys", &revoked).await.unwrap();
    let revoked = answer["api_key"].as_str().unwrap().to_owned();
    let good = Rest::new(&server.url(), &revoked).unwrap();
    good.version().await.unwrap();
    let revoke = json!({ "command": "revoke", "key": revoked });
    server.command("/api/plugin/appkeys", &revoke).await.unwrap();

    for key in ["0000000000000000", revoked.as_str()] {
        let rest = Rest::new(&server.url(), key).unwrap();
        assert!(matches!(rest.version().await, Err(RestError::KeyRefused)), "{key}");
        assert!(matches!(rest.delete(&path).await, Err(RestError::KeyRefused)), "{key}");
        assert!(matches!(rest.start(&path).await, Err(StartError::NotAllowed)), "{key}");
        let mut ear = Ear::deaf(&rest);
        ear.hear(|event| *event == PushEvent::Lost(Lost::KeyRefused)).await;
    }
    assert_eq!(server.successes().await.unwrap(), 0);
    assert!(!format!("{good:?}").contains(&revoked), "a key is shown");
}

#[tokio::test]
async fn a_wrong_or_revoked_key_is_told_from_a_dead_server_on_1_11() {
    keys(DEFAULT).await;
}

#[tokio::test]
async fn a_wrong_or_revoked_key_is_told_from_a_dead_server_on_2_0() {
    keys("2.0.0rc7").await;
}

#[tokio::test]
async fn a_wrong_or_revoked_key_is_told_from_a_dead_server_on_1_9() {
    keys("1.9.3").await;
}

/// The owner presses a button of OctoPrint's that concerns the print.
async fn owner(server: &OctoPrint, order: &Value) {
    server.command("/api/job", order).await.unwrap();
}

async fn one_cancel(version: &str) {
    let server = server(version).await;
    let rest = client(&server);
    let (mut ear, _) = Ear::open(&rest).await;
    let path = upload(&rest, "long.gcode", &minute()).await;
    rest.start(&path).await.unwrap();
    ear.state(&PrinterCondition::Printing).await;
    let second = rest.start(&path).await;
    assert!(matches!(second, Err(StartError::Conflict { .. })), "{second:?}");
    owner(&server, &json!({ "command": "pause", "action": "pause" })).await;
    ear.hear(|event| matches!(event, PushEvent::PrintPaused { by_user: Some(_), .. })).await;
    until("paused", async || rest.snapshot().await.unwrap().printer == PrinterCondition::Paused)
        .await;
    owner(&server, &json!({ "command": "pause", "action": "resume" })).await;
    ear.state(&PrinterCondition::Printing).await;

    owner(&server, &json!({ "command": "cancel" })).await;
    ear.hear(|event| matches!(event, PushEvent::PrintFailed { .. })).await;
    ear.state(&PrinterCondition::Operational).await;
    let by_person = PushEvent::PrintFailed {
        path: path.clone(),
        reason: FailReason::Cancelled { by_user: true },
    };
    assert_eq!(ear.count(|event| *event == by_person), 1, "{:#?}", ear.heard);
    let cancelled =
        PushEvent::PrintCancelled { path: path.clone(), by_user: Some("admin".to_owned()) };
    assert_eq!(ear.count(|event| *event == cancelled), 1, "{:#?}", ear.heard);
    until("in the history", async || {
        matches!(rest.file(&path).await, Ok(Some(FileRecord { successes: 0, failures: 1, .. })))
    })
    .await;
    rest.start(&path).await.unwrap();
    ear.state(&PrinterCondition::Printing).await;
    server.debug("reset").await.unwrap();
    ear.hear(|event| matches!(event, PushEvent::PrintFailed { .. })).await;
    let by_firmware = PushEvent::PrintFailed {
        path: path.clone(),
        reason: FailReason::Cancelled { by_user: false },
    };
    assert_eq!(ear.count(|event| *event == by_firmware), 1, "{:#?}", ear.heard);
}

#[tokio::test]
async fn a_cancel_is_heard_once_with_who_did_it_on_1_11() {
    one_cancel(DEFAULT).await;
}

#[tokio::test]
async fn a_cancel_is_heard_once_with_who_did_it_on_2_0() {
    one_cancel("2.0.0rc7").await;
}

async fn a_fault(version: &str) {
    let server = server(version).await;
    let rest = client(&server);
    let (mut ear, _) = Ear::open(&rest).await;
    let path = upload(&rest, "long.gcode", &minute()).await;
    rest.start(&path).await.unwrap();
    ear.state(&PrinterCondition::Printing).await;
    server.debug("trigger_fatal_error_marlin").await.unwrap();
    // In no fixed order.
    let failed = |event: &PushEvent| {
        matches!(event, PushEvent::PrintFailed { reason: FailReason::Error(_), .. })
    };
    let thermal = |event: &PushEvent| matches!(event, PushEvent::Error { text } if text.contains("Thermal Runaway"));
    while ear.count(failed) == 0 || ear.count(thermal) == 0 {
        ear.hear(|_| true).await;
    }
    until("offline", async || {
        matches!(
            rest.snapshot().await.unwrap().printer,
            PrinterCondition::Offline { error: Some(_) }
        )
    })
    .await;
    let offline = rest.start(&path).await;
    assert!(matches!(offline, Err(StartError::Conflict { .. })), "{offline:?}");
    server.command("/api/connection", &json!({ "command": "connect" })).await.unwrap();
    until("operational", async || {
        rest.snapshot().await.unwrap().printer == PrinterCondition::Operational
    })
    .await;
    assert_eq!(server.prints(&path).await.unwrap(), Prints { success: 0, failure: 1 });
}

#[tokio::test]
async fn a_thermal_fault_ends_the_print_with_its_reason_on_1_11() {
    a_fault(DEFAULT).await;
}

#[tokio::test]
async fn a_thermal_fault_ends_the_print_with_its_reason_on_2_0() {
    a_fault("2.0.0rc7").await;
}

async fn a_kill(version: &str) {
    let mut server = server(version).await;
    let rest = client(&server);
    let (mut ear, before) = Ear::open(&rest).await;
    let path = upload(&rest, "long.gcode", &minute()).await;
    rest.start(&path).await.unwrap();
    ear.state(&PrinterCondition::Printing).await;

    server.kill().await.unwrap();
    ear.hear(|event| matches!(event, PushEvent::Lost(_))).await;
    assert!(matches!(rest.snapshot().await, Err(RestError::Unreachable { .. })));
    assert!(matches!(rest.start(&path).await, Err(StartError::NotReached { .. })));

    server.restart_unready().await.unwrap();
    let after = ear.connected().await;
    assert_eq!(after.since(&before), SincePrint::Unknown, "{after:?} after {before:?}");
    server.ready().await.unwrap();
    let idle = rest.snapshot().await.unwrap();
    assert_eq!((idle.printer, idle.job), (PrinterCondition::Operational, None));
    assert_eq!(rest.file(&path).await.unwrap().unwrap().failures, 0);
}

#[tokio::test]
async fn a_killed_server_is_lost_found_and_known_for_another_process_on_1_11() {
    a_kill(DEFAULT).await;
}

#[tokio::test]
async fn a_killed_server_is_lost_found_and_known_for_another_process_on_2_0() {
    a_kill("2.0.0rc7").await;
}

#[tokio::test]
async fn a_frozen_server_is_silent_and_what_it_was_told_may_still_happen() {
    let server = server(DEFAULT).await;
    let rest = client(&server);
    let path = upload(&rest, "a.gcode", QUICK).await;
    let (mut ear, before) = Ear::open(&rest).await;
    server.pause_process().unwrap();
    let started = rest.start(&path).await;
    assert!(matches!(started, Err(StartError::Unsure { .. })), "{started:?}");
    ear.hear(|event| *event == PushEvent::Lost(Lost::Silent)).await;

    server.resume_process().unwrap();
    ear.connected().await;
    until("printed after all", async || server.successes().await.unwrap() == 1).await;
    let (_, after) = Ear::open(&rest).await;
    assert_eq!(after.since(&before), SincePrint::Started);
}

#[tokio::test]
async fn a_file_beyond_the_servers_limit_is_refused_and_nothing_is_stored() {
    let venv = install(DEFAULT).await.unwrap();
    let config = json!({ "server": { "uploads": { "maxSize": 100_000 } } });
    let options = Options { config: Some(config), ..Options::default() };
    let server = OctoPrint::start(&venv, options).await.unwrap();
    let rest = client(&server);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large.gcode");
    for size in [200_000, 20_000_000] {
        tokio::fs::write(&file, "M107\n".repeat(size / 5)).await.unwrap();
        let refused = rest.upload("large.gcode", &file, size as u64).await;
        assert!(
            matches!(refused, Err(RestError::TooLarge | RestError::Unreachable { .. })),
            "{refused:?}"
        );
        assert_eq!(rest.file("visorfarm/large.gcode").await.unwrap(), None);
    }
}

async fn decide(server: &OctoPrint, allow: bool) {
    let mut token = None;
    until("asked", async || {
        let (_, state) = server.get("/api/plugin/appkeys").await.unwrap();
        let pending = &state["pending"];
        let asked = pending.as_object().and_then(|asked| asked.values().next());
        let asked = asked.or_else(|| pending.get(0));
        token = asked.and_then(|asked| asked["user_token"].as_str().map(str::to_owned));
        token.is_some()
    })
    .await;
    let decision = format!("/plugin/appkeys/decision/{}", token.unwrap());
    server.command(&decision, &json!({ "decision": allow })).await.unwrap();
}

async fn asking_for_keys(version: &str) {
    let server = server(version).await;
    let keys = AppKeys::new(&server.url()).unwrap();

    let question = keys.ask("visorfarm agent", Some("admin")).await.unwrap();
    assert!(question.dialog.is_some());
    let (outcome, ()) = tokio::join!(keys.wait(question), decide(&server, true));
    let Outcome::Granted(key) = outcome else { panic!("{outcome:?} instead of a key") };
    let rest = Rest::new(&server.url(), &key.0).unwrap();
    let path = upload(&rest, "a.gcode", QUICK).await;
    rest.start(&path).await.unwrap();

    let question = keys.ask("visorfarm agent", None).await.unwrap();
    let (outcome, ()) = tokio::join!(keys.wait(question), decide(&server, false));
    assert_eq!(outcome, Outcome::Denied);

    let mut forgotten = keys.ask("visorfarm agent", None).await.unwrap();
    until("forgotten", async || {
        let (_, state) = server.get("/api/plugin/appkeys").await.unwrap();
        state["pending"].as_object().is_none_or(serde_json::Map::is_empty)
            && state["pending"].as_array().is_none_or(Vec::is_empty)
    })
    .await;
    let look = keys.look(&mut forgotten).await.unwrap();
    assert_eq!(format!("{look:?}"), "Ended(Expired)");

    let asked = keys.ask("visorfarm agent", None).await;
    assert_eq!(
        asked.unwrap_err().to_string().split(':').next(),
        Some("OctoPrint was asked for keys too often")
    );
}

#[tokio::test]
async fn a_maker_grants_denies_or_forgets_a_key_on_1_11() {
    asking_for_keys(DEFAULT).await;
}

#[tokio::test]
async fn a_maker_grants_denies_or_forgets_a_key_on_2_0() {
    asking_for_keys("2.0.0rc7").await;
}

#[tokio::test]
async fn a_stored_path_is_used_as_it_came_back_whatever_its_name() {
    let server = server(DEFAULT).await;
    let rest = client(&server);
    for name in [
        "sp ace.gcode",
        "ünïcödé 3D.gcode",
        "日本.gcode",
        "emoji😀.gcode",
        "percent%20x.gcode",
        "plus+x.gcode",
        "hash#x.gcode",
        "quote'x.gcode",
        "question?.gcode",
        "amp&x.gcode",
        "con.gcode",
        ".hidden.gcode",
        "double\"quote.gcode",
    ] {
        let path = upload(&rest, name, QUICK).await;
        assert!(rest.file(&path).await.unwrap().is_some(), "{name} became {path}, not found");
        let digest = Digest(Sha256::digest(QUICK).into());
        let same = rest.download_matches(&path, digest, QUICK.len() as u64).await;
        assert!(same.unwrap(), "{name} became {path}, not downloaded");
        let before = server.successes().await.unwrap();
        rest.start(&path).await.unwrap();
        until(name, async || server.successes().await.unwrap() == before + 1).await;
        until("idle", async || {
            rest.snapshot().await.unwrap().printer == PrinterCondition::Operational
        })
        .await;
        rest.delete(&path).await.unwrap();
        assert_eq!(rest.file(&path).await.unwrap(), None, "{name}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.stl");
    tokio::fs::write(&file, "solid").await.unwrap();
    let refused = rest.upload("a.stl", &file, 5).await;
    assert!(matches!(refused, Err(RestError::Refused { status: 415, .. })), "{refused:?}");
}
