//! Changes of filament where several share one nozzle: a unit pulls one back and pushes the next one in.
//!
//! No move of the file says how long that takes. The slicer does, in its settings, and counts it into its own estimate.

use crate::machine::{TOOLS, tool_place};

/// What the slicer says of changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChangeTimes {
    nozzles: Nozzles,
    load_s: Vec<f64>,
    unload_s: Vec<f64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Nozzles {
    /// A nozzle for each filament: nothing is loaded.
    #[default]
    Own,
    Shared,
}

/// How often each filament was loaded and unloaded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    tool: usize,
    loads: [u32; TOOLS],
    unloads: [u32; TOOLS],
}

impl ChangeTimes {
    /// Reads `filament_load_time = 15,15,15`, one for each filament, and its kin.
    pub(crate) fn read(&mut self, key: &str, value: &str) {
        match key {
            "single_extruder_multi_material" if value == "1" => self.nozzles = Nozzles::Shared,
            "single_extruder_multi_material" => self.nozzles = Nozzles::Own,
            "filament_load_time" => self.load_s = seconds(value),
            "filament_unload_time" => self.unload_s = seconds(value),
            _ => {}
        }
    }

    /// Returns how long the slicer reckons that `changes` take.
    pub(crate) fn of(&self, changes: &Changes) -> f64 {
        if self.nozzles == Nozzles::Own {
            return 0.0;
        }
        let all = |times: &[f64], counts: &[u32; TOOLS]| -> f64 {
            times.iter().zip(counts).map(|(time, count)| time * f64::from(*count)).sum()
        };
        all(&self.load_s, &changes.loads) + all(&self.unload_s, &changes.unloads)
    }
}

impl Changes {
    /// `T1`. As the slicer counts: it begins with the first filament, says nothing of how that came in, and nothing of the
    /// way back of what was in at the first change. `PrusaSlicer`, "Filament load time"; its estimate at each tool change.
    pub(crate) fn select(&mut self, tool: u32) {
        let tool = tool_place(tool);
        if tool == self.tool {
            return;
        }
        if self.loads.iter().any(|&count| 0 < count) {
            count(&mut self.unloads[self.tool]);
        }
        count(&mut self.loads[tool]);
        self.tool = tool;
    }
}

fn count(times: &mut u32) {
    *times = times.saturating_add(1);
}

fn seconds(list: &str) -> Vec<f64> {
    let numbers = list.split(',').map(|number| number.trim().parse().unwrap_or(0.0));
    numbers.take(TOOLS).map(|s: f64| if s.is_finite() { s.max(0.0) } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(settings: &[(&str, &str)], tools: &[u32], wanted_s: f64) {
        let mut times = ChangeTimes::default();
        for (key, value) in settings {
            times.read(key, value);
        }
        let mut changes = Changes::default();
        for &tool in tools {
            changes.select(tool);
        }
        assert!((times.of(&changes) - wanted_s).abs() < 1e-9, "{} s", times.of(&changes));
    }

    const SHARED: [(&str, &str); 3] = [
        ("single_extruder_multi_material", "1"),
        ("filament_load_time", "15,16"),
        ("filament_unload_time", "12,13"),
    ];

    #[test]
    fn the_first_change_only_loads() {
        check(&SHARED, &[0], 0.0);
        check(&SHARED, &[0, 1], 16.0);
        check(&SHARED, &[1], 16.0);
        check(&SHARED, &[1, 1, 0], 16.0 + 13.0 + 15.0);
        check(&SHARED, &[0, 1, 0, 1], 16.0 + 13.0 + 15.0 + 12.0 + 16.0);
    }

    #[test]
    fn nothing_is_loaded_where_each_has_its_nozzle_or_the_slicer_says_nothing() {
        check(&[], &[0, 1, 0], 0.0);
        check(&SHARED[1..], &[0, 1, 0], 0.0);
        check(&[SHARED[0], ("filament_load_time", "nan,inf")], &[0, 1, 9_999_999], 0.0);
    }
}
