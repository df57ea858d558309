//! Tests of `census`.

use super::*;

fn read(code: &str) -> Result<BTreeMap<String, Use>, Shape> {
    let mut census = Census::default();
    census.note_macro(code.as_bytes(), Here { line: 1, bytes: code.as_bytes() })?;
    Ok(census.finish())
}

#[test]
fn a_macro_has_named_numbers_and_texts() {
    let all = read("start_print bed_temp=55 EXTRUDER_TEMP=\"215\" NAME=\"a b;c\" FAST=yes ; X=1")
        .expect("a sound macro");
    let start = &all["START_PRINT"];
    let numbers: Vec<_> = start.numbers.iter().map(|(name, r)| (name.as_str(), r.max)).collect();
    assert_eq!(numbers, [("BED_TEMP", 55.0), ("EXTRUDER_TEMP", 215.0)]);
    let quoted = read("A NAME='a b' B='215'").expect("a sound macro");
    assert!((quoted["A"].numbers["B"].max - 215.0).abs() < 1e-9);
    assert_eq!(start.bare.keys().collect::<Vec<_>>(), ["FAST", "NAME"]);
}

#[test]
fn templates_and_control_bytes_in_a_macro_are_refused() {
    assert_eq!(read("A B C=1"), Err(Shape::Bare));
    assert_eq!(read("A B={x}"), Err(Shape::Placeholder));
    assert_eq!(read("A {x}"), Err(Shape::Placeholder));
    assert_eq!(read("A B=\"\\n\""), Err(Shape::Character));
    assert_eq!(read("A \u{1}"), Err(Shape::Character));
    assert_eq!(read("A B=\"open"), Err(Shape::Character));
    assert_eq!(read("A \"B=400\""), Err(Shape::Character));
    assert_eq!(read("A B\"C\"=400"), Err(Shape::Character));
    assert_eq!(read("A B=4\"00\""), Err(Shape::Character));
    assert_eq!(read("A B=\"\"400"), Err(Shape::Character));
    assert_eq!(read("A B=400#"), Err(Shape::Character));
    assert_eq!(read("A B=400*12"), Err(Shape::Character));
    assert_eq!(read("A B#"), Err(Shape::Character));
}

#[test]
fn the_census_does_not_grow_for_ever() {
    let mut census = Census::default();
    let words = Words::new();
    let here = Here { line: 1, bytes: b"M1" };
    let refused = (0..10_000)
        .filter(|&number| {
            let command = Command { letter: b'M', number, sub: 0 };
            census.note(command, &words, here) == Err(Shape::TooMany)
        })
        .count();
    assert_eq!(refused, 10_000 - COMMANDS_MAX);
}
