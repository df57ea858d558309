//! Whatever comes from outside, broken or hostile: a clear word, nothing lost, and the farm works on.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::fs::File;
use std::time::Duration;

use serde_json::json;
use visorfarm_protocol::message::MESSAGE_BYTES_MAX;
use visorfarm_tests::coordinator::Encryption;
use visorfarm_tests::farm::{Audit, Farm, Plan};
use visorfarm_tests::gcode::plate;
use visorfarm_tests::stranger::Stranger;

/// For a machine that also compiles.
const SOON: Duration = Duration::from_mins(2);

/// More than any plate, and more than most disks of the farm have to spare for nonsense.
const TWO_GIB: u64 = 2 << 30;

/// Returns a farm of one printer with a design, and nothing asked for.
async fn farm() -> Farm {
    let farm =
        Farm::start(Plan { encryption: Encryption::Plain, ..Plan::default() }).await.unwrap();
    farm.publish("band", &plate(1), 4).await.unwrap();
    farm.clear_beds().await.unwrap();
    farm
}

/// Asks for one plate and lets it be printed: the farm works.
async fn works(farm: &Farm) {
    farm.coordinator.request("band", 4).await.unwrap();
    farm.until_counted(4, SOON).await.unwrap();
    let audit = farm.audit().await.unwrap();
    assert_eq!(audit, Audit { asked: 4, shown: 4, ledger: 4, plates: 1 });
    farm.coordinator.check().await.unwrap();
}

