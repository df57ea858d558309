//! Whatever the verdict accepts is replayed, line by line, on a small printer of our own making.

mod extruder;
mod firmware;
mod heater;
mod lines;
mod printer;

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use visorfarm_gcode::{Options, Profile, Scanner, Severity, verify};

use firmware::Firmware;
use lines::{beginning, end, spelt};
use printer::Printer;

/// What their owner vouches for.
const MACROS: &str = "\n[[macros]]\nname = \"START_PRINT\"\ndoes = [\"home\", \"heat\"]\n\
    [[macros]]\nname = \"END_PRINT\"\ndoes = [\"cool\"]\n";

/// An Ender-3 that runs each of the firmwares, in their order.
static PROFILES: LazyLock<[Profile; 6]> = LazyLock::new(|| Firmware::ALL.map(profile));

fn profile(firmware: Firmware) -> Profile {
    let ender3 = Profile::shipped("ender3").expect("ender3 is shipped").to_toml();
    let ender3 = ender3.replace("macros = []\n", "");
    let dialect = format!("\"{}\"", firmware.dialect());
    let macros = if firmware == Firmware::Klipper { MACROS } else { "" };
    Profile::parse(&format!("{}{macros}", ender3.replace("\"marlin\"", &dialect)))
        .expect("the same under another firmware")
}

/// Returns whether the verdict lets the file be printed without anyone being asked.
fn accepted(firmware: Firmware, file: &str) -> bool {
    let place =
        Firmware::ALL.iter().position(|known| *known == firmware).expect("it is one of all");
    let profile = &PROFILES[place];
    let mut scanner = Scanner::new(&Options::from(profile));
    scanner.feed(file.as_bytes());
    let findings = verify(&scanner.finish(), profile);
    findings.iter().all(|finding| Severity::Ask < finding.severity)
}

fn replay(firmware: Firmware, file: &str) -> Result<(), String> {
    print(&mut Printer::new(firmware), file)
}

fn print(printer: &mut Printer, file: &str) -> Result<(), String> {
    for line in file.lines() {
        printer.obey(line).map_err(|broken| format!("{line}: {broken}"))?;
    }
    printer.end()
}

fn file() -> impl Strategy<Value = String> {
    let lines = vec(spelt(), 1..12).prop_map(|lines| lines.join("\n"));
    (beginning(), lines, end()).prop_map(|(start, lines, end)| format!("{start}\n{lines}\n{end}"))
}

fn firmware() -> impl Strategy<Value = Firmware> {
    prop::sample::select(&Firmware::ALL[..])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Two prints on one printer, of which the second finds what the first has left.
    #[test]
    fn what_is_accepted_never_leaves_its_limits_and_ends_cold(
        firmware in firmware(),
        files in vec(file(), 1..3),
    ) {
        let mut printer = Printer::new(firmware);
        for file in files.iter().filter(|file| accepted(firmware, file)) {
            prop_assert_eq!(print(&mut printer, file), Ok(()), "{:?}: {:?}", firmware, files);
        }
    }
}

#[test]
fn a_good_share_of_all_that_is_accepted_prints() {
    let mut runner = TestRunner::deterministic();
    let tries = 2000;
    let printed = (0..tries).filter(|_| {
        let (firmware, file) =
            (firmware(), file()).new_tree(&mut runner).expect("a file").current();
        let moves = file.lines().filter(|line| line.starts_with("G1 X")).count();
        0 < moves && accepted(firmware, &file)
    });
    let printed = printed.count();
    assert!(tries / 8 < printed, "{printed} of {tries}");
}

#[test]
fn a_sound_file_is_accepted_and_the_model_agrees() {
    let file = "G21\nG90\nM83\nG92 E0\nM109 S200\nM140 S60\nG28\nG1 Z5 F600\nG1 X10 Y10 E1\nG2 X30 Y10 I10 J0 E2\n\
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
        ("M109 S200\nM83\nG1 E500", "pushes"),
        ("M104 S200", "left hot"),
        ("G28\nM207 Z10\nG10\nG1 Z250", "axis 2"),
        // Lifted to the top, and stopped there: it is lower than the file has it.
        ("M109 S200\nG28\nM83\nG1 X9 E1\nG91\nG1 Z300\nG1 Z-299", "axis 2"),
        ("M109 S200\nG28\nM83\nG1 X9 E1\nM207 Z10\nG10\nG91\nG1 Z300", "axis 2"),
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
        ("M109 S200\nM83\nG1 E60\nG1 E60", "pushes"),
        ("M104 S200\nM83\nG1 E1", "cold"),
        ("M109 S200\nM104 S0\nM104 S200\nM83\nG1 E1", "cold"),
        ("M109 S160\nM83\nG1 E1", "cold"),
        ("G28\nM109 S200\nM83\nG1 X200 E60 F9000", "melts"),
        ("G28\nM109 S200\nM83\nM221 S150\nM220 S200\nG1 X200 E25 F2400", "melts"),
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
        (
            "M109 S200\nM82\nG92 E90\nG91\nG1 E90\nG1 E90\nM104 S0",
            &[Marlin1, Marlin2, Buddy, Klipper][..],
        ),
        ("M109 S200\nG91\nM82\nG1 E60\nG1 E70\nM104 S0", &[Marlin1, Klipper]),
        ("M109 S200\nM83\nG90\nG1 E60\nG1 E70\nM104 S0", &[Marlin1, Prusa, Klipper, Duet]),
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
