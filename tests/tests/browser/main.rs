//! The pages in a real browser, over the real coordinator. The steps stand in `tests/browser`, as
//! JavaScript; here is what they ask of the farm.

mod driver;

use std::time::Duration;

use visorfarm_tests::agent::{Agent, Bed, Machine};
use visorfarm_tests::binaries::Binaries;
use visorfarm_tests::coordinator::{Coordinator, Encryption};
use visorfarm_tests::octoprint::{self, OctoPrint};
use visorfarm_tests::showcase::{NAME, PASSWORD, Scene, Showcase};
use visorfarm_tests::wait::until;

use crate::driver::drive;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_for_everyone_and_true_while_things_change() {
    let mut showcase = Showcase::start(Scene::Workshop).await.unwrap();
    let origin = showcase.coordinator.origin().to_owned();
    let farm = &mut showcase.coordinator;
    drive("looks.mjs", &[&origin, NAME, PASSWORD], async |words| match words {
        ["ask", pieces, title] => {
            let new = serde_json::json!({
                "design": "visor-band", "pieces": pieces.parse::<u32>()?, "title": title,
            });
            farm.post("/requests", &new).await.map(drop)
        }
        ["kill"] => farm.kill().await,
        ["restart"] => farm.restart().await,
        ["freeze"] => farm.freeze(),
        ["thaw"] => farm.thaw(),
        other => anyhow::bail!("{other:?} is not known"),
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_run_goes_by_clicks() {
    let folder = tempfile::tempdir().unwrap();
    let binaries = Binaries::find().unwrap();
    let starts = Coordinator::start(&binaries, folder.path(), Encryption::Plain);
    let venv = octoprint::install(octoprint::DEFAULT).await.unwrap();
    let printer = OctoPrint::start(&venv, octoprint::Options::default());
    let (coordinator, printer) = tokio::try_join!(starts, printer).unwrap();
    let gcode = folder.path().join("square.gcode");
    std::fs::write(&gcode, visorfarm_tests::gcode::plate(2)).unwrap();

    let (origin, link) = (coordinator.origin(), coordinator.setup_link().await.unwrap());
    let mut agent = None;
    let words = [origin, &link, gcode.to_str().unwrap()];
    drive("first_run.mjs", &words, async |words| match (words, &agent) {
        (["join", invite], None) => {
            let machine = Machine {
                name: "attic".to_owned(),
                octoprint: printer.url(),
                key: printer.api_key().to_owned(),
                profile: "generic".to_owned(),
                bed: Bed::Ask,
            };
            let folder = folder.path().join("agent");
            let mut joined = Agent::enrol(&binaries, &folder, invite, vec![machine]).await?;
            joined.start().await?;
            agent = Some(joined);
            Ok(())
        }
        (["clear"], Some(agent)) => {
            let clear = async || Ok(Some(agent.bed_clear("attic", None).await?));
            until("the bed is confirmed clear", Duration::from_secs(30), clear).await
        }
        (other, _) => anyhow::bail!("{other:?} is not known here"),
    })
    .await
    .unwrap();
}
