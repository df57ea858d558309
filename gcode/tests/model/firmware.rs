//! What a firmware makes of a line: which letters it heeds, which commands it finds, which of a letter's numbers it takes.

/// The firmwares that differ. Each reads by a dialect; that of Marlin has versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Firmware {
    Marlin1,
    Marlin2,
    Prusa,
    Buddy,
    Klipper,
    Duet,
}

/// A command as the firmware has read it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Command {
    /// A letter and a number, or a word.
    pub(super) name: String,
    words: Vec<(char, Option<f64>)>,
}

impl Command {
    pub(super) fn has(&self, wanted: char) -> bool {
        self.words.iter().any(|(letter, _)| *letter == wanted)
    }

    pub(super) fn value(&self, wanted: char) -> Option<f64> {
        self.words.iter().find(|(letter, _)| *letter == wanted).and_then(|(_, value)| *value)
    }
}

impl Firmware {
    pub(super) const ALL: [Self; 6] =
        [Self::Marlin1, Self::Marlin2, Self::Prusa, Self::Buddy, Self::Klipper, Self::Duet];

    /// Returns what a profile calls its dialect.
    pub(super) fn dialect(self) -> &'static str {
        match self {
            Self::Marlin1 | Self::Marlin2 => "marlin",
            Self::Prusa => "prusa",
            Self::Buddy => "buddy",
            Self::Klipper => "klipper",
            Self::Duet => "rep-rap-firmware",
        }
    }

    /// Returns the commands that it obeys on a line.
    pub(super) fn read(self, line: &str) -> Vec<Command> {
        let code = line.split(';').next().unwrap_or_default().trim();
        match self {
            Self::Marlin1 | Self::Marlin2 | Self::Buddy => vec![first(&words(code))],
            Self::Prusa => vec![found_anywhere(code)],
            Self::Klipper => vec![by_its_very_name(&code.to_uppercase())],
            Self::Duet => {
                several(&code.to_uppercase()).iter().map(|code| first(&words(code))).collect()
            }
        }
    }
}

/// The command stands first; a small letter is no letter.
fn first(words: &[(char, Option<f64>)]) -> Command {
    match words.split_first() {
        Some(((letter, Some(number)), words)) if letter.is_ascii_uppercase() => {
            Command { name: format!("{letter}{number}"), words: words.to_vec() }
        }
        _ => Command::default(),
    }
}

/// Prusa, `process_commands`: M117 where it begins the line; else the first G, wherever it stands, else the first M.
fn found_anywhere(code: &str) -> Command {
    if code.starts_with("M117") {
        return Command::default();
    }
    let words = words(code);
    let named =
        ['G', 'M'].iter().find_map(|wanted| words.iter().find(|(letter, _)| letter == wanted));
    let Some((letter, Some(number))) = named.copied() else { return Command::default() };
    Command { name: format!("{letter}{number}"), words }
}

/// Klipper, `_process_commands`: the name is what is written, noughts and all.
fn by_its_very_name(code: &str) -> Command {
    let is_letter = |c: char| c.is_ascii_uppercase() || c == '_';
    let letters = code.len() - code.trim_start_matches(is_letter).len();
    let number = code[letters..].find(is_letter).unwrap_or(code.len() - letters);
    let (name, rest) = code.split_at(letters + number);
    let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    Command { name, words: words(rest) }
}

/// `RepRapFirmware`, `DecodeCommand`: after a blank and outside quotes, G and M begin another command.
fn several(code: &str) -> Vec<String> {
    let mut commands = vec![String::new()];
    let (mut quoted, mut blank) = (false, false);
    for c in code.chars() {
        if !quoted && blank && matches!(c, 'G' | 'M') {
            commands.push(String::new());
        }
        quoted ^= c == '"';
        blank = c.is_whitespace();
        commands.last_mut().expect("there is always one").push(c);
    }
    commands
}

/// Splits `G1X5 Y-.5` into letters and numbers. What is in no number ends one.
fn words(code: &str) -> Vec<(char, Option<f64>)> {
    let mut words: Vec<(char, String)> = Vec::new();
    for c in code.chars().filter(|c| !c.is_whitespace()) {
        match words.last_mut() {
            Some((_, number)) if "+-.0123456789".contains(c) => number.push(c),
            _ => words.push((c, String::new())),
        }
    }
    words.into_iter().map(|(letter, number)| (letter, number.parse().ok())).collect()
}

#[test]
fn firmwares_find_different_commands_on_a_line() {
    use Firmware::{Duet, Klipper, Marlin2, Prusa};
    for (firmware, line, names) in [
        (Marlin2, "g28", vec![""]),
        (Marlin2, "M0104S5", vec!["M104"]),
        (Klipper, "m104 s5", vec!["M104"]),
        (Klipper, "M0104 S5", vec!["M0104"]),
        (Klipper, "turn_off_heaters", vec!["TURN_OFF_HEATERS"]),
        (Klipper, "TURN_OFF_HEATERS 1", vec!["TURN_OFF_HEATERS1"]),
        (Prusa, "M104 S200 G28", vec!["G28"]),
        (Prusa, "M117 G28", vec![""]),
        (Duet, "m104 s5 g28", vec!["M104", "G28"]),
        (Duet, "M118 \"a G28\"", vec!["M118"]),
    ] {
        let found: Vec<_> = firmware.read(line).into_iter().map(|command| command.name).collect();
        assert_eq!(found, names, "{firmware:?}: {line}");
    }
}
