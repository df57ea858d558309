//! tests

pub mod octoprint;
