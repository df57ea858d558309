//! Printers that fail: by a fault they tell of, by a restart, by silence.

use serde_json::json;
use visorfarm_protocol::status::{Activity, WaitsFor};
use visorfarm_tests::gcode::plate;

use crate::shop::{Opening, PIECES, Shop, Station, Verdict};

/// The release candidate of the next OctoPrint.
const NEXT: &str = "2.0.0rc7";

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

/// Returns what the farm's page says of a printer that a fault has left so: what it does, and what a
/// person should do.
fn on_the_page(left: Activity) -> (&'static str, &'static str) {
    if left == Activity::Faulted {
        return ("fault", "Its maker looks at the printer and clears the fault.");
    }
    // Whether or not it is still connected.
    assert!(matches!(left, Activity::Idle | Activity::Offline), "nothing else is left by a fault");
    ("bed to clear", "Its maker clears the bed and says so.")
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
        shop.reads(station, on_the_page(fault.left)).await;
        station.reconnect().await;
        shop.shows(station, Activity::Idle, Some(WaitsFor::BedClear)).await;
        shop.clears_bed(None).await;
    }
    shop.printing(faults.len() + 1).await;
    let outcomes = shop.coordinator.outcomes().await.unwrap();
    assert_eq!(outcomes.len(), faults.len(), "{outcomes:?}");
    shop.coordinator.check().await.unwrap();
}

/// `stopped` is what is said of a print that M112 stopped, `dropped` of one whose line was cut.
async fn faults_of_the_machine(
    version: &'static str,
    stopped: &'static str,
    dropped: &'static str,
) {
    let faults = [
        faulted(Cause::Debug("mintemp_error"), "MINTEMP triggered"),
        faulted(Cause::Debug("maxtemp_error"), "MAXTEMP triggered"),
        faulted(Cause::Debug("trigger_fatal_error_marlin"), "Thermal Runaway"),
        faulted(Cause::Command("M112"), stopped),
        faulted(Cause::Debug("rerequest_last"), "again and again"),
        faulted(Cause::Debug("drop_connection"), dropped),
    ];
    each_ends_one_print(version, &faults).await;
}

#[tokio::test]
async fn faults_of_the_machine_fail_the_print_in_their_own_words_on_1_11() {
    faults_of_the_machine("1.11.8", "M112", "Serial").await;
}

#[tokio::test]
async fn faults_of_the_machine_fail_the_print_on_2_0_and_those_of_heaters_and_resends_in_their_own_words()
 {
    // Of M112 and of a cut line the candidate tells the reason only sometimes: any words will do.
    faults_of_the_machine(NEXT, "", "").await;
}

async fn a_reset_a_wish_and_a_disconnection(version: &'static str) {
    let idle = |cause, verdict| Fault { cause, verdict, left: Activity::Idle };
    let wish = Verdict::cancelled("cancelled at the printer");
    let faults = [
        idle(Cause::Debug("reset"), Verdict::failed("the printer's firmware restarted")),
        idle(Cause::Debug("action_custom cancel"), wish),
        Fault { cause: Cause::Disconnect, verdict: Verdict::failed(""), left: Activity::Offline },
        Fault {
            cause: Cause::Debug("action_disconnect"),
            verdict: Verdict::failed(""),
            left: Activity::Offline,
        },
    ];
    each_ends_one_print(version, &faults).await;
}

#[tokio::test]
async fn a_firmware_reset_is_a_failure_and_a_cancel_at_the_printer_is_a_wish_on_1_11() {
    a_reset_a_wish_and_a_disconnection("1.11.8").await;
}

#[tokio::test]
async fn a_firmware_reset_is_a_failure_and_a_cancel_at_the_printer_is_a_wish_on_2_0() {
    a_reset_a_wish_and_a_disconnection(NEXT).await;
}

/// What goes wrong on the line to the printer, and is put right by asking again.
const STORM: [&str; 4] = [
    "trigger_resend_lineno",
    "trigger_resend_checksum",
    "trigger_missing_checksum",
    "trigger_missing_lineno",
];

