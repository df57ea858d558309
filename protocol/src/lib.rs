//! The words that agents and the coordinator exchange: identifiers, topics, messages, invites.
//!
//! Types and their (de)serialisation only: no I/O, no clock, no decision. The one exception is
//! [`failpoint`], by which tests end both programs. Everything that crosses the network is parsed
//! here, once, and is trusted from here on. Messages evolve by addition: unknown fields are ignored,
//! and each version's golden fixtures parse for ever.

pub mod camera;
pub mod digest;
pub mod enrol;
pub mod failpoint;
pub mod id;
pub mod letters;
pub mod memo;
pub mod message;
pub mod status;
pub mod text;
pub mod topic;
