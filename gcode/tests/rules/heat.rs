//! Who heats what, how far, and whether it is turned off again.

use visorfarm_gcode::{Profile, Rule, Severity};

use super::{END, START, check_on, forbids, judge, judge_on, klipper, raised, whole};

#[test]
fn heat_is_s_and_r_by_any_spelling() {
    forbids(Rule::NozzleTooHot, "M104 S310", "M104 S210");
    forbids(Rule::NozzleTooHot, "M109 R310", "M109 R210");
    forbids(Rule::NozzleTooHot, "M109R310", "M109R210");
    forbids(Rule::NozzleTooHot, "N3 M104 S310*100", "M104 S200");
    forbids(Rule::BedTooHot, "M140 S130", "M140 S70");
    forbids(Rule::BedTooHot, "M190 R130", "M190 R70");
    forbids(Rule::ChamberTooHot, "M141 S40", "M141 S0");
    klipper(Rule::NozzleTooHot, "START_PRINT EXTRUDER_TEMP=400", "START_PRINT EXTRUDER_TEMP=215");
    klipper(Rule::NozzleTooHot, "START_PRINT T=400", "START_PRINT T=0");
    klipper(Rule::NozzleTooHot, "START_PRINT HOT=400", "START_PRINT LAYERS=400");
    klipper(Rule::BedTooHot, "START_PRINT B=140", "START_PRINT B=60");
    klipper(Rule::BedTooHot, "START_PRINT BED=\"140\"", "START_PRINT BED=60");
    klipper(Rule::UnknownParameter, "START_PRINT EXTRUDER=4e2", "START_PRINT MATERIAL=PLA2");
    klipper(Rule::UnknownParameter, "START_PRINT EXTRUDER=4_00", "START_PRINT BED_TYPE=smooth");
    klipper(
        Rule::NozzleTooHot,
        "START_PRINT EXTRUDER='400'",
        "EXCLUDE_OBJECT_START NAME='a_id_0_copy_0'",
    );
    klipper(Rule::Syntax, "START_PRINT \"EXTRUDER=400\"", "START_PRINT NAME=\"a b\"");
    klipper(Rule::HeaterSideDoor, "SET_HEATER_TEMPERATURE HEATER=extruder TARGET=400", "M104 S215");
}

#[test]
fn a_material_lowers_the_limit_of_the_printer() {
    forbids(
        Rule::NozzleTooHot,
        "; filament_type = PLA\nM104 S255",
        "; filament_type = PETG\nM104 S255",
    );
    let found =
        judge("ender3", format!("{START}; filament_type = PLA\nM104 S255\n{END}").as_bytes());
    let message = found[0].message();
    assert_eq!(message, "line 11: M104 S255 exceeds 240 °C allowed for PLA on Creality Ender-3");
    // A limit that both share is the printer's.
    let found =
        judge("ender3", format!("{START}; filament_type = PETG\nM104 S261\n{END}").as_bytes());
    let message = found[0].message();
    assert_eq!(message, "line 11: M104 S261 exceeds 260 °C allowed on Creality Ender-3");
}

