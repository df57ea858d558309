//! Bytes from files and the standard input, in constant memory.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use anyhow::Context;
use visorfarm_gcode::{Options, Profile, Report, Scanner};

/// Large enough that system calls do not count, small enough for a processor's cache.
const CHUNK: usize = 256 * 1024;

/// Returns the report of the file at `path`, or of the standard input for `-`.
pub(super) fn report(path: &Path, options: &Options) -> anyhow::Result<Report> {
    let read = if path == Path::new("-") {
        scan(io::stdin().lock(), options)
    } else {
        File::open(path).and_then(|file| scan(file, options))
    };
    read.with_context(|| format!("cannot read {}", path.display()))
}

fn scan(mut source: impl Read, options: &Options) -> io::Result<Report> {
    let mut scanner = Scanner::new(options);
    let mut chunk = vec![0; CHUNK];
    loop {
        match source.read(&mut chunk) {
            Ok(0) => return Ok(scanner.finish()),
            Ok(length) => scanner.feed(&chunk[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Returns the profile that `name` names: a shipped one, or the TOML file of that path.
pub(super) fn profile(name: &str) -> anyhow::Result<Profile> {
    if let Some(profile) = Profile::shipped(name) {
        return Ok(profile);
    }
    let shipped: Vec<_> = Profile::shipped_names().collect();
    let text = fs::read_to_string(name).with_context(|| {
        format!("cannot read the printer profile {name}; shipped are {}", shipped.join(", "))
    })?;
    Profile::parse(&text).with_context(|| format!("cannot use {name}"))
}
