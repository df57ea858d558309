//! A farm to look at: a real coordinator with weeks of history, made by the real dispatcher, and
//! simulated agents that go on telling. For pictures, for tests in a browser, and for figures.

mod cast;
mod maker;
mod past;
mod present;

use std::path::Path;

use anyhow::{Context, Result};
use tempfile::TempDir;
use visorfarm_coordinator::accounts::{Accounts, Role};
use visorfarm_coordinator::clock::Clock;
use visorfarm_coordinator::store::FILE_NAME;

pub use self::maker::Maker;
use self::past::Past;
use self::present::Present;
use crate::binaries::Binaries;
use crate::coordinator::{Coordinator, Encryption};

/// The name to log in with.
pub const NAME: &str = "camille";

/// The password to log in with: everybody may look at a farm that does not exist.
pub const PASSWORD: &str = "visors for everyone";

/// Which farm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// Nothing and nobody: the first look.
    Empty,
    /// Seventeen printers of eleven makers, with all that may happen to them.
    Workshop,
    /// So many printers, at most 64 beside one agent.
    Crowd(usize),
}

/// A farm that can be looked at. Dropping it ends it.
#[derive(Debug)]
pub struct Showcase {
    /// Who serves the pages.
    pub coordinator: Coordinator,
    /// Kept, so that they go on telling.
    _present: Option<Present>,
    /// Kept, so that it is removed at the end.
    _folder: TempDir,
}

impl Showcase {
    /// Makes the past, starts the coordinator on it, and connects the agents.
    pub async fn start(scene: Scene) -> Result<Self> {
        Self::start_with(&Binaries::find()?, scene).await
    }

    /// The same, with programs of another build.
    pub(crate) async fn start_with(binaries: &Binaries, scene: Scene) -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a folder")?;
        let data = folder.path().join("farm");
        std::fs::create_dir_all(&data).context("cannot make a folder")?;
        let clock = Clock::new();
        let households = match scene {
            Scene::Empty => {
                Past::open(&data, clock.now())?;
                Vec::new()
            }
            Scene::Workshop => past::workshop(&data, clock.now())?,
            Scene::Crowd(printers) => past::crowd(&data, clock.now(), printers)?,
        };
        let accounts = Accounts::open(&data.join(FILE_NAME))?;
        accounts.add_user(NAME, PASSWORD, Role::Admin, clock.now())?;
        drop(accounts);
        let coordinator = Coordinator::start(binaries, folder.path(), Encryption::Plain).await?;
        let present = if households.is_empty() {
            None
        } else {
            Some(Present::start(&coordinator, households).await?)
        };
        Ok(Self { coordinator, _present: present, _folder: folder })
    }

    /// The folder with the project's own designs.
    fn designs() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../designs"))
    }
}
