//! Bytes from files and the standard input, in constant memory.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use visorfarm_gcode::{Dialect, Lines, Motion, Options, Profile, Report, Sight, Unpacker};

use super::ahead::{self, Fetched};
use super::complaint::Complaint;
use super::output::shown;

/// A smaller file is read before a person sees a bar.
const SHOWN_FROM_BYTES: u64 = 64 << 20;

/// Returns what the file at `path` does, or the standard input for `-`.
pub(super) fn scan(path: &Path, plate: Option<u32>, options: &Options) -> anyhow::Result<Report> {
    let mut lines = Lines::new(options);
    let fetched = lines_of(path, plate, &mut lines)?;
    let report = lines.finish(fetched.sha256);
    Ok(Report { bytes: fetched.bytes, ..report })
}

/// Returns what is to be seen of the file at `path`.
pub(super) fn watch(path: &Path, plate: Option<u32>) -> anyhow::Result<Sight> {
    let mut lines = Lines::watching(&Options { motion: None, ..Options::default() });
    let fetched = lines_of(path, plate, &mut lines)?;
    Ok(lines.finish_watching(fetched.sha256).1)
}

/// Feeds `lines` with the text of a file, whatever it is packed in.
fn lines_of(path: &Path, plate: Option<u32>, lines: &mut Lines) -> anyhow::Result<Fetched> {
    let mut unpacker = unpacker(plate);
    let mut feed_lines = |text: &[u8]| lines.feed(text);
    let fetched = feed(path, |piece| Ok(unpacker.feed(piece, &mut feed_lines)?))?;
    unpacker.finish(&mut feed_lines).with_context(|| cannot_read(path))?;
    Ok(fetched)
}

/// Slicers write their settings, 20 KB of them, at the head or at the tail.
const SETTINGS: u64 = 64 << 10;

/// Returns how to read the file at `path`: as the printer reads it, or, without one, by the firmware and the limits of motion
/// that the slicer wrote into the file. A stream is read once only, and by common limits.
pub(super) fn options(profile: Option<&Profile>, path: &Path) -> Options {
    if let Some(profile) = profile {
        return Options::from(profile);
    }
    let settings = settings(path).unwrap_or_default();
    let common = Options::default();
    let motion = Motion::claimed(&settings).or(common.motion);
    Options { dialect: Dialect::claimed(&settings), motion, ..common }
}

/// Returns the head and the tail of a file that can be read twice.
fn settings(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    if !path.is_file() {
        return Ok(text);
    }
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    file.by_ref().take(SETTINGS).read_to_end(&mut text)?;
    file.seek(SeekFrom::Start(bytes.saturating_sub(SETTINGS)))?;
    file.take(SETTINGS).read_to_end(&mut text)?;
    Ok(text)
}

/// Returns what takes its text from the plate of that number, if one is named.
pub(super) fn unpacker(plate: Option<u32>) -> Unpacker {
    plate.map_or_else(Unpacker::default, Unpacker::of_plate)
}

/// Hands the bytes of a file to `take`, piece by piece.
pub(super) fn feed(
    path: &Path,
    mut take: impl FnMut(&[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<Fetched> {
    let (source, bytes) = open(path).with_context(|| cannot_read(path))?;
    let bar = bar(bytes);
    let fetched = ahead::each(source, |piece| {
        bar.inc(piece.len() as u64);
        take(piece)
    });
    bar.finish_and_clear();
    fetched.with_context(|| cannot_read(path))
}

/// Returns the file at `path` and its size, which is nought where it is not known.
fn open(path: &Path) -> io::Result<(Box<dyn Read + Send>, u64)> {
    if path == Path::new("-") {
        return Ok((Box::new(io::stdin()), 0));
    }
    let file = File::open(path)?;
    let bytes = file.metadata()?.len();
    Ok((Box::new(file), bytes))
}

pub(super) fn cannot_read(path: &Path) -> Complaint {
    let path = shown(&path.display().to_string());
    Complaint::new(format!("cannot read {path}"), format!("impossible de lire {path}"))
}

/// Returns a bar on the standard error; one that is not seen for a small file, or where nobody looks.
fn bar(bytes: u64) -> ProgressBar {
    if bytes < SHOWN_FROM_BYTES {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} left")
        .expect("the template is sound: it does not depend on the file");
    ProgressBar::new(bytes).with_style(style)
}

/// Returns the profile that `name` names: a shipped one, or the TOML file of that path.
pub(super) fn profile(name: &str) -> anyhow::Result<Profile> {
    if let Some(profile) = Profile::shipped(name) {
        return Ok(profile);
    }
    let text = fs::read_to_string(name).with_context(|| {
        let shipped = Profile::shipped_names().collect::<Vec<_>>().join(", ");
        Complaint::new(
            format!("cannot read the printer profile {name}; shipped are {shipped}"),
            format!("impossible de lire le profil d'imprimante {name} ; sont fournis {shipped}"),
        )
    })?;
    Profile::parse(&text).with_context(|| {
        Complaint::new(format!("cannot use {name}"), format!("impossible d'utiliser {name}"))
    })
}
