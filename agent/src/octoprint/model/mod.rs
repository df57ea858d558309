//! What OctoPrint says, in our own strict types.
//!
//! Missing, null, unknown and absurd fields are fine: they become "unknown", never a guess and never a
//! panic. Texts are cut to a size, so that nothing kept or shown can be made to grow.

mod condition;
mod file;
mod marking;
mod names;
pub(super) mod read;
mod snapshot;
mod version;
mod webcam;

pub use condition::PrinterCondition;
pub use file::{FOLDER, FileRecord};
pub use marking::{Marking, MarkingKind, Markings, SincePrint};
pub(crate) use names::printer_names;
pub use snapshot::{Heat, JobFile, Progress, Snapshot, Temperatures};
pub use version::{Support, Version};
pub(crate) use webcam::snapshot_url;
