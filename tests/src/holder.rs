//! Another process that holds a database, as a person's query or a backup tool does.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Holds the right to write until its input ends.
const PROGRAM: &str = "\
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
database.execute('BEGIN IMMEDIATE')
print('held', flush=True)
sys.stdin.read()
database.rollback()
";

/// A process with the right to write. Dropping it kills it.
#[derive(Debug)]
pub struct Holder(Child);

impl Holder {
    /// Takes the right to write `database`, and waits until nobody else has it.
    pub async fn of(database: &Path) -> Result<Self> {
        let mut child = Command::new("python3")
            .args(["-c", PROGRAM])
            .arg(database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot run python3")?;
        let told = child.stdout.take().context("python3 has no output")?;
        let line = BufReader::new(told).lines().next_line().await?;
        ensure!(line.as_deref() == Some("held"), "the database is not held: {line:?}");
        Ok(Self(child))
    }

    /// Gives the right back.
    pub async fn let_go(mut self) -> Result<()> {
        drop(self.0.stdin.take());
        let ended = self.0.wait().await.context("cannot wait for python3")?;
        ensure!(ended.success(), "the holder ended with {ended}");
        Ok(())
    }
}
