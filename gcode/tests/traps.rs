//! What slicers write and naive readers stumble over: each shape is read as firmwares read it.

use visorfarm_gcode::{Options, Profile, Report, Rule, Scanner, Severity, verify};

fn read(file: &str) -> Report {
    let mut scanner = Scanner::new(&Options::default());
    scanner.feed(file.as_bytes());
    scanner.finish()
}

/// Returns the rules that stop `file` on a printer.
fn stops(profile: &str, file: &str) -> Vec<Rule> {
    let profile = Profile::shipped(profile).expect("a shipped profile");
    let mut scanner = Scanner::new(&Options::from(&profile));
    scanner.feed(file.as_bytes());
    let found = verify(&scanner.finish(), &profile);
    found.iter().filter(|f| f.severity <= Severity::Ask).map(|finding| finding.rule).collect()
}

#[track_caller]
fn sound(profile: &str, file: &str) {
    assert_eq!(stops(profile, file), [], "{file:?}");
}

#[track_caller]
fn stopped(profile: &str, file: &str, rule: Rule) {
    assert!(stops(profile, file).contains(&rule), "{file:?} raised {:?}", stops(profile, file));
}

#[test]
fn homing_names_axes_by_flags_with_or_without_blanks() {
    for all in ["G28", "G28 W", "G28 X0 Y0\nG28 Z0", "G28XYZ", "G28 XYZ", "G28 O"] {
        sound("mk3s", &format!("{all}\nG1 X9 Y9 Z50 F3000\n"));
    }
    for flat in ["G28 XY", "G28 X0 Y0", "G28XY"] {
        stopped("mk3s", &format!("{flat}\nG1 X9 Y9 Z50 F3000\n"), Rule::Unhomed);
    }
}

#[test]
fn homing_that_the_firmware_may_skip_leaves_the_nozzle_where_it_was() {
    for profile in ["ender3", "mk3s", "mk4", "xl"] {
        let far = "G28\nG1 X200 Y100 Z9 F3000\nG28 O\nG91\nG1 X200\n";
        stopped(profile, far, Rule::RelativeFromUnknown);
        sound(profile, "G28\nG1 X200 Y100 Z9 F3000\nG28 O\nG1 X20 Y20 Z9\n");
    }
    stopped("mk3s", "G28\nM84\nG28 O\nG1 X9 Y9 Z9 F3000\n", Rule::Unhomed);
}

#[test]
fn what_a_retraction_lifts_is_travelled() {
    let file = |lift: &str| format!("G28\nM207 Z{lift}\nG1 Z250 F300\nG10\nG11\n");
    stopped("ender3", &file("10"), Rule::OutsideTravel);
    sound("ender3", &file("3"));
}

#[test]
fn an_object_may_have_any_name() {
    for name in ["visor", "cube", "Shape-Box", "3DBenchy.stl", " hat (2)"] {
        sound("mk3s", &format!("G28\nM486 S0\nM486 A{name}\nM486 S1 A{name}\nM486 S-1\n"));
    }
    stopped("mk3s", "G28\nM486 Q7 Avisor\n", Rule::UnknownParameter);
}

#[test]
fn homing_goes_to_the_printers_home() {
    let delta = Profile::shipped("flsun-qqs").expect("a shipped profile");
    let mut scanner = Scanner::new(&Options::from(&delta));
    scanner.feed(b"G28\nG91\nG1 Z-60 F3000\n");
    let travel = scanner.finish().envelope.travel.expect("it travels");
    assert!((travel.min[2] - 300.0).abs() < 1e-9, "{travel:?}");
}

#[test]
fn homing_may_hide_in_a_macro_and_must_be_somewhere() {
    sound("voron-2.4-300", "START_PRINT BED=60\nG90\nG1 X9 Y9 F3000\nEND_PRINT\n");
    stopped("voron-2.4-300", "G90\nG1 X9 Y9 F3000\n", Rule::Unhomed);
}

#[test]
fn an_arc_may_turn_more_than_once() {
    let time =
        |turns: &str| read(&format!("G28\nG1 X100 Y100 F600\nG3 X100 Y100 I-10 {turns}\n")).time_s;
    let whole = time("P1") - time("");
    assert!((whole - 10.0 * std::f64::consts::TAU / 10.0).abs() < 0.1, "{whole} s a turn");
    assert!((time("P2") - time("P1") - whole).abs() < 0.1);
}

#[test]
fn arcs_lie_flat() {
    let arc = "G28\nG1 X50 Y50 Z9 F3000\nG17\nG2 X60 Y50 I5\n";
    sound("ender3", arc);
    stopped("ender3", &arc.replace("G17", "G18"), Rule::UnknownCommand);
    stopped("ender3", &arc.replace("I5", "I5 K5"), Rule::UnknownParameter);
}

#[test]
fn numbers_come_in_many_shapes_and_in_no_others() {
    let at = |x: &str| read(&format!("G28\nG1 X{x} F9000.00\n")).envelope.travel.map(|b| b.max[0]);
    for ten in ["10", "10.", "+10", "010", "10.000000", "10.00000000"] {
        assert_eq!(at(ten), Some(10.0), "{ten}");
    }
    assert_eq!(at(".5"), Some(0.5));
    for odd in ["0x10", "1e1", "--1", "1.2.3", "1,5", "1234567890"] {
        stopped("ender3", &format!("G28\nG1 X{odd} F3000\n"), Rule::Syntax);
    }
}

