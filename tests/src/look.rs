//! What makers do where nobody knows how a print ended: they look at the bed.

use anyhow::Result;
use visorfarm_protocol::status::WaitsFor;

use crate::farm::Farm;

impl Farm {
    /// Looks at each bed that waits for it, and says what stands there: all `pieces` of a plate that
    /// OctoPrint finished, none of one that it did not. Each agent serves one printer. Returns how many
    /// were looked at.
    pub async fn look(&self, pieces: u32) -> Result<u64> {
        let mut looks = 0;
        for (agent, octoprint) in self.agents.iter().zip(&self.octoprints) {
            let name = &agent.machines()[0].name;
            if agent.report(name).await?.status.waits_for != Some(WaitsFor::Look) {
                continue;
            }
            // The last file of ours is what stands on the bed.
            let leases = self.coordinator.leases().await?;
            let Some(last) = leases.iter().rfind(|row| row.printer.as_str() == name) else {
                continue;
            };
            let prints = octoprint.prints(&format!("visorfarm/{}.gcode", last.id)).await?;
            let good = if prints.success == 0 { 0 } else { pieces };
            agent.bed_clear(name, Some(good)).await?;
            looks += 1;
        }
        Ok(looks)
    }
}
