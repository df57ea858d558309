//! What holds for every input: no panic, no growth, and the same answer however the bytes are cut.

use proptest::collection::vec;
use proptest::prelude::*;
use visorfarm_gcode::{Dialect, Options, Profile, Report, Scanner, Severity, verify};

fn scan(chunks: &[&[u8]], options: &Options) -> Report {
    let mut scanner = Scanner::new(options);
    for chunk in chunks {
        scanner.feed(chunk);
    }
    scanner.finish()
}

/// Lines as slicers, tinkerers and attackers write them.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0..4u8, -400.0..400.0f64, -400.0..400.0f64, -2.0..5.0f64)
            .prop_map(|(g, x, y, e)| format!("G{g} X{x:.3} Y{y:.3} E{e:.5}")),
        1 => (-9.0..9.0f64, -9.0..9.0f64).prop_map(|(i, j)| format!("G2 X5 Y5 I{i:.3} J{j:.3}")),
        1 => (0..1200u16, 0..400u16).prop_map(|(m, s)| format!("M{m} S{s}")),
        2 => prop::sample::select(vec![
            "G90", "G91", "M82", "M83", "G20", "G21", "G28", "G92 E0", "G92 X5 Z9", "M84", "T1", "@pause",
            "START_PRINT BED=60 NAME=\"a b\"", ";LAYER_CHANGE", "; filament_type = PLA", "g1x1y1", "", "G28 X",
            "M117 Hello; world", "N1 G1 X1*80", "M862.3 P \"MK3S\"", "\t G1 X1 ;c", "; a \r M104 S300",
        ])
        .prop_map(str::to_owned),
        1 => "[ -~\\r]{0,40}",
    ]
}

fn file() -> impl Strategy<Value = Vec<u8>> {
    (vec(line(), 0..60), prop::sample::select(vec!["\n", "\r\n"]))
        .prop_map(|(lines, end)| lines.join(end).into_bytes())
}

fn dialect() -> impl Strategy<Value = Dialect> {
    prop::sample::select(vec![
        Dialect::Marlin,
        Dialect::Prusa,
        Dialect::Buddy,
        Dialect::Klipper,
        Dialect::RepRapFirmware,
    ])
}

/// Cuts `bytes` at pseudo-random places that `seeds` name.
fn cut<'a>(bytes: &'a [u8], seeds: &[usize]) -> Vec<&'a [u8]> {
    let mut places: Vec<_> = seeds.iter().map(|seed| seed % (bytes.len() + 1)).collect();
    places.sort_unstable();
    places.push(bytes.len());
    let mut from = 0;
    places
        .into_iter()
        .map(|to| {
            let chunk = &bytes[from..to];
            from = to;
            chunk
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chunks_do_not_matter(bytes in file(), seeds in vec(any::<usize>(), 0..40), dialect in dialect()) {
        let options = Options { dialect, ..Options::default() };
        let at_once = scan(&[&bytes], &options);
        prop_assert_eq!(&scan(&cut(&bytes, &seeds), &options), &at_once);
        let singly: Vec<&[u8]> = bytes.chunks(1).collect();
        prop_assert_eq!(&scan(&singly, &options), &at_once);
    }

    #[test]
    fn bytes_by_chance_are_no_print_and_steer_nobody(bytes in vec(any::<u8>(), 0..2000), dialect in dialect()) {
        let report = scan(&[&bytes], &Options { dialect, ..Options::default() });
        prop_assert_eq!(report.bytes, bytes.len() as u64);
        for name in Profile::shipped_names() {
            let profile = Profile::shipped(name).expect("a shipped profile");
            let findings = verify(&report, &profile);
            prop_assert!(findings.iter().any(|finding| finding.severity == Severity::Forbid));
            for finding in findings {
                prop_assert!(finding.line.is_none_or(|line| 0 < line && line <= report.lines));
                let message = finding.message();
                prop_assert!(!message.chars().any(char::is_control), "{message:?}");
            }
        }
    }

    #[test]
    fn a_stored_report_gets_the_same_verdict(bytes in file()) {
        let report = scan(&[&bytes], &Options::default());
        let profile = Profile::shipped("generic").expect("a shipped profile");
        let stored = serde_json::to_string(&report).expect("a report is JSON");
        let again: Report = serde_json::from_str(&stored).expect("and comes back");
        // Not the report itself: the last bit of a fraction may be lost in JSON.
        prop_assert_eq!(verify(&again, &profile), verify(&report, &profile));
    }
}

#[test]
fn an_endless_line_is_one_fault() {
    let mut scanner = Scanner::new(&Options::default());
    let chunk = vec![b'A'; 1 << 20];
    for _ in 0..64 {
        scanner.feed(&chunk);
    }
    let report = scanner.finish();
    assert_eq!((report.bytes, report.lines), (64 << 20, 1));
    assert_eq!(report.evidence.faults.len(), 1);
}