/// Waits until the drop folder's problem with the file of `design` says `said`.
async fn problem(farm: &Farm, design: &str, said: &str) {
    farm.until(&format!("the problem of {design} says {said:?}"), SOON, async || {
        let problems = farm.coordinator.published().await?.problems;
        let found = problems.iter().find(|problem| problem.path.starts_with(design));
        anyhow::ensure!(found.is_none_or(|found| found.problem.contains(said)), "it is {found:?}");
        Ok(found.map(|_| ()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn files_that_cannot_be_printed_are_named_and_the_rest_is_taken() {
    let farm = farm().await;
    let whole = plate(2);
    let cut = &whole[..whole.len() - 2];
    let hot = format!("M104 S200\n{whole}");
    for (design, content) in
        [("empty", ""), ("cut", cut), ("hot", &hot), ("letter", "Dear hospital,\nwe print.\n")]
    {
        farm.drop_in(design, "ender3.toml", "pieces = 4\n").unwrap();
        farm.drop_in(design, "ender3.gcode", content).unwrap();
    }
    farm.drop_in("huge", "ender3.toml", "pieces = 4\n").unwrap();
    farm.drop_in("huge", "ender3.gcode", "").unwrap();
    let huge = farm.coordinator.designs().join("huge").join("r1").join("ender3.gcode");
    File::options().write(true).open(huge).unwrap().set_len(TWO_GIB).unwrap();
    farm.drop_in("alone", "ender3.gcode", &whole).unwrap();
    farm.drop_in("misspelt", "ender3.toml", "peices = 4\n").unwrap();
    farm.drop_in("misspelt", "ender3.gcode", &whole).unwrap();

    problem(&farm, "empty", "the file is empty").await;
    problem(&farm, "cut", "the file is cut short").await;
    problem(&farm, "hot", "never turns a heater off").await;
    problem(&farm, "letter", "not G-code").await;
    problem(&farm, "huge", "the limit").await;
    problem(&farm, "alone", "there is no ender3.toml").await;
    problem(&farm, "misspelt", "line 1").await;
    let designs = farm.coordinator.published().await.unwrap();
    assert!(designs.items.iter().all(|row| row.design == "band"), "{designs:?}");

    // What is mended is taken, without another word.
    farm.drop_in("cut", "ender3.gcode", &whole).unwrap();
    farm.published("cut").await.unwrap();
    works(&farm).await;
}

#[tokio::test]
async fn a_file_that_still_grows_is_taken_when_it_is_whole() {
    let farm = farm().await;
    let whole = plate(2);
    farm.drop_in("slow", "ender3.toml", "pieces = 4\n").unwrap();
    let mut copied = 0;
    // Grows with every look until it was seen growing, like a copy over a slow network.
    farm.until("it is seen growing", SOON, async || {
        copied = (copied + 16).min(whole.len() - 8);
        farm.drop_in("slow", "ender3.gcode", &whole[..copied])?;
        let designs = farm.coordinator.published().await?;
        assert!(designs.items.iter().all(|row| row.design == "band"), "half a file was published");
        let growing = designs.problems.iter().any(|found| found.problem.contains("still growing"));
        Ok(growing.then_some(()))
    })
    .await
    .unwrap();
    farm.drop_in("slow", "ender3.gcode", &whole).unwrap();
    farm.published("slow").await.unwrap();
    works(&farm).await;
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused_by_name() {
    let farm = farm().await;
    for (body, status, said) in [
        (json!({ "design": "band", "pieces": 0 }), 422, "0 pieces cannot be asked for"),
        (json!({ "design": "band", "pieces": -1 }), 422, "-1 pieces cannot be asked for"),
        (
            json!({ "design": "band", "pieces": 1_000_000_000_000_i64 }),
            422,
            "1000000000000 pieces cannot be asked for",
        ),
        (json!({ "design": "nothing", "pieces": 4 }), 422, "design nothing is not published"),
        (json!({ "design": "../etc", "pieces": 4 }), 422, ""),
        (json!({ "design": "band", "pieces": "four" }), 422, "pieces"),
        (json!({ "design": "band" }), 422, "pieces"),
    ] {
        let (answered, answer) = farm.coordinator.post("/requests", &body).await.unwrap();
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(answered == status && error.contains(said), "{body}: {answered} {answer}");
        assert!(!error.is_empty(), "{body}: {answer}");
    }
    for token in ["", "visorfarm_wrong", "\u{7f}"] {
        let refused = farm.coordinator.get_as(token, "/requests").await;
        // A header with control characters is not even sent.
        let status = refused.map(|(status, _)| status);
        assert!(matches!(status, Ok(401) | Err(_)), "{token:?} gave {status:?}");
    }
    assert!(farm.coordinator.requests().await.unwrap().is_empty());
    works(&farm).await;
}

#[tokio::test]
async fn messages_that_cannot_be_read_are_kept_and_disturb_nobody() {
    let farm = farm().await;
    let agent = farm.join("stranger", Vec::new()).await.unwrap();
    let membership = agent.membership().unwrap();
    let ports = farm.coordinator.ports();
    let mut stranger = Stranger::connect(&membership, ports.mqtt).await.unwrap();
    let unreadable: [(&str, Vec<u8>, &str); 6] = [
        ("facts", b"not JSON".to_vec(), "not readable"),
        ("facts", vec![0xff; 100], "not readable"),
        ("hello", br#"{"v":99,"message":"hello"}"#.to_vec(), "version 99"),
        ("hello", br#"{"v":1}"#.to_vec(), "not readable"),
        ("status", "[".repeat(50_000).into_bytes(), "not readable"),
        ("status", vec![b' '; MESSAGE_BYTES_MAX + 1], "over the limit"),
    ];
    for (kind, payload, _) in &unreadable {
        stranger.say(kind, payload.clone()).await.unwrap();
    }
    let notes = farm
        .until("all of them are noted", SOON, async || {
            let rows = farm.coordinator.anomalies().await?;
            Ok((rows.len() == unreadable.len()).then_some(rows))
        })
        .await
        .unwrap();
    for (row, (kind, _, said)) in notes.iter().zip(&unreadable) {
        assert_eq!(row.agent, *stranger.agent());
        assert!(row.note.contains(said) && row.note.contains(kind), "{row:?} lacks {said:?}");
    }

    // To another agent's topic, which is noted too, and larger than any packet, which nobody reads.
    let other = farm.agents[0].membership().unwrap().credentials.agent;
    stranger.publish(&format!("visorfarm/1/visors/up/{other}/facts"), "{}").await.unwrap();
    stranger.say("facts", vec![b'x'; 16 << 20]).await.unwrap();
    stranger.connected(2).await.unwrap();
    assert_eq!(farm.coordinator.farm().await.unwrap().anomalies, unreadable.len() as u64 + 1);
    works(&farm).await;
}
