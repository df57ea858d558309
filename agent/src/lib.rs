//! The agent beside a printer: prints what its lease says, remembers what happened, and tells it
//! until it is heard.

pub mod journal;
pub mod octoprint;
