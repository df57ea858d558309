//! The agent beside a printer: prints what its lease says, remembers what happened, and tells it
//! until it is heard.

mod album;
mod backoff;
pub mod brain;
pub mod cli;
pub mod clock;
pub mod config;
pub mod enrol;
pub mod fetch;
pub mod join;
pub mod journal;
pub mod link;
pub mod local;
pub mod memos;
pub mod octoprint;
pub mod page;
pub mod run;
pub mod state_dir;
pub mod supervise;
#[cfg(test)]
mod testing;
pub mod trust;

/// Program and version, as the farm and the maker are told them.
pub(crate) const SOFTWARE: &str = concat!("visorfarm-agent ", env!("CARGO_PKG_VERSION"));
