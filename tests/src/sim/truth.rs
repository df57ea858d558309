//! What really happened at the printers, and what may never be said of it: the measure that the
//! ledger is held against.

use std::collections::{BTreeMap, BTreeSet};

use visorfarm_coordinator::dispatch::{Change, EntryKind, LeaseState};
use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{End, Return};

/// Pieces on every plate of the simulation.
pub(super) const PIECES: u32 = 4;

/// A print that really ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PrintId(pub(super) usize);

/// How a print really ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TrueEnd {
    /// Every piece is on the bed.
    Completed,
    /// Nothing to be used is.
    Failed,
    /// Nothing to be used is, as somebody wished.
    Cancelled,
    /// It was stopped after its last line was sent: only a person can say what it is.
    InItsLastMoves,
}

/// Who began a print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The agent ordered it.
    Order,
    /// The printer's owner did.
    Owner,
}

/// A print.
#[derive(Clone, Debug)]
pub(super) struct Printed {
    /// Which lease its file is named for.
    pub(super) lease: Option<LeaseId>,
    by: By,
    /// When, in milliseconds of the world.
    began: u64,
    /// How it ended; nothing while it runs.
    pub(super) end: Option<TrueEnd>,
    follow: Follow,
}

/// Whether the agent can tell the print, if it is its owner's, from those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follow {
    /// Perhaps.
    Perhaps,
    /// It surely can: it looked and listened all the while, and the file's history is written.
    Surely,
}

/// How long the owner's print of our file takes at least that an agent which looks all the while surely tells from those
/// before: it asks for their histories two minutes after they ended, and once more a minute later.
const FOLLOWED_AFTER: u64 = 5 * 60_000;

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation(pub String);

/// All that really happened.
#[derive(Clone, Debug, Default)]
pub(super) struct Truth {
    prints: Vec<Printed>,
    ordered: BTreeSet<LeaseId>,
    /// Leases that were open when a memory card was copied: two machines tell of them, and no count can
    /// be asked of them.
    pub(super) unknowable: BTreeSet<LeaseId>,
    /// Leases whose journal was lost. Unless the coordinator had heard by then how they ended, or the
    /// agent finds their prints at OctoPrint, nobody knows, and no count can be asked of them.
    pub(super) lost: BTreeSet<LeaseId>,
    /// Leases that were taken by one of two machines that speak as one agent: the other, which has never seen them, may
    /// give them back.
    pub(super) shared: BTreeSet<LeaseId>,
    counted: BTreeMap<LeaseId, i64>,
    /// Leases of which the coordinator knows how they ended.
    told: BTreeSet<LeaseId>,
    /// Leases of which it knows that they ended, if only that nobody can tell how: a person settles these.
    over: BTreeSet<LeaseId>,
    /// How often the database was set back, and no agent has said so yet.
    ends_unsaid: u32,
    /// What is wrong, if anything is.
    pub(super) violation: Option<Violation>,
}

impl Truth {
    /// Takes note that something is as it must never be.
    pub(super) fn violate(&mut self, what: String) {
        self.violation.get_or_insert(Violation(what));
    }

    /// Takes note that the agent ordered a start.
    pub(super) fn ordered(&mut self, lease: LeaseId) {
        if !self.ordered.insert(lease) {
            self.violate(format!("{lease:?} was ordered to start twice"));
        }
    }

    /// The journal of these leases is lost: what their owner printed again goes with it, unless it was told.
    pub(super) fn lose(&mut self, leases: impl Iterator<Item = LeaseId>) {
        let leases = leases.collect();
        self.wipe(&leases);
        self.lost.extend(leases);
    }

    /// What is known of what their owner printed again is wiped out: it may not have been read.
    pub(super) fn wipe(&mut self, leases: &BTreeSet<LeaseId>) {
        for print in &mut self.prints {
            if print.lease.is_some_and(|lease| leases.contains(&lease)) {
                print.follow = Follow::Perhaps;
            }
        }
    }

    /// Says whether `lease` was in a lost journal, and the coordinator has yet to hear that it ended.
    pub(super) fn is_owed(&self, lease: LeaseId) -> bool {
        let lost = self.lost.contains(&lease) && !self.unknowable.contains(&lease);
        lost && !self.over.contains(&lease)
    }

