//! What is on each tool's spool, as the slicer's settings say: `; filament_density = 1.24,1.04`.

use super::figures::numbers;

/// One figure for each tool, in the order of the tools.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spools {
    diameters_mm: Vec<f64>,
    densities_g_cm3: Vec<f64>,
}

impl Spools {
    pub(super) fn read(&mut self, key: &str, value: &str) {
        match key {
            "filament_diameter" => self.diameters_mm = numbers(value),
            "filament_density" => self.densities_g_cm3 = numbers(value),
            _ => {}
        }
    }

    /// Returns how thick the filament of `tool` is, if that is said.
    pub(crate) fn diameter_mm(&self, tool: u8) -> Option<f64> {
        of(&self.diameters_mm, tool)
    }

    /// Returns how dense the filament of `tool` is, if that is said: nought stands for "not known".
    pub(crate) fn density_g_cm3(&self, tool: u8) -> Option<f64> {
        of(&self.densities_g_cm3, tool)
    }
}

/// Of a tool beyond the list the first counts, as for slicers. `PrusaSlicer`, `ConfigOptionVector::get_at`.
fn of(figures: &[f64], tool: u8) -> Option<f64> {
    let figure = figures.get(usize::from(tool)).or_else(|| figures.first());
    figure.copied().filter(|figure| 0.0 < *figure)
}
