//! The objects on the plate, as far as the file tells them apart by commands: what a person may cancel one of.
//!
//! Marlin, M486: S begins an object by number, A names it. Klipper, "Exclude objects": `EXCLUDE_OBJECT_DEFINE NAME=`.

use std::collections::{BTreeMap, BTreeSet};

use crate::mark::printable;
use crate::number::Micro;
use crate::parameters::value_of;
use crate::words::Words;

/// More objects than fit a plate one by one; a file with more is told by its first ones.
const OBJECTS_MAX: usize = 512;

/// A name, not a story.
const NAME_MAX: usize = 64;

/// The objects so far. To look one up allocates nothing, and when they are too many none is looked up: files of a million
/// names are read as fast as others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Objects {
    /// In the order of their first lines.
    known: Vec<String>,
    /// Where in that order a number of M486 stands, and whether it has a name already.
    numbers: BTreeMap<Micro, Numbered>,
    /// Names as the file writes them.
    names: BTreeSet<Box<[u8]>>,
    current: Option<Micro>,
}

#[derive(Clone, Copy, Debug)]
enum Numbered {
    Unnamed(usize),
    Named,
}

impl Objects {
    /// M486: S begins an object, `name` is what follows A. The first name that one is given is told.
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
        if let Some(name) = self.has_room().then(|| value_of(parameters, b"NAME")).flatten() {
            self.add(name);
        }
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.known.clone()
    }

    /// `S-1` ends an object.
    fn begin(&mut self, number: Micro) {
        self.current = (Micro::ZERO <= number).then_some(number);
        if self.current.is_some() && self.has_room() && !self.numbers.contains_key(&number) {
            self.numbers.insert(number, Numbered::Unnamed(self.known.len()));
            self.known.push(number.to_string());
        }
    }

    fn name_current(&mut self, name: &[u8]) {
        match self.current.and_then(|number| self.numbers.get_mut(&number)) {
            Some(numbered) => {
                if let Numbered::Unnamed(at) = *numbered {
                    self.known[at] = short(name);
                    *numbered = Numbered::Named;
                }
            }
            None if self.current.is_none() => self.add(name),
            // One of those beyond the limit.
            None => {}
        }
    }

    fn add(&mut self, name: &[u8]) {
        let name = &name[..name.len().min(NAME_MAX)];
        if !self.has_room() || self.names.contains(name) {
            return;
        }
        self.names.insert(name.into());
        let shown = short(name);
        if !self.known.contains(&shown) {
            self.known.push(shown);
        }
    }

    /// Names that are shown alike stand there once, and are counted all the same.
    fn has_room(&self) -> bool {
        self.known.len().max(self.names.len()) < OBJECTS_MAX
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
        check(&["EXCLUDE_OBJECT_DEFINE NAME=a\u{202E}b"], &["a?b"]);
        check(&["EXCLUDE_OBJECT_DEFINE NAME=a\u{1b}[2J"], &[]);
        check(&["M486 S0", "M486 Aa\u{1b}[2J"], &["a?[2J"]);
        let mut objects = Objects::default();
        for number in 0..10_000 {
            objects.exclusion(format!("NAME=o{number}").as_bytes());
        }
        assert_eq!(objects.names().len(), OBJECTS_MAX);
        let mut objects = Objects::default();
        let mut words = Words::new();
        for number in 0..10_000 {
            let code = format!("S{number}");
            words.read(code.as_bytes(), crate::words::Case::Both).expect("the words are sound");
            objects.label(&words, Some(format!("o{number}").as_bytes()));
        }
        let names = objects.names();
        assert_eq!((names.len(), names[OBJECTS_MAX - 1].as_str()), (OBJECTS_MAX, "o511"));
    }
}
