//! The pages in a real browser, over the real coordinator. The steps stand in `tests/browser`, as
//! JavaScript; here is what they ask of the farm.

mod driver;

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use visorfarm_protocol::message::{End, Hello, Up};
use visorfarm_protocol::status::PrinterCard;
use visorfarm_tests::agent::{Agent, Bed, Machine};
use visorfarm_tests::binaries::Binaries;
use visorfarm_tests::coordinator::{Coordinator, Encryption};
use visorfarm_tests::farm::{Farm, Plan};
use visorfarm_tests::guest::Guest;
use visorfarm_tests::octoprint::{self, OctoPrint};
use visorfarm_tests::showcase::{Maker, NAME, PASSWORD, Scene, Showcase};
use visorfarm_tests::stranger::Stranger;
use visorfarm_tests::wait::until;

use crate::driver::drive;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_for_everyone_and_true_while_things_change() {
    let mut showcase = Showcase::start(Scene::Workshop).await.unwrap();
    let origin = showcase.coordinator.origin().to_owned();
    let farm = &mut showcase.coordinator;
    drive("looks.mjs", &[&origin, NAME, PASSWORD], async |words| match words {
        ["ask", pieces, title] => asks(farm, pieces, title).await,
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
async fn what_stands_on_an_open_page_is_what_a_new_one_shows() {
    let showcase = Showcase::start(Scene::Workshop).await.unwrap();
    let words = [showcase.coordinator.origin(), NAME, PASSWORD];
    let nothing = async |words: &[&str]| anyhow::bail!("{words:?} is not known here");
    drive("live.mjs", &words, nothing).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_pages_name_each_printer_by_its_own_link_after_a_restart() {
    let mut showcase = Showcase::start(Scene::Empty).await.unwrap();
    let (binaries, folder) = (Binaries::find().unwrap(), tempfile::tempdir().unwrap());
    let origin = showcase.coordinator.origin().to_owned();
    let farm = &mut showcase.coordinator;
    let mut agents = Vec::new();
    drive("renumbered.mjs", &[&origin, NAME, PASSWORD], async |words| match words {
        ["join", printer] => {
            let invite = farm.invite("a maker").await?;
            let folder = folder.path().join(printer);
            let agent = Agent::enrol_keyless(&binaries, &folder, &invite, Vec::new()).await?;
            let agent = Stranger::connect(&agent.membership()?, farm.ports().mqtt).await?;
            agent.say("hello", hello(printer)?).await?;
            agents.push(agent);
            Ok(())
        }
        ["kill"] => farm.kill().await,
        ["restart"] => farm.restart().await,
        other => anyhow::bail!("{other:?} is not known"),
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_page_follows_one_printer_and_takes_nothing_that_is_typed() {
    let showcase = Showcase::start(Scene::Workshop).await.unwrap();
    let farm = &showcase.coordinator;
    let mut guest = None;
    let act = async |words: &[&str]| match (words, &mut guest) {
        (["join"], guest) => {
            let joined = Guest::join(farm, "guest", "ender3").await?;
            joined.prints(1).await?;
            *guest = Some(joined);
            Ok(())
        }
        (["prints", second], Some(guest)) => guest.prints(second.parse()?).await,
        (["ends"], Some(guest)) => guest.ends(End::Completed).await,
        (["fails"], Some(guest)) => guest.ends(End::Failed).await,
        (["judges", good], Some(guest)) => guest.judges(good.parse()?).await,
        (["rests"], Some(guest)) => guest.rests().await,
        (["faults"], Some(guest)) => guest.faults().await,
        (["sees"], Some(guest)) => guest.sees(farm).await,
        (["leave"], guest) => {
            *guest = None;
            Ok(())
        }
        (other, _) => anyhow::bail!("{other:?} is not known here"),
    };
    drive("printer.mjs", &[farm.origin(), NAME, PASSWORD], act).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_farm_is_run_by_clicks_and_by_the_keyboard_alone() {
    let showcase = Showcase::start(Scene::Workshop).await.unwrap();
    let farm = &showcase.coordinator;
    let folder = tempfile::tempdir().unwrap();
    let gcode = folder.path().join("square.gcode");
    std::fs::write(&gcode, visorfarm_tests::gcode::plate(2)).unwrap();
    let words = [farm.origin(), NAME, PASSWORD, gcode.to_str().unwrap()];
    drive("hands.mjs", &words, async |words| match words {
        ["ask", pieces, title] => asks(farm, pieces, title).await,
        // It falls silent in mid-print.
        ["vanish"] => Guest::join(farm, "guest", "ender3").await.map(drop),
        other => anyhow::bail!("{other:?} is not known here"),
    })
    .await
    .unwrap();
}

/// Somebody asks for visors.
async fn asks(farm: &Coordinator, pieces: &str, title: &str) -> anyhow::Result<()> {
    let new = serde_json::json!({
        "design": "visor-band", "pieces": pieces.parse::<u32>()?, "title": title,
    });
    farm.post("/requests", &new).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_open_pages_one_tells() {
    let showcase = Showcase::start(Scene::Workshop).await.unwrap();
    let words = [showcase.coordinator.origin(), NAME, PASSWORD];
    let nothing = async |words: &[&str]| anyhow::bail!("{words:?} is not known here");
    drive("notices.mjs", &words, nothing).await.unwrap();
}

/// Returns what an agent says first that serves one printer.
fn hello(printer: &str) -> anyhow::Result<Vec<u8>> {
    let hello = Up::Hello(Hello {
        incarnation: "0123456789abcdef".parse()?,
        session: 1,
        software: "visorfarm-test".to_owned(),
        epoch: None,
        printers: vec![PrinterCard {
            printer: printer.parse()?,
            title: printer.to_owned(),
            profile: "generic".parse()?,
            octoprint: None,
            place: None,
            consent: None,
        }],
        holds: Vec::new(),
        mark: None,
        letters: None,
    });
    Ok(hello.write())
}

async fn look_at_every_page(scene: Scene, name: &str) -> anyhow::Result<()> {
    let showcase = Showcase::start(scene).await?;
    let words = [showcase.coordinator.origin(), NAME, PASSWORD, name];
    let nothing = async |words: &[&str]| anyhow::bail!("{words:?} is not known here");
    drive("extremes.mjs", &words, nothing).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_an_empty_farm_is_for_everyone() {
    look_at_every_page(Scene::Empty, "empty").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_a_thousand_printers_is_for_everyone() {
    look_at_every_page(Scene::Crowd(1_000), "crowd").await.unwrap();
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_maker_does_with_the_page_what_the_printer_needs() {
    let plan = Plan { profile: "generic".to_owned(), ..Plan::default() };
    let mut farm = Farm::start(plan).await.unwrap();
    farm.publish("square", &visorfarm_tests::gcode::plate(6), 4).await.unwrap();
    let new = serde_json::json!({ "design": "square", "pieces": 8, "title": "<b>CHU</b> Lyon" });
    farm.coordinator.post("/requests", &new).await.unwrap();
    let origin = settled(&farm, free().unwrap()).await.unwrap();
    drive("maker.mjs", &[&origin, "printer-1"], async |words| match words {
        ["kill"] => farm.agents[0].kill().await,
        ["start"] => farm.agents[0].start().await,
        other => anyhow::bail!("{other:?} is not known here"),
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_makers_page_is_for_everyone_in_every_state() {
    let maker = Maker::open().await.unwrap();
    let nothing = async |words: &[&str]| anyhow::bail!("{words:?} is not known here");
    drive("states.mjs", &[maker.url()], nothing).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_in_the_makers_network_opens_the_page_by_pin_and_card() {
    let plan = Plan { profile: "generic".to_owned(), ..Plan::default() };
    let farm = Farm::start(plan).await.unwrap();
    // This machine's own address once more, in a form that the agent takes for its network's: the page
    // asks for the PIN, and nobody else can reach it.
    let SocketAddr::V4(local) = free().unwrap() else { panic!("127.0.0.1 is of version 4") };
    let mapped = SocketAddr::from((local.ip().to_ipv6_mapped(), local.port()));
    settled(&farm, mapped).await.unwrap();
    let said = farm.agents[0].command(&["page-pin"]).await.unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let pin: String = said.chars().filter(char::is_ascii_digit).collect();
    let nothing = async |words: &[&str]| anyhow::bail!("{words:?} is not known here");
    drive("network.mjs", &[&format!("http://{local}"), "printer-1", &pin], nothing).await.unwrap();
}

fn free() -> std::io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

/// Gives the page an address of its own, which it has again after a restart, and waits until it is there.
async fn settled(farm: &Farm, address: SocketAddr) -> anyhow::Result<String> {
    let path = farm.agents[0].folder().join("agent.toml");
    let settings = std::fs::read_to_string(&path)?;
    std::fs::write(path, format!("{settings}[page]\nlisten = \"{address}\"\n"))?;
    let origin = format!("http://{address}");
    until("the page is open", Duration::from_mins(1), async || {
        Ok(farm.agents[0].page().await.ok().filter(|url| *url == origin))
    })
    .await
}
