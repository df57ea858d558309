//! One read of a G-code file: what it does, and whether it is whole.
//!
//! Nothing here knows the printer. That is the agent's own check; a profile that this program
//! ships is held against the file all the same, because an agent would only send it back.

use visorfarm_gcode::{
    Content, Finding, Options, PackedScanner, Profile, Report, Rule, Severity, Unpackable, verify,
};
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::ProfileId;

use super::Label;
use crate::dispatch::Slice;

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It has no bytes, or none that mean anything.
    #[error("the file is empty: copy it again")]
    Empty,
    /// It is something else.
    #[error("this is not G-code but {kind}: export G-code as plain text from the slicer")]
    NotGcode {
        /// What it looks like.
        kind: &'static str,
        /// The same in French.
        french: &'static str,
    },
    /// It ends in the middle of a line.
    #[error("the file is cut short: line {line} has no end; copy it again")]
    MidLine {
        /// The last line.
        line: u64,
    },
    /// It ends with a heater on.
    #[error(
        "the file is cut short: it ends at line {line} and never turns a heater off that line {on} turned on; copy it again"
    )]
    StillHot {
        /// The last line.
        line: u64,
        /// Where the heater was turned on.
        on: u64,
    },
    /// Less is in it than its slicer says.
    #[error("the file is cut short: {finding}; copy it again, or slice it anew")]
    CutShort {
        /// What is missing.
        finding: Finding,
    },
    /// No printer of this profile may run it.
    #[error("{finding}; a printer of the profile {profile} would refuse it")]
    Unsafe {
        /// What is wrong.
        finding: Finding,
        /// For which profile.
        profile: ProfileId,
    },
    /// It is larger than anything we print.
    #[error("the file has more than {mebibytes} MiB, which is the limit")]
    TooLarge {
        /// The limit.
        mebibytes: u64,
    },
    /// There is a label without a file.
    #[error("there is no {profile}.gcode beside it: copy it, too")]
    NoGcode {
        /// What the file is named by.
        profile: ProfileId,
    },
    /// There is a file without a label.
    #[error("there is no {profile}.toml beside it: write one with a line like pieces = 4")]
    NoLabel {
        /// What the file is named by.
        profile: ProfileId,
    },
    /// It is packed, and cannot be unpacked.
    #[error(transparent)]
    Packed(#[from] Unpackable),
    /// The label.
    #[error(transparent)]
    Label(#[from] super::NotALabel),
}

impl Unfit {
    pub(super) fn too_large(bytes_max: u64) -> Self {
        Self::TooLarge { mebibytes: bytes_max / (1024 * 1024) }
    }
}

/// Returns a reader for a file that is sliced for `profile`.
pub(super) fn scanner(profile: &ProfileId) -> PackedScanner {
    let options = Profile::shipped(profile.as_str()).as_ref().map(Options::from);
    PackedScanner::new(&options.unwrap_or_default())
}

/// Says why the file behind `report` cannot be printed by anyone, if so.
pub(super) fn check(report: &Report, profile: &ProfileId) -> Result<(), Unfit> {
    let (kind, french) = match report.evidence.content {
        Content::Gcode => return check_gcode(report, profile),
        Content::Nothing => return Err(Unfit::Empty),
        Content::Zip => ("a ZIP file, perhaps a 3MF", "une archive ZIP, peut-être un 3MF"),
        Content::Gzip => ("a file compressed twice", "un fichier compressé deux fois"),
        Content::BinaryGcode => ("binary G-code, packed twice", "du G-code binaire compressé"),
        Content::Stl => ("a model (STL)", "un modèle (STL)"),
        Content::Html => (
            "a web page, perhaps an error of the site it came from",
            "une page web, peut-être une erreur du site d'où il vient",
        ),
        Content::Image => ("a picture", "une image"),
        Content::Utf16 => ("text in UTF-16", "du texte en UTF-16"),
        Content::Other => ("something else", "autre chose"),
    };
    Err(Unfit::NotGcode { kind, french })
}

fn check_gcode(report: &Report, profile: &ProfileId) -> Result<(), Unfit> {
    let line = report.lines;
    if let Some(hot) = report.evidence.still_hot.first() {
        return Err(Unfit::StillHot { line, on: hot.at.line });
    }
    // Macros may have any name, so single words look like commands.
    if report.evidence.first_move.is_none() {
        let kind = "text that never moves a printer";
        return Err(Unfit::NotGcode {
            kind,
            french: "un texte qui ne déplace jamais une imprimante",
        });
    }
    if report.evidence.ends_mid_line {
        return Err(Unfit::MidLine { line });
    }
    match Profile::shipped(profile.as_str()) {
        Some(shipped) => check_for(report, &shipped, profile),
        None => check_for_any(report),
    }
}

fn check_for(report: &Report, shipped: &Profile, profile: &ProfileId) -> Result<(), Unfit> {
    let findings = verify(report, shipped);
    // A revision never changes, so half a file must not become one.
    if let Some(found) = findings.iter().find(|found| found.rule == Rule::Truncated) {
        return Err(Unfit::CutShort { finding: found.clone() });
    }
    match findings.iter().find(|found| found.severity == Severity::Forbid) {
        None => Ok(()),
        Some(found) => Err(Unfit::Unsafe { finding: found.clone(), profile: profile.clone() }),
    }
}

/// What a printer forbids whose profile only its maker has is for its agent to say; and what its macros
/// do nobody here knows, so that the file's filament cannot be held against what its slicer says.
fn check_for_any(report: &Report) -> Result<(), Unfit> {
    let any = Profile::shipped("generic").expect("a generic profile is shipped");
    let cut = |found: &Finding| found.rule == Rule::Truncated && Severity::Ask < found.severity;
    match verify(report, &any).into_iter().find(cut) {
        None => Ok(()),
        Some(finding) => Err(Unfit::CutShort { finding }),
    }
}

/// Returns the slice that a file and its label make.
pub(super) fn slice(report: &Report, label: &Label) -> Slice {
    let claims = &report.slicer;
    let grams: Option<f64> = report.filament.iter().map(|filament| filament.g).sum();
    let nothing = |grams: &f64| 0.0 < *grams;
    Slice {
        digest: Digest(report.sha256.0),
        bytes: report.bytes,
        pieces: label.pieces,
        material: label.material.clone().or_else(|| claims.materials.first().cloned()),
        expected_seconds: claims.time_s.or(Some(report.time_s)).and_then(rounded_up),
        filament_grams: claims.filament_g.or_else(|| grams.filter(nothing)).and_then(rounded_up),
        notes: label.notes.clone(),
    }
}

/// Returns `value` as a whole number, unless that is absurd.
fn rounded_up(value: f64) -> Option<u32> {
    let whole = value.ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range was checked"
    )]
    (0.0..=f64::from(u32::MAX)).contains(&whole).then_some(whole as u32)
}