    /// Says whether the coordinator knows how `lease` ended.
    pub(super) fn is_told(&self, lease: LeaseId) -> bool {
        self.told.contains(&lease)
    }

    /// Begins a print.
    pub(super) fn begin(&mut self, began: u64, lease: Option<LeaseId>, by: By) -> PrintId {
        self.prints.push(Printed { lease, by, began, end: None, follow: Follow::Perhaps });
        PrintId(self.prints.len() - 1)
    }

    /// Ends a print.
    pub(super) fn end(&mut self, print: PrintId, end: TrueEnd) {
        self.prints[print.0].end = Some(end);
    }

    /// OctoPrint has written a success of `lease` at `now`, and its agent has missed nothing since `heard_since`.
    pub(super) fn written(&mut self, now: u64, lease: LeaseId, heard_since: u64) {
        let last = self.prints.iter_mut().rfind(|print| print.lease == Some(lease));
        let followed = last.filter(|print| {
            let whole = heard_since <= print.began && FOLLOWED_AFTER <= now - print.began;
            whole && print.by == By::Owner && !self.lost.contains(&lease)
        });
        if let Some(print) = followed {
            print.follow = Follow::Surely;
        }
    }

    /// Returns how many prints of the owner's under `lease` completed that its agent surely could tell.
    fn followed(&self, lease: LeaseId) -> u32 {
        let completed = self.of(lease).filter(|print| {
            (print.end, print.follow) == (Some(TrueEnd::Completed), Follow::Surely)
        });
        u32::try_from(completed.count()).expect("a few")
    }

    /// Says whether the lease's own print has ended.
    #[must_use]
    pub(super) fn is_over(&self, lease: LeaseId) -> bool {
        self.of(lease).any(|print| print.by == By::Order && print.end.is_some())
    }

    /// Says whether only a person can say what the lease's own print came to.
    #[must_use]
    pub(super) fn needs_look(&self, lease: LeaseId) -> bool {
        let own = self.of(lease).find(|print| print.by == By::Order);
        own.is_some_and(|print| print.end == Some(TrueEnd::InItsLastMoves))
    }

    /// Returns a print.
    #[must_use]
    pub(super) fn print(&self, print: PrintId) -> &Printed {
        &self.prints[print.0]
    }

    /// Returns how many prints there were.
    #[must_use]
    pub(super) fn prints(&self) -> usize {
        self.prints.len()
    }

    fn of(&self, lease: LeaseId) -> impl Iterator<Item = &Printed> {
        self.prints.iter().filter(move |print| print.lease == Some(lease))
    }

    /// Returns how many plates of `lease` came off a bed for sure, and how many at most.
    fn plates(&self, lease: LeaseId) -> (i64, i64) {
        let mut plates = (0, 0);
        for print in self.of(lease) {
            match print.end {
                Some(TrueEnd::Completed) => plates = (plates.0 + 1, plates.1 + 1),
                Some(TrueEnd::InItsLastMoves) => plates.1 += 1,
                Some(TrueEnd::Failed | TrueEnd::Cancelled) | None => {}
            }
        }
        plates
    }

    /// Returns how many pieces of the lease's own print a person sees on the bed.
    #[must_use]
    pub(super) fn seen(&self, lease: LeaseId) -> u32 {
        let own = self.of(lease).find(|print| print.by == By::Order);
        if own.is_some_and(|print| print.end == Some(TrueEnd::Completed)) { PIECES } else { 0 }
    }

