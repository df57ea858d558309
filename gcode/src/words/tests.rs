//! Tests of `words`.

use super::*;

/// Writes each word as it is read: letters in their order, numbers in full.
fn written(words: &Words) -> Vec<String> {
    let shown = |(letter, value): (u8, Option<Micro>)| {
        value.map_or_else(
            || char::from(letter).to_string(),
            |value| format!("{}{value}", char::from(letter)),
        )
    };
    words.letters().map(shown).collect()
}

fn read(code: &str) -> Result<Vec<String>, Shape> {
    let mut words = Words::new();
    words.read(code.as_bytes(), Case::Both)?;
    Ok(written(&words))
}

#[test]
fn words_need_no_blanks() {
    for code in ["X8 Y-.5 F1", "x8y-.5f1", " X8\tY-.5  F1 ; Z9", "X8Y-.5F1"] {
        assert_eq!(read(code), Ok(vec!["F1".into(), "X8".into(), "Y-0.5".into()]), "{code:?}");
    }
    assert_eq!(read("X Y E"), Ok(vec!["E".into(), "X".into(), "Y".into()]));
}

#[test]
fn small_letters_are_words_only_to_who_heeds_them() {
    let mut words = Words::new();
    assert_eq!(words.read(b" S0", Case::Capitals), Ok(()));
    for code in [" s0", "S0 t1", "X1y2"] {
        assert_eq!(words.read(code.as_bytes(), Case::Capitals), Err(Shape::LowerCase));
        assert_eq!(words.read(code.as_bytes(), Case::Both), Ok(()));
    }
}

#[track_caller]
fn check_plain(text: &str, length: Option<usize>) {
    let found = Words::new().read_plain(text.as_bytes()).map(|(length, _)| length);
    assert_eq!(found, length, "{text:?}");
}

#[test]
fn a_plain_line_tells_its_own_end() {
    check_plain(" X8.5 Y-.5 E1234.56789\nG1 X1 Y1", Some(22));
    check_plain(" X8.5\r\nG1 X1 Y1 E1", Some(5));
    check_plain("\nG1 X1", Some(0));
}

#[test]
fn a_line_of_another_shape_is_not_plain() {
    for shape in
        ["x8", "X8Y5", "  X8", "X8 ", "X8;", "X", "X1 X2", "X1e3", "X1\r\r", "X\u{e9}", "[8"]
    {
        check_plain(&format!(" {shape}\nG1 X10 Y10 E10"), None);
    }
    check_plain(" X8", None);
}

#[test]
fn what_firmwares_read_differently_is_refused() {
    for code in [" X1e30 Y2", "Z1E2", "X8Y-.5E1", "Y0X10", "Y-0x10", "ZINF", "Xnan"] {
        assert_eq!(read(code), Err(Shape::Exponent), "{code}");
    }
    assert_eq!(read("Y10X10 Z0 X5"), Err(Shape::Twice));
    assert!(read("INF").is_ok(), "what stands in a letter's place is no number");
    assert!(read("Y10X10").is_ok() && read("Y0 X10").is_ok() && read("Y0.X10").is_ok());
    assert_eq!(read("X1 X200"), Err(Shape::Twice));
    assert_eq!(read("Y{machine_depth}"), Err(Shape::Placeholder));
    assert_eq!(read("X1 (stop)"), Err(Shape::Character));
    assert_eq!(read("X1\0"), Err(Shape::Character));
    assert_eq!(read("X1 ; fine \rM104 S300"), Err(Shape::Hidden));
    assert_eq!(read("X--1"), Err(Shape::Number));
}

proptest::proptest! {
    #[test]
    fn plain_and_other_lines_are_read_alike(text in "( [XYEF]-?[0-9]{0,9}[.]?[0-9]{0,8}){0,4}[\r\n;]{1,2}.{0,20}") {
        let (mut plain, mut other) = (Words::new(), Words::new());
        if let Some((length, after)) = plain.read_plain(text.as_bytes()) {
            proptest::prop_assert!(matches!(&text[length..text.len() - after.len()], "\n" | "\r\n"));
            proptest::prop_assert_eq!(other.read(&text.as_bytes()[..length], Case::Capitals), Ok(()));
            proptest::prop_assert!(plain.letters().eq(other.letters()), "{}", text);
        }
    }

    #[test]
    fn what_is_read_and_printed_is_read_again(code in "([A-Za-z] ?(-?[0-9]{0,9}[.]?[0-9]{0,7})[ \t]{0,2}){0,6}(;.*)?") {
        let mut words = Words::new();
        if words.read(code.as_bytes(), Case::Both).is_ok() {
            let printed = written(&words).join(" ");
            let mut again = Words::new();
            proptest::prop_assert_eq!(again.read(printed.as_bytes(), Case::Capitals), Ok(()));
            proptest::prop_assert!(again.letters().eq(words.letters()), "{}", printed);
            proptest::prop_assert_eq!(written(&again).join(" "), printed);
        }
    }
}

#[test]
fn a_command_may_have_a_point_and_zeros() {
    let name = |code: &str| command(code.as_bytes()).map(|(command, _)| command.to_string());
    assert_eq!(name("G01 X1"), Ok("G1".into()));
    assert_eq!(name("m862.3 P\"MK3S\""), Ok("M862.3".into()));
    assert_eq!(name("T0"), Ok("T0".into()));
    assert_eq!(name("G-1"), Err(Shape::Number));
    assert_eq!(name("42"), Err(Shape::NoCommand));
}
