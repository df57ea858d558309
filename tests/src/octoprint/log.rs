//! What OctoPrint wrote down of its prints: the one count that stays when their files are deleted.

use std::fs;

use anyhow::{Context, Result};

use super::server::OctoPrint;

/// How the line of a finished print goes on after its time and origin.
const DONE: &str = " - Print job done - ";

/// How the line of a print that begins goes on.
const STARTED: &str = " - Print job started - ";

impl OctoPrint {
    /// Returns how many prints ended well, of all files that ever were here.
    pub fn finished(&self) -> Result<u64> {
        Ok(lines_with(&self.log()?, DONE))
    }

    /// Returns how many prints were begun, of all files that ever were here.
    pub fn started(&self) -> Result<u64> {
        Ok(lines_with(&self.log()?, STARTED))
    }

    fn log(&self) -> Result<String> {
        let log = self.basedir().join("logs").join("octoprint.log");
        let text = fs::read(&log).with_context(|| format!("cannot read {}", log.display()))?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

fn lines_with(log: &str, words: &str) -> u64 {
    log.lines().filter(|line| line.contains(words)).count() as u64
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
        assert_eq!((lines_with(log, STARTED), lines_with(log, DONE)), (1, 1));
    }
}
