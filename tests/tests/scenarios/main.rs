//! What a real OctoPrint does to a print, and what the agent makes of it: each scenario is one that
//! was measured, and each asks everyone who counts.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod again;
mod camera;
mod door;
mod ending;
mod enrol;
mod fault;
mod key;
mod letters;
mod memo;
mod owner;
mod page;
mod restart;
mod settings;
mod shop;
mod spool;
mod start;
