//! The whole system from outside: our programs as processes, real OctoPrint servers, and what lies
//! between them. Tests and the demo are made of these parts.

pub mod agent;
mod api;
pub mod bench;
pub mod binaries;
pub mod card;
pub mod clock;
pub mod coordinator;
pub mod disk;
pub mod farm;
pub mod gcode;
pub mod guest;
pub mod holder;
pub mod look;
pub mod mail;
pub mod octoprint;
pub mod page;
pub mod person;
mod process;
pub mod proxy;
pub mod rows;
pub mod showcase;
pub mod sim;
mod simulated;
pub mod soak;
pub mod story;
pub mod stranger;
pub mod trouble;
pub mod wait;
