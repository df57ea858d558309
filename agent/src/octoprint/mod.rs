//! The agent's client of OctoPrint: lenient towards its JSON, strict towards our own types.
//!
//! [`rest`] asks and commands, [`push`] listens, [`appkeys`] gets a key from the maker. Events are
//! hints that make us look; what [`rest`] answers is the truth. Nothing here decides anything.

pub mod appkeys;
pub mod model;
pub mod push;
pub mod rest;
