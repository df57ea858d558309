//! Which plate a form was made for.

use hyper::StatusCode;
use visorfarm_protocol::status::Bed;

use super::reply::Reply;
use super::site::failure;
use super::visit::Visit;
use crate::local::{PlateReport, PrinterReport};
use crate::supervise::PrintId;

/// Which plate a form was made for: a page of yesterday must not count today's.
pub(super) enum Meant<'a> {
    /// What is on the bed now, or nothing of the farm's if nothing is.
    OnBed,
    /// The last plate, of a bed that was said to be clear since: the button was tapped twice, or on two
    /// devices.
    Cleared(&'a PlateReport),
    /// Neither.
    Other,
}

impl<'a> Meant<'a> {
    pub(super) fn of(visit: &Visit, report: &'a PrinterReport) -> Self {
        let meant = meant(visit);
        // A word that is none names no plate, and not none either.
        let named = meant.is_some() || visit.form.value("plate").is_none();
        if named && meant == report.print_on_bed() {
            return Self::OnBed;
        }
        let status = &report.status;
        let cleared =
            report.on_bed.is_none() && (status.bed == Bed::Clear || status.lease.is_some());
        let last = report.last.as_ref().filter(|last| Some(last.print()) == meant);
        last.filter(|_| cleared).map_or(Self::Other, Self::Cleared)
    }
}

/// Returns the plate that a form names.
pub(super) fn meant(visit: &Visit) -> Option<PrintId> {
    visit.form.value("plate").and_then(|text| text.parse().ok())
}

pub(super) fn older(visit: &Visit) -> Reply {
    let sentence = visit.language.pick(
        "This page was older than what is on the bed. Look again, then say it.",
        "Cette page datait d’avant ce qui est sur le plateau. Regardez, puis redites‑le.",
    );
    failure(visit, StatusCode::CONFLICT, sentence.to_owned())
}

pub(super) fn nameless(visit: &Visit) -> Reply {
    let sentence = visit.language.pick(
        "This page did not say which plate it meant. Look again, then count.",
        "Cette page ne disait pas de quelle plaque il s’agit. Regardez, puis recomptez.",
    );
    failure(visit, StatusCode::CONFLICT, sentence.to_owned())
}
