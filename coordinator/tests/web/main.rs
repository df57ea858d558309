//! The pages, the API, the stream and the files, through the router and over a real store.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it set it up")]

mod access;
mod camera;
mod files;
mod input;
mod letters;
mod live;
mod pages;
mod printer;
mod sheets;
mod site;
mod upload;
