//! Whatever the verdict accepts is replayed, line by line, on a small printer of our own making.

mod firmware;
mod heater;
mod lines;
mod printer;

use proptest::collection::vec;
use proptest::prelude::*;
use visorfarm_gcode::{Options, Profile, Scanner, Severity, verify};

use firmware::Firmware;
use lines::{ENDS, spelt};
use printer::Printer;

/// An Ender-3 that runs `firmware`.
fn profile(firmware: Firmware) -> Profile {
    let ender3 = Profile::shipped("ender3").expect("ender3 is shipped").to_toml();
    let dialect = format!("\"{}\"", firmware.dialect());
    Profile::parse(&ender3.replace("\"marlin\"", &dialect))
        .expect("the same under another firmware")
}

/// Returns whether the verdict lets the file be printed without anyone being asked.
fn accepted(firmware: Firmware, file: &str) -> bool {
    let profile = profile(firmware);
    let mut scanner = Scanner::new(&Options::from(&profile));
    scanner.feed(file.as_bytes());
    let findings = verify(&scanner.finish(), &profile);
    findings.iter().all(|finding| Severity::Ask < finding.severity)
}

fn replay(firmware: Firmware, file: &str) -> Result<(), String> {
    let mut printer = Printer::new(firmware);
    for line in file.lines() {
        printer.obey(line).map_err(|broken| format!("{line}: {broken}"))?;
    }
    printer.end()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_accepted_never_leaves_its_limits_and_ends_cold(
        firmware in prop::sample::select(&Firmware::ALL[..]),
        lines in vec(spelt(), 1..12),
        end in prop::sample::select(ENDS),
    ) {
        let file = format!("G21\nG90\nM83\nM104 S200\nM140 S60\nG28\nG1 Z5 F600\n{}\n{end}", lines.join("\n"));
        if accepted(firmware, &file) {
            prop_assert_eq!(replay(firmware, &file), Ok(()), "{:?}: {}", firmware, file);
        }
    }
}

#[test]
fn a_sound_file_is_accepted_and_the_model_agrees() {
    let file = "G21\nG90\nM83\nM104 S200\nM140 S60\nG28\nG1 Z5 F600\nG1 X10 Y10 E1\nG2 X30 Y10 I10 J0 E2\n\
        G91\nG1 X-5\nG90\nG92 E0\nM104 S0\nM140 S0\n";
    for firmware in Firmware::ALL {
        assert!(accepted(firmware, file), "{firmware:?}");
        assert_eq!(replay(firmware, file), Ok(()), "{firmware:?}");
    }
}

#[test]
fn the_model_breaks_where_a_printer_would() {
    for (file, why) in [
        ("G1 X5", "homed"),
        ("G28\nG1 X300", "axis 0"),
        ("G28\nG91\nG1 X200\nG1 X200", "axis 0"),
        ("G28\nG1 X100 Y230\nG2 X140 Y230 I20 J0", "axis 1"),
        ("G28\nG1 Z5\nG92 Z100\nG1 Z90", "axis 2"),
        ("M109 R300", "300"),
        ("M83\nG1 E500", "pushes"),
        ("M104 S200", "left hot"),
        ("G28\nM207 Z10\nG10\nG1 Z250", "axis 2"),
        // Lifted to the top, and stopped there: it is lower than the file has it.
        ("G28\nM83\nG1 X9 E1\nG91\nG1 Z300\nG1 Z-299", "axis 2"),
        ("G28\nM83\nG1 X9 E1\nM207 Z10\nG10\nG91\nG1 Z300", "axis 2"),
        ("G28\nG91\nG1 Z300", "axis 2"),
        ("G28\nG1 Z250\nM207 Z10\nG10", "axis 2"),
        ("M208 S60\nG10\nG11\nG10\nG11", "pushes"),
        ("M109 S200 R0", "left hot"),
        ("M104 S200\nM104 R0", "left hot"),
        ("M140 S60\nM140 R0", "left hot"),
        ("M109 S-65236", "300"),
        ("M104 S-65336", "left hot"),
        ("G91\nG1 Z12\nG1 Z12", "homed"),
        ("G91\nG1 Z12\nM84\nG1 Z12", "homed"),
        ("G28\nM84\nG91\nG1 Z5\nG90\nG1 Z10", "homed"),
        ("M83\nG1 E60\nG1 E60", "pushes"),
    ] {
        let broken = replay(Firmware::Marlin2, file).expect_err("it breaks");
        assert!(broken.contains(why), "{broken}");
    }
}

#[test]
fn the_model_breaks_only_under_the_firmware_that_would() {
    use Firmware::{Buddy, Duet, Klipper, Marlin1, Marlin2, Prusa};
    for (file, broken_under) in [
        // G91 and M82: who goes by the last, by M82, by either.
        ("M82\nG92 E90\nG91\nG1 E90\nG1 E90", &[Marlin1, Marlin2, Buddy, Klipper][..]),
        ("G91\nM82\nG1 E60\nG1 E70", &[Marlin1, Klipper]),
        ("M83\nG90\nG1 E60\nG1 E70", &[Marlin1, Prusa, Klipper, Duet]),
        ("G10 S300", &[Duet]),
        ("M140 R50", &[Duet]),
        ("G28\nM207 Z10\nG10\nG1 Z250", &[Marlin1, Marlin2, Prusa, Buddy, Duet]),
        ("M208 S60\nG10\nG11\nG10\nG11", &[Marlin1, Marlin2, Prusa, Buddy]),
        ("M207 R60\nG10\nG11\nG10\nG11", &[Duet]),
        ("m104 s200", &[Klipper, Duet]),
        ("M104 S200\nm104 s0", &[Marlin1, Marlin2, Prusa, Buddy]),
        ("M104 S200\nM0104 S0", &[Klipper]),
        ("M104 S200\nTURN_OFF_HEATERS", &[Marlin1, Marlin2, Prusa, Buddy, Duet]),
        ("M115 M104 S200", &[Duet]),
        ("M115 G1 X5", &[Prusa, Duet]),
        ("M109 S200 R0", &[Marlin1, Marlin2, Prusa, Buddy, Klipper]),
        ("M104 S-65336", &[Marlin1, Marlin2, Prusa, Buddy]),
        ("M104 S200\nM104 S-273.1", &[Klipper]),
        ("M104 S200\nM104 S-273", &[Klipper, Duet]),
        ("G28\nM84 E\nG1 X5", &[Klipper]),
        ("G28\nG91\nG2 X300 Y0 I150", &[Marlin1, Marlin2, Prusa, Buddy, Duet]),
        ("G28\nG20\nG1 X100", &[Marlin1, Marlin2, Prusa, Buddy, Duet]),
    ] {
        let broken: Vec<_> =
            Firmware::ALL.into_iter().filter(|&firmware| replay(firmware, file).is_err()).collect();
        assert_eq!(broken, broken_under, "{file}");
    }
}
