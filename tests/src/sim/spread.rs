//! Seeds, spread over all cores.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{panic, thread};

/// Whether a thread has seen enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Enough {
    Yes,
    No,
}

/// Plays the seeds on as many threads as there are; returns what each thread has tallied.
pub(super) fn spread<T: Default + Send>(
    seeds: Range<u64>,
    play: impl Fn(&mut T, u64) -> Enough + Sync,
) -> Vec<T> {
    let next = AtomicU64::new(seeds.start);
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let work = || {
        let mut tally = T::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seeds.end <= seed || play(&mut tally, seed) == Enough::Yes {
                return tally;
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
        joined
            .map(|tally| tally.unwrap_or_else(|panicked| panic::resume_unwind(panicked)))
            .collect()
    })
}