#[test]
fn a_material_lowers_what_a_macro_is_told() {
    let rules = |material: &str, told: &str| {
        let file = format!("; filament_type = {material}\nSTART_PRINT {told}\nEND_PRINT\n");
        let found = judge("voron-2.4-300", file.as_bytes());
        found.iter().map(|finding| finding.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules("PLA", "EXTRUDER=270 BED=80"), [Rule::NozzleTooHot]);
    assert_eq!(rules("PLA", "EXTRUDER=240 BED=120"), [Rule::BedTooHot]);
    assert_eq!(rules("PLA", "EXTRUDER=240 BED=80 CHAMBER=70"), []);
    assert_eq!(rules("PC", "EXTRUDER=270 BED=120"), []);
    let file = b"; filament_type = PLA\nSTART_PRINT EXTRUDER=270\nEND_PRINT\n";
    let message = judge("voron-2.4-300", file)[0].message();
    let allowed = "heats by EXTRUDER above 240 °C, the most that Voron 2.4 300 allows for PLA";
    assert_eq!(message, format!("line 2: START_PRINT EXTRUDER=270 {allowed}"));
}

#[test]
fn what_a_macro_is_told_of_tools_and_beds_is_not_all_heat() {
    for told in [
        "TOTAL_TOOLCHANGES=320",
        "TOOL_COLORS=FF9900,00AEFF",
        "TOOL_COLORS=FF0000",
        "TOOL_COLOUR=990000",
        "BED_SIZE=300,300",
        "BED_TYPE=1e3",
        "TOOL_COUNT=400",
    ] {
        klipper(Rule::NozzleTooHot, "START_PRINT TOOL=400", &format!("START_PRINT {told}"));
    }
    klipper(Rule::BedTooHot, "START_PRINT BED_TYPE_TEMP=300", "START_PRINT BED_TYPE_TEMP=60");
}

#[test]
fn a_word_that_nobody_explains_may_be_heat() {
    let start = |words: &str| format!("START_PRINT {words}");
    let asks = |fires: &str, silent: &str| {
        let rule = Rule::HeaterSideDoor;
        check_on("voron-2.4-300", rule, Severity::Ask, &start(fires), &start(silent));
    };
    for (hot, sound) in [
        ("ET=400", "ET=120"),
        ("EXTRUDER=215 BED=60 ET=120.5", "EXTRUDER=215 BED=60 ET=0"),
        ("ET='400'", "ET=501"),
        ("ET=500", "ET=on"),
        ("ET=0\nSTART_PRINT ET=900", "ET=0\nSTART_PRINT ET=90"),
        ("ET='90 S300'", "ET='90 S100'"),
        ("ET=4e2", "ET=130,240"),
        ("FIRST_LAYER=240", "LAYER_2=240 LAYERS=400 NUM_LAYERS=240"),
        ("FIRST=240", "TOTAL_LAYER_COUNT=240 TOTAL_TOOLCHANGES=320"),
        ("PRINT=130", "PRINT_MIN=130,240 PRINT_MAX=290,290 X0=130.5 Y1=290"),
        ("SOAK=300", "SPEED=300 FILENAME='visor 240' MATERIAL=PLA240 FILAMENT_ID=240"),
    ] {
        asks(hot, sound);
    }
    // What Klipper's own commands are told is known, and no other macro heats.
    klipper(
        Rule::BedTooHot,
        &start("BED=121"),
        "SET_PRINT_STATS_INFO TOTAL=240 CURRENT=240\nTIMELAPSE_TAKE_FRAME FRAME=240 TAKE=2e2",
    );
    for bed in ["BT=121", "B_TEMP=121", "B1=121", "PLATE=121", "BUILDPLATE_TEMP=121"] {
        klipper(Rule::BedTooHot, &start(bed), &start("BT=120 B_TEMP=110 B1=60 PLATE=1"));
    }
    for chamber in ["CT=71", "C=71", "ENCLOSURE=71"] {
        klipper(Rule::ChamberTooHot, &start(chamber), &start("CT=70 C=50 ENCLOSURE=0\nM141 S0"));
    }
}

#[test]
fn without_a_bed_the_nozzle_stands_least() {
    let mut profile = Profile::shipped("voron-2.4-300").expect("a shipped profile");
    profile.bed_celsius_max = 0.0;
    let asked = |told: &str| {
        let file = format!("START_PRINT {told}\nEND_PRINT\n");
        let found = judge_on(&profile, file.as_bytes());
        found.iter().any(|found| found.rule == Rule::HeaterSideDoor)
    };
    assert!(asked("ET=271") && !asked("ET=270"));
}

#[test]
fn a_word_is_what_the_owner_says() {
    let words = r#"words = { ET = "nozzle", "t2" = "bed", AIR = "chamber", SOAK = "no-heat", BED = "no-heat" }"#;
    let text = Profile::shipped("voron-2.4-300").expect("a shipped profile").to_toml();
    let name = "name = \"START_PRINT\"\n";
    let text = text.replacen(name, &format!("{name}{words}\n"), 1);
    let profile = Profile::parse(&text).expect("a sound profile");
    let rules = |told: &str| {
        let file = format!("START_PRINT {told}\nEND_PRINT\n");
        judge_on(&profile, file.as_bytes()).iter().map(|found| found.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules("ET=270 T2=120 AIR=70 SOAK=300 BED=300"), []);
    assert_eq!(rules("ET=271"), [Rule::NozzleTooHot]);
    assert_eq!(rules("T2=121"), [Rule::BedTooHot]);
    assert_eq!(rules("AIR=71"), [Rule::ChamberTooHot]);
    assert_eq!(rules("ET=2e2"), [Rule::UnknownParameter]);
    // The chamber that it heats is turned off, too.
    let left_hot = |end: &str| {
        let file = format!("START_PRINT AIR=50\nM104 S0\nM140 S0\n{end}\n");
        judge_on(&profile, file.as_bytes()).iter().any(|found| found.rule == Rule::LeftHot)
    };
    assert!(left_hot("M107") && !left_hot("M141 S0"));
    assert_eq!(Profile::parse(&profile.to_toml()).expect("its own TOML"), profile);
}

#[test]
fn a_heater_left_on_is_refused() {
    whole(Rule::LeftHot, Severity::Forbid, b"M104 S200\nG28\n");
    whole(Rule::LeftHot, Severity::Forbid, b"M140 S60\nM104 S200\nG28\nM104 S0\n");
    whole(Rule::LeftHot, Severity::Forbid, b"M104 T1 S200\nM104 T0 S0\n");
    // Marlin takes S of the two.
    whole(Rule::LeftHot, Severity::Forbid, b"M104 S200\nG28\nM109 S200 R0\n");
    whole(Rule::LeftHot, Severity::Forbid, b"M104 S200\nG28\nM190 S0 R60\nM104 S0\n");
    let file = b"G28\nSTART_PRINT EXTRUDER=215\nM104 S215\nEND_PRINT\n";
    assert_eq!(judge("voron-2.4-300", file), []);
    assert_eq!(judge("voron-2.4-300", b"M104 S215\nTURN_OFF_HEATERS\n"), []);
    assert!(raised("voron-2.4-300", "M104 S215\nSTATUS\n", Rule::LeftHot));
    whole(Rule::UnknownCommand, Severity::Forbid, b"M104 S200\nTURN_OFF_HEATERS\n");
}

#[test]
fn a_parked_tool_is_turned_off_by_its_number() {
    let xl = |end: &str| format!("T0\nM104 S200\nG28\nP0 S1\n{end}\n");
    assert!(raised("xl", &xl("M104 S0"), Rule::LeftHot));
    assert!(!raised("xl", &xl("M104 T0 S0"), Rule::LeftHot));
    assert!(!raised("xl", &xl("T0\nM104 S0"), Rule::LeftHot));
}

#[test]
fn a_tool_that_is_heated_ahead_is_turned_off_for_sure() {
    let ahead = |heat: &str, off: &str| format!("T0\nG28\nM104.1 T1 P60 Q58 S{heat}\n{off}\n");
    assert_eq!(judge("xl", ahead("215", "M104 T1 S0").as_bytes()), []);
    assert!(raised("xl", &ahead("300", "M104 T1 S0"), Rule::NozzleTooHot));
    for hot in ["", "M104.1 T1 S0", "M104.1 T1 P9 Q9 S0", "M104 T0 S0"] {
        assert!(raised("xl", &ahead("215", hot), Rule::LeftHot), "{hot}");
    }
    assert!(raised("xl", "M104.1 T5 P60 S215\nM104 T5 S0\n", Rule::Tool));
    assert!(raised("ender3", &ahead("215", "M104 T1 S0"), Rule::UnknownCommand));
}

#[test]
fn what_a_macro_heats_is_turned_off_after_it() {
    let start = "START_PRINT BED=60 EXTRUDER=215\n";
    for hot in [
        "",
        "M104 S0\n",
        "M140 S0\n",
        "END_PRINT\nSTART_PRINT EXTRUDER=215\n",
        "END_PRINT\nM104 S0\nM140 S0\nSTART_PRINT\n",
        "END_PRINT\nPRINT_START BED=60\n",
        "M104 S0\nM140 S0\nM104 S200\n",
    ] {
        let file = format!("{start}G90\nG1 X9 Y9 F3000\n{hot}");
        assert!(raised("voron-2.4-300", &file, Rule::LeftHot), "{hot:?}");
    }
    for cold in ["END_PRINT\n", "TURN_OFF_HEATERS\n", "M104 S0\nM140 S0\n"] {
        let file = format!("M140 S60\n{start}G90\nG1 X9 Y9 F3000\n{cold}");
        assert!(!raised("voron-2.4-300", &file, Rule::LeftHot), "{cold:?}");
    }
}

#[test]
fn each_heater_that_a_macro_heats_is_turned_off() {
    let left_hot = |extruders: u8, start: &str, end: &str| {
        let mut profile = Profile::shipped("voron-2.4-300").expect("a shipped profile");
        profile.extruders = extruders;
        let file = format!("{start}\nG90\nM83\nG1 X10 Y10 Z0.2 F3000\nG1 X50 E2\n{end}\n");
        let found = judge_on(&profile, file.as_bytes());
        found.iter().any(|finding| finding.rule == Rule::LeftHot)
    };
    let start = "START_PRINT EXTRUDER=230 BED=60";
    for hot in ["M104 S0 T1\nM140 S0", "M104 T15 S0\nM140 S0", "M104 T99 S0\nM140 S0"] {
        assert!(left_hot(1, start, hot), "{hot:?}");
    }
    assert!(!left_hot(1, start, "M104 S0 T1\nM104 S0\nM140 S0"));
    for hot in ["M104 S0\nM140 S0", "M104 S0 T1\nM140 S0", "T1\nM104 S0\nM140 S0"] {
        assert!(left_hot(2, start, hot), "{hot:?}");
    }
    for cold in ["M104 S0\nM104 T1 S0\nM140 S0", "END_PRINT"] {
        assert!(!left_hot(2, start, cold), "{cold:?}");
    }
    let warm = "START_PRINT EXTRUDER=230 BED=60 CHAMBER=50";
    assert!(left_hot(1, warm, "M104 S0\nM140 S0"));
    for cold in ["M104 S0\nM140 S0\nM141 S0", "END_PRINT"] {
        assert!(!left_hot(1, warm, cold), "{cold:?}");
    }
    assert!(!left_hot(1, "START_PRINT EXTRUDER=230 CHAMBER=0", "M104 S0\nM140 S0"));
}
