//! Joining a farm, adding printers, and getting the key to each `OctoPrint`.

mod profile;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use visorfarm_gcode::Profile;
use visorfarm_protocol::enrol::Invite;
use visorfarm_protocol::id::{PrinterId, ProfileId};

use crate::cli::Printer;
use crate::config::{self, Config, NewPrinter};
use crate::enrol::enrol;
use crate::octoprint::appkeys::{AppKeys, NotAsked, Outcome};
use crate::octoprint::model::{Support, Version};
use crate::octoprint::rest::Rest;
use crate::state_dir::StateDir;
use profile::Choice;

/// What OctoPrint shows as the name of whoever asks for a key.
const APP_NAME: &str = "visorfarm agent";

/// How long a new key is tried for: OctoPrint may be starting.
const KEY_TRIED_FOR: Duration = Duration::from_secs(15);

/// Joins the farm of `invite`. An agent that already belongs to one keeps it; with the invite that it
/// joined by, what comes after joining can be tried again.
pub async fn join(state: &StateDir, invite: &Invite, title: &str) -> anyhow::Result<()> {
    if let Some(known) = state.membership()? {
        if known.is_from(invite) {
            say(&format!(
                "This machine joined the farm {} with this invite before: going on",
                known.credentials.farm
            ));
            return Ok(());
        }
        bail!(
            "this machine already belongs to the farm {} at {}: use another --state folder for \
             another farm, or remove {}",
            known.credentials.farm,
            known.origin,
            state.path().display(),
        );
    }
    let membership = enrol(invite, title).await?;
    state.set_membership(&membership)?;
    say(&format!(
        "Joined the farm {} as {}",
        membership.credentials.farm, membership.credentials.agent
    ));
    Ok(())
}

/// Writes `printer` into the settings at `path`, and gets the key to its OctoPrint.
pub async fn add_printer(state: &StateDir, path: &Path, printer: Printer) -> anyhow::Result<()> {
    let Printer { octoprint, name, profile, title, octoprint_key } = printer;
    let rest = get_key(state, &name, &octoprint, octoprint_key.as_deref()).await?;
    let profile = match profile {
        Some(profile) => profile,
        None => choose_profile(&rest, path).await,
    };
    config::add_printer(path, &NewPrinter { name: name.clone(), title, octoprint, profile })?;
    say(&format!("Added the printer {name} to {}", path.display()));
    Ok(())
}

/// Chooses a printer profile by what OctoPrint calls the printer, and says which.
async fn choose_profile(rest: &Rest, path: &Path) -> ProfileId {
    let names = rest.printer_names().await.unwrap_or_else(|error| {
        say(&format!("OctoPrint does not tell what its printer is called: {error}"));
        Vec::new()
    });
    let Choice { profile, known_as } = profile::choose(&names);
    let why = match known_as {
        Some(name) => format!("as OctoPrint calls the printer {name:?}"),
        None => format!("as none is known for what OctoPrint calls the printer: {names:?}"),
    };
    let known: Vec<_> = Profile::shipped_names().collect();
    say(&format!("Taking the printer profile {profile}, {why}"));
    say(&format!(
        "To take another, change the line `profile` in {}; there are {}, and your own in {}",
        path.display(),
        known.join(", "),
        path.with_file_name("profiles").join("NAME.toml").display(),
    ));
    profile
}

/// Gets the key to the OctoPrint of a printer that is in the settings at `path`.
pub async fn renew_key(
    state: &StateDir,
    path: &Path,
    printer: &PrinterId,
    key: Option<&str>,
) -> anyhow::Result<()> {
    let config = Config::load(path)?;
    let known = config.printers.iter().find(|known| known.name == *printer);
    let known =
        known.with_context(|| format!("there is no printer {printer} in {}", path.display()))?;
    get_key(state, printer, &known.octoprint, key).await.map(drop)
}

async fn get_key(
    state: &StateDir,
    printer: &PrinterId,
    octoprint: &str,
    given: Option<&str>,
) -> anyhow::Result<Rest> {
    let key = match given {
        Some(key) => key.to_owned(),
        None => ask_for_key(octoprint).await?,
    };
    let rest = Rest::new(octoprint, &key)?;
    let version = try_key(octoprint, &rest).await?;
    match version.support() {
        Support::Good => {}
        Support::Outdated | Support::TooOld => {
            say(&format!("{} has known faults: update to 1.11.8 or newer", version.text));
        }
        Support::NotOctoPrint { name } => {
            bail!("{octoprint} is {name}, which only imitates OctoPrint");
        }
    }
    state.set_octoprint_key(printer, &key)?;
    Ok(rest)
}

/// Asks OctoPrint's owner for a key: a dialog opens in OctoPrint, where they click Allow.
async fn ask_for_key(octoprint: &str) -> anyhow::Result<String> {
    let keys = AppKeys::new(octoprint)?;
    let question = keys.ask(APP_NAME, None).await.map_err(|error| match error {
        NotAsked::NotSupported => anyhow::anyhow!(
            "this OctoPrint hands out no application keys: make one in its settings and give --octoprint-key"
        ),
        other @ (NotAsked::RateLimited | NotAsked::Failed { .. }) => anyhow::Error::new(other)
            .context(format!("cannot ask {octoprint} for a key; is it running, at this address?")),
    })?;
    let place = question.dialog.clone().unwrap_or_else(|| octoprint.to_owned());
    say(&format!("Open {place} and click Allow for \"{APP_NAME}\" (waiting up to ten minutes)"));
    match keys.wait(question).await {
        Outcome::Granted(key) => Ok(key.0),
        Outcome::Denied => bail!("the request for a key was denied in OctoPrint"),
        Outcome::Expired => bail!("nobody answered the request in OctoPrint: run this again"),
    }
}

async fn try_key(octoprint: &str, rest: &Rest) -> anyhow::Result<Version> {
    let version = tokio::time::timeout(KEY_TRIED_FOR, rest.version())
        .await
        .with_context(|| format!("OctoPrint at {octoprint} does not answer"))??;
    // The version is told to anybody; the state of the printer only to a key that is valid.
    rest.snapshot().await?;
    Ok(version)
}

#[expect(clippy::print_stdout, reason = "it is told to whoever typed the command")]
fn say(line: &str) {
    println!("{line}");
}
