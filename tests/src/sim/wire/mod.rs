//! The second world, smaller and slower: the agents' real shells and MQTT client, over a network that
//! `turmoil` simulates. What the pure worlds pass by is played here: sockets that close, stall, or break
//! in the middle of a packet, keep-alives, takeovers, queues, acknowledgements, and tasks that are ended
//! wherever they wait.
//!
//! An agent is the program's own [`Floor`](visorfarm_agent::run::Floor), brain, journal and
//! [`Link`](visorfarm_agent::link::Link) with rumqttc. The coordinator is the program's own mind and
//! database behind a small broker, which holds each acknowledgement back until the commit. `OctoPrint`,
//! disks, people and the truth are those of the pure worlds. HTTP and the embedded broker are not
//! here: neither can be led through turmoil's sockets. As there, only safety is asked for while faults
//! come; then they end, and everything must arrive.
//!
//! A seed is one story, as far as others let it be: where several branches of a `select!` are ready at once, the program's
//! own take them in the order that is written; the MQTT client's draws by chance, which only an unstable build of tokio could
//! seed. So that they are not ready at once, every clock here strikes at other milliseconds than the others.

#![expect(clippy::wildcard_enum_match_arm, reason = "a world picks the few things it looks for")]

mod agent;
mod broker;
mod cards;
mod desk;
mod fault;
mod hands;
pub mod mutant;
mod packets;
mod people;
mod power;
mod print;
mod reach;
mod rest;
pub mod row;
mod scene;
mod shop;
mod sight;
mod trouble;
mod world;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use self::mutant::Mutant;
use self::row::{ROWS, Row};
pub use self::world::Outcome;
use self::world::Seed;
use super::spread::{Enough, spread};

/// So many worlds must have met every fault.
pub const SUITE: u64 = 40;

/// How many lines before its end are shown of a story.
const LINES_SHOWN: usize = 120;

/// Plays the world of `seed`.
#[must_use]
pub fn play(seed: u64, mutant: Option<Mutant>) -> Outcome {
    world::run(Seed { number: seed, faults: None, mutant })
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
/// end of its story; nothing if all is well.
#[must_use]
pub fn explain(seed: u64, mutant: Option<Mutant>) -> Option<String> {
    let of = |faults| world::run(Seed { number: seed, faults, mutant });
    let whole = of(None);
    whole.violation.as_ref()?;
    let all = whole.faults;
    let shorter = (0..all).map(|faults| of(Some(faults)));
    let told = shorter.enumerate().find(|(_, outcome)| outcome.violation.is_some());
    let (shortest, told) = told.unwrap_or((all, whole));
    let Outcome { violation, story, .. } = told;
    let what = violation?.0;
    let skipped = story.len().saturating_sub(LINES_SHOWN);
    let mut text = format!(
        "seed {seed}, with the first {shortest} of its {all} faults: {what}\n\
         replay it with SIM_SEED={seed} and --wire\n"
    );
    writeln!(text, "... {skipped} lines before").expect("text can be appended to");
    for line in &story[skipped..] {
        writeln!(text, "{line}").expect("text can be appended to");
    }
    Some(text)
}

/// What some worlds came to, all together.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many worlds were played.
    pub seeds: u64,
    /// The seeds in which something was wrong, smallest first.
    pub failed: Vec<u64>,
    millis: u64,
    prints: u64,
    kills: u64,
    reached: BTreeMap<Row, u64>,
}

impl Tally {
    fn add(&mut self, seed: u64, outcome: &Outcome) {
        self.merge(Self {
            seeds: 1,
            failed: outcome.violation.iter().map(|_| seed).collect(),
            millis: outcome.millis,
            prints: outcome.prints as u64,
            kills: outcome.kills,
            reached: outcome.reached.0.clone(),
        });
    }

    fn merge(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.failed.extend(other.failed);
        self.failed.sort_unstable();
        self.millis += other.millis;
        self.prints += other.prints;
        self.kills += other.kills;
        for (row, times) in other.reached {
            *self.reached.entry(row).or_default() += times;
        }
    }

    /// Returns the faults that so many worlds must have met, and never did.
    #[must_use]
    pub fn must_have_met(&self) -> Vec<&'static str> {
        let missed = |(row, _): &&(Row, _)| SUITE <= self.seeds && !self.reached.contains_key(row);
        ROWS.iter().filter(missed).map(|(_, sentence)| *sentence).collect()
    }

    /// Returns the tally as lines: what was played, and how often each row was met.
    #[must_use]
    pub fn report(&self) -> String {
        let (seeds, hours) = (self.seeds, self.millis / 3_600_000);
        let (prints, kills, failed) = (self.prints, self.kills, self.failed.len());
        let mut text = format!(
            "{seeds} seeds, {hours} virtual hours of three agents, {prints} prints, {kills} kills, \
             {failed} seeds in which something is wrong\n"
        );
        for (row, sentence) in ROWS {
            let times = self.reached.get(&row).copied().unwrap_or(0);
            writeln!(text, "{times:>10}  {sentence}").expect("text can be appended to");
        }
        text
    }
}