    /// Holds what was just committed against what happened.
    pub(super) fn hear(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Entered(entry) if entry.kind == EntryKind::Printed => {
                    let (lease, _) = entry.lease.expect("what was printed has its lease");
                    *self.counted.entry(lease).or_default() += entry.pieces;
                    self.check_count(lease);
                }
                Change::LeaseMoved { lease, state: LeaseState::Returned(why), .. } => {
                    self.check_returned(*lease, *why);
                }
                Change::OutcomeCounted(outcome) if outcome.ordinal == 0 => {
                    self.over.insert(outcome.lease);
                    if outcome.end != End::Unknown {
                        self.told.insert(outcome.lease);
                    }
                    self.check_end(outcome.lease, outcome.end);
                }
                _ => {}
            }
        }
    }

    /// The database is set back: one life of it may end by an agent's word.
    pub(super) fn set_back(&mut self) {
        self.ends_unsaid += 1;
    }

    /// No life of the database ends by an agent's word, unless it was set back.
    pub(super) fn check_life(&mut self, changes: &[Change]) {
        for change in changes {
            let Change::LifeBegan { .. } = change else { continue };
            if let Some(left) = self.ends_unsaid.checked_sub(1) {
                self.ends_unsaid = left;
            } else {
                self.violate(
                    "another life begins, and nobody has set the database back".to_owned(),
                );
            }
        }
    }

    /// Begins to listen to a coordinator that remembers only `changes`.
    pub(super) fn forget_but(&mut self, changes: &[Change]) {
        self.counted.clear();
        self.told.clear();
        self.over.clear();
        self.hear(changes);
    }

    /// Nothing is counted that did not come off a bed.
    fn check_count(&mut self, lease: LeaseId) {
        let counted = self.counted[&lease];
        let (_, most) = self.plates(lease);
        if counted < 0 || most * i64::from(PIECES) < counted {
            self.violate(format!("{lease:?}: {counted} pieces are counted of {most} plates"));
        }
    }

    /// What was begun is not given back, unless nobody can know of it any more.
    fn check_returned(&mut self, lease: LeaseId, why: Return) {
        let begun = self.of(lease).any(|print| print.by == By::Order);
        let known =
            ![&self.lost, &self.unknowable, &self.shared].iter().any(|set| set.contains(&lease));
        if begun && known {
            self.violate(format!("{lease:?} is given back ({why:?}), and was begun"));
        }
    }

    /// Nothing is said of a print that did not happen to it.
    fn check_end(&mut self, lease: LeaseId, end: End) {
        let (_, most) = self.plates(lease);
        let own = self.of(lease).find(|print| print.by == By::Order).map(|print| print.end);
        let lie = match end {
            End::Completed => most == 0,
            End::Failed | End::Cancelled => own == Some(Some(TrueEnd::Completed)),
            End::Unknown => false,
        };
        if lie {
            self.violate(format!("{lease:?} is said to be {end:?}, and was {own:?}"));
        }
    }

    /// Once all is told: the plates that an agent knows to have completed are counted, its owner's repetitions too.
    pub(super) fn check_told(&mut self, told: &BTreeMap<LeaseId, u32>) {
        for (lease, plates) in told {
            let counted = self.counted.get(lease).copied().unwrap_or(0);
            if counted < i64::from(*plates * PIECES) && !self.unknowable.contains(lease) {
                self.violate(format!("{lease:?}: {counted} pieces are counted of {plates} plates that its agent knows"));
            }
        }
    }

    /// Returns what is counted wrongly once all is told: every plate that came off a bed is counted, and nothing else is. Of a
    /// lost journal's plates those must be that are `proved`.
    pub(super) fn miscounted(&self, proved: &BTreeSet<LeaseId>) -> Option<String> {
        let leases: BTreeSet<_> = self.prints.iter().filter_map(|print| print.lease).collect();
        let unknown = |lease: &LeaseId| {
            self.unknowable.contains(lease)
                || self.lost.contains(lease)
                    && !self.told.contains(lease)
                    && (self.over.contains(lease) || !proved.contains(lease))
        };
        leases.into_iter().filter(|lease| !unknown(lease)).find_map(|lease| {
            let counted = self.counted.get(&lease).copied().unwrap_or(0);
            let (sure, most) = self.plates(lease);
            let prints = self.of(lease).count();
            let least = i64::from(self.seen(lease) / PIECES + self.followed(lease));
            let range = least * i64::from(PIECES)..=most * i64::from(PIECES);
            (!range.contains(&counted)).then(|| {
                format!(
                    "{lease:?}: {counted} pieces are counted at rest of {prints} prints that gave \
                     {sure} to {most} plates"
                )
            })
        })
    }
}
