//! Lifts and steps: how far they lead, and from where.

use visorfarm_gcode::{Rule, Severity};

use super::{END, START, asks, check_on, forbids, judge, klipper, raised};

#[test]
fn what_g10_lifts_stays_lifted_until_g11() {
    let lifted = |height: &str| format!("M207 Z10\nG10\nG1 Z{height}\nG11\nG1 Z255");
    forbids(Rule::OutsideTravel, &lifted("245.1"), &lifted("245"));
    let delta = |fires, silent| {
        check_on("flsun-qqs", Rule::OutsideTravel, Severity::Forbid, fires, silent);
    };
    delta("G1 Z320\nM207 Z9\nG10\nG1 X100", "G1 Z320\nM207 Z9\nG10\nG11\nG1 X100");
}

#[test]
fn a_last_lift_may_end_at_the_top() {
    let lift = "G1 X10 Y10 Z200\nG1 X60 E3\nG91\nG1 X1 Y1 F1200\nG1 Z320 F600\nG90\nG1 X0 Y220";
    let cut = |profile: &str, code: &str| {
        let found = judge(profile, format!("{START}{code}\n{END}").as_bytes());
        found.iter().map(|found| (found.severity, found.rule)).collect::<Vec<_>>()
    };
    let warned = [(Severity::Warn, Rule::OutsideTravel)];
    assert_eq!(cut("artillery-sidewinder", lift), warned);
    assert_eq!(cut("ender3-s1", &lift.replace("Z320", "Z30\nG1 Z290")), warned);
    // Nobody knows how high it is then: nothing goes down from there by steps, or is printed on.
    for then in ["G91\nG1 Z-1", "M83\nG1 X90 E3", "G91\nG1 Z-1\nG1 Z9"] {
        forbids(Rule::OutsideTravel, &format!("{lift}\n{then}\nG90"), "G1 X10");
    }
    for other in ["G1 X10 Z200\nG1 X60 E3\nG1 Z520", "G1 X60 E3\nM207 Z9\nG1 Z400\nG10\nG91\nG1 Z9"]
    {
        forbids(Rule::OutsideTravel, other, "G1 X10");
    }
    forbids(Rule::OutsideTravel, "G1 X60 E3\nM207 Z9\nG10\nG91\nG1 Z250\nG90\nG11", "G1 X10");
    let laid = "G1 X10 Y10 E1\nG1 Z250\nM207 Z";
    forbids(Rule::OutsideTravel, &format!("{laid}9\nG10"), &format!("{laid}4\nG10"));
    forbids(Rule::OutsideTravel, &format!("{laid}1\nG91\nG1 X9 Z300 E1"), "G1 X10");
    klipper(Rule::OutsideTravel, lift, "G1 X10");
    assert_eq!(cut("flsun-qqs", lift)[0], (Severity::Forbid, Rule::OutsideTravel));
}

#[test]
fn what_steps_lose_in_a_float_adds_up() {
    let steps = "G1 Z.000007\n".repeat(20_000);
    let down = |after: &str| format!("G1 Z200\nG91\n{steps}{after}\nG90");
    // The file alone stays above the bed by 0.06 mm.
    forbids(Rule::BelowBed, &down("G1 Z-200.2"), &down("G90\nG1 Z200.14\nG91\nG1 Z-200.2"));
}

#[test]
fn steps_from_an_unknown_place_must_fit_into_the_printer() {
    let steps = |steps: &str| format!("G29\nG91\n{steps}\nG90");
    for out in ["G1 Z-300", "G1 Z-130\nG1 Z-130", "G1 Z10\nG1 Z-256", "G1 X-246", "G1 Y246"] {
        forbids(Rule::OutsideTravel, &steps(out), "G29\nG1 Z9\nG91\nG1 Z-5\nG90");
    }
    for unsure in ["G1 Z-250", "G1 X9", "G1 Z21", "G1 Z5\nG1 Z-6"] {
        asks(Rule::RelativeFromUnknown, &steps(unsure), &steps("G1 Z15\nG1 Z-15\nG1 Z20"));
    }
    // Each loss of the place begins anew.
    asks(Rule::RelativeFromUnknown, &steps("G1 Z-200\nG29\nG1 Z-200"), &steps("G1 Z9"));
    let top = |height: &str| format!("G1 Z{height}\n{}", steps("G1 Z15"));
    forbids(Rule::OutsideTravel, &top("250"), &top("240"));
    asks(Rule::Unhomed, "M84\nG91\nG1 X-50\nG90", "G91\nG1 X50\nG90\nM84");
    forbids(Rule::OutsideTravel, "M84\nG91\nG1 X-300\nG90", "M84");
    let delta = |fires, silent| {
        check_on("flsun-qqs", Rule::OutsideTravel, Severity::Forbid, fires, silent);
    };
    delta("G29\nG91\nG1 X261\nG90", "G29\nG1 X9\nG91\nG1 X9\nG90");
}

#[test]
fn steps_from_an_unknown_place_may_cross_the_whole_printer() {
    let leads_out = |profile, axis, by: f64| {
        let file = format!("{START}G29\nG91\nG1 {axis}-{by:.3}\nG90\n{END}");
        raised(profile, &file, Rule::OutsideTravel)
    };
    for (profile, room) in [("ender3", [245.0, 245.0, 255.2]), ("flsun-qqs", [260.0, 260.0, 360.2])]
    {
        for (axis, room) in ["X", "Y", "Z"].into_iter().zip(room) {
            assert!(!leads_out(profile, axis, room + 0.009), "{profile} {axis}");
            assert!(leads_out(profile, axis, room + 0.011), "{profile} {axis}");
        }
    }
    assert!(!leads_out("ender3", "X", 245.01));
}

#[test]
fn a_change_of_tools_may_end_at_the_docks() {
    let xl = |change: &str, then: &str| {
        format!("G1 X100 Y100 Z9\n{change}\nG91\n{then}\nG90\nT0 S1 D0\nG1 X9 Y9 Z9")
    };
    let asks = |fires: &str, silent: &str| {
        check_on("xl", Rule::RelativeFromUnknown, Severity::Ask, fires, silent);
    };
    for docked in ["T1 S1", "T1 S", "T1 S2 L0 D1", "P0", "P0 S0\nT1", "T1 S1 D0"] {
        for step in ["G1 X-5", "G1 Y5"] {
            asks(&xl(docked, step), &xl("T1", step));
            asks(&xl(docked, step), &xl("T1 S0 D1", step));
            asks(&xl(docked, step), &xl(&format!("{docked}\nG1 X50 Y50"), step));
        }
    }
    asks(&xl("T1 D0", "G1 Z-1"), &xl("T1 S1 D1", "G1 Z-1"));
    asks(&xl("P0 D0", "G1 Z-1"), &xl("T1 D0", "G1 X-5 Y5"));
    asks(&xl("T1 D0", "G1 Z-1"), &xl("T1 D0\nG1 Z8", "G1 Z-1"));
}
