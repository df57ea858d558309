//! What the slicer says about the file in its comments. Hints, not truth: kept apart from what is computed.

use serde::{Deserialize, Serialize};

use crate::changes::ChangeTimes;

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
    pub filament_diameter_mm: Option<f64>,
    pub filament_g_cm3: Option<f64>,
}

/// Texts are kept up to here: a model's name, not a story.
const TEXT_MAX: usize = 64;

/// No printer holds more spools.
const MATERIALS_MAX: usize = 16;

/// Layers as the comments count them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Comments {
    pub(crate) claims: Claims,
    pub(crate) change_times: ChangeTimes,
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

/// Splits `key = value`, `key: value` and `Simplify3D`'s `key,value`.
fn split(text: &str) -> Option<(&str, &str)> {
    let at = text.find(['=', ',', ':'])?;
    // `filament used [mm] = 1.0, 2.0` splits at the first of the three; `Kiri:Moto` never gets here as a key.
    let (key, value) = text.split_at(at);
    Some((key.trim(), value[1..].trim()))
}

fn first_number(text: &str) -> Option<f64> {
    let start = text.find(|c: char| c.is_ascii_digit() || c == '.')?;
    let rest = &text[start..];
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
    rest[..end].parse().ok().filter(|number: &f64| number.is_finite())
}

fn whole(text: &str) -> Option<u64> {
    text.split([' ', ';']).next().and_then(|number| number.parse().ok())
}

/// Adds up a list: `1482.1mm, 34.4mm`.
fn sum(text: &str) -> Option<f64> {
    // `4375.5 mm (4.38 m)` says the same twice.
    let text = text.split('(').next().unwrap_or(text);
    text.split(',').filter_map(first_number).reduce(|total, next| total + next)
}

/// Cura counts in metres: `84.7m, 0m`.
fn metres(text: &str) -> Option<f64> {
    sum(text).map(|metres| metres * 1000.0)
}

/// Reads `1d 7h 13m 13s`.
fn duration(text: &str) -> Option<f64> {
    let mut seconds = None;
    for part in text.split([' ', ';']).map(str::trim).filter(|part| !part.is_empty()) {
        let (number, unit) = part.split_at(part.len() - part.chars().last()?.len_utf8());
        let length = match unit {
            "d" => 86_400.0,
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            _ => break,
        };
        let Ok(number) = number.parse::<f64>() else { break };
        seconds = Some(seconds.unwrap_or(0.0) + number * length);
    }
    seconds
}

/// Reads `Simplify3D`'s `1 hours 31 minutes`.
fn hours_and_minutes(text: &str) -> Option<f64> {
    let hours = first_number(text)? * 3600.0;
    let minutes = text.split_once("hour").and_then(|(_, rest)| first_number(rest));
    Some(hours + minutes.unwrap_or(0.0) * 60.0)
}

fn word(text: &str) -> Option<String> {
    let clean: String = text.trim().chars().filter(|c| !c.is_control()).take(TEXT_MAX).collect();
    (!clean.is_empty()).then_some(clean)
}

