//! How much filament a file needs.

use visorfarm_gcode::Report;

use crate::supervise::Milligrams;

/// The density of filament in g/cm³ where the slicer says none: that of PETG, what visors are printed
/// of. PLA (1.24) and ABS (1.04) are lighter, so that a spool is not thought to hold more than it does.
const DENSITY_G_CM3: f64 = 1.27;

/// Returns what the file of `report` needs, by its moves or by its slicer's word: the greater counts.
pub(super) fn weight(report: &Report) -> Milligrams {
    let tools = report.filament.iter();
    let pushed: f64 = tools.map(|tool| tool.g.unwrap_or(tool.cm3 * DENSITY_G_CM3)).sum();
    Milligrams::of_grams(pushed.max(report.slicer.filament_g.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use visorfarm_gcode::{Options, Scanner};

    use super::*;

    /// A thousand millimetres of 1.75 mm are 2.405 cm³.
    const METRE: &str = "G28\nM83\nG1 X10 Y10 E1000 F300\n";

    #[track_caller]
    fn check(comments: &str, milligrams: u32) {
        let mut scanner = Scanner::new(&Options::default());
        scanner.feed(format!("{METRE}{comments}").as_bytes());
        assert_eq!(weight(&scanner.finish()), Milligrams(milligrams), "{comments}");
    }

    #[test]
    fn a_file_weighs_what_it_pushes_out_or_what_its_slicer_says() {
        check("", 3_055);
        check("; filament_density = 1.04\n", 2_502);
        check("; total filament used [g] = 2.9\n; filament_density = 1.04\n", 2_900);
        check("; total filament used [g] = 2.9\n", 3_055);
    }

    #[test]
    fn a_weight_that_cannot_be_is_nothing_or_all() {
        let weights = [f64::NAN, -1.0, 0.0, 0.0004, 1e300].map(Milligrams::of_grams);
        assert_eq!(weights, [0, 0, 0, 1, u32::MAX].map(Milligrams));
    }
}
