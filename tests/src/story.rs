//! What most stories of one printer have in common: its agent prints a plate of four, somebody waits for
//! something, and in the end everyone has counted that one plate.

use std::time::Duration;

use anyhow::{Result, ensure};
use visorfarm_agent::local::Happened;
use visorfarm_protocol::message::{End, Fact};
use visorfarm_protocol::status::{Activity, WaitsFor};

use crate::farm::{Audit, Farm};
use crate::gcode::plate;
use crate::rows::EntryKind;

/// For a machine that also compiles.
pub const SOON: Duration = Duration::from_mins(2);

/// What the first agent calls its printer.
pub const PRINTER: &str = "printer-1";

/// What a plate gives.
const PIECES: u32 = 4;

impl Farm {
    /// Publishes a plate that takes so long, asks for one, and waits until it is being printed.
    pub async fn print(&self, seconds: u32) -> Result<()> {
        self.publish("band", &plate(seconds), PIECES).await?;
        self.clear_beds().await?;
        self.coordinator.request("band", i64::from(PIECES)).await?;
        self.until_seen(Activity::Printing).await
    }

    /// Waits until the agent itself says what its printer does.
    pub async fn until_seen(&self, activity: Activity) -> Result<()> {
        self.until(&format!("the agent sees {activity:?}"), SOON, async || {
            let seen = self.agents[0].report(PRINTER).await?.status.activity;
            Ok((seen == activity).then_some(()))
        })
        .await
    }

    /// Waits until the agent says what it waits for.
    pub async fn until_waits_for(&self, what: WaitsFor) -> Result<()> {
        self.until(&format!("the agent waits for {what:?}"), SOON, async || {
            let waits_for = self.agents[0].report(PRINTER).await?.status.waits_for;
            Ok((waits_for == Some(what)).then_some(()))
        })
        .await
    }

    /// Waits until OctoPrint has finished so many plates, whoever hears of it.
    pub async fn until_finished(&self, plates: u64) -> Result<()> {
        self.until("OctoPrint has finished", SOON, async || {
            Ok((self.octoprints[0].finished()? == plates).then_some(()))
        })
        .await
    }

    /// Waits until the agent knows the end of its print and has nobody to tell it to.
    pub async fn until_told_nobody(&self) -> Result<()> {
        self.until("the agent keeps what it cannot tell", SOON, async || {
            let completed = |happened: &Happened| {
                matches!(happened.fact, Fact::Ended { end: End::Completed, .. })
            };
            let ended = self.agents[0].report(PRINTER).await?.happened.iter().any(completed);
            Ok((ended && 0 < self.agents[0].status().await?.facts_untold).then_some(()))
        })
        .await
    }

    /// One plate was asked for: waits until everyone has counted that one and its maker has looked at
    /// it, and nobody anything else.
    pub async fn is_counted_once(&self) -> Result<()> {
        self.are_counted_once(1).await
    }

    /// So many plates were asked for and given once each.
    pub async fn are_counted_once(&self, plates: u64) -> Result<()> {
        let pieces = i64::try_from(plates)? * i64::from(PIECES);
        self.until_counted(pieces, SOON).await?;
        // The maker's word on the plate is the last that is told of it.
        self.until("the plates are judged", SOON, async || {
            self.tend().await?;
            Ok((self.coordinator.ledger_sum(EntryKind::Good).await? == pieces).then_some(()))
        })
        .await?;
        let audit = self.audit().await?;
        let once = Audit { asked: pieces, shown: pieces, ledger: pieces, plates };
        ensure!(audit == once, "{plates} plates were asked for, and {audit:?}");
        let leases = self.coordinator.leases().await?;
        ensure!(leases.len() as u64 == plates, "another one was given: {leases:?}");
        self.coordinator.check().await
    }

    /// Waits until somebody is told something that holds these words.
    pub async fn until_noted(&self, words: &str) -> Result<()> {
        self.until(&format!("it is noted: {words}"), SOON, async || {
            let noted = self.coordinator.anomalies().await?;
            Ok(noted.iter().any(|row| row.note.contains(words)).then_some(()))
        })
        .await
    }

    /// Waits until the farm's page on the first agent's printer tells a person to do this.
    pub async fn until_advised(&self, doing: &str, advice: &str) -> Result<()> {
        self.until(&format!("the farm's page says {doing:?} and {advice:?}"), SOON, async || {
            let rows = self.coordinator.printers().await?;
            let Some(row) = rows.iter().find(|row| row.printer.as_str() == PRINTER) else {
                return Ok(None);
            };
            let page = self.coordinator.printer_page(row).await?;
            let says = page.advice.as_deref().is_some_and(|said| said.contains(advice));
            Ok((page.doing == doing && says).then_some(()))
        })
        .await
    }
}
