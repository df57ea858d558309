//! What a fetched file is held against: the printer's own limits, and what its maker agreed to.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use tracing::warn;
use visorfarm_gcode::{Finding, Profile, Report, Severity, verify};
use visorfarm_protocol::id::ProfileId;
use visorfarm_protocol::message::Return;

use crate::config::PrinterConfig;
use crate::config::agreed::{self, Agreed};
use crate::supervise::{FetchFailed, too_long};

/// The terms of one printer.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// The printer's limits, by name.
    pub(super) profile: ProfileId,
    /// What its maker allows beyond what is allowed of any file.
    pub(super) agrees_to: Agreed,
    /// The longest print in seconds.
    pub(super) seconds_max: Option<u32>,
}

impl Terms {
    /// Returns the terms in a printer's settings.
    pub(super) fn of(config: &PrinterConfig) -> Self {
        Self {
            profile: config.profile.clone(),
            agrees_to: config.agrees_to.clone(),
            seconds_max: config.print_seconds_max,
        }
    }

    /// Returns the maker's own profile of that name in `folder`, or else the one that is shipped.
    pub(super) fn profile(&self, folder: &Path) -> Result<Profile, FetchFailed> {
        let path = folder.join(format!("{}.toml", self.profile));
        let profile = match fs::read_to_string(&path) {
            Ok(text) => Profile::parse(&text).map_err(|error| error.to_string()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let shipped = Profile::shipped(self.profile.as_str());
                shipped.ok_or_else(|| "there is no such printer profile: write one".to_owned())
            }
            Err(error) => Err(format!("cannot be read: {error}")),
        };
        profile.map_err(|what| unsafe_here(format!("{}: {what}", path.display())))
    }

    /// Says why the file of `report` is not printed here, if it is not.
    pub(super) fn allow(&self, report: &Report, profile: &Profile) -> Result<(), FetchFailed> {
        let findings = verify(report, profile);
        for finding in findings.iter().filter(|finding| finding.severity <= Severity::Warn) {
            warn!("{}: {}", report.sha256, finding.message());
        }
        if let Some(finding) = findings.iter().find(|found| found.severity == Severity::Forbid) {
            return Err(unsafe_here(finding.message()));
        }
        let asks = |found: &&Finding| found.severity == Severity::Ask;
        let agreed = |found: &&Finding| self.agrees_to.covers(found.rule);
        let open: Vec<_> = findings.iter().filter(asks).filter(|found| !agreed(found)).collect();
        if let Some(first) = open.first() {
            let line = agreed::line(&open.iter().map(|found| found.rule).collect());
            return Err(unsafe_here(format!(
                "to have it printed, write {line} below this printer in agent.toml: {}",
                first.message()
            )));
        }
        self.allow_time(report)
    }

    /// The slicer knows of heating and probing, and we of what it left out: the greater counts.
    fn allow_time(&self, report: &Report) -> Result<(), FetchFailed> {
        let seconds = report.time_s.max(report.slicer.time_s.unwrap_or_default());
        match self.seconds_max {
            Some(seconds_max) if f64::from(seconds_max) < seconds => {
                Err(FetchFailed { why: Return::Maker, note: too_long(seconds, seconds_max) })
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn unsafe_here(note: String) -> FetchFailed {
    FetchFailed { why: Return::Unsafe, note }
}

#[cfg(test)]
mod tests {
    use visorfarm_gcode::{Options, Rule, Scanner};

    use super::*;

    const HARMLESS: &str = "G28\nG4 P1000\nM107\n";
    const WAITS: &str = "G28\nM0\nM107\n";
    const FORBIDDEN: &str = "G28\nM0\nM502\n";

    fn terms() -> Terms {
        let profile = "ender3".parse().unwrap();
        Terms { profile, agrees_to: Agreed::default(), seconds_max: None }
    }

    fn allow(terms: &Terms, gcode: &str) -> Result<(), FetchFailed> {
        let profile = Profile::shipped("ender3").unwrap();
        let mut scanner = Scanner::new(&Options::from(&profile));
        scanner.feed(gcode.as_bytes());
        terms.allow(&scanner.finish(), &profile)
    }

    #[track_caller]
    fn check(terms: &Terms, gcode: &str, why: Return, says: &str) {
        let failed = allow(terms, gcode).unwrap_err();
        assert_eq!(failed.why, why, "{failed:?}");
        assert!(failed.note.contains(says), "{failed:?}");
    }

    #[test]
    fn a_file_that_asks_for_its_owners_word_is_printed_only_with_it() {
        assert_eq!(allow(&terms(), HARMLESS), Ok(()));
        let says = "write agrees_to = [\"waits-for-person\"] below this printer in agent.toml";
        check(&terms(), WAITS, Return::Unsafe, says);
        let other = Terms { agrees_to: [Rule::LeftHot].into_iter().collect(), ..terms() };
        check(&other, WAITS, Return::Unsafe, says);
        let agreed = Terms { agrees_to: [Rule::WaitsForPerson].into_iter().collect(), ..terms() };
        assert_eq!(allow(&agreed, WAITS), Ok(()));
    }

    #[test]
    fn what_is_forbidden_is_not_printed_whatever_was_agreed_to() {
        let rules = [Rule::WaitsForPerson, Rule::Settings];
        let agreed = Terms { agrees_to: rules.into_iter().collect(), ..terms() };
        check(&agreed, FORBIDDEN, Return::Unsafe, "M502");
    }

    #[test]
    fn a_print_longer_than_its_maker_agrees_to_is_not_printed() {
        let limited = |seconds_max| Terms { seconds_max: Some(seconds_max), ..terms() };
        let claimed = "; estimated printing time (normal mode) = 1h 0m 0s\n";
        // Twenty seconds each: so many rests would be asked about for their own sake.
        let reckoned = "G1 X20 F300\nG1 X120\n".repeat(90);
        for slow in [format!("{HARMLESS}{claimed}"), format!("{HARMLESS}{reckoned}")] {
            check(
                &limited(3_540),
                &slow,
                Return::Maker,
                "the maker agrees to 59 (max_print_hours)",
            );
            assert_eq!(allow(&limited(3_660), &slow), Ok(()));
        }
    }

    #[test]
    fn a_profile_of_the_makers_that_cannot_be_read_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let profile = |terms: &Terms| terms.profile(folder.path());
        assert_eq!(profile(&terms()), Ok(Profile::shipped("ender3").unwrap()));
        let unknown = Terms { profile: "no-such".parse().unwrap(), ..terms() };
        let note = profile(&unknown).unwrap_err().note;
        assert!(note.contains("no-such.toml") && note.contains("no such printer"), "{note}");
        let path = folder.path().join("ender3.toml");
        // A folder is there, and cannot be read as a file.
        fs::create_dir(&path).unwrap();
        let failed = profile(&terms()).unwrap_err();
        assert!(failed.note.contains("ender3.toml: cannot be read"), "{failed:?}");
        fs::remove_dir(&path).unwrap();
        fs::write(&path, "nozzle_mm = \"wide\"").unwrap();
        let failed = profile(&terms()).unwrap_err();
        assert!(failed.note.contains("ender3.toml: line 1"), "{failed:?}");
    }
}
