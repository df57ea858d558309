//! The objects on the plate, as far as the file tells them apart by commands: what a person may cancel one of.
//!
//! Marlin, M486: S begins an object by number, A names it. Klipper, "Exclude objects": `EXCLUDE_OBJECT_DEFINE NAME=`.

use crate::mark::printable;
use crate::number::Micro;
use crate::words::Words;

/// More objects than fit a plate one by one; a file with more is told by its first ones.
const OBJECTS_MAX: usize = 512;

/// A name, not a story.
const NAME_MAX: usize = 64;

#[derive(Clone, Debug, Default)]
pub(crate) struct Objects {
    /// By number, for M486, and by name. In the order of their first lines.
    known: Vec<Object>,
    current: Option<Micro>,
}

#[derive(Clone, Debug)]
struct Object {
    number: Option<Micro>,
    name: String,
}

impl Objects {
    /// M486: S begins an object, `name` is what follows A.
    pub(crate) fn label(&mut self, words: &Words, name: Option<&[u8]>) {
        if let Some(number) = words.number(b'S') {
            self.begin(number);
        }
        if let Some(name) = name {
            self.name_current(name.trim_ascii());
        }
    }

    /// A macro of Klipper's exclusion, with what follows its name.
    pub(crate) fn exclusion(&mut self, parameters: &[u8]) {
        let is_name = |word: &&[u8]| {
            word.split_at_checked(5).is_some_and(|(key, _)| key.eq_ignore_ascii_case(b"NAME="))
        };
        // Klipper's names hold no blanks: slicers write `_` for them.
        if let Some(word) = parameters.split(u8::is_ascii_whitespace).find(is_name) {
            let name = word[5..].trim_ascii();
            let quote = |byte: &u8| matches!(byte, b'"' | b'\'');
            let end = name.iter().rposition(|byte| !quote(byte)).map_or(0, |at| at + 1);
            let start = name.iter().position(|byte| !quote(byte)).unwrap_or(end);
            self.add(None, short(&name[start..end]));
        }
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.known.iter().map(|object| object.name.clone()).collect()
    }

    /// `S-1` ends an object.
    fn begin(&mut self, number: Micro) {
        self.current = (Micro::ZERO <= number).then_some(number);
        let known = self.known.iter().any(|object| object.number == Some(number));
        if self.current.is_some() && !known {
            self.add(Some(number), number.to_string());
        }
    }

    fn name_current(&mut self, name: &[u8]) {
        let current = self.current;
        let unnamed = |object: &&mut Object| current.is_some() && object.number == current;
        match self.known.iter_mut().find(unnamed) {
            Some(object) => object.name = short(name),
            None => self.add(current, short(name)),
        }
    }

    fn add(&mut self, number: Option<Micro>, name: String) {
        let known = number.is_none() && self.known.iter().any(|object| object.name == name);
        if !known && self.known.len() < OBJECTS_MAX {
            self.known.push(Object { number, name });
        }
    }
}

/// Returns the name as it may be shown.
fn short(name: &[u8]) -> String {
    printable(&name[..name.len().min(NAME_MAX)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(commands: &[&str], names: &[&str]) {
        let mut objects = Objects::default();
        let mut words = Words::new();
        for command in commands {
            if let Some(rest) = command.strip_prefix("M486") {
                let (numbers, name) = match rest.split_once('A') {
                    Some((numbers, name)) => (numbers, Some(name.as_bytes())),
                    None => (rest, None),
                };
                words
                    .read(numbers.as_bytes(), crate::words::Case::Both)
                    .expect("the words are sound");
                objects.label(&words, name);
            } else {
                let (_, rest) = command.split_once(' ').unwrap_or((command, ""));
                objects.exclusion(rest.as_bytes());
            }
        }
        assert_eq!(objects.names(), names);
    }

    #[test]
    fn marlin_numbers_objects_and_may_name_them() {
        check(&["M486 T2", "M486 S0", "M486 S-1", "M486 S1", "M486 S0"], &["0", "1"]);
        check(
            &["M486 S0", "M486 A3DBenchy.stl", "M486 S1", "M486 Ahat (2)", "M486 S-1", "M486 S0"],
            &["3DBenchy.stl", "hat (2)"],
        );
    }

    #[test]
    fn klipper_names_them() {
        check(
            &[
                "EXCLUDE_OBJECT_DEFINE NAME=band_1 CENTER=10,10",
                "EXCLUDE_OBJECT_DEFINE NAME='band_2'",
                "EXCLUDE_OBJECT_START name=band_1",
                "EXCLUDE_OBJECT_END NAME=band_1",
            ],
            &["band_1", "band_2"],
        );
    }

    #[test]
    fn names_cannot_steer_who_reads_them_and_are_few() {
        check(&["EXCLUDE_OBJECT_DEFINE NAME=a\u{1b}[2J"], &["a?[2J"]);
        let mut objects = Objects::default();
        for number in 0..10_000 {
            objects.exclusion(format!("NAME=o{number}").as_bytes());
        }
        assert_eq!(objects.names().len(), OBJECTS_MAX);
    }
}
