//! What a supervisor orders to be done with its printer. The program does it over HTTP, in `work.rs`;
//! a simulated world does it with an OctoPrint of its own.

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::Grant;

use crate::clock::Moment;
use crate::config::PrinterConfig;
use crate::supervise::Question;

/// The hands at one printer. An order returns at once; what became of it comes back as an event.
pub trait Hands {
    /// Returns the version of the OctoPrint, once it has told it.
    fn version(&self) -> Option<String>;
    /// Fetches the grant's file, and holds it against what the maker agrees to.
    fn fetch(&mut self, grant: Grant, config: &PrinterConfig);
    /// Uploads the fetched file, and reads it back.
    fn upload(&mut self, grant: Grant, config: &PrinterConfig);
    /// Orders the start. Never repeated, whatever the answer.
    fn start(&self, lease: LeaseId, path: String);
    /// Asks what became of the file at `path`: the current job first, then the file's history, so
    /// that a print that ends in between shows in one of them.
    fn ask(&self, question: Question);
    /// Deletes a file that nobody needs; `asked` is when.
    fn delete(&self, path: String, asked: Moment);
    /// Takes a picture by the camera and sends it. Nothing depends on it: one that fails is not told.
    fn picture(&self);
}
