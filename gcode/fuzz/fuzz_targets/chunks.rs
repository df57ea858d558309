//! No bytes make the reader panic, and it does not matter where they are cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use visorfarm_gcode::{Dialect, Options, Scanner};

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (dialect, size, bytes) = input;
    let dialects =
        [Dialect::Marlin, Dialect::Prusa, Dialect::Buddy, Dialect::Klipper, Dialect::RepRapFirmware];
    let dialect = dialects[usize::from(dialect) % dialects.len()];
    let scan = |size: usize| {
        let mut scanner = Scanner::new(&Options { dialect, ..Options::default() });
        for chunk in bytes.chunks(size.max(1)) {
            scanner.feed(chunk);
        }
        scanner.finish()
    };
    let (at_once, in_pieces) = (scan(bytes.len()), scan(usize::from(size)));
    // As text: a time that is no number equals itself only there.
    assert_eq!(format!("{at_once:?}"), format!("{in_pieces:?}"));
    assert!(at_once.time_s.is_finite() && 0.0 <= at_once.time_s, "{}", at_once.time_s);
});
