//! A farm of real processes that are killed every few seconds, and what it counted in the end.
//!
//! Coordinator and agents are killed as by a power cut, at moments that nobody chose; the real
//! `OctoPrint`s go on printing. In the end everything must be counted exactly once: what the
//! `OctoPrint`s wrote down as done is what the ledger holds.

use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::{Instant, sleep};

use crate::farm::{Audit, Farm, Plan};
use crate::gcode::plate;
use crate::octoprint::OctoPrint;
use crate::rows::EntryKind;
use crate::sim::chance::Chance;

/// Seconds that a plate takes.
const PLATE_SECONDS: u32 = 4;

/// Pieces on a plate.
const PIECES: u32 = 4;

/// Printers, each with an agent and an OctoPrint of its own.
const PRINTERS: usize = 3;

/// How long a victim stays down.
const DOWN_MILLIS: (u64, u64) = (0, 1_500);

/// How long everything may take to be told and done after the last kill.
const SETTLES_WITHIN: Duration = Duration::from_mins(10);

/// What a soak came to.
#[derive(Clone, Copy, Debug)]
pub struct Soaked {
    /// How often the coordinator was killed.
    pub coordinator_kills: u64,
    /// How often an agent was killed.
    pub agent_kills: u64,
    /// Prints that the printers began.
    pub started: u64,
    /// Prints that the printers finished.
    pub finished: u64,
    /// Pieces in the ledger.
    pub counted: i64,
    /// Leases whose end a person had to tell.
    pub looked_at: u64,
}

/// Kills something every few seconds for as long as `lasts`, chosen by `seed`, and then counts.
pub async fn soak(lasts: Duration, seed: u64) -> Result<Soaked> {
    let plan = Plan { agents: vec![1; PRINTERS], ..Plan::default() };
    let mut farm = Farm::start(plan).await?;
    farm.publish("band", &plate(PLATE_SECONDS), PIECES).await?;
    farm.clear_beds().await?;
    let mut soak = Soak {
        chance: Chance::new(seed),
        done: Soaked {
            coordinator_kills: 0,
            agent_kills: 0,
            started: 0,
            finished: 0,
            counted: 0,
            looked_at: 0,
        },
    };
    let ends = Instant::now() + lasts;
    while Instant::now() < ends {
        soak.tend(&farm).await?;
        soak.ask_for_more(&farm).await?;
        soak.kill_something(&mut farm).await?;
    }
    soak.settle(&farm).await
}

struct Soak {
    chance: Chance,
    done: Soaked,
}

impl Soak {
    /// Kills one of the programs, waits a moment, and starts it again.
    async fn kill_something(&mut self, farm: &mut Farm) -> Result<()> {
        sleep(Duration::from_millis(self.chance.between(500, 4_000))).await;
        let (least, most) = DOWN_MILLIS;
        let down = Duration::from_millis(self.chance.between(least, most));
        let victim = self.chance.index(PRINTERS + 2);
        if PRINTERS <= victim {
            self.done.coordinator_kills += 1;
            farm.coordinator.kill().await?;
            sleep(down).await;
            farm.coordinator.restart().await
        } else {
            self.done.agent_kills += 1;
            farm.agents[victim].kill().await?;
            sleep(down).await;
            farm.agents[victim].start().await
        }
    }

    /// Does what makers do, also where only a look at the bed tells.
    async fn tend(&mut self, farm: &Farm) -> Result<()> {
        farm.tend().await?;
        self.done.looked_at += farm.look(PIECES).await?;
        Ok(())
    }

    /// Keeps some plates in the queue.
    async fn ask_for_more(&mut self, farm: &Farm) -> Result<()> {
        let outstanding = farm.coordinator.farm().await?.totals.outstanding;
        if outstanding < 2 * PRINTERS as u64 * u64::from(PIECES) {
            let pieces = i64::from(PIECES) * 4 - 1;
            farm.coordinator.request("band", pieces).await?;
        }
        Ok(())
    }

    /// Waits until everything is told and done, and holds the counts against each other.
    async fn settle(mut self, farm: &Farm) -> Result<Soaked> {
        farm.until("everything is printed and told", SETTLES_WITHIN, async || {
            self.tend(farm).await?;
            let totals = farm.coordinator.farm().await?.totals;
            let mut untold = 0;
            for agent in &farm.agents {
                untold += agent.status().await?.facts_untold;
            }
            let done = (totals.outstanding, totals.in_flight, untold) == (0, 0, 0);
            Ok(done.then_some(()))
        })
        .await?;
        farm.coordinator.check().await?;
        let Audit { shown, ledger, plates, .. } = farm.audit().await?;
        let started: u64 = farm.octoprints.iter().map(OctoPrint::started).sum::<Result<u64>>()?;
        let outcomes = farm.coordinator.outcomes().await?;
        // A print beyond a lease's own would be of an owner, and nobody here prints for himself.
        let again: Vec<_> = outcomes.iter().filter(|outcome| outcome.ordinal != 0).collect();
        ensure!(again.is_empty(), "printed more than once under one lease: {again:?}");
        let outcomes = outcomes.len() as u64;
        let counted = farm.coordinator.ledger_sum(EntryKind::Printed).await?;
        let bed = i64::try_from(plates).expect("some plates") * i64::from(PIECES);
        ensure!(
            (shown, ledger, counted) == (bed, bed, bed),
            "{plates} plates came off the beds; shown {shown}, in the ledger {ledger}"
        );
        // Every OctoPrint lives on, and can tell of all that it printed.
        let looks = self.done.looked_at;
        ensure!(looks == 0, "{looks} times somebody was sent to look for nothing");
        ensure!(started == outcomes, "{started} prints were begun, {outcomes} have an outcome");
        Ok(Soaked { started, finished: plates, counted, ..self.done })
    }
}
