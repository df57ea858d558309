//! What the slicer says about the file in its comments. Hints, not truth: kept apart from what is computed.

mod figures;
mod spools;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::changes::ChangeTimes;
pub(crate) use spools::Spools;

use figures::{duration, first_number, hours_and_minutes, list, metres, split, sum, whole, word};

/// The slicer, and its own figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    pub name: Option<String>,
    pub version: Option<String>,
    pub time_s: Option<f64>,
    /// Summed over all extruders.
    pub filament_mm: Option<f64>,
    pub filament_g: Option<f64>,
    pub layers: Option<u64>,
    /// One a tool, as far as the slicer says: `PETG`.
    pub materials: Vec<String>,
    pub nozzle_mm: Option<f64>,
    pub printer_model: Option<String>,
    pub layer_height_mm: Option<f64>,
    /// Of the first tool.
    pub filament_diameter_mm: Option<f64>,
    /// Of the first tool.
    pub filament_g_cm3: Option<f64>,
}

/// Layers as the comments count them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Comments {
    pub(crate) claims: Claims,
    pub(crate) change_times: ChangeTimes,
    pub(crate) spools: Spools,
    pub(crate) layer_marks: u64,
}

impl Comments {
    /// Reads one comment: what follows the `;`.
    pub(crate) fn read(&mut self, comment: &[u8]) {
        let text = comment.trim_ascii();
        match text.first() {
            Some(b'L') => self.layer_mark(text),
            // Most comments of a large file are of these kinds, and say nothing.
            None | Some(b'W' | b'H' | b'0'..=b'9') => {}
            Some(b'l')
                if text.starts_with(b"layer ") && memchr::memmem::find(text, b"Z =").is_some() =>
            {
                self.layer_marks += 1;
            }
            Some(b'B') if text.starts_with(b"BEGIN_LAYER_OBJECT") => self.layer_marks += 1,
            Some(_) => {
                let capped = &text[..text.len().min(512)];
                let Ok(text) = std::str::from_utf8(capped) else { return };
                self.read_text(text);
            }
        }
    }

    fn layer_mark(&mut self, text: &[u8]) {
        if text == b"LAYER_CHANGE" || text.starts_with(b"LAYER:") {
            self.layer_marks += 1;
        } else if let Some(count) = text.strip_prefix(b"LAYER_COUNT:") {
            self.claims.layers =
                std::str::from_utf8(count).ok().and_then(|t| t.trim().parse().ok());
        } else if let Some(height) = text.strip_prefix(b"Layer height:") {
            self.claims.layer_height_mm = std::str::from_utf8(height).ok().and_then(first_number);
        }
    }

    fn read_text(&mut self, text: &str) {
        if self.claims.name.is_none() {
            self.identify(text);
        } else if self.claims.version.is_none()
            && let Some(told) = text.strip_prefix("version ")
        {
            // `KISSlicer` says it on a line of its own: `version 2 a 2.0.6 Win64`.
            self.claims.version = told.split(' ').find(|part| part.contains('.')).and_then(word);
        }
        let Some((key, value)) = split(text) else { return };
        if let Some(time_s) = claimed_time(key, value, text) {
            self.claims.time_s = Some(time_s);
        }
        self.read_filament(key, value);
        self.read_machine(key, value);
        self.change_times.read(key, value);
        self.spools.read(key, value);
    }

    fn read_filament(&mut self, key: &str, value: &str) {
        let claims = &mut self.claims;
        match key {
            "filament used [mm]"
            | "total filament length [mm]"
            | "Filament length"
            | "filament used" => {
                claims.filament_mm = sum(value);
            }
            "Filament used" => claims.filament_mm = metres(value),
            "Material#1 Used" | "--- filament used" => claims.filament_mm = first_number(value),
            "Material#2 Used" => {
                let more = first_number(value).unwrap_or(0.0);
                claims.filament_mm = claims.filament_mm.map(|length| length + more);
            }
            "total filament used [g]" | "total filament weight [g]" | "Plastic weight" => {
                claims.filament_g = sum(value);
            }
            "filament used [g]" if claims.filament_g.is_none() => claims.filament_g = sum(value),
            "filament_type" | "printMaterial" => claims.materials = list(value),
            "filament_diameter" => claims.filament_diameter_mm = first_number(value),
            "filament_density" => {
                claims.filament_g_cm3 = first_number(value).filter(|density| 0.0 < *density);
            }
            _ => {}
        }
    }

    fn read_machine(&mut self, key: &str, value: &str) {
        let claims = &mut self.claims;
        match key {
            "total layer number" | "total layers count" => claims.layers = whole(value),
            "printer_model" => claims.printer_model = word(value),
            "Target" if claims.name.as_deref() == Some("Kiri:Moto") => {
                claims.printer_model = word(value);
            }
            "nozzle_diameter" | "nozzle_dia_1" => claims.nozzle_mm = first_number(value),
            "layer_height" | "layerHeight" | "z_layer_height_mm" => {
                claims.layer_height_mm = first_number(value);
            }
            _ => {}
        }
    }

    fn identify(&mut self, text: &str) {
        const STARTS: [&str; 6] = [
            "generated by ",
            "Generated by ",
            "Generated with ",
            "G-Code generated by ",
            "Sliced by ",
            "generated with ",
        ];
        let named = STARTS.iter().find_map(|start| text.strip_prefix(start));
        let bare = ["KISSlicer", "BambuStudio"].iter().any(|name| text.starts_with(name));
        // `<IceSL Sep  8 2021 17:53:41>`: a day, no version.
        let dated = text.starts_with("<IceSL ").then_some("IceSL");
        let Some(named) = named.or(dated).or_else(|| bare.then_some(text)) else { return };
        let mut words = named.split([' ', ',']);
        self.claims.name = words.next().map(|name| name.trim_end_matches("(R)")).and_then(word);
        let version = words.find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        self.claims.version = version.and_then(word);
    }
}

/// Returns the printing time in seconds, if that is what the comment tells.
fn claimed_time(key: &str, value: &str, text: &str) -> Option<f64> {
    match key {
        "estimated printing time (normal mode)" | "estimated printing time" => duration(value),
        "model printing time" => {
            duration(text.split_once("total estimated time:").map_or(value, |(_, total)| total))
        }
        "TIME" | "Print Time" | "--- print time" => first_number(value),
        "Build time" => hours_and_minutes(value),
        "Estimated Build Time"
        | "Calculated-during-export Build Time"
        | "Total estimated (pre-cool) minutes" => first_number(value).map(|minutes| minutes * 60.0),
        _ => None,
    }
}
