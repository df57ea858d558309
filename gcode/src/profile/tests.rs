//! Tests of `profile`.

use super::*;

#[test]
fn an_error_says_the_line() {
    let text = include_str!("../../profiles/ender3.toml").replacen(
        "nozzle_celsius_max = 260",
        "nozzle_celcius_max = 260",
        1,
    );
    let line = text.lines().position(|line| line.contains("celcius")).expect("replaced") + 1;
    let error = Profile::parse(&text).expect_err("a mistyped limit").to_string();
    assert!(
        error.starts_with(&format!("line {line} of the printer profile: unknown field")),
        "{error}"
    );
}

#[test]
fn a_limit_that_makes_no_sense_is_refused() {
    let ender = include_str!("../../profiles/ender3.toml");
    let hot = ender.replace("nozzle_celsius_max = 260", "nozzle_celsius_max = 2600");
    let error = Profile::parse(&hot).expect_err("2600 °C").to_string();
    assert_eq!(error, "the printer profile's nozzle_celsius_max is not between 0 and 500 °C");
    let nan = ender.replace("feed_mm_s_max = 500", "feed_mm_s_max = nan");
    assert!(Profile::parse(&nan).is_err());
    let still = ender.replace("print_mm_s2 = 500", "print_mm_s2 = 0");
    assert!(Profile::parse(&still).is_err());
    let edgeless = ender.replace("corner.jerk.mm_s", "corner.junction-deviation.mm");
    assert!(Profile::parse(&edgeless).is_err());
}