#[test]
fn commands_have_leading_noughts_or_points_and_no_need_of_blanks() {
    sound("ender3", "G28\nG01X8Y8F3000\nG00 X9\n");
    assert_eq!(read("G28\nG01X8Y8\nG00X9\nG1 X1\n").commands["G1"], 2);
    for unknown in ["M201.2 X5", "M73.2 R5", "M11P1", "F140", "S900", "G0.1 X5"] {
        stopped("ender3", unknown, Rule::UnknownCommand);
    }
}

#[test]
fn words_may_be_bare_where_they_are_flags() {
    sound("ender3", "M17\nM84 X Y E\nM18\nM569 S1 X Y\nG29 A\n");
    stopped("ender3", "G28\nG1 X Y Z E\n", Rule::Syntax);
}

#[test]
fn texts_and_names_are_no_words() {
    let texts = "M117 Print visor.gcode; Display:\nM486 T2\nM486 S0\nM486 A3DBenchy (1).stl\n\
        M486 S-1\nM862.6 P\"Input shaper\"\nM115 U6.2.4+8909\nM862.3 P \"MK3S\"\n";
    sound("mk3s", texts);
    assert_eq!(read(texts).objects, ["3DBenchy (1).stl"]);
}

#[test]
fn klipper_takes_names_and_values_and_no_other_comment() {
    sound("voron-2.4-300", "START_PRINT BED=60 NAME=\"a b\"\nstart_print bed=60\nEND_PRINT\n");
    for odd in ["M105 # cool", "M105 (cool)", "/M105"] {
        stopped("voron-2.4-300", &format!("G28\n{odd}\n"), Rule::Syntax);
    }
}

#[test]
fn ends_of_lines_may_be_mixed() {
    let mixed = read("G28\r\nG1 X10 F3000\nG1 X20\r\r\nG1 X30 ; end\r\n\r\nG1 X40");
    let plain = read("G28\nG1 X10 F3000\nG1 X20\nG1 X30 ; end\n\nG1 X40");
    assert_eq!((mixed.lines, &mixed.commands, mixed.time_s), (6, &plain.commands, plain.time_s));
    assert_eq!(mixed.evidence.faults, []);
}

#[test]
fn a_comment_may_be_long_and_a_command_may_not() {
    sound("ender3", &format!("; {}\nM105 ;{}\n", "x".repeat(12_104), "y".repeat(5_000)));
    stopped("ender3", &format!("G28\nM117 {}\n", "x".repeat(100)), Rule::LineTooLong);
}

#[test]
fn figures_in_comments_are_hints() {
    let file = ";TIME:6666\n;MINX:2.14748e+06\n;Filament used: 0m\nG28\nG1 X10 Y0 F600\n";
    let report = read(file);
    assert_eq!(report.slicer.time_s, Some(6666.0));
    assert!(report.time_s < 2.0);
    let travel = report.envelope.travel.expect("it travels");
    assert!((travel.max[0] - 10.0).abs() < 1e-9);
    sound("ender3", file);
    sound("ender3", "M73 P100 R0\nM73 Q5 S9\n");
}

#[test]
fn each_slicer_marks_layers_in_its_own_way() {
    let layer = "G1 X10 E1\nG1 X20 E1\n";
    for marks in [
        [";LAYER:-1", ";LAYER:0", ";LAYER:1"],
        [";LAYER_CHANGE\n;Z:0.2", ";LAYER_CHANGE\n;Z:0.4", ";LAYER_CHANGE\n;Z:0.6"],
        ["; layer 1, Z = 0.2", "; layer 2, Z = 0.4", "; layer 3, Z = 0.6"],
        ["G1 Z0.2", "G1 Z0.4", "G1 Z0.6"],
    ] {
        let layers = marks.map(|mark| format!("{mark}\n{layer}")).concat();
        let report = read(&format!("G28\nM83\nM109 S200\n{layers}M104 S0\n"));
        assert_eq!((report.layers, report.time_per_layer_s.len()), (3, 3), "{marks:?}");
    }
}

#[test]
fn a_vase_climbs_at_each_line() {
    let step = |at: u32| format!("G1 X{} Z0.{at:03} E1\n", at % 2);
    let spiral = (0..500).map(step).collect::<Vec<_>>().concat();
    assert_eq!(read(&format!("G28\nM83\n{spiral}")).layers, 500);
    assert_eq!(read(&format!("G28\nM83\n;LAYER:0\n{spiral}")).layers, 1);
}

#[test]
fn filament_weighs_what_its_thickness_and_density_say() {
    let file = "; filament_diameter = 1.75,1.75\n; filament_density = 1.27,1.27\nG28\nM82\nG92 E0\n\
        G1 X9 E15558.58\n";
    let report = read(file);
    let [filament] = report.filament.as_slice() else { panic!("one tool") };
    assert!((filament.cm3 - 37.42).abs() < 0.005, "{} cm3", filament.cm3);
    assert!((filament.g.expect("a density") - 47.53).abs() < 0.005, "{:?}", filament.g);
}

#[test]
fn a_loop_would_repeat_what_was_counted_once() {
    stopped("ender3", "M808 L20\nM105\nM808\n", Rule::OtherCode);
    stopped("voron-2.4-300", "SDCARD_LOOP_BEGIN COUNT=5\nSDCARD_LOOP_END\n", Rule::OtherCode);
}
