//! How long the nozzle is hot and nothing is printed: it chars what is in it, and nobody watches a print that does not end.

use crate::finding::Severity;
use crate::klipper::Named;
use crate::mark::Spot;
use crate::rule::Rule;
use crate::say::{Sentence, patience as say};

use super::{Verdict, macros};

/// A nozzle that cools, a bed that warms through: start codes wait up to a minute (measured).
const REST_S_MAX: f64 = 600.0;

/// All dwells of a print together: a thousand layers, and three seconds for the picture of each. A guess.
const RESTS_S_MAX: f64 = 3600.0;

/// A bed takes a quarter of an hour to warm or to cool. Start codes wait for it twice at most (measured).
const WAITS_MAX: u64 = 20;

/// A probing takes minutes. The XL's start code has seven (measured).
const PROBINGS_MAX: u64 = 30;

/// Homing takes half a minute. Stock files do it three times at most (measured); who looks for lost steps does it every few layers.
const HOMINGS_MAX: u64 = 200;

/// A plate of eight stacked visors takes two days and a half.
const PRINT_S_MAX: f64 = 7.0 * 86_400.0;

/// Beds and chambers that are waited for.
const WAITS: [&str; 3] = ["M190", "M191", "M116"];

const PROBINGS: [&str; 7] = ["G29", "G32", "G33", "G34", "G76", "G80", "G81"];

pub(super) fn check(verdict: &mut Verdict<'_>) {
    check_rest(verdict);
    let is_probing = |verdict: &Verdict<'_>, name: &str| {
        let named = macros::built_in(verdict.profile, name);
        PROBINGS.contains(&name) || matches!(named, Some(Named::Mesh | Named::Level))
    };
    check_count(verdict, WAITS_MAX, say::many_waits, |_, name| WAITS.contains(&name));
    check_count(verdict, PROBINGS_MAX, say::many_probings, is_probing);
    check_count(verdict, HOMINGS_MAX, say::many_homings, |_, name| name == "G28");
    let time_s = verdict.report.time_s;
    if PRINT_S_MAX < time_s {
        verdict.object(Severity::Ask, Rule::LongDwell, say::long_print(time_s, PRINT_S_MAX));
    }
}

fn check_rest(verdict: &mut Verdict<'_>) {
    let evidence = &verdict.report.evidence;
    if let Some(rest) = &evidence.rest
        && REST_S_MAX < rest.value
    {
        let reason = say::long_rest(rest.value, REST_S_MAX);
        verdict.object_at(Severity::Ask, Rule::LongDwell, &rest.at, reason);
    }
    if let Some(rests) = &evidence.rests
        && RESTS_S_MAX < rests.value
    {
        let reason = say::long_rests(rests.value, RESTS_S_MAX);
        verdict.object_at(Severity::Ask, Rule::LongDwell, &rests.at, reason);
    }
    verdict.object_if(Severity::Ask, Rule::LongDwell, evidence.crawl.as_ref(), say::CRAWLS);
}

/// Asks about what the file does more than `max` times, whatever commands it does it by.
fn check_count(
    verdict: &mut Verdict<'_>,
    max: u64,
    reason: fn(u64, u64) -> Sentence,
    is_one: fn(&Verdict<'_>, &str) -> bool,
) {
    let uses = verdict.report.evidence.uses.iter().filter(|(name, _)| is_one(verdict, name));
    let count = uses.clone().fold(0u64, |sum, (_, used)| sum.saturating_add(used.count));
    let last = uses.max_by_key(|(_, used)| used.last_line);
    if let Some((name, used)) = last.filter(|_| max < count) {
        let at = Spot { line: used.last_line, text: name.clone() };
        verdict.object_at(Severity::Ask, Rule::LongDwell, &at, reason(count, max));
    }
}