async fn a_storm_of_resends(version: &'static str) {
    let shop = Shop::open(Opening { version, ..Opening::default() }).await;
    shop.wants(1, &plate(10)).await;
    let lease = shop.printing(1).await;
    for _ in 0..5 {
        for fault in STORM {
            shop.station().octoprint.debug(fault).await.unwrap();
        }
    }
    shop.check(lease, Verdict::COMPLETED).await;
    shop.counted(PIECES).await;
}

#[tokio::test]
async fn a_storm_of_resends_costs_no_print_on_1_11() {
    a_storm_of_resends("1.11.8").await;
}

#[tokio::test]
async fn a_storm_of_resends_costs_no_print_on_2_0() {
    a_storm_of_resends(NEXT).await;
}

async fn a_pause_at_the_printer(version: &'static str) {
    let shop = Shop::open(Opening { version, ..Opening::default() }).await;
    let station = shop.station();
    shop.wants(1, &plate(10)).await;
    let lease = shop.printing(1).await;
    station.octoprint.debug("action_pause").await.unwrap();
    shop.shows(station, Activity::Paused, None).await;
    shop.reads(station, ("paused", "Its maker resumes or cancels the print.")).await;
    station.octoprint.debug("action_resume").await.unwrap();
    shop.check(lease, Verdict::COMPLETED).await;
    shop.counted(PIECES).await;
}

#[tokio::test]
async fn a_print_paused_at_the_printer_is_shown_and_counted_on_1_11() {
    a_pause_at_the_printer("1.11.8").await;
}

#[tokio::test]
async fn a_print_paused_at_the_printer_is_shown_and_counted_on_2_0() {
    a_pause_at_the_printer(NEXT).await;
}

/// OctoPrint gives up a silent printer after seconds instead of minutes.
fn impatient(version: &'static str) -> Opening {
    let serial = json!({
        "timeout": { "communication": 2, "communicationBusy": 2 },
        "maxCommunicationTimeouts": { "printing": 3, "long": 3 },
    });
    Opening { version, config: json!({ "serial": serial }), ..Opening::default() }
}

async fn a_silent_printer(version: &'static str) {
    let shop = Shop::open(impatient(version)).await;
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
            // While OctoPrint does not answer nothing is claimed.
            told.extend(status.fraction.map(|fraction| f64::from(fraction) * 100.0));
        }
        Ok(over.then_some(()))
    })
    .await;
    let claimed = told.iter().any(|percent| 0.1 < (percent - frozen).abs());
    assert!(!told.is_empty() && !claimed, "claimed {told:?} at {frozen}");

    shop.check(lease, Verdict::failed("timeouts")).await;
    shop.shows(station, Activity::Faulted, Some(WaitsFor::BedClear)).await;
    shop.reads(station, on_the_page(Activity::Faulted)).await;
    shop.counted(0).await;
}

#[tokio::test]
async fn a_silent_printer_shows_no_progress_and_fails_in_the_end_on_1_11() {
    a_silent_printer("1.11.8").await;
}

#[tokio::test]
async fn a_silent_printer_shows_no_progress_and_fails_in_the_end_on_2_0() {
    a_silent_printer(NEXT).await;
}

async fn an_unanswered_line(version: &'static str) {
    let shop = Shop::open(impatient(version)).await;
    shop.wants(1, &plate(3)).await;
    let lease = shop.printing(1).await;
    shop.station().octoprint.debug("dont_answer").await.unwrap();

    shop.check(lease, Verdict::COMPLETED).await;
    shop.counted(PIECES).await;
}

#[tokio::test]
async fn a_line_that_is_not_answered_only_stalls_the_print_on_1_11() {
    an_unanswered_line("1.11.8").await;
}

#[tokio::test]
async fn a_line_that_is_not_answered_only_stalls_the_print_on_2_0() {
    an_unanswered_line(NEXT).await;
}
