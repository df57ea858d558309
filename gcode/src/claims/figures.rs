//! Numbers, lengths of time and words as slicers write them behind a `=` or a `:`.

/// Texts are kept up to here: a model's name, not a story.
const TEXT_MAX: usize = 64;

/// No printer holds more spools.
const MATERIALS_MAX: usize = 16;

/// Splits `key = value`, `key: value` and `Simplify3D`'s `key,value`.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let at = text.find(['=', ',', ':'])?;
    // `filament used [mm] = 1.0, 2.0` splits at the first of the three; `Kiri:Moto` never gets here as a key.
    let (key, value) = text.split_at(at);
    Some((key.trim(), value[1..].trim()))
}

pub(super) fn first_number(text: &str) -> Option<f64> {
    let start = text.find(|c: char| c.is_ascii_digit() || c == '.')?;
    let rest = &text[start..];
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
    rest[..end].parse().ok().filter(|number: &f64| number.is_finite())
}

/// Reads a list of plain numbers: `1.75,2.85`. What is none counts as nought, so that each keeps its place.
pub(super) fn numbers(text: &str) -> Vec<f64> {
    let numbers = text.split([',', ';']).map(|number| number.trim().parse().unwrap_or(0.0));
    numbers
        .map(|number: f64| if number.is_finite() { number } else { 0.0 })
        .take(MATERIALS_MAX)
        .collect()
}

pub(super) fn whole(text: &str) -> Option<u64> {
    text.split([' ', ';']).next().and_then(|number| number.parse().ok())
}

/// Adds up a list: `1482.1mm, 34.4mm`.
pub(super) fn sum(text: &str) -> Option<f64> {
    // `4375.5 mm (4.38 m)` says the same twice.
    let text = text.split('(').next().unwrap_or(text);
    text.split(',').filter_map(first_number).reduce(|total, next| total + next)
}

/// Cura counts in metres: `84.7m, 0m`.
pub(super) fn metres(text: &str) -> Option<f64> {
    sum(text).map(|metres| metres * 1000.0)
}

/// Reads `1d 7h 13m 13s`.
pub(super) fn duration(text: &str) -> Option<f64> {
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
pub(super) fn hours_and_minutes(text: &str) -> Option<f64> {
    let hours = first_number(text)? * 3600.0;
    let minutes = text.split_once("hour").and_then(|(_, rest)| first_number(rest));
    Some(hours + minutes.unwrap_or(0.0) * 60.0)
}

pub(super) fn word(text: &str) -> Option<String> {
    let clean: String = text.trim().chars().filter(|c| !c.is_control()).take(TEXT_MAX).collect();
    (!clean.is_empty()).then_some(clean)
}

pub(super) fn list(text: &str) -> Vec<String> {
    text.split([';', ',']).filter_map(word).take(MATERIALS_MAX).collect()
}
