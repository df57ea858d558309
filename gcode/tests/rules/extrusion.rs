//! Numbers that firmwares read in different ways, and how much filament they push.

use visorfarm_gcode::{Profile, Rule, Severity};

use super::commands::on_duet;
use super::{asks, check_on, forbids, judge, judge_on, klipper, raised, whole};

#[test]
fn what_firmwares_read_in_different_ways_is_refused() {
    forbids(Rule::Syntax, "G1 X1 X200", "G1 X1 Y200");
    forbids(Rule::Syntax, "G1 X1e2", "G1X100 E2");
    forbids(Rule::Syntax, "G1 X", "G1 X1");
    forbids(Rule::Syntax, "G1 X1 (M104 S300)", "G1 X1 ;(M104 S300)");
    forbids(Rule::Syntax, "; nothing to see \rM104 S300", "; nothing to see \r");
    forbids(Rule::Syntax, "G1 X1 ; nothing \rM104 S300", "G1 X1 ; nothing\r\r");
    forbids(Rule::Syntax, "G1 X1\0", "G1 X1");
    forbids(Rule::Syntax, "G1 X1 \\n", "G1 X1");
    forbids(Rule::Syntax, "M104 \u{1} S200", "G28XY");
    forbids(Rule::Placeholder, "G1 X0 Y{machine_depth}", "G1 X0 Y0 ; {machine_depth}");
    klipper(Rule::Placeholder, "START_PRINT BED={bed}", "START_PRINT BED=60");
    forbids(Rule::Checksum, "N3 G1 X1*12", "G1 X1");
    asks(Rule::LineNumbers, "N3 M105*36", "M105");
    let long = format!("G1 X1{}Y1", " ".repeat(200));
    forbids(Rule::LineTooLong, &long, &format!("G1 X1 ;{}", " ".repeat(200)));
    let hidden = format!(";{}\rM104 S300", "x".repeat(70_000));
    let blanks = format!("{}\rM104 S300", " ".repeat(70_000));
    forbids(Rule::LineTooLong, &blanks, &" ".repeat(60_000));
    let indented = format!("{}M104 S0", " ".repeat(100));
    forbids(Rule::LineTooLong, &indented, &format!("{}M104 S0", " ".repeat(70)));
    let trailing = format!("G1 X1 ;{}\rM104 S300", "x".repeat(70_000));
    forbids(Rule::LineTooLong, &trailing, "G1 X1");
    // An object's name counts, too: slicers do not cut it.
    let named = |letters: usize| format!("M486 A{}", "x".repeat(letters));
    for printer in ["mk4", "mk3s"] {
        check_on(printer, Rule::LineTooLong, Severity::Forbid, &named(81), &named(80));
    }
    forbids(Rule::LineTooLong, &hidden, &format!(";{}", "x".repeat(13_000)));
}

#[test]
fn extrusion_is_bounded_and_its_mode_known() {
    forbids(Rule::LongExtrusion, "G1 E500 F300", "G1 E80 F300");
    forbids(
        Rule::LongExtrusion,
        "M82\nG1 X1 E10\nG92 E0\nG1 X2 E9999",
        "M82\nG92 E0\nG1 X100 E9\nG92 E0\nG1 X200 E9",
    );
    forbids(Rule::LongExtrusion, "G1 E60 F300\nG1 E60", "G1 E60 F300\nG1 X20 E1\nG1 E60");
    forbids(Rule::LongExtrusion, "G1 E60 F300\nG1 Z9\nG1 E60", "G1 E60 F300\nG1 E-60\nG1 E60");
    forbids(
        Rule::LongExtrusion,
        "G1 X10 E1 F300\nG1 X10 E60\nG1 X10 E60",
        "G1 X10 E1 F300\nG1 E60",
    );
    // A hundredth of a millimetre to and fro is one place; so is the smallest of circles.
    let after = |way: &str| format!("G1 X10 Y50 E1 F300\nG1 E60\n{way}\nG1 E60");
    forbids(Rule::LongExtrusion, &after("G1 X10.01\nG1 X10"), &after("G1 X20\nG1 X10"));
    forbids(Rule::LongExtrusion, &after("G2 X10 Y50 I0.01 P99"), &after("G2 X10 Y50 I10"));
    forbids(Rule::LongExtrusion, &after("G1 X10.01 E50"), &after("G1 X25 E1"));
    forbids(Rule::LongExtrusion, "M207 S500\nG10", "M207 S3 F2700 Z0.2\nM208 S0\nG10\nG11");
    // Five minutes, hot and in one place.
    for slow in ["M207 S5 F1", "M207 F0", "M208 F59.9"] {
        forbids(Rule::LongDwell, slow, "M207 S3 F60\nM208 F60");
    }
    forbids(Rule::OutsideTravel, "M207 Z300\nG10", "M207 Z0.4\nG10\nG11");
    forbids(Rule::LongExtrusion, "M208 S90\nG10\nG11", "M208 S-0.1\nG10\nG11");
    forbids(Rule::FlowFactor, "M221 S900", "M221 S95\nM221 S100");
    forbids(Rule::FlowFactor, "M220 S900", "M220 S100");
    forbids(Rule::FlowFactor, "M200 D1.75", "M200 D0");
    whole(Rule::ExtrusionModeUnknown, Severity::Ask, b"G28\nM104 S200\nG1 X1 E1 F600\nM104 S0\n");
    whole(Rule::ExtrudesCold, Severity::Ask, b"M83\nG28\nG1 X1 E1 F600\n");
    whole(
        Rule::ExtrudesCold,
        Severity::Ask,
        b"M83\nG28\nM109 S200\nM109 R40\nG1 X1 E1 F600\nM104 S0\n",
    );
    whole(Rule::ExtrudesCold, Severity::Ask, b"M83\nG28\nM109 S169\nG1 X1 E1 F600\nM104 S0\n");
    assert_eq!(judge("ender3", b"G90\nM83\nG28\nM109 S170\nG1 X9 E1 F600\nM104 S0\n"), []);
    check_on(
        "ender3",
        Rule::ExtrusionModeAmbiguous,
        Severity::Note,
        "M82\nG91\nG1 E-2\nG90\nM83",
        "M83",
    );
}

