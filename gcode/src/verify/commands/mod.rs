//! Each command of the file against the allow list and its limits.

mod allowed;
mod axes;
mod bounds;
mod refused;

use crate::census::Use;
use crate::dialect::Dialect;
use crate::extent::Range;
use crate::finding::Severity;
use crate::machine::FANS;
use crate::mark::Spot;
use crate::rule::Rule;
use crate::say::{Sentence, Text, commands as say};

use super::{Verdict, macros};
use allowed::{ALLOWED, Allowed, Letters, Speakers};
use bounds::{Bound, LIMITS, Limit};
use refused::{REFUSED, SUSPECT};

/// A millimetre a second, in speed or in a second: with less a hot nozzle stands still as good as for ever.
pub(super) const SLOWEST: f64 = 1.0;

/// How a fan that minds itself does so: by which differences, and how much at most. Prusa-Firmware-Buddy, M106.
const MINDS_ITSELF: &str = "RABCNG";

pub(super) fn check(verdict: &mut Verdict<'_>) {
    let report = verdict.report;
    for (name, used) in &report.evidence.uses {
        if macros::is_macro(name) {
            macros::check(verdict, name, used);
        } else {
            check_one(verdict, name, used);
        }
    }
}

fn check_one(verdict: &mut Verdict<'_>, name: &str, used: &Use) {
    if let Some(tool) = name.strip_prefix('T') {
        return check_tool(verdict, tool, used);
    }
    let dialect = verdict.profile.dialect;
    let Some(allowed) = ALLOWED.iter().find(|a| a.name == name && speaks(&a.speakers, dialect))
    else {
        return check_by_owner(verdict, name, used);
    };
    check_letters(verdict, allowed, used);
    for limit in LIMITS.iter().filter(|limit| limit.name == name) {
        check_limit(verdict, limit, used);
    }
    if name == "M220" {
        check_kept(verdict, used);
    }
    suspect(verdict, name, used);
}

/// B and R of M220, which only some builds know: what share of all speeds holds after them is not known. Marlin, `M220.cpp`,
/// `PRUSA_MMU2`.
fn check_kept(verdict: &mut Verdict<'_>, used: &Use) {
    let dialect = verdict.profile.dialect;
    if !matches!(dialect, Dialect::Marlin | Dialect::RepRapFirmware) {
        return;
    }
    let stands = |letter: &str| {
        used.bare.get(letter).or_else(|| used.numbers.get(letter).map(|range| &range.max_at))
    };
    if let Some(at) = stands("B").or_else(|| stands("R")) {
        verdict.object_at(Severity::Ask, Rule::FlowFactor, at, say::SPEED_KEPT);
    }
}

/// What Klipper does not know by itself its owner may have made a macro, like those that have words for names: `G29`. To others it
/// is what the firmware makes of it. Klipper, `[gcode_macro]`.
fn check_by_owner(verdict: &mut Verdict<'_>, name: &str, used: &Use) {
    if verdict.profile.dialect == Dialect::Klipper {
        macros::check(verdict, name, used);
    } else {
        refuse(verdict, name, used);
    }
}

/// Objects to what is allowed, but not without a person's knowledge.
pub(super) fn suspect(verdict: &mut Verdict<'_>, name: &str, used: &Use) {
    for (_, severity, rule, reason) in SUSPECT.iter().filter(|(known, ..)| *known == name) {
        verdict.object_at(*severity, *rule, &used.first, *reason);
    }
}

/// Refuses a command that is not allowed, with its own reason where there is one.
pub(super) fn refuse(verdict: &mut Verdict<'_>, name: &str, used: &Use) {
    if let Some((rule, reason)) = refusal(name) {
        verdict.object_at(Severity::Forbid, rule, &used.first, reason);
    } else {
        let reason = say::not_known(name, &verdict.profile.name);
        verdict.object_at(Severity::Forbid, Rule::UnknownCommand, &used.first, reason);
    }
}

/// Returns why `name` is refused, if that has a name.
pub(super) fn refusal(name: &str) -> Option<(Rule, Text)> {
    let is = |pattern: &str| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    };
    let known = REFUSED.iter().find(|(names, ..)| names.iter().any(|pattern| is(pattern)));
    known.map(|(_, rule, reason)| (*rule, *reason))
}

fn speaks(speakers: &Speakers, dialect: Dialect) -> bool {
    match speakers {
        Speakers::All => true,
        Speakers::Only(one) => *one == dialect,
        Speakers::AllBut(one) => *one != dialect,
    }
}

fn check_tool(verdict: &mut Verdict<'_>, tool: &str, used: &Use) {
    let extruders = verdict.profile.extruders;
    let fits = tool.parse::<u32>().is_ok_and(|tool| tool < u32::from(extruders));
    // How the XL picks a tool up: lifted, from where, over what.
    let allowed = if verdict.profile.dialect == Dialect::Buddy { "SLDM" } else { "" };
    let mut letters = used.numbers.keys().chain(used.bare.keys());
    let plain = letters.all(|letter| allowed.contains(letter.as_str()));
    if !fits {
        let reason = say::no_such_tool(extruders, &verdict.profile.name);
        verdict.object_at(Severity::Forbid, Rule::Tool, &used.first, reason);
    } else if !plain {
        let reason = say::TOOL_WITH_PARAMETERS;
        verdict.object_at(Severity::Forbid, Rule::UnknownParameter, &used.first, reason);
    }
}

