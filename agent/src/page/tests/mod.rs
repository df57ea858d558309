//! The page from outside: what it shows, and whom it lets in.

mod bench;
mod doors;
mod forms;
mod looks;
mod pages;
mod spelling;

use visorfarm_protocol::id::{Epoch, LeaseId};
use visorfarm_protocol::message::{End, Plate};
use visorfarm_protocol::status::{
    Activity, Bed, Cause, Consent, PrinterCard, PrinterStatus, WaitsFor,
};

use crate::local::tests::status;
use crate::local::{PlateReport, PrinterReport};

fn lease(number: u64) -> LeaseId {
    LeaseId { epoch: Epoch(1000), number }
}

fn plate() -> Plate {
    Plate {
        request: visorfarm_protocol::id::RequestId(12),
        job: visorfarm_protocol::id::JobId(2),
        design: "visor-band".parse().unwrap(),
        revision: "r3".parse().unwrap(),
        profile: "ender3".parse().unwrap(),
        digest: crate::testing::digest(b""),
        pieces: 4,
    }
}

fn ended(end: End) -> PlateReport {
    let purpose = Some("visors for the hospital".to_owned());
    PlateReport { lease: lease(7), ordinal: 0, plate: plate(), end, good: None, purpose }
}

/// A printer that is ready and asks for work.
fn idle() -> PrinterReport {
    let printer: visorfarm_protocol::id::PrinterId = "attic".parse().unwrap();
    let status = PrinterStatus {
        printer: printer.clone(),
        activity: Activity::Idle,
        bed: Bed::Clear,
        waits_for: None,
        lease: None,
        fraction: None,
        seconds_left: None,
        nozzle_celsius: Some(24.2),
        bed_celsius: None,
        filament_left_grams: None,
        fault: None,
    };
    let card = PrinterCard {
        printer,
        title: "Ender 3 in the attic".to_owned(),
        profile: "ender3".parse().unwrap(),
        octoprint: Some("OctoPrint 1.11.8".to_owned()),
        place: None,
        consent: Some(Consent::default()),
    };
    PrinterReport {
        title: "Ender 3 in the attic".to_owned(),
        status,
        purpose: None,
        plate: None,
        paused: false,
        short_of_grams: None,
        since: Some(1000),
        on_bed: None,
        last: None,
        printed: Vec::new(),
        card: Some(card),
        happened: Vec::new(),
    }
}

/// A printer whose bed was said to be clear, with so many good pieces of the plate that was on it.
fn cleared(good: u32) -> PrinterReport {
    PrinterReport {
        last: Some(PlateReport { good: Some(good), ..ended(End::Completed) }),
        ..idle()
    }
}

fn printing() -> PrinterReport {
    let mut report = idle();
    report.status.activity = Activity::Printing;
    report.status.bed = Bed::Occupied;
    report.status.lease = Some(lease(7));
    report.status.fraction = Some(0.42);
    report.status.seconds_left = Some(3900);
    report.plate = Some(plate());
    report.purpose = Some("visors for the hospital".to_owned());
    report
}

/// A printer with a plate on its bed, whose print ended so.
fn waiting(end: End) -> PrinterReport {
    let mut report = idle();
    report.status.bed = Bed::Occupied;
    let look = end == End::Unknown;
    report.status.activity = if look { Activity::Unknown } else { Activity::Idle };
    report.status.waits_for = Some(if look { WaitsFor::Look } else { WaitsFor::BedClear });
    report.on_bed = Some(ended(end));
    report.last = Some(ended(end));
    report
}
