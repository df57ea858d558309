//! `cargo screenshots`: pictures of every page, in both languages, widths and themes.

use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use tokio::process::Command;
use visorfarm_tests::farm::{Farm, Plan};
use visorfarm_tests::showcase::{Maker, NAME, PASSWORD, Scene, Showcase};
use visorfarm_tests::wait::until;

/// Makes a picture of every page below target/screenshots
///
/// Starts a coordinator with a believable farm of simulated agents, and a maker's agent beside an OctoPrint
/// for the maker's own page, and looks at them in Chromium.
/// Needs node with npm, and chromium; `tests/run --prepare` installs them.
#[derive(Debug, Parser)]
#[command(name = "cargo screenshots --", bin_name = "cargo screenshots --")]
struct Args {
    /// Only pages whose name contains this
    #[arg(long, default_value = "")]
    only: String,
    /// Only this scene; may be given several times
    #[arg(long, value_enum)]
    scene: Vec<Named>,
    /// Make no pictures: say where the farm is, and keep it until Ctrl-C
    #[arg(long)]
    serve: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Named {
    Empty,
    Workshop,
    Crowd,
    /// A maker's own page
    Maker,
    /// A maker's own page of a printer in each state
    States,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(io::stderr(), "no pictures: {error:#}").ok();
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &Args) -> Result<()> {
    let all = [Named::Empty, Named::Workshop, Named::Crowd, Named::Maker, Named::States];
    for named in all.into_iter().filter(|n| args.scene.is_empty() || args.scene.contains(n)) {
        let (name, scene) = match named {
            Named::Empty => ("empty", Scene::Empty),
            Named::Workshop => ("workshop", Scene::Workshop),
            Named::Crowd => ("crowd", Scene::Crowd(5_000)),
            Named::Maker => {
                let farm = maker().await?;
                let (origin, pin) = for_phones(&farm).await?;
                look("maker", &origin, ("", &pin), args).await?;
                continue;
            }
            Named::States => {
                let maker = Maker::open().await?;
                look("states", maker.url(), ("", ""), args).await?;
                continue;
            }
        };
        let showcase = Showcase::start(scene).await?;
        look(name, showcase.coordinator.origin(), (NAME, PASSWORD), args).await?;
    }
    Ok(())
}

/// Starts a farm of one maker with two printers, of which one prints.
async fn maker() -> Result<Farm> {
    let plan = Plan { agents: vec![2], profile: "generic".to_owned(), ..Plan::default() };
    let farm = Farm::start(plan).await?;
    // It prints for longer than all pictures take, so that each shows the same in both languages. Ten minutes in
    // one place would be refused.
    farm.publish("visor-band", &visorfarm_tests::gcode::plate(540), 4).await?;
    let asked = serde_json::json!({ "design": "visor-band", "pieces": 40, "title": "CHU Lyon, réanimation" });
    farm.coordinator.post("/requests", &asked).await?;
    let clear = async || Ok(Some(farm.agents[0].bed_clear("printer-1", None).await?));
    until("a bed is confirmed clear", Duration::from_secs(30), clear).await?;
    until("a plate is printed", Duration::from_mins(1), async || {
        let told = farm.agents[0].status().await?;
        Ok(told.printers.iter().any(|printer| printer.status.fraction.is_some()).then_some(()))
    })
    .await?;
    Ok(farm)
}

/// Opens the maker's page to phones, as far as a machine can that nobody else shall reach; returns where it is,
/// and its PIN.
async fn for_phones(farm: &Farm) -> Result<(String, String)> {
    let agent = &farm.agents[0];
    let SocketAddr::V4(local) = TcpListener::bind("127.0.0.1:0")?.local_addr()? else {
        bail!("127.0.0.1 is of version 4");
    };
    // This machine's own address in a form that the agent takes for its network's.
    let mapped = SocketAddr::from((local.ip().to_ipv6_mapped(), local.port()));
    let path = agent.folder().join("agent.toml");
    let settings = std::fs::read_to_string(&path)?;
    std::fs::write(path, format!("{settings}[page]\nlisten = \"{mapped}\"\n"))?;
    until("the page is open", Duration::from_mins(1), async || {
        Ok(agent.page().await.ok().filter(|url| *url == format!("http://{mapped}")))
    })
    .await?;
    let said = String::from_utf8(agent.command(&["page-pin"]).await?.stdout)?;
    let pin = said.chars().filter(char::is_ascii_digit).collect();
    Ok((format!("http://{local}"), pin))
}

/// Makes the pictures of what is at `origin`, or says where that is.
async fn look(name: &str, origin: &str, (person, secret): (&str, &str), args: &Args) -> Result<()> {
    writeln!(io::stdout(), "{name}: {origin} (log in as {person:?} by {secret:?})")?;
    if args.serve {
        tokio::signal::ctrl_c().await.context("cannot listen for Ctrl-C")?;
        return Ok(());
    }
    let ended = Command::new("node")
        .arg(browser().join("screenshots.mjs"))
        .args([origin, name, person, secret, &args.only])
        .arg(browser().join("../../target/screenshots"))
        .kill_on_drop(true)
        .status()
        .await
        .context("cannot run node")?;
    ensure!(ended.success(), "the pictures of {name} failed with {ended}");
    Ok(())
}

fn browser() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("browser")
}
