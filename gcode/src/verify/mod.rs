//! The verdict: may this printer run this file?
//!
//! An allow list: a command that neither the dialect nor the printer's profile knows is refused, and so is a parameter.
//! Positions are physical, temperatures are S and R, and what cannot be read in one way only is not read at all.

mod commands;
mod left;
mod limits;
mod macros;
mod patience;
mod places;
mod told;
mod whole;

use crate::finding::{Finding, Severity};
use crate::klipper::Named;
use crate::mark::Spot;
use crate::profile::{MacroEffect, Profile};
use crate::report::{Content, Report};
use crate::rule::Rule;
use crate::say::{Sentence, Text};

/// Returns what speaks against printing the file of `report` on the printer of `profile`, the gravest first.
///
/// The report should have been read with `Options::from(profile)`: where firmwares differ, another dialect's answer is refused.
///
/// Without a [`Severity::Forbid`] among them the file may be printed; with a [`Severity::Ask`] only after the printer's
/// owner has agreed.
#[must_use]
pub fn verify(report: &Report, profile: &Profile) -> Vec<Finding> {
    let mut verdict = Verdict { report, profile, findings: Vec::new() };
    whole::check_content(&mut verdict);
    // Bytes of another format would only yield noise.
    if report.evidence.content == Content::Gcode {
        whole::check(&mut verdict);
        commands::check(&mut verdict);
        limits::check(&mut verdict);
        patience::check(&mut verdict);
        places::check(&mut verdict);
        left::check(&mut verdict);
    }
    let mut findings = verdict.findings;
    findings.sort();
    keep_first_of_each(&mut findings);
    findings
}

/// Says whether a command of that name is refused for what it does, whoever calls it.
pub(crate) fn is_refused(name: &str) -> bool {
    commands::refusal(name).is_some()
}

/// Two hundred unknown words say no more than the first few; every rule that is broken is still named.
const FINDINGS_PER_RULE: usize = 8;

/// Drops what a rule has already said often enough. Expects sorted findings: those of a rule and severity stand together.
fn keep_first_of_each(findings: &mut Vec<Finding>) {
    let mut run = 0;
    let mut last = None;
    findings.retain(|finding| {
        let kind = (finding.severity, finding.rule);
        run = if last == Some(kind) { run + 1 } else { 1 };
        last = Some(kind);
        run <= FINDINGS_PER_RULE
    });
}

/// Findings so far, and what they are about.
struct Verdict<'a> {
    report: &'a Report,
    profile: &'a Profile,
    findings: Vec<Finding>,
}

impl Verdict<'_> {
    /// Objects to the file as a whole.
    fn object(&mut self, severity: Severity, rule: Rule, reason: impl Into<Sentence>) {
        let reason = reason.into();
        self.findings.push(Finding { severity, rule, line: None, text: String::new(), reason });
    }

    /// Objects to a line.
    fn object_at(
        &mut self,
        severity: Severity,
        rule: Rule,
        at: &Spot,
        reason: impl Into<Sentence>,
    ) {
        self.findings.push(Finding {
            severity,
            rule,
            line: Some(at.line),
            text: at.text.clone(),
            reason: reason.into(),
        });
    }

    /// Objects to the line of `first`, if there is one.
    fn object_if(&mut self, severity: Severity, rule: Rule, first: Option<&Spot>, reason: Text) {
        if let Some(at) = first {
            self.object_at(severity, rule, at, reason);
        }
    }

    /// Returns whether an allowed macro that has `effect` is called before `line`.
    fn macro_before(&self, effect: MacroEffect, line: u64) -> bool {
        self.macros(effect).any(|(_, used)| used.first.line < line)
    }

    /// Returns whether an allowed macro that has `effect` is called after `line`.
    fn macro_after(&self, effect: MacroEffect, line: u64) -> bool {
        self.macros(effect).any(|(_, used)| line < used.last_line)
    }

    /// Returns the allowed macros that have `effect`, by name.
    fn macros(&self, effect: MacroEffect) -> impl Iterator<Item = (&str, &crate::census::Use)> {
        self.report.evidence.uses.iter().filter_map(move |(name, used)| {
            let built_in = effect == MacroEffect::Cool
                && macros::built_in(self.profile, name) == Some(Named::HeatersOff);
            let vouched =
                || self.profile.macro_named(name).is_some_and(|m| m.does.contains(&effect));
            (built_in || vouched()).then_some((name.as_str(), used))
        })
    }
}