fn list(text: &str) -> Vec<String> {
    text.split([';', ',']).filter_map(word).take(MATERIALS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(comments: &[&str]) -> Claims {
        let mut all = Comments::default();
        for comment in comments {
            all.read(comment.as_bytes());
        }
        all.claims
    }

    #[track_caller]
    fn check(
        comments: &[&str],
        name: &str,
        version: Option<&str>,
        time_s: Option<f64>,
        mm: Option<f64>,
    ) {
        let claims = read(comments);
        let found = (claims.name.as_deref(), claims.version.as_deref(), claims.time_s);
        assert_eq!(found, (Some(name), version, time_s));
        let close = match (claims.filament_mm, mm) {
            (Some(found), Some(wanted)) => (found - wanted).abs() < 1e-6,
            (found, wanted) => found == wanted,
        };
        assert!(close, "{:?} is not {mm:?}", claims.filament_mm);
    }

    #[test]
    fn each_slicer_says_it_in_its_own_words() {
        check(
            &[
                " generated by PrusaSlicer 2.5.0 on 2026-11-23 at 23:38:05 UTC",
                " filament used [mm] = 1.50, 2.00",
                " estimated printing time (normal mode) = 1d 7h 13m 13s",
                " estimated printing time (silent mode) = 9d 0h 0m 1s",
            ],
            "PrusaSlicer",
            Some("2.5.0"),
            Some(112_393.0),
            Some(3.5),
        );
        check(
            &[
                "FLAVOR:Marlin",
                "TIME:2738",
                "Filament used: 0.5m, 0.25m",
                "Generated with Cura_SteamEngine 4.10.0",
            ],
            "Cura_SteamEngine",
            Some("4.10.0"),
            Some(2738.0),
            Some(750.0),
        );
        check(
            &[
                " generated by Slic3r 1.2.9 on 2017-09-08 at 17:49:05",
                " filament used = 1482.1mm, 34.4mm (3.6cm3)",
            ],
            "Slic3r",
            Some("1.2.9"),
            None,
            Some(1516.5),
        );
        check(
            &[
                " G-Code generated by Simplify3D(R) Version 4.1.2",
                "   Build time: 1 hours 31 minutes",
                "   Filament length: 4375.5 mm (4.38 m)",
            ],
            "Simplify3D",
            Some("4.1.2"),
            Some(5460.0),
            Some(4375.5),
        );
        check(
            &[
                "Sliced by ideaMaker 4.2.0.5250, 2021-09-03 09:54:14",
                "Print Time: 744",
                "Material#1 Used: 422.7",
                "Material#2 Used: 1.0",
            ],
            "ideaMaker",
            Some("4.2.0.5250"),
            Some(744.0),
            Some(423.7),
        );
        check(
            &[
                " KISSlicer - FREE",
                " Windows",
                " version 2 a 2.0.6 Win64",
                " Total estimated (pre-cool) minutes: 8.00",
            ],
            "KISSlicer",
            Some("2.0.6"),
            Some(480.0),
            None,
        );
        check(
            &[
                " Generated by Kiri:Moto 3.0.D24",
                " --- print time: 806s ---",
                " --- filament used: 225.03 mm ---",
            ],
            "Kiri:Moto",
            Some("3.0.D24"),
            Some(806.0),
            Some(225.03),
        );
        check(
            &[
                " BambuStudio 01.09.00.60",
                " model printing time: 5m 39s; total estimated time: 11m 27s",
                " total filament length [mm] : 10.0,5.0",
            ],
            "BambuStudio",
            Some("01.09.00.60"),
            Some(687.0),
            Some(15.0),
        );
    }

    #[test]
    fn a_slicer_may_have_a_day_and_no_version() {
        check(&[" <IceSL Sep  8 2021 17:53:41>"], "IceSL", None, None, None);
        assert_eq!(read(&[" <IceSLash 1>", " version 1.2.3"]), Claims::default());
    }

    #[test]
    fn the_tail_tells_the_material_and_the_machine() {
        let claims = read(&[
            " printer_model = ENDER3",
            " filament_type = PETG;PLA",
            " nozzle_diameter = 0.4,0.4",
            " filament_density = 1.27",
            " filament_diameter = 1.75,1.75",
            " total filament used [g] = 47.53",
            " layer_height = 0.12",
        ]);
        assert_eq!(claims.printer_model.as_deref(), Some("ENDER3"));
        assert_eq!(claims.materials, ["PETG", "PLA"]);
        assert_eq!((claims.nozzle_mm, claims.filament_g), (Some(0.4), Some(47.53)));
        assert_eq!((claims.filament_g_cm3, claims.filament_diameter_mm), (Some(1.27), Some(1.75)));
        assert_eq!(claims.layer_height_mm, Some(0.12));
    }

    #[test]
    fn a_placeholder_is_no_figure() {
        assert_eq!(
            read(&["Print time: #P_TIME#", "Filament used: #F_AMNT#m #F_WGHT#g"]),
            Claims::default()
        );
    }
}
