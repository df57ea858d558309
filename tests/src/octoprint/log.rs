//! What OctoPrint wrote down of its prints: the one count that stays when their files are deleted.

use std::fs;

use anyhow::{Context, Result};

use super::server::OctoPrint;

/// How the line of a finished print goes on after its time and origin.
const DONE: &str = " - Print job done - ";

impl OctoPrint {
    /// Returns how many prints ended well, of all files that ever were here.
    pub fn finished(&self) -> Result<u64> {
        let log = self.basedir().join("logs").join("octoprint.log");
        let text = fs::read(&log).with_context(|| format!("cannot read {}", log.display()))?;
        Ok(finished(&String::from_utf8_lossy(&text)))
    }
}

fn finished(log: &str) -> u64 {
    log.lines().filter(|line| line.contains(DONE)).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_prints_that_are_done_are_finished() {
        let log = "\
2026-11-24 04:08:28 - octoprint.printer.standard.job - INFO - Print job started - origin: local\n\
2026-11-24 04:08:30 - octoprint.printer.standard.job - INFO - Print job done - origin: local\n\
2026-11-24 04:08:31 - octoprint.printer.standard.job - INFO - Print job cancelled - origin: local\n";
        assert_eq!(finished(log), 1);
    }
}
