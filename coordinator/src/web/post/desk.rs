//! Decides who is told what by letter, and when. Pure: time, alerts and wishes come in, letters that
//! are due go out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::accounts::{Notice, UserId};
use crate::clock::Timestamp;
use crate::web::view::{Alert, Doing, Trouble};

/// How long something must need a person before it is worth a letter: most beds are cleared, and
/// most agents are back, before.
const STANDS: Duration = Duration::from_mins(2);

/// How long a person is left alone after a letter. What comes meanwhile is told together.
const BETWEEN: Duration = Duration::from_mins(15);

/// A kind of things that need a person, as people choose among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::web) enum About {
    /// Prints that failed, or of which nobody knows the end.
    Results,
    /// Plates that wait to be taken off.
    Beds,
    /// Printers and agents that do not go on.
    Stuck,
    /// Requests that are late, or that no printer takes.
    Requests,
}

impl About {
    pub(in crate::web) const ALL: [Self; 4] =
        [Self::Results, Self::Beds, Self::Stuck, Self::Requests];

    /// Returns the word it is kept by.
    pub(in crate::web) fn code(self) -> &'static str {
        match self {
            Self::Results => "results",
            Self::Beds => "beds",
            Self::Stuck => "stuck",
            Self::Requests => "requests",
        }
    }

    /// Returns the kind that a trouble is of.
    fn of(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Failed
            | Trouble::Printer(Doing::Look | Doing::Forgotten | Doing::Faulted | Doing::Copied) => {
                Self::Results
            }
            Trouble::Printer(Doing::BedClear) => Self::Beds,
            Trouble::Printer(_) => Self::Stuck,
            Trouble::Unwilling | Trouble::Late => Self::Requests,
        }
    }
}

/// What needs a person, as far as it is one thing and not another.
type Key = (String, &'static str);

fn key(alert: &Alert) -> Key {
    (alert.key.clone(), alert.trouble.code())
}

/// Remembers since when what needs a person, and who was told of it.
#[derive(Debug, Default)]
pub(super) struct Desk {
    since: BTreeMap<Key, Timestamp>,
    told: BTreeMap<UserId, Told>,
}

#[derive(Debug, Default)]
struct Told {
    of: BTreeSet<Key>,
    at: Option<Timestamp>,
}

/// A letter that is due.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) reader: Notice,
    pub(super) alerts: Vec<Alert>,
}

impl Desk {
    /// Returns the letters that are due at `now`, and takes them for sent.
    pub(super) fn look(
        &mut self,
        now: Timestamp,
        alerts: &[Alert],
        readers: &[Notice],
    ) -> Vec<Due> {
        let standing: BTreeSet<Key> = alerts.iter().map(key).collect();
        self.since.retain(|key, _| standing.contains(key));
        for key in &standing {
            self.since.entry(key.clone()).or_insert(now);
        }
        self.told.retain(|user, _| readers.iter().any(|reader| reader.user == *user));
        let due = |reader: &Notice| self.due(now, alerts, reader);
        let due: Vec<_> = readers.iter().filter_map(due).collect();
        for told in self.told.values_mut() {
            // What is settled and comes again is told again.
            told.of.retain(|key| standing.contains(key));
        }
        for Due { reader, alerts } in &due {
            let told = self.told.entry(reader.user).or_default();
            told.of.extend(alerts.iter().map(key));
            told.at = Some(now);
        }
        due
    }

    fn due(&self, now: Timestamp, alerts: &[Alert], reader: &Notice) -> Option<Due> {
        let told = self.told.get(&reader.user);
        let rests = told.and_then(|told| told.at).is_some_and(|at| now.since(at) < BETWEEN);
        if rests {
            return None;
        }
        let wanted = |alert: &&Alert| {
            let about = About::of(alert.trouble).code();
            reader.about.iter().any(|word| word == about)
        };
        let ripe = |alert: &&Alert| STANDS <= now.since(self.since[&key(alert)]);
        let new = |alert: &&Alert| told.is_none_or(|told| !told.of.contains(&key(alert)));
        let alerts: Vec<_> =
            alerts.iter().filter(wanted).filter(ripe).filter(new).cloned().collect();
        (!alerts.is_empty()).then(|| Due { reader: reader.clone(), alerts })
    }

