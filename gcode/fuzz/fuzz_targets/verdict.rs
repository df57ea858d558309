//! Every file gets a verdict from every shipped profile, and what is accepted stays inside the profile.
#![no_main]

use libfuzzer_sys::fuzz_target;
use visorfarm_gcode::{Options, Profile, Scanner, Severity, Volume, verify};

fuzz_target!(|input: (u8, &[u8])| {
    let names: Vec<_> = Profile::shipped_names().collect();
    let name = names[usize::from(input.0) % names.len()];
    let profile = Profile::shipped(name).expect("a shipped profile");
    let mut scanner = Scanner::new(&Options::from(&profile));
    scanner.feed(input.1);
    let report = scanner.finish();
    let findings = verify(&report, &profile);
    if findings.iter().any(|finding| finding.severity == Severity::Forbid) {
        return;
    }
    assert!(report.nozzle_c_max <= profile.nozzle_celsius_max);
    assert!(report.bed_c_max <= profile.bed_celsius_max);
    if let (Volume::Box { travel_min_mm, travel_max_mm, .. }, Some(travel)) =
        (&profile.volume, report.envelope.travel)
    {
        for axis in 0..3 {
            assert!(travel_min_mm[axis] - 0.02 <= travel.min[axis], "{travel:?}");
            assert!(travel.max[axis] <= travel_max_mm[axis] + 0.02, "{travel:?}");
        }
    }
});
