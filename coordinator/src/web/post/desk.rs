//! Decides who is told what by letter, and when. Pure: time, alerts and wishes come in, letters that
//! are due go out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::accounts::{Addressee, MakerNotice, Notice, Told};
use crate::clock::Timestamp;
use crate::web::view::{Alert, Doing, Trouble};

/// How long something must need a person before it is worth a letter: most beds are cleared, and
/// most agents are back, before.
const STANDS: Duration = Duration::from_mins(2);

/// How long a person is left alone after a letter. What comes meanwhile is told together.
const BETWEEN: Duration = Duration::from_mins(15);

/// For so long after its beginning nothing is taken for settled: agents come back within a minute, and until then
/// nothing is known of their printers.
const KNOWS_LITTLE: Duration = Duration::from_mins(2);

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

/// Who is told by letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// A person with an account, of the whole farm.
    Person(Notice),
    /// A maker, of the printers beside one agent.
    Maker(MakerNotice),
}

impl Reader {
    /// Returns by what it is known again.
    fn who(&self) -> Addressee {
        match self {
            Self::Person(notice) => Addressee::Person(notice.user),
            Self::Maker(notice) => Addressee::Maker(notice.agent.clone()),
        }
    }

    /// Says whether an alert is of a kind that this reader chose, and this reader's to know.
    fn wants(&self, alert: &Alert) -> bool {
        let about = About::of(alert.trouble).code();
        let chose = |about_these: &[String]| about_these.iter().any(|word| word == about);
        match self {
            Self::Person(notice) => chose(&notice.about),
            Self::Maker(notice) => {
                let agent = alert.printer.as_ref().map(|printer| &printer.agent);
                chose(&notice.about) && agent == Some(&notice.agent)
            }
        }
    }
}

/// What needs a person, as far as it is one thing and not another.
type Key = (String, String);

fn key(alert: &Alert) -> Key {
    (alert.key.clone(), alert.trouble.code().to_owned())
}

/// Remembers since when what needs a person, and who was told of it.
#[derive(Debug)]
pub(super) struct Desk {
    began: Timestamp,
    since: BTreeMap<Key, Timestamp>,
    told: BTreeMap<Addressee, Told>,
}

/// A letter that is due.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) reader: Reader,
    pub(super) alerts: Vec<Alert>,
}

impl Desk {
    /// Begins at `began`, where everybody was `told` before.
    pub(super) fn new(began: Timestamp, told: BTreeMap<Addressee, Told>) -> Self {
        Self { began, since: BTreeMap::new(), told }
    }

    /// Returns what everybody was told that stands still.
    pub(super) fn told(&self) -> &BTreeMap<Addressee, Told> {
        &self.told
    }

    /// Returns the letters that are due at `now`, and takes them for sent.
    pub(super) fn look(
        &mut self,
        now: Timestamp,
        alerts: &[Alert],
        readers: &[Reader],
    ) -> Vec<Due> {
        let standing: BTreeSet<Key> = alerts.iter().map(key).collect();
        self.since.retain(|key, _| standing.contains(key));
        for key in &standing {
            self.since.entry(key.clone()).or_insert(now);
        }
        self.told.retain(|who, _| readers.iter().any(|reader| reader.who() == *who));
        let due = |reader: &Reader| self.due(now, alerts, reader);
        let due: Vec<_> = readers.iter().filter_map(due).collect();
        if KNOWS_LITTLE <= now.since(self.began) {
            for told in self.told.values_mut() {
                // What is settled and comes again is told again.
                told.of.retain(|key| standing.contains(key));
            }
        }
        for Due { reader, alerts } in &due {
            let nothing = || Told { of: BTreeSet::new(), at: now };
            let told = self.told.entry(reader.who()).or_insert_with(nothing);
            told.of.extend(alerts.iter().map(key));
            told.at = now;
        }
        due
    }

    fn due(&self, now: Timestamp, alerts: &[Alert], reader: &Reader) -> Option<Due> {
        let told = self.told.get(&reader.who());
        let rests = told.is_some_and(|told| now.since(told.at) < BETWEEN);
        if rests {
            return None;
        }
        let wanted = |alert: &&Alert| reader.wants(alert);
        let ripe = |alert: &&Alert| STANDS <= now.since(self.since[&key(alert)]);
        let new = |alert: &&Alert| told.is_none_or(|told| !told.of.contains(&key(alert)));
        let alerts: Vec<_> =
            alerts.iter().filter(wanted).filter(ripe).filter(new).cloned().collect();
        (!alerts.is_empty()).then(|| Due { reader: reader.clone(), alerts })
    }

    /// Takes back that a letter was sent: it is tried again when its reader may be written to.
    pub(super) fn failed(&mut self, due: &Due) {
        if let Some(told) = self.told.get_mut(&due.reader.who()) {
            for alert in &due.alerts {
                told.of.remove(&key(alert));
            }
        }
    }
}

#[cfg(test)]
mod tests;