/// On a printer whose flow is not limited: what counts here is the filament in one place.
#[track_caller]
fn heaps(fires: &str, silent: &str) {
    check_on("mk4", Rule::LongExtrusion, Severity::Forbid, fires, silent);
}

#[test]
fn to_and_fro_is_one_place() {
    let wiggle = |way: f64, e: f64, times: usize| {
        let to_and_fro = format!("G1 X{} E{e}\nG1 X50 E{e}\n", 50.0 + way);
        format!("G1 X50 Y50 F300\n{}", to_and_fro.repeat(times))
    };
    for (way, e) in [(0.5, 9.0), (1.0, 9.0), (4.9, 9.0)] {
        heaps(&wiggle(way, e, 6), &wiggle(way, e, 5));
    }
    heaps(&wiggle(1.0, 0.5, 101), &wiggle(1.0, 0.5, 100));
    for side in [1, -1] {
        let steps =
            |e| (0..5).map(|n| format!("G1 X{} Y50 E{e}", 50 + side * n)).collect::<Vec<_>>();
        heaps(&steps(26).join("\n"), &steps(25).join("\n"));
    }
    // A line of five millimetres may be as thick as the thickest purge, not thicker.
    heaps(&wiggle(5.0, 12.0, 60), &wiggle(5.0, 10.0, 60));
    // Wherever the head goes in between, if it goes nowhere.
    let nowhere = "G1 X51 Y50 E4\nG1 X50\nG1 Y51\n".repeat(27);
    heaps(&nowhere, &"G1 X51 Y50 E4\nG1 X56\nG1 X50\n".repeat(27));
    // Round and round is so, too, if the circle is small.
    let circles = |radius: f64| {
        format!("G1 X50 Y50 F300\n{}", format!("G2 X50 Y50 I{radius} E3\n").repeat(40))
    };
    heaps(&circles(1.0), &circles(2.5));
    heaps(&circles(2.49), &circles(9.0));
    let line = |e| (1..90).map(|x| format!("G1 X{x} E{e}")).collect::<Vec<_>>().join("\n");
    heaps(&line(4), &line(2));
}

#[test]
fn a_place_takes_in_more_the_higher_it_grows() {
    let column = |height: &dyn Fn(u32) -> String| {
        let layer = |n| format!("G1 Z{}\nG1 X52 E6 F300\nG1 X50 E6\n", height(n));
        format!("G1 X50 Y50\n{}", (1..20).map(layer).collect::<String>())
    };
    let layers = |n: u32| format!("{:.1}", f64::from(n) * 0.2);
    let hopping = |n: u32| format!("{:.1}\nG1 Z{}", f64::from(n) * 0.2 + 2.0, layers(n));
    heaps(&column(&|n| format!("{}", n * 2)), &column(&layers));
    heaps(&column(&|n| format!("{}", 5 + n % 2)), &column(&hopping));
}

#[test]
fn a_hotend_melts_so_much_and_no_more() {
    asks(Rule::Flow, "G1 X100 E20 F9000", "G1 X100 E4 F9000");
    // 24 mm³/s only together: neither the flow nor the factor is too much.
    asks(Rule::Flow, "M221 S150\nG1 X100 E10 F4000", "M221 S100\nG1 X100 E10 F4000");
    asks(Rule::Flow, "M220 S200\nG1 X100 E10 F3000", "M220 S100\nG1 X100 E10 F3000");
    // Retractions are quick, but nothing flows.
    asks(Rule::Flow, "G1 X100 E20 F9000", "G1 E-5 F2400\nG1 E5 F2400");
}

