//! The OctoPrint that other tests rely on does what they rely on.

use std::time::Duration;

use serde_json::json;
use tokio::time::{sleep, timeout};
use visorfarm_tests::octoprint::{DEFAULT, OctoPrint, Options, Prints, install};

/// Returns when a condition holds; the limit is for a machine that also compiles.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waited = timeout(Duration::from_mins(1), async {
        while !holds().await {
            sleep(Duration::from_millis(50)).await;
        }
    });
    assert!(waited.await.is_ok(), "still not: {what}");
}

#[tokio::test]
async fn a_file_of_three_lines_is_printed_and_counted_across_a_kill() {
    let venv = install(DEFAULT).await.unwrap();
    let mut octoprint = OctoPrint::start(&venv, Options::default()).await.unwrap();
    assert_eq!(octoprint.successes().await.unwrap(), 0);

    let path = octoprint.upload("three lines.gcode", "M107\nM107\nM107\n").await.unwrap();
    octoprint.print(&path).await.unwrap();
    until("counted", async || octoprint.successes().await.unwrap() == 1).await;
    assert_eq!(octoprint.prints(&path).await.unwrap(), Prints { success: 1, failure: 0 });

    octoprint.kill().await.unwrap();
    assert!(octoprint.get("/api/version").await.is_err(), "a killed server answered");
    octoprint.restart().await.unwrap();
    assert_eq!(octoprint.successes().await.unwrap(), 1);
}

#[tokio::test]
async fn a_frozen_server_answers_when_it_thaws() {
    let venv = install(DEFAULT).await.unwrap();
    let octoprint = OctoPrint::start(&venv, Options::default()).await.unwrap();
    octoprint.pause_process().unwrap();
    let answer = timeout(Duration::from_millis(500), octoprint.get("/api/version")).await;
    assert!(answer.is_err(), "a frozen server answered {answer:?}");
    octoprint.resume_process().unwrap();
    until("answering", async || matches!(octoprint.get("/api/version").await, Ok((200, _)))).await;
}

#[tokio::test]
async fn speed_shortens_a_print_of_minutes_to_seconds() {
    let venv = install(DEFAULT).await.unwrap();
    let options = Options { speed: Some(5000), ..Options::default() };
    let octoprint = OctoPrint::start(&venv, options).await.unwrap();
    // Ten moves of 200 mm at 2 mm/s: 1000 s on a machine, 100 s on the virtual one at full speed.
    let moves = "G91\n".to_owned() + &"G1 X200 F120\n".repeat(10);
    let path = octoprint.upload("slow.gcode", moves).await.unwrap();
    octoprint.print(&path).await.unwrap();
    until("printed", async || octoprint.prints(&path).await.unwrap().success == 1).await;
}

#[tokio::test]
async fn a_fault_ends_a_print_as_a_failure() {
    let venv = install(DEFAULT).await.unwrap();
    let octoprint = OctoPrint::start(&venv, Options::default()).await.unwrap();
    let path = octoprint.upload("minute.gcode", "G4 P200\n".repeat(300)).await.unwrap();
    octoprint.print(&path).await.unwrap();
    until("printing", async || octoprint.get("/api/job").await.unwrap().1["state"] == "Printing")
        .await;
    octoprint.debug("trigger_fatal_error_marlin").await.unwrap();
    until("failed", async || octoprint.prints(&path).await.unwrap().failure == 1).await;

    octoprint.command("/api/connection", &json!({ "command": "connect" })).await.unwrap();
    until("operational", async || {
        octoprint.get("/api/connection").await.unwrap().1["current"]["state"] == "Operational"
    })
    .await;
}

#[tokio::test]
async fn eight_start_at_once() {
    let venv = install(DEFAULT).await.unwrap();
    let starts = (0..8).map(|_| OctoPrint::start(&venv, Options::default()));
    let servers = futures_util::future::try_join_all(starts).await.unwrap();
    let ports: std::collections::BTreeSet<_> = servers.iter().map(OctoPrint::port).collect();
    assert_eq!(ports.len(), 8);
}
