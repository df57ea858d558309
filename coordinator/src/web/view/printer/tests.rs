use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::{Epoch, LeaseId, Name as Id};
use visorfarm_protocol::status::{Bed, Cause, WaitsFor};

use super::*;
use crate::dispatch::LeaseState;
use crate::dispatch::board::PlateRow;

fn row(link: Link, activity: Activity, waits_for: Option<WaitsFor>) -> PrinterRow {
    PrinterRow {
        agent: Id::new("a").unwrap(),
        printer: Id::new("p").unwrap(),
        title: String::new(),
        profile: Id::new("ender3").unwrap(),
        octoprint: None,
        place: None,
        consent: None,
        link,
        activity: Some(activity),
        bed: Some(Bed::Clear),
        waits_for,
        plate: None,
        fraction: Some(0.5),
        seconds_left: Some(60),
        nozzle_celsius: Some(200.0),
        bed_celsius: Some(60.0),
        filament_left_grams: Some(412),
        fault: None,
        heard: Some(Timestamp(12_345)),
        printed: 0,
        last: None,
        judged: None,
    }
}

fn view(row: &PrinterRow, grace: bool) -> PrinterView {
    PrinterView::new(row, grace, &Name { number: 0, maker: "Anna".into() })
}

#[track_caller]
fn check(row: &PrinterRow, doing: Doing, kind: Kind) {
    let view = view(row, false);
    assert_eq!((view.doing, view.kind), (doing, kind));
}

#[test]
fn a_silent_printer_is_silent_whatever_it_said_last() {
    let silent = row(Link::Silent, Activity::Printing, None);
    check(&silent, Doing::Silent, Kind::Person);
    let view = view(&silent, false);
    assert_eq!((view.percent, view.ends, view.nozzle), (None, None, None));
}

#[test]
fn after_a_start_agents_get_time_to_speak() {
    let unheard = row(Link::Unheard, Activity::Idle, None);
    assert_eq!(view(&unheard, true).doing, Doing::Unheard);
    check(&unheard, Doing::Silent, Kind::Person);
}

#[test]
fn an_idle_printer_says_what_it_waits_for() {
    let idle = |waits_for| row(Link::Live, Activity::Idle, waits_for);
    check(&idle(None), Doing::Ready, Kind::Ready);
    check(&idle(Some(WaitsFor::BedClear)), Doing::BedClear, Kind::Person);
    check(&idle(Some(WaitsFor::Look)), Doing::Look, Kind::Person);
    check(&idle(Some(WaitsFor::Filament)), Doing::Filament, Kind::Person);
    check(&idle(Some(WaitsFor::Hours)), Doing::Hours, Kind::Away);
    check(&idle(Some(WaitsFor::ForeignPrint)), Doing::Heated, Kind::Away);
    let own = row(Link::Live, Activity::Foreign, Some(WaitsFor::ForeignPrint));
    check(&own, Doing::Foreign, Kind::Away);
    check(&PrinterRow { bed: Some(Bed::Occupied), ..idle(None) }, Doing::BedClear, Kind::Person);
}

#[test]
fn a_bed_waits_for_its_maker_also_while_octoprint_does_not_answer() {
    let offline = |waits_for| row(Link::Live, Activity::Offline, waits_for);
    check(&offline(Some(WaitsFor::Printer)), Doing::Offline, Kind::Away);
    check(&offline(Some(WaitsFor::Key)), Doing::Key, Kind::Person);
    check(&offline(Some(WaitsFor::Look)), Doing::Look, Kind::Person);
    let bed = offline(Some(WaitsFor::BedClear));
    check(&bed, Doing::BedClear, Kind::Person);
    assert_eq!(view(&bed, false).nozzle, None, "nobody measures");
}

/// A plate that a printer holds.
fn plate(state: LeaseState, forgotten: bool) -> PlateRow {
    PlateRow {
        lease: LeaseId { epoch: Epoch(1), number: 1 },
        request: None,
        job: None,
        design: Id::new("visor").unwrap(),
        revision: Id::new("r1").unwrap(),
        profile: Id::new("generic").unwrap(),
        digest: Digest([1; 32]),
        pieces: 4,
        state,
        forgotten,
    }
}

#[test]
fn a_printer_that_is_switched_off_in_mid_print_needs_a_person() {
    let offline = |state, fault: Option<Cause>| PrinterRow {
        plate: Some(plate(state, false)),
        fault: fault.map(|cause| cause.sentence().to_owned()),
        ..row(Link::Live, Activity::Offline, Some(WaitsFor::Printer))
    };
    let no_answer = Some(Cause::NoAnswer);
    check(&offline(LeaseState::Printing, no_answer), Doing::Cut, Kind::Person);
    // What was not begun is given back by its agent.
    check(&offline(LeaseState::Accepted, no_answer), Doing::Offline, Kind::Away);
    // An agent that was just started has not asked yet.
    check(&offline(LeaseState::Printing, None), Doing::Offline, Kind::Away);
}

#[test]
fn what_nobody_can_know_is_said() {
    let unknown = |forgotten| {
        let plate = plate(LeaseState::Unknown, forgotten);
        PrinterRow { plate: Some(plate), ..row(Link::Live, Activity::Idle, None) }
    };
    check(&unknown(false), Doing::Look, Kind::Person);
    check(&unknown(true), Doing::Forgotten, Kind::Person);
    let copied = row(Link::Silent, Activity::Printing, Some(WaitsFor::Copied));
    check(&copied, Doing::Copied, Kind::Person);
    check(&row(Link::Live, Activity::Idle, Some(WaitsFor::Disk)), Doing::Disk, Kind::Person);
    for link in [Link::Live, Link::Silent] {
        let fault = Some(Cause::ReadOnly.sentence().to_owned());
        let printing = row(link, Activity::Printing, Some(WaitsFor::Disk));
        check(&PrinterRow { fault, ..printing }, Doing::ReadOnly, Kind::Person);
    }
}

#[test]
fn the_time_of_hearing_is_told_of_silent_printers_only() {
    assert_eq!(view(&row(Link::Live, Activity::Idle, None), false).heard, None);
    let silent = view(&row(Link::Silent, Activity::Idle, None), false);
    assert_eq!(silent.heard, Some(Timestamp(10_000)));
}

#[test]
fn the_end_is_told_by_the_minute() {
    let printing = view(&row(Link::Live, Activity::Printing, None), false);
    assert_eq!(printing.ends, Some(Timestamp(60_000)));
}

#[test]
fn nonsense_figures_stay_figures() {
    assert_eq!([f32::NAN, -1.0, 0.999, 1.0, 7.0].map(percent), [0, 0, 99, 100, 100]);
    assert_eq!([f32::NAN, 1e30, -1e30, 22.6].map(degrees), [None, Some(999), Some(-99), Some(23)]);
}
