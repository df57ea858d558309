//! A deterministic world around the real decisions: the dispatcher and its round of decide, commit,
//! send; supervisors with their real journals on disks that tear; `OctoPrint`s that behave as measured.
//!
//! Everything comes from one seed. While faults come only safety is asked for: nothing is counted
//! that did not come off a bed, no start is ordered twice, late, unwritten, against a wish, or on a
//! bed that is not clear. Then faults end, and everything must arrive: every queue empty, every
//! request done, every plate counted exactly once.

#![expect(clippy::wildcard_enum_match_arm, reason = "a world picks the few things it looks for")]

mod agent;
mod befall;
mod books;
pub(crate) mod chance;
mod coordinator;
mod disk;
mod farm;
mod fault;
pub mod mutant;
mod net;
mod octoprint;
mod panel;
mod people;
mod power;
mod rest;
pub mod row;
mod shop;
mod sight;
mod sleep;
mod spread;
mod truth;
pub mod wire;
mod world;

use std::fmt::Write as _;

use self::mutant::Mutant;
use self::rest::Rests;
use self::row::{ROWS, Reached, Row};
use self::spread::{Enough, spread};
pub use self::world::Outcome;
use self::world::{Seed, Story, World};

/// So many worlds must have met every fault.
pub const SUITE: u64 = 2_000;

/// How many lines before its end are shown of a story, unless somebody asks for more.
pub const LINES_SHOWN: usize = 120;

/// What many worlds came to.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many worlds were played.
    pub seeds: u64,
    /// How long their printers existed, in milliseconds, all together.
    pub printer_millis: u64,
    /// How many prints ran.
    pub prints: u64,
    /// How often something was killed.
    pub kills: u64,
    /// Which faults were met.
    pub reached: Reached,
    /// How long the worlds took to come to rest.
    pub rests: Rests,
    /// How long those took in which somebody had no network for three days.
    pub rests_after_days: Rests,
    /// The seeds in which something was wrong, smallest first.
    pub failed: Vec<u64>,
}

impl Tally {
    fn add(&mut self, seed: u64, outcome: &Outcome) {
        self.seeds += 1;
        self.printer_millis += outcome.printer_millis;
        self.prints += outcome.prints as u64;
        self.kills += outcome.kills;
        self.reached.add(&outcome.reached);
        if let Some(millis) = outcome.rested_millis {
            self.rests.add(millis);
            if outcome.reached.met(Row::Partition) {
                self.rests_after_days.add(millis);
            }
        }
        if outcome.violation.is_some() {
            self.failed.push(seed);
        }
    }

    fn merge(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.printer_millis += other.printer_millis;
        self.prints += other.prints;
        self.kills += other.kills;
        self.reached.add(&other.reached);
        self.rests.merge(other.rests);
        self.rests_after_days.merge(other.rests_after_days);
        self.failed.extend(other.failed);
        self.failed.sort_unstable();
    }

    /// Returns the faults that so many worlds must have met, and never did.
    #[must_use]
    pub fn must_have_met(&self) -> Vec<String> {
        let missed = if SUITE <= self.seeds { self.reached.missed() } else { Vec::new() };
        missed.iter().map(ToString::to_string).collect()
    }

    /// Returns the tally as lines: what was run, and how often each row was met.
    #[must_use]
    pub fn report(&self) -> String {
        let mut text = String::new();
        let hours = self.printer_millis / 3_600_000;
        let (seeds, prints, kills) = (self.seeds, self.prints, self.kills);
        let failed = self.failed.len();
        writeln!(
            text,
            "{seeds} seeds, {hours} virtual printer-hours, {prints} prints, {kills} kills, \
             {failed} seeds in which something is wrong"
        )
        .expect("text can be appended to");
        writeln!(text, "once faults end: {}", self.rests).expect("text can be appended to");
        writeln!(text, "after three days without a network: {}", self.rests_after_days)
            .expect("text can be appended to");
        for (row, sentence) in ROWS {
            let times = self.reached.0.get(&row).copied().unwrap_or(0);
            writeln!(text, "{times:>10}  {sentence}").expect("text can be appended to");
        }
        text
    }
}

/// Plays one world.
#[must_use]
pub fn play(seed: u64, mutant: Option<Mutant>) -> Outcome {
    World::new(Seed { number: seed, faults: None, mutant, story: Story::Untold }).run()
}

/// Plays `count` worlds from `first` on as many threads as there are; ends early after `failures`.
#[must_use]
pub fn play_many(first: u64, count: u64, mutant: Option<Mutant>, failures: usize) -> Tally {
    let tallies = spread(first..first + count, |tally: &mut Tally, seed| {
        tally.add(seed, &play(seed, mutant));
        if failures <= tally.failed.len() { Enough::Yes } else { Enough::No }
    });
    let mut all = Tally::default();
    for tally in tallies {
        all.merge(tally);
    }
    all
}

/// Returns what is wrong in the world of `seed`, with the fewest of its faults that it takes, and the
/// last so many `lines` of its story; nothing if all is well.
#[must_use]
pub fn explain(seed: u64, mutant: Option<Mutant>, lines: usize) -> Option<String> {
    let of = |faults, story| World::new(Seed { number: seed, faults, mutant, story }).run();
    let whole = of(None, Story::Untold);
    whole.violation.as_ref()?;
    let shortest = (0..=whole.faults)
        .find(|faults| of(Some(*faults), Story::Untold).violation.is_some())
        .unwrap_or(whole.faults);
    let told = of(Some(shortest), Story::Kept);
    let what = told.violation.as_ref().map_or("it fails only sometimes", |what| what.0.as_str());
    let all = whole.faults;
    let mut text = format!(
        "seed {seed}, with the first {shortest} of its {all} faults: {what}\n\
         replay it with SIM_SEED={seed}\n"
    );
    let skipped = told.story.len().saturating_sub(lines);
    writeln!(text, "... {skipped} lines before").expect("text can be appended to");
    for line in &told.story[skipped..] {
        writeln!(text, "{line}").expect("text can be appended to");
    }
    Some(text)
}
