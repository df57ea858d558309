//! Simulated agents: the real protocol over the real transport, with no printer behind it.

pub(crate) mod connection;
pub(crate) mod member;
