//! What each tool pushes, how far it is lifted and how hot it is.

use visorfarm_gcode::{Dialect, Options, Scanner};

use super::{close, scan};

#[test]
fn filament_is_the_greatest_running_sum() {
    let absolute =
        scan("G28\nM82\nG92 E0\nG1 X1 E5\nG1 X2 E8\nG1 E6\nG92 E0\nG1 E2\nG1 X3 E4\nG1 E0\n");
    close(absolute.filament[0].mm, 10.0);
    let relative = scan("G28\nM83\nG1 X1 E5\nG1 X2 E3\nG1 E-2\nG1 E2\nG1 X3 E2\nG1 E-4\n");
    close(relative.filament[0].mm, 10.0);
    let tools = scan("G28\nM83\nT0\nG1 X1 E5\nT1\nG1 X2 E3\n");
    let mm: Vec<_> = tools.filament.iter().map(|filament| (filament.tool, filament.mm)).collect();
    assert_eq!(mm, [(0, 5.0), (1, 3.0)]);
}

#[test]
fn each_tool_has_its_own_filament() {
    let two = |settings: &str| {
        let report = scan(&format!("G28\nM83\nT0\nG1 X1 E1000\nT1\nG1 X2 E1000\n{settings}"));
        [report.filament[0].clone(), report.filament[1].clone()]
    };
    let [thin, thick] = two("; filament_density = 1.24,1.04\n; filament_diameter = 1.75,2.85\n");
    let cm3 = |diameter: f64| std::f64::consts::PI * diameter * diameter / 4.0;
    close(thin.cm3, cm3(1.75));
    close(thick.cm3, cm3(2.85));
    close(thin.g.expect("said"), 1.24 * cm3(1.75));
    close(thick.g.expect("said"), 1.04 * cm3(2.85));
    // What is said once is said of all.
    let [one, other] = two("; filament_density = 1.27\n");
    close(one.g.expect("said"), 1.27 * cm3(1.75));
    close(other.g.expect("said"), 1.27 * cm3(1.75));
    let [unknown, known] = two("; filament_density = 0,1.24\n");
    assert_eq!(unknown.g, None);
    close(known.g.expect("said"), 1.24 * cm3(1.75));
    assert_eq!(two("").map(|filament| filament.g), [None, None]);
}

#[test]
fn a_tool_beyond_all_tools_shares_the_last_place() {
    let pushed = scan("G28\nM83\nT99\nG1 X1 E5\n").filament;
    assert_eq!(pushed.iter().map(|filament| filament.tool).collect::<Vec<_>>(), [15]);
}

#[test]
fn filament_that_stays_is_not_pushed_cold() {
    let cold = |code: &str| scan(&format!("G28\nM83\n{code}\n")).evidence.extrusion_cold;
    assert_eq!(cold("G1 X10 E0"), None);
    assert_eq!(cold("G1 X10 E-1"), None);
    assert!(cold("G1 X10 E.01").is_some());
}

#[test]
fn the_dialect_says_how_e_is_read_after_g91_and_m82() {
    let mm = |dialect| {
        let mut scanner = Scanner::new(&Options { dialect, ..Options::default() });
        scanner.feed(b"G28\nG91\nM82\nG1 E5\nG1 E6\n");
        scanner.finish().filament[0].mm
    };
    close(mm(Dialect::Marlin), 6.0);
    close(mm(Dialect::Klipper), 11.0);
}

#[test]
fn a_flow_factor_is_a_share_of_the_flow() {
    let flow =
        |code: &str| scan(&format!("G28\nM83\n{code}\nG1 X10 F600\nG1 X20 E1\n")).flow_mm3_s_max;
    close(flow("M221 S50") * 2.0, flow("M221 S100"));
    close(flow("M221 T1 S50"), flow("M221 S100"));
    close(flow("T1\nM221 T1 S50") * 2.0, flow("T1\nM221 T0 S50"));
}

#[test]
fn each_tool_is_lifted_until_its_own_filament_is_back() {
    let top = |code: &str| {
        let report = scan(&format!("G28\nM207 Z5\nT1\n{code}\n"));
        report.envelope.travel.expect("it moves").max[2]
    };
    close(top("G1 Z10\nG10"), 15.0);
    close(top("G10\nG11\nG1 Z10"), 10.0);
    // Only what goes up is lifted.
    close(top("G10\nG1 X200"), 5.0);
}

#[test]
fn each_tool_has_its_heater_and_those_beyond_all_share_the_last() {
    let hot = |file: &str| scan(file).evidence.still_hot.len();
    assert_eq!(hot("M104 T1 S200\nM104 T2 S0\n"), 1);
    assert_eq!(hot("M104 T1 S200\nM104 T1 S0\n"), 0);
    assert_eq!(hot("T1\nM104 S200\nM104 T1 S0\n"), 0);
    assert_eq!(hot("M104 T99 S200\nM104 T15 S0\n"), 0);
    assert_eq!(hot("M104 T-1 S200\nM104 T15 S0\n"), 0);
}

#[test]
fn reprapfirmware_heats_by_g10() {
    let hottest = |dialect, code: &str| {
        let mut scanner = Scanner::new(&Options { dialect, ..Options::default() });
        scanner.feed(format!("G28\n{code}\n").as_bytes());
        scanner.finish().nozzle_c_max
    };
    // Who reads it as another firmware sees the heat all the same, where the letters leave no doubt.
    for dialect in [Dialect::RepRapFirmware, Dialect::Marlin] {
        close(hottest(dialect, "G10 P0 S200 R230"), 230.0);
        close(hottest(dialect, "G10 P1 S200"), 200.0);
        close(hottest(dialect, "G10 R150"), 150.0);
        close(hottest(dialect, "G10"), 0.0);
    }
    close(hottest(Dialect::RepRapFirmware, "G10 S200"), 200.0);
    close(hottest(Dialect::Marlin, "G10 S1"), 0.0);
}
