//! Reads a G-code file once, says what it will do and whether that is safe.
//!
//! Strangers' files, home heaters: what a file may do on a printer is an allow list, and everything unknown is refused.
//! [`Scanner`] takes the bytes as they come and ends in a [`Report`]; [`verify()`] holds the report against a printer's
//! [`Profile`] and returns its [`Finding`]s. The core does no I/O, asks no clock, and allocates nothing per line; no input
//! makes it panic, loop or grow.
//!
//! ```
//! use visorfarm_gcode::{Options, Profile, Scanner, Severity, verify};
//!
//! let profile = Profile::shipped("ender3").expect("ender3 is shipped");
//! let mut scanner = Scanner::new(&Options::from(&profile));
//! scanner.feed(b"G28\nM104 S310\n");
//! let findings = verify(&scanner.finish(), &profile);
//! assert_eq!(findings[0].severity, Severity::Forbid);
//! ```

mod census;
mod changes;
mod claims;
mod dialect;
mod extent;
mod finding;
mod format;
mod klipper;
mod machine;
mod mark;
mod number;
mod objects;
mod parameters;
mod picture;
mod profile;
mod report;
mod rule;
mod say;
mod scanner;
mod thumbnail;
mod time;
mod trace;
mod verify;
mod words;

pub use census::Use;
pub use claims::Claims;
pub use dialect::Dialect;
pub use extent::{Interval, Range};
pub use finding::{Finding, Severity};
pub use format::{Format, PackedScanner, Scanned, Sink, Unpackable, Unpacker};
pub use mark::Spot;
pub use picture::{Colouring, Feature, Look, Path, View};
pub use profile::{
    Arms, Corner, Derived, Macro, MacroEffect, Material, Meaning, Motion, Nozzles, Profile,
    ProfileError, Underivable, Volume,
};
pub use report::{
    Content, Envelope, Evidence, Fault, Filament, Left, Peak, Report, Sha256Digest, TurnedOff,
};
pub use rule::Rule;
pub use say::{Language, Sentence};
pub use scanner::{Frame, Lines, Options, Scanner, Sight};
pub use thumbnail::{PictureFormat, Thumbnail, picture_header};
pub use verify::verify;
pub use words::Shape;