#[test]
fn no_way_leads_round_how_much_is_melted() {
    let fast = "G1 X20 Y20 Z0.3 F3000\nG1 X220 E60 F18000";
    let ask = |slow: &str| {
        check_on("voron-2.4-300", Rule::Flow, Severity::Ask, &format!("{slow}\n{fast}"), "G1 X9");
    };
    ask("SET_VELOCITY_LIMIT VELOCITY=1\nSET_VELOCITY_LIMIT VELOCITY=\"300\"");
    ask("SET_VELOCITY_LIMIT VELOCITY=1\nSET_VELOCITY_LIMIT velocity='300'");
    ask("SET_VELOCITY_LIMIT VELOCITY=300 ; VELOCITY=1");
    ask("SET_VELOCITY_LIMIT VELOCITY=1 VELOCITY=300");
    ask("M220 S10\nM220 B");
    ask("M220 S10\nM220");
    check_on(
        "voron-2.4-300",
        Rule::Flow,
        Severity::Ask,
        "G1 X20 Y20\nM221 S50\nM221\nG1 X220 E60 F2400",
        "G1 X9",
    );
}

#[test]
fn a_change_of_tools_spreads_nothing() {
    let xl = |fires: &str, silent: &str| {
        check_on("xl", Rule::LongExtrusion, Severity::Forbid, fires, silent);
    };
    let both = |code: &str| format!("M109 T1 S200\n{code}\nM104 T1 S0");
    xl(&both("G1 E60 F300\nT1\nG1 E60\nT0"), &both("G1 E60 F300\nT1\nG1 X20\nG1 E60\nT0"));
    xl("G1 E60 F300\nP0 S1\nT0 S1\nG1 E60", "G1 E60 F300\nP0 S1\nT0 S1\nG1 E-60\nG1 E60");
}

#[test]
fn what_retractions_push_beyond_what_they_pulled_adds_up() {
    let pairs = |count, between: &str| format!("G10\n{between}G11\n").repeat(count);
    let more = |count, between: &str| format!("M208 S5\n{}M208 S0", pairs(count, between));
    forbids(Rule::LongExtrusion, &more(21, ""), &more(20, ""));
    let away = "G1 X20\nG1 X10\n";
    forbids(Rule::LongExtrusion, &more(60, "G1 X10.1\nG1 X10\n"), &more(50, away));
    forbids(Rule::UnknownParameter, "M207 W9", "M207 S1");
    for code in ["M207 S1 R1000", "M207 S1 R-5.1", &format!("M207 S1 R5\n{}", pairs(21, ""))] {
        assert!(on_duet(code).contains(&Rule::LongExtrusion), "{code}");
    }
    assert_eq!(on_duet(&format!("M207 S1 R-5\nM207 S1 R5\n{}M207 R0", pairs(20, ""))), []);
    // Taken back is what was pulled, or what is set by then.
    let changed = "M207 Z1\nG10\nM207 Z9\nG11";
    forbids(Rule::OriginShift, changed, "M207 Z1\nG10\nG11\nM207 Z2\nG10\nG11");
}

#[test]
fn a_macro_may_have_made_e_relative() {
    let shipped = Profile::shipped("voron-2.4-250").expect("a shipped profile").to_toml();
    let owners = shipped.replace("[\"home\", \"heat\"]", "[\"home\", \"heat\", \"modes\"]");
    let owners = Profile::parse(&owners).expect("the same with a macro that says M83");
    let pushes = |modes: &str, count| {
        let code = "G1 X9 Y9 Z9 F3000\n".to_owned() + &"G1 E50 F300\n".repeat(count);
        let file = format!("START_PRINT EXTRUDER=215\n{modes}{code}END_PRINT\n");
        judge_on(&owners, file.as_bytes()).iter().any(|found| found.rule == Rule::LongExtrusion)
    };
    for modes in ["", "G90\n", "M83\n", "G90\nM83\n"] {
        assert!(pushes(modes, 3) && !pushes(modes, 2), "{modes:?}");
    }
    assert!(!pushes("M82\n", 50));
}

#[test]
fn filament_stays_in_its_gears() {
    asks(Rule::LongExtrusion, &"G1 E-40 F300\n".repeat(4), &"G1 E-37.5 F300\n".repeat(4));
    asks(
        Rule::LongExtrusion,
        "G1 X90 E9\nG1 E-90 F300\nG1 E20\nG1 E-81",
        "G1 E-90 F300\nG1 E90\nG1 E-90",
    );
}

#[test]
fn g90_says_nothing_of_e_where_firmwares_leave_it_alone() {
    let file = "M109 S200\nG28\nG90\nG92 E0\nG1 X1 E1 F600\nM104 S0\n";
    for (profile, unsaid) in
        [("mk3s", true), ("voron-2.4-250", true), ("ender3", false), ("mk4", false)]
    {
        assert_eq!(raised(profile, file, Rule::ExtrusionModeUnknown), unsaid, "{profile}");
        let said = file.replace("G90", "M83");
        assert!(!raised(profile, &said, Rule::ExtrusionModeUnknown), "{profile}");
    }
}
