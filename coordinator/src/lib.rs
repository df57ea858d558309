//! The coordinator: decides which printer prints what, and what has been counted.
//!
//! ```text
//! broker, web, intake     edges: bytes in, our types out
//!        |
//!      brain              one task owns the dispatcher: decide, apply, commit, then send
//!      /    \
//! dispatch  store         pure decisions; SQL behind few verbs
//! ```

pub mod accounts;
pub mod brain;
pub mod broker;
pub mod cli;
pub mod clock;
pub mod dispatch;
pub mod intake;
mod narrate;
mod serve;
pub mod serving;
pub mod store;
pub mod tls;
pub mod web;
mod wishes;
