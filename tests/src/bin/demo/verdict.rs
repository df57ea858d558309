//! Who counted what, and whether they agree.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Result;
use visorfarm_tests::farm::{Audit, Farm};

/// The counts of everyone who counts.
#[derive(Debug)]
pub(crate) struct Verdict {
    audit: Audit,
    pieces_a_plate: u32,
    /// Plates that each OctoPrint says it finished.
    plates: Vec<(String, u64)>,
}

impl Verdict {
    pub(crate) async fn of(farm: &Farm, pieces_a_plate: u32) -> Result<Self> {
        let mut plates = Vec::new();
        for (number, octoprint) in farm.octoprints.iter().enumerate() {
            plates.push((format!("printer-{}", number + 1), octoprint.finished()?));
        }
        Ok(Self { audit: farm.audit().await?, pieces_a_plate, plates })
    }

    /// Says whether the ledger, the page and the OctoPrint servers tell one number, and whether it is what
    /// was asked for, in full plates.
    pub(crate) fn agrees(&self) -> bool {
        let Audit { asked, shown, ledger, .. } = self.audit;
        let plate = i64::from(self.pieces_a_plate);
        let due = (asked + plate - 1) / plate * plate;
        due == ledger && shown == ledger && self.finished() == Some(ledger)
    }

    /// Returns the pieces that came off the beds according to the OctoPrint servers.
    fn finished(&self) -> Option<i64> {
        let pieces = self.audit.plates.checked_mul(u64::from(self.pieces_a_plate))?;
        i64::try_from(pieces).ok()
    }

    /// Returns the table for the person who watched.
    pub(crate) fn table(&self, took: Duration, printing: Option<Duration>) -> String {
        let Audit { asked, shown, ledger, plates } = self.audit;
        let mut lines = Vec::new();
        let mut line = |what: &str, value: String| lines.push((what.to_owned(), value));
        line("Pieces asked for", asked.to_string());
        line("Pieces on the farm's page", shown.to_string());
        line("Pieces in the ledger", ledger.to_string());
        for (printer, plates) in &self.plates {
            line(&format!("Plates by the OctoPrint of {printer}"), plates.to_string());
        }
        let of_them = format!("Pieces by OctoPrint, {plates} plates of {}", self.pieces_a_plate);
        line(&of_them, self.finished().map_or_else(|| "?".to_owned(), |pieces| pieces.to_string()));
        if let Some(printing) = printing {
            line("Seconds from the demo's start to printing", printing.as_secs().to_string());
        }
        line("Seconds from asking to the last piece", took.as_secs().to_string());
        let wide = lines.iter().map(|(what, _)| what.chars().count()).max().unwrap_or_default();
        let mut text = String::from("\n");
        for (what, value) in lines {
            writeln!(text, "{what:wide$} {value:>6}").expect("text can be appended to");
        }
        text + if self.agrees() { "\nEveryone agrees." } else { "\nThese do not agree." }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(asked: i64, shown: i64, ledger: i64, plates: u64, agrees: bool) {
        let audit = Audit { asked, shown, ledger, plates };
        let verdict = Verdict { audit, pieces_a_plate: 4, plates: Vec::new() };
        assert_eq!(verdict.agrees(), agrees, "{verdict:?}");
    }

    #[test]
    fn every_number_stands_below_the_one_before() {
        let audit = Audit { asked: 12, shown: 12, ledger: 12, plates: 3 };
        let plates = vec![("printer-16".to_owned(), 3)];
        let verdict = Verdict { audit, pieces_a_plate: 4, plates };
        let table = verdict.table(Duration::from_secs(90), Some(Duration::from_secs(31)));
        let rows: Vec<_> = table.lines().skip(1).take_while(|line| !line.is_empty()).collect();
        assert_eq!(rows.len(), 7, "{table}");
        let wide = rows[0].chars().count();
        assert!(rows.iter().all(|row| row.chars().count() == wide), "{table}");
    }

    #[test]
    fn they_agree_only_if_all_tell_the_same() {
        check(12, 12, 12, 3, true);
        check(10, 12, 12, 3, true);
        check(12, 12, 12, 4, false);
        check(12, 12, 16, 4, false);
        check(12, 16, 16, 4, false);
        check(12, 8, 8, 2, false);
    }
}
