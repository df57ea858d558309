//! The pages, the API, the stream and the files, through the router and over a real store.

mod access;
mod files;
mod input;
mod live;
mod look;
mod pages;
mod site;
mod upload;
