//! Printers that fail: by a fault they tell of, by a restart, by silence.

use serde_json::json;
use visorfarm_protocol::status::{Activity, WaitsFor};
use visorfarm_tests::gcode::plate;

use crate::shop::{Opening, PIECES, Shop, Station, Verdict};

/// Longer than any scenario.
const LONG: u32 = 60;

/// Something that ends a print, and what the agent says of it.
struct Fault {
    /// What the virtual printer is told, or what OctoPrint sends to it.
    cause: Cause,
    verdict: Verdict<'static>,
    /// What the printer is afterwards.
    left: Activity,
}

enum Cause {
    Debug(&'static str),
    Command(&'static str),
    Disconnect,
}

impl Cause {
    async fn happens(&self, station: &Station) {
        match self {
            Self::Debug(fault) => station.octoprint.debug(fault).await.unwrap(),
            Self::Command(line) => station
                .octoprint
                .command("/api/printer/command", &json!({ "command": line }))
                .await
                .unwrap(),
            Self::Disconnect => station.connection("disconnect").await,
        }
    }
}

const fn faulted(cause: Cause, words: &'static str) -> Fault {
    Fault { cause, verdict: Verdict::failed(words), left: Activity::Faulted }
}

/// Ends one print after the other, each by the next fault, and prints the plate after all.
async fn each_ends_one_print(version: &'static str, faults: &[Fault]) {
    let shop = Shop::open(Opening { version, ..Opening::default() }).await;
    let station = shop.station();
    shop.wants(1, &plate(LONG)).await;
    for (count, fault) in (1..).zip(faults) {
        let lease = shop.printing(count).await;
        fault.cause.happens(station).await;
        shop.check(lease, fault.verdict).await;
        shop.shows(station, fault.left, Some(WaitsFor::BedClear)).await;
        station.reconnect().await;
        shop.shows(station, Activity::Idle, Some(WaitsFor::BedClear)).await;
        shop.clears_bed(None).await;
    }
    shop.printing(faults.len() + 1).await;
    let outcomes = shop.coordinator.outcomes().await.unwrap();
    assert_eq!(outcomes.len(), faults.len(), "{outcomes:?}");
    shop.coordinator.check().await.unwrap();
}

#[tokio::test]
async fn faults_of_the_machine_fail_the_print_in_their_own_words() {
    each_ends_one_print(
        "1.11.8",
        &[
            faulted(Cause::Debug("mintemp_error"), "MINTEMP triggered"),
            faulted(Cause::Command("M112"), "M112"),
            faulted(Cause::Debug("rerequest_last"), "again and again"),
            faulted(Cause::Debug("drop_connection"), "Serial"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_thermal_fault_fails_the_print_on_the_next_octoprint_too() {
    let thermal = faulted(Cause::Debug("maxtemp_error"), "MAXTEMP triggered");
    each_ends_one_print("2.0.0rc7", &[thermal]).await;
}

#[tokio::test]
async fn a_firmware_reset_is_a_failure_and_a_cancel_at_the_printer_is_a_wish() {
    let idle = |cause, verdict| Fault { cause, verdict, left: Activity::Idle };
    each_ends_one_print(
        "1.11.8",
        &[
            idle(Cause::Debug("reset"), Verdict::failed("the printer's firmware restarted")),
            idle(
                Cause::Debug("action_custom cancel"),
                Verdict::cancelled("cancelled at the printer"),
            ),
            Fault {
                cause: Cause::Disconnect,
                verdict: Verdict::failed(""),
                left: Activity::Offline,
            },
        ],
    )
    .await;
}

/// OctoPrint gives up a silent printer after seconds instead of minutes.
fn impatient() -> Opening {
    let serial = json!({
        "timeout": { "communication": 2, "communicationBusy": 2 },
        "maxCommunicationTimeouts": { "printing": 3, "long": 3 },
    });
    Opening { config: json!({ "serial": serial }), ..Opening::default() }
}

#[tokio::test]
async fn a_silent_printer_shows_no_progress_and_fails_in_the_end() {
    let shop = Shop::open(impatient()).await;
    let station = shop.station();
    shop.wants(1, &plate(LONG)).await;
    let lease = shop.printing(1).await;
    station.octoprint.debug("go_awol").await.unwrap();
    // The lines before the silence are still worked through.
    let mut looks = Vec::new();
    let frozen = shop
        .until("the progress stands still", async || {
            let (_, job) = station.octoprint.get("/api/job").await?;
            looks.push(job["progress"]["completion"].as_f64());
            let last = looks.iter().rev().take(20);
            Ok(if last.clone().all(|look| Some(look) == looks.last()) && last.len() == 20 {
                looks[looks.len() - 1]
            } else {
                None
            })
        })
        .await;
    let mut told = Vec::new();
    shop.until("OctoPrint gives up", async || {
        let status = shop.agent.report(&station.name).await?.status;
        let over = status.lease.is_none();
        if !over {
            told.push(f64::from(status.fraction.unwrap_or_default()) * 100.0);
        }
        Ok(over.then_some(()))
    })
    .await;
    let claimed = told.iter().any(|percent| 0.1 < (percent - frozen).abs());
    assert!(!told.is_empty() && !claimed, "claimed {told:?} at {frozen}");

    shop.check(lease, Verdict::failed("timeouts")).await;
    shop.shows(station, Activity::Faulted, Some(WaitsFor::BedClear)).await;
    shop.counted(0).await;
}

#[tokio::test]
async fn a_line_that_is_not_answered_only_stalls_the_print() {
    let shop = Shop::open(impatient()).await;
    shop.wants(1, &plate(3)).await;
    let lease = shop.printing(1).await;
    shop.station().octoprint.debug("dont_answer").await.unwrap();

    shop.check(lease, Verdict::COMPLETED).await;
    shop.counted(PIECES).await;
}
