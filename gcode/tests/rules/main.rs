//! Each rule fires on a file that a naive checker would pass, and stays silent on the nearest sound one.

mod by_name;
mod comfort;
mod commands;
mod doubt;
mod edges;
mod errors;
mod extrusion;
mod files;
mod harmful;
mod heat;
mod left;
mod melts;
mod motors;
mod orca;
mod patience;
mod places;
mod refused;
mod spelling;
mod steps;

use visorfarm_gcode::{Finding, Language, Options, Profile, Rule, Scanner, Severity, verify};

const START: &str = "G21\nG90\nM83\nM140 S60\nM104 S200\nM190 S60\nM109 S200\nG28\nG1 Z5 F3000\n";
const END: &str = "G90\nM104 S0\nM140 S0\nM107\nM84\n";

fn judge(profile: &str, file: &[u8]) -> Vec<Finding> {
    judge_on(&Profile::shipped(profile).expect("a shipped profile"), file)
}

fn judge_on(profile: &Profile, file: &[u8]) -> Vec<Finding> {
    let mut scanner = Scanner::new(&Options::from(profile));
    scanner.feed(file);
    let findings = verify(&scanner.finish(), profile);
    for finding in &findings {
        assert_ne!(finding.reason.english, finding.reason.french, "both languages say it");
    }
    findings
}

/// Both are put between a sound start and a sound end; `silent` must raise nothing but notes.
#[track_caller]
fn check_on(profile: &str, rule: Rule, severity: Severity, fires: &str, silent: &str) {
    let found = judge(profile, format!("{START}{fires}\n{END}").as_bytes());
    let hit = found.iter().find(|finding| finding.rule == rule);
    assert_eq!(hit.map(|finding| finding.severity), Some(severity), "{fires:?} raised {found:#?}");
    let quiet = judge(profile, format!("{START}{silent}\n{END}").as_bytes());
    let loud: Vec<_> = quiet.iter().filter(|f| f.severity < Severity::Note).collect();
    assert!(loud.is_empty(), "{silent:?} raised {loud:#?}");
}

#[track_caller]
fn forbids(rule: Rule, fires: &str, silent: &str) {
    check_on("ender3", rule, Severity::Forbid, fires, silent);
}

#[track_caller]
fn asks(rule: Rule, fires: &str, silent: &str) {
    check_on("ender3", rule, Severity::Ask, fires, silent);
}

#[track_caller]
fn klipper(rule: Rule, fires: &str, silent: &str) {
    check_on("voron-2.4-300", rule, Severity::Forbid, fires, silent);
}

/// The whole file, without start and end.
#[track_caller]
fn whole(rule: Rule, severity: Severity, fires: &[u8]) {
    let found = judge("ender3", fires);
    let hit = found.iter().find(|finding| finding.rule == rule);
    assert_eq!(hit.map(|finding| finding.severity), Some(severity), "{found:#?}");
}

/// Returns whether the file, without start and end, raises `rule`.
fn raised(profile: &str, file: &str, rule: Rule) -> bool {
    judge(profile, file.as_bytes()).iter().any(|finding| finding.rule == rule)
}

#[test]
fn a_french_maker_reads_french() {
    let found = judge("ender3", format!("{START}M104 S310\n{END}").as_bytes());
    let message = found[0].tell(Language::French);
    assert_eq!(message, "ligne 10 : M104 S310 dépasse les 260 °C permis sur Creality Ender-3");
    let why = Rule::NozzleTooHot.why(Language::French);
    assert!(why.starts_with("Une buse trop chaude"), "{why}");
}

#[test]
fn what_is_not_known_is_refused() {
    forbids(Rule::UnknownCommand, "M12345", "M105");
    forbids(Rule::UnknownCommand, "G1.5 X1", "G01 X1");
    forbids(Rule::UnknownCommand, "START_PRINT", "M117 START_PRINT");
    klipper(Rule::UnknownCommand, "MY_MACRO", "start_print");
    forbids(Rule::UnknownParameter, "G1 X1 M104 S300", "G1 X1 ; M104 S300");
    forbids(Rule::UnknownParameter, "G1 H2 X5", "G1 X5");
    forbids(Rule::UnknownParameter, "M104 I1", "M104 S200");
    let many: Vec<_> = (2000..2300).map(|number| format!("M{number}")).collect();
    whole(Rule::TooManyCommands, Severity::Forbid, many.join("\n").as_bytes());
}

#[test]
fn a_rule_that_is_broken_again_and_again_does_not_hide_the_others() {
    let unknown: Vec<String> = (5_000..5_020).map(|number| format!("M{number}")).collect();
    let found = judge("ender3", format!("{START}{}\nM500\n{END}", unknown.join("\n")).as_bytes());
    let of = |rule| found.iter().filter(|finding| finding.rule == rule).count();
    assert_eq!((of(Rule::UnknownCommand), of(Rule::Settings)), (8, 1));
}

#[test]
fn lines_that_do_harm_only_together_are_refused() {
    forbids(Rule::OutsideTravel, "G91\nG1 X150\nG90\nG91\nG1 X150", "G91\nG1 X150\nG90\nG1 X150");
    forbids(Rule::BelowBed, "G1 Z5\nG91\nG1 Z-6", "G1 Z5\nG91\nG1 Z-5");
    forbids(Rule::BelowBed, "G1 Z10\nG92 Z20\nG1 Z9", "G1 Z10\nG1 Z9");
    forbids(Rule::LongExtrusion, "M82\nG92 E-90\nG1 E20 F300", "M82\nG92 E0\nG1 E20 F300");
    forbids(Rule::OutsideTravel, "G20\nG1 X10", "G1 X10");
    forbids(Rule::NozzleTooHot, "M104 S200 R300", "M104 S200");
    forbids(
        Rule::OutsideTravel,
        "G1 X235 Y100\nG3 X235 Y110 R-60",
        "G1 X100 Y100\nG3 X100 Y110 R-60",
    );
}

#[test]
fn what_the_file_says_cannot_steer_who_reads_it() {
    let found = judge("ender3", "M117 \u{202E}\x1b[2J\nM12345 \u{7}\n".as_bytes());
    assert!(!found.is_empty());
    for finding in found {
        let message = finding.message();
        assert!(message.chars().all(|c| !c.is_control() && c != '\u{202E}'), "{message:?}");
        assert!(finding.text.chars().count() <= 80);
    }
}
