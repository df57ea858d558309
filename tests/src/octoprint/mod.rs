//! Real OctoPrint servers with their bundled virtual printer, for tests and for the demo.
//!
//! [`install`] puts a version below the target folder once; [`OctoPrint::start`] runs one server with
//! its own folder, port and key. Nothing here pretends to be OctoPrint.

mod api;
mod basedir;
mod install;
mod log;
mod server;

pub use api::Prints;
pub use basedir::Options;
pub use install::{DEFAULT, Venv, install};
pub use server::OctoPrint;

/// Every version the agent promises to work with, the oldest first.
pub const SUPPORTED: [&str; 4] = ["1.9.3", "1.10.3", DEFAULT, "2.0.0rc7"];
