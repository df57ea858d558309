//! Moments at which a test lets a program die, as by a power cut: just before something is made durable,
//! or just after, when nothing has followed from it yet. Only in builds with debug assertions.

use std::fmt::Debug;

/// Names the moment: `before:Starting`, `after:OutcomeCounted`.
pub const VARIABLE: &str = "VISORFARM_FAILPOINT";

/// Which side of the durable write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Nothing of it is on the disk.
    Before,
    /// All of it is; nobody was told, nothing was done.
    After,
}

/// Ends the process if it was told to end here: at `moment` of writing changes of which one has the
/// variable's word in its name.
#[cfg(debug_assertions)]
pub fn reach<C: Debug>(moment: Moment, changes: &[C]) {
    use std::sync::LazyLock;

    static TOLD: LazyLock<Option<String>> = LazyLock::new(|| std::env::var(VARIABLE).ok());
    let Some(told) = TOLD.as_deref() else { return };
    let side = match moment {
        Moment::Before => "before:",
        Moment::After => "after:",
    };
    if told.strip_prefix(side).is_some_and(|word| changes.iter().any(|change| names(change, word)))
    {
        std::process::abort();
    }
}

/// Does nothing: programs that are shipped end only where they must.
#[cfg(not(debug_assertions))]
pub fn reach<C: Debug>(_moment: Moment, _changes: &[C]) {}

#[cfg(debug_assertions)]
fn names<C: Debug>(change: &C, word: &str) -> bool {
    format!("{change:?}").split(|c: char| !c.is_alphanumeric()).any(|name| name == word)
}
