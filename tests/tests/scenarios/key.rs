//! Keys that OctoPrint refuses: the agent says so, starts nothing, and loses no print over it.

use serde_json::json;
use visorfarm_protocol::status::{Activity, PrinterStatus, WaitsFor};
use visorfarm_tests::gcode::plate;

use crate::shop::{Opening, PIECES, Shop, Station, Verdict};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AgentProcess {
    Lives,
    Dies,
}

const APP_KEYS: &str = "/api/plugin/appkeys";

/// The owner makes a key for an application.
async fn made(station: &Station) -> String {
    let order = json!({ "command": "generate", "app": "visorfarm agent", "user": "admin" });
    let (status, answer) = station.octoprint.post(APP_KEYS, &order).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    answer["api_key"].as_str().unwrap().to_owned()
}

/// The owner takes it back.
async fn revoked(station: &Station, key: &str) {
    let order = json!({ "command": "revoke", "key": key });
    station.octoprint.command(APP_KEYS, &order).await.unwrap();
}

/// The maker gives the agent another key, which it tries at once.
async fn given(shop: &Shop, key: &str) -> Result<(), String> {
    let words = ["octoprint-key", &shop.station().name, key];
    let output = shop.agent.command(&words).await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    output.status.success().then_some(()).ok_or(said)
}

fn is_refused(status: &PrinterStatus) -> bool {
    status.fault.as_ref().is_some_and(|fault| fault.contains("refuses the agent's key"))
}

#[tokio::test]
async fn a_key_refused_from_the_start_is_said_and_a_new_one_is_taken_without_a_restart() {
    let shop = Shop::closed(Opening::default()).await.unwrap();
    let key = made(shop.station()).await;
    given(&shop, &key).await.unwrap();
    revoked(shop.station(), &key).await;
    let shop = shop.started().await;
    shop.wants(1, &plate(2)).await;
    let station = shop.station();

    shop.shows(station, Activity::Offline, Some(WaitsFor::Key)).await;
    shop.tells("that its key is refused", is_refused).await;
    assert!(shop.coordinator.leases().await.unwrap().is_empty(), "work was asked for");
    given(&shop, "0123456789ABCDEF").await.expect_err("a key that is none was taken");

    given(&shop, &made(station).await).await.unwrap();
    let lease = shop.lease(1).await;
    shop.check(lease, Verdict::COMPLETED).await;
    shop.counted(PIECES).await;
}

#[tokio::test]
async fn a_key_revoked_in_mid_print_costs_no_print_even_if_the_agent_restarts() {
    let shop = Shop::closed(Opening::default()).await.unwrap();
    let mut key = made(shop.station()).await;
    given(&shop, &key).await.unwrap();
    let mut shop = shop.started().await;
    shop.wants(2, &plate(4)).await;
    for agent in [AgentProcess::Lives, AgentProcess::Dies] {
        let lease = shop.prints_now().await;
        revoked(shop.station(), &key).await;
        shop.tells("that its key is refused", is_refused).await;
        if agent == AgentProcess::Dies {
            shop.agent.kill().await.unwrap();
            shop.agent.start().await.unwrap();
        }
        shop.until("OctoPrint has ended the print", async || {
            Ok((shop.station().state().await == "Operational").then_some(()))
        })
        .await;
        key = made(shop.station()).await;
        given(&shop, &key).await.unwrap();
        shop.check(lease, Verdict::COMPLETED).await;
        if agent == AgentProcess::Lives {
            shop.clears_bed(None).await;
        }
    }
    shop.counted(2 * PIECES).await;
    assert_eq!(shop.station().octoprint.successes().await.unwrap(), 2);
}
