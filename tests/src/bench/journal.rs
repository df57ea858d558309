//! What it costs an agent to remember something for good.

use anyhow::{Result, ensure};
use tokio::time::Instant;
use visorfarm_agent::journal::{Journal, Replay};
use visorfarm_agent::supervise::Change;
use visorfarm_protocol::id::{Epoch, LeaseId};
use visorfarm_protocol::message::Fact;

use super::Pace;
use super::figure::Figure;
use super::programs::Programs;
use super::samples::Samples;

pub(super) fn measure(pace: Pace, programs: &Programs) -> Result<Vec<Figure>> {
    let appends = pace.pick(5_000, 500);
    let folder = programs.scratch()?;
    let path = folder.path().join("printer.journal");
    let (mut journal, _) = Journal::open(&path)?;
    let mut samples = Samples::default();
    for seq in 1..=appends {
        let lease = LeaseId { epoch: Epoch(1_774_310_400), number: seq };
        let change = Change::Fact { seq, fact: Fact::Started { lease, plate: None } };
        let began = Instant::now();
        journal.append(std::slice::from_ref(&change))?;
        samples.push(began.elapsed());
    }
    drop(journal);
    let (_, Replay { records, .. }) = Journal::<Change>::open(&path)?;
    ensure!(records.len() as u64 == appends, "wrote {appends}, read {}", records.len());

    let how = format!("{appends} records, one fsync each, all read back");
    let figure = |percent| {
        let millis = samples.percentile(percent).as_secs_f64() * 1e3;
        Figure::new(format!("journal append, p{percent}"), millis, "ms", how.clone())
    };
    Ok(vec![figure(50), figure(99)])
}
