//! tests

pub mod bench;
pub mod octoprint;