fn check_letters(verdict: &mut Verdict<'_>, allowed: &Allowed, used: &Use) {
    let strays = |letter: &str| match allowed.letters {
        Letters::Only(letters) => {
            let minds = allowed.name == "M106" && MINDS_ITSELF.contains(letter);
            !letters.contains(letter) && (!minds || verdict.profile.other_fans.is_empty())
        }
        // A line of RepRapFirmware's may hold a second command; Prusa's firmware obeys a G wherever it stands.
        Letters::Any => {
            matches!(verdict.profile.dialect, Dialect::RepRapFirmware | Dialect::Prusa)
                && "GM".contains(letter)
        }
    };
    let numbers = used.numbers.iter().map(|(letter, range)| (letter, &range.max_at));
    let stray = numbers.chain(&used.bare).find(|(letter, _)| strays(letter));
    let Some((letter, at)) = stray else { return };
    let (rule, reason) = match allowed.name {
        "G10" => (Rule::OriginShift, say::OFFSETS_BY_G10.into()),
        "M106" => (Rule::Fan, say::FAN_SETTINGS.into()),
        "M591" if letter == "P" => (Rule::Settings, say::LASTING_SETTINGS.into()),
        name => (Rule::UnknownParameter, say::stray_parameter(letter, name)),
    };
    verdict.object_at(Severity::Forbid, rule, at, reason);
}

/// Returns whether the printer's profile lists all fans that the file names, of which there are some.
fn fans_are_listed(verdict: &Verdict<'_>) -> bool {
    let profile = verdict.profile;
    let fans = &verdict.report.evidence.fans;
    let listed = |fan| fan < profile.fans || profile.other_fans.contains(&fan);
    let mut named = (0u8..).zip(fans).filter(|(_, first)| first.is_some()).peekable();
    named.peek().is_some() && named.all(|(fan, _)| usize::from(fan) < FANS - 1 && listed(fan))
}

fn check_limit(verdict: &mut Verdict<'_>, limit: &Limit, used: &Use) {
    for letter in limit.letters.chars() {
        let mut name = [0; 4];
        let name: &str = letter.encode_utf8(&mut name);
        if let Some(at) = used.bare.get(name)
            && limit.bound.counts()
        {
            verdict.object_at(limit.severity, limit.rule, at, say::number_missing(letter));
        }
        let Some(range) = used.numbers.get(name) else { continue };
        if let Some((at, reason)) = breach(verdict, limit.bound, letter, range) {
            let at = at.clone();
            verdict.object_at(limit.severity, limit.rule, &at, reason);
        }
    }
}

/// Returns where the range leaves its bound, and what would be allowed.
fn breach<'a>(
    verdict: &Verdict<'_>,
    bound: Bound,
    letter: char,
    range: &'a Range,
) -> Option<(&'a Spot, Sentence)> {
    let profile = verdict.profile;
    // It counts speeds in millimetres a minute. RepRapFirmware, M203, M566.
    let unit = if profile.dialect == Dialect::RepRapFirmware { 60.0 } else { 1.0 };
    let (min, max) = match bound {
        Bound::Between(min, max) => (min, max),
        Bound::Feed => (SLOWEST * unit, axes::feed_max(profile, letter) * unit),
        Bound::Acceleration => (SLOWEST, axes::acceleration_max(profile, letter)),
        Bound::Jerk => (0.0, axes::jerk_max(profile, letter) * unit),
        Bound::Advance if profile.dialect == Dialect::Buddy => (0.0, 0.5),
        Bound::Advance => (0.0, 1.0),
        // Where some are nought, none between it and the greatest is told.
        Bound::Fade(_) if range.min <= 0.0 => (0.0, 0.0),
        Bound::Fade(min) => (min, f64::INFINITY),
        Bound::Extruders => (0.0, f64::from(profile.extruders.saturating_sub(1))),
        // It has but one fan that obeys them, and passes over P. Klipper, `fan.py`, `cmd_M106`.
        Bound::Fans if profile.dialect == Dialect::Klipper => return None,
        Bound::Fans => {
            let at = if range.min < 0.0 { &range.min_at } else { &range.max_at };
            let other = range.min < 0.0 || f64::from(profile.fans) <= range.max;
            let listed = || range.min >= 0.0 && fans_are_listed(verdict);
            return (other && !listed()).then(|| (at, say::OTHER_FAN.into()));
        }
        Bound::MotorCurrent => {
            if let Some(max) = profile.motor_current_max.get(&letter) {
                (0.0, *max)
            } else {
                return Some((&range.max_at, say::motor_current(letter, &profile.name)));
            }
        }
        Bound::Nought => (0.0, 0.0),
        Bound::Bare => return Some((&range.max_at, say::number_not_allowed(letter))),
    };
    let letter = letter.to_string();
    if range.min < min {
        Some((&range.min_at, say::below(&letter, min, &profile.name)))
    } else if max < range.max {
        Some((&range.max_at, say::beyond(&letter, max, &profile.name)))
    } else {
        None
    }
}
