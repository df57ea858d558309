//! What printers told of late, for a plot: how far, and how hot. In memory; a restart forgets it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::known::Known;
use super::view::View;
use crate::clock::Timestamp;
use crate::dispatch::board::Board;

/// How often a printer is noted.
const EVERY: Duration = Duration::from_secs(30);

/// The notes kept of each printer: four hours, which is as long as most prints.
const KEPT: usize = 480;

/// What was noted of all printers, by key.
#[derive(Default)]
pub(super) struct Traces {
    /// No code that can panic runs while it is held.
    notes: Mutex<BTreeMap<String, VecDeque<Note>>>,
}

/// What a printer told at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) at: Timestamp,
    pub(super) percent: Option<u8>,
    pub(super) nozzle: Option<i32>,
    pub(super) bed: Option<i32>,
}

impl Traces {
    /// Starts noting; it ends with the brain.
    pub(super) fn start(boards: watch::Receiver<Arc<Board>>, known: Arc<Known>) -> Arc<Self> {
        let traces = Arc::new(Self::default());
        let noting = Arc::clone(&traces);
        tokio::spawn(async move {
            let mut every = tokio::time::interval(EVERY);
            while boards.has_changed().is_ok() {
                every.tick().await;
                let board = Arc::clone(&boards.borrow());
                noting.note(&View::new(&board, &known));
            }
        });
        traces
    }

    fn note(&self, view: &View) {
        let mut traces = self.notes();
        if view.printers.len() < traces.len() {
            traces.retain(|key, _| view.printers.iter().any(|row| row.key == *key));
        }
        for row in &view.printers {
            let note = Note { at: view.at, percent: row.percent, nozzle: row.nozzle, bed: row.bed };
            let notes = traces.entry(row.key.clone()).or_default();
            if KEPT <= notes.len() {
                notes.pop_front();
            }
            notes.push_back(note);
        }
    }

    /// Returns what was noted of the printer `key`, oldest first.
    pub(super) fn of(&self, key: &str) -> Vec<Note> {
        self.notes().get(key).into_iter().flatten().copied().collect()
    }

    fn notes(&self) -> MutexGuard<'_, BTreeMap<String, VecDeque<Note>>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
