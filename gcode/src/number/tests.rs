//! Tests of `number`.

use super::*;

#[track_caller]
fn check(text: &str, millionths: i64, length: usize) {
    assert_eq!(scan(text.as_bytes()), Scanned::Number(Micro(millionths), length), "{text:?}");
}

#[test]
fn every_shape_slicers_write_is_read() {
    check("0", 0, 1);
    check(".2", 200_000, 2);
    check("-.54", -540_000, 4);
    check("+0.5", 500_000, 4);
    check("9000.00", 9_000_000_000, 7);
    check("12.", 12_000_000, 3);
    check("220.000000 ", 220_000_000, 10);
    check("0.00000000000", 0, 13);
    check("-0.00000000001", -1, 14);
    check("1.2345678", 1_234_567, 9);
    check("999999999", 999_999_999_000_000, 9);
    check("8Y8", 8_000_000, 1);
}

#[test]
fn other_shapes_are_no_numbers() {
    for text in ["-", "+", ".", "-.", "--1", "1000000000", "-1000000000.5"] {
        assert_eq!(scan(text.as_bytes()), Scanned::Malformed, "{text:?}");
    }
    assert_eq!(scan(b""), Scanned::Absent);
    assert_eq!(scan(b" 5"), Scanned::Absent);
    assert_eq!(scan(b"e5"), Scanned::Absent);
}

proptest::proptest! {
    #[test]
    fn quick_and_slow_agree(number in "[-+]?[0-9]{0,10}[.]?[0-9]{0,9}", after in "[ -~]{0,20}") {
        let line = format!("{number}{after}");
        proptest::prop_assert_eq!(scan(line.as_bytes()), scan_slowly(line.as_bytes()));
    }

    #[test]
    fn any_bytes_are_read_alike(line in proptest::collection::vec(proptest::num::u8::ANY, 0..30)) {
        proptest::prop_assert_eq!(scan(&line), scan_slowly(&line));
    }
}

#[test]
fn inches_become_millimetres() {
    assert_eq!(Micro::whole(2).inches(), Micro(50_800_000));
    assert_eq!(Micro(i64::MAX).inches().0, i64::MAX / 5, "saturates before it divides");
}
