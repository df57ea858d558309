//! Any text is a profile or an error that says why; a slicer's settings are sound limits or none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use visorfarm_gcode::{Motion, Options, Profile, Scanner, verify};

fuzz_target!(|text: &str| {
    match Profile::parse(text) {
        Ok(profile) => {
            let mut scanner = Scanner::new(&Options::from(&profile));
            scanner.feed(b"G28\nM83\nG1 X5 Y5 E1 F600\nG2 X9 Y9 I2 J2 E1\n");
            let report = scanner.finish();
            assert!(report.time_s.is_finite(), "{}", report.time_s);
            drop(verify(&report, &profile));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    if let Some(motion) = Motion::claimed(text.as_bytes()) {
        assert!(motion.print_mm_s2.is_finite() && 0.0 < motion.print_mm_s2);
    }
});