    /// Takes back that a letter was sent: it is tried again when its reader may be written to.
    pub(super) fn failed(&mut self, due: &Due) {
        if let Some(told) = self.told.get_mut(&due.reader.user) {
            for alert in &due.alerts {
                told.of.remove(&key(alert));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(user: i64, about: &str) -> Notice {
        Notice {
            user: UserId(user),
            address: "anne@farm.example".into(),
            about: about.split(' ').map(str::to_owned).collect(),
            language: "en".into(),
            confirmed: true,
        }
    }

    fn bed(name: &str) -> Alert {
        let trouble = Trouble::Printer(Doing::BedClear);
        Alert { key: name.into(), trouble, ..Alert::default() }
    }

    /// What a desk tells whom, at minutes of a day.
    #[track_caller]
    fn check(desk: &mut Desk, minute: u64, alerts: &[Alert], told: &[(i64, &[&str])]) {
        let readers = [reader(1, "beds requests"), reader(2, "results")];
        let due = desk.look(Timestamp(minute * 60_000), alerts, &readers);
        let due: Vec<(i64, Vec<&str>)> = due
            .iter()
            .map(|due| (due.reader.user.0, due.alerts.iter().map(|a| a.key.as_str()).collect()))
            .collect();
        let told: Vec<_> = told.iter().map(|(user, keys)| (*user, keys.to_vec())).collect();
        assert_eq!(due, told, "at minute {minute}");
    }

    #[test]
    fn what_stands_is_told_once_to_who_wants_it() {
        let mut desk = Desk::default();
        check(&mut desk, 0, &[bed("a")], &[]);
        check(&mut desk, 1, &[bed("a")], &[]);
        check(&mut desk, 2, &[bed("a")], &[(1, &["a"])]);
        check(&mut desk, 60, &[bed("a")], &[]);
    }

    #[test]
    fn what_comes_while_a_reader_is_left_alone_is_told_together() {
        let mut desk = Desk::default();
        check(&mut desk, 0, &[bed("a")], &[]);
        check(&mut desk, 2, &[bed("a")], &[(1, &["a"])]);
        check(&mut desk, 5, &[bed("a"), bed("b")], &[]);
        check(&mut desk, 10, &[bed("a"), bed("b"), bed("c")], &[]);
        check(&mut desk, 17, &[bed("a"), bed("b"), bed("c")], &[(1, &["b", "c"])]);
    }

    #[test]
    fn what_is_settled_and_comes_again_is_told_again() {
        let mut desk = Desk::default();
        check(&mut desk, 0, &[bed("a")], &[]);
        check(&mut desk, 2, &[bed("a")], &[(1, &["a"])]);
        check(&mut desk, 20, &[], &[]);
        check(&mut desk, 21, &[bed("a")], &[]);
        check(&mut desk, 23, &[bed("a")], &[(1, &["a"])]);
    }

    #[test]
    fn another_trouble_of_the_same_printer_is_another_thing() {
        let mut desk = Desk::default();
        let look = || Alert { trouble: Trouble::Printer(Doing::Look), ..bed("a") };
        check(&mut desk, 0, &[look()], &[]);
        check(&mut desk, 2, &[look()], &[(2, &["a"])]);
        check(&mut desk, 3, &[bed("a")], &[]);
        check(&mut desk, 5, &[bed("a")], &[(1, &["a"])]);
    }

    #[test]
    fn a_letter_that_was_not_taken_is_tried_again() {
        let mut desk = Desk::default();
        let readers = [reader(1, "beds")];
        let at = |minute: u64| Timestamp(minute * 60_000);
        desk.look(at(0), &[bed("a")], &readers);
        let due = desk.look(at(2), &[bed("a")], &readers);
        desk.failed(&due[0]);
        assert!(desk.look(at(10), &[bed("a")], &readers).is_empty(), "not at once");
        assert_eq!(desk.look(at(17), &[bed("a")], &readers).len(), 1);
    }
}
