//! One slice: what it looks like, what its G-code does, and what speaks against it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use visorfarm_gcode::{Finding, Report, Severity};

use super::{Frame, page};
use crate::web::Shared;
use crate::web::answer::{At, Failure};
use crate::web::caller::Reader;
use crate::web::slices::picture_path;
use crate::web::text::Language;

#[derive(Template)]
#[template(path = "slice.html")]
struct One {
    frame: Frame,
    design: String,
    revision: String,
    profile: String,
    picture: String,
    /// What it is and does, as pairs of words.
    about: Vec<(String, String)>,
    notes: String,
    /// What speaks against it; nothing where the profile is its makers' own.
    findings: Option<Vec<Told>>,
}

/// A finding in words.
pub(in crate::web) struct Told {
    pub(super) kind: &'static str,
    pub(in crate::web) weight: String,
    pub(in crate::web) sentence: String,
    why: String,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Reader(caller): Reader,
    t: Language,
    At((design, revision, profile)): At<(String, String, String)>,
) -> Result<Response, Failure> {
    let board = app.site.brain.board();
    let mut rows = board.revisions.iter();
    let row = rows.find(|row| row.design.as_str() == design && row.revision.as_str() == revision);
    let mut for_each = row.into_iter().flat_map(|row| &row.slices);
    let Some(row) = for_each.find(|row| row.profile.as_str() == profile) else {
        let sentence = format!("{design} {revision} is not sliced for {profile}");
        let french = format!("{design} {revision} n’a pas de G-code pour {profile}");
        return Err(Failure::missing(sentence).in_french(french));
    };
    let sliced = app.sliced(&row.profile, row.slice.digest).await?;
    let slice = &row.slice;
    let mut about = vec![
        (t.text("designs-plate"), t.count("designs-pieces", slice.pieces)),
        (t.text("designs-material"), slice.material.clone().unwrap_or_else(|| "–".to_owned())),
    ];
    if let Some(seconds) = slice.expected_seconds {
        about.push((t.text("designs-time"), t.span(seconds)));
    }
    if let Some(grams) = slice.filament_grams {
        about.push((t.text("designs-filament"), t.grams(grams)));
    }
    about.extend(does(&sliced.report, t));
    let one = One {
        picture: picture_path(&row.profile, slice.digest),
        about,
        notes: slice.notes.clone(),
        findings: sliced.findings.as_ref().map(|all| all.iter().map(|one| told(one, t)).collect()),
        frame: Frame::new(&app, t, Some(caller), "/designs").alerting(&app.view()),
        design,
        revision,
        profile,
    };
    Ok(page(StatusCode::OK, &one))
}

/// Returns what the G-code does.
fn does(report: &Report, t: Language) -> Vec<(String, String)> {
    let mut does = vec![
        (t.text("slice-layers"), t.number(report.layers)),
        (t.text("slice-nozzle"), format!("{:.0} °C", report.nozzle_c_max)),
        (t.text("slice-bed"), format!("{:.0} °C", report.bed_c_max)),
    ];
    if let Some(bounds) = &report.envelope.print {
        let side = |axis: usize| format!("{:.0}", bounds.max[axis] - bounds.min[axis]);
        does.push((t.text("slice-size"), format!("{} × {} × {} mm", side(0), side(1), side(2))));
    }
    if let Some(slicer) = &report.slicer.name {
        does.push((t.text("slice-slicer"), slicer.clone()));
    }
    does
}

pub(super) fn told(finding: &Finding, t: Language) -> Told {
    let language = match t {
        Language::English => visorfarm_gcode::Language::English,
        Language::French => visorfarm_gcode::Language::French,
    };
    let (code, kind) = match finding.severity {
        Severity::Forbid => ("forbid", "person"),
        Severity::Ask => ("ask", "person"),
        Severity::Warn => ("warn", "working"),
        Severity::Note => ("note", "away"),
    };
    Told {
        kind,
        weight: t.word("finding", code),
        sentence: t.set(&finding.tell(language)),
        why: t.set(finding.rule.why(language)),
    }
}
