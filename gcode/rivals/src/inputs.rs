//! Large files, made of the project's own slice: its layers again and again.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

const SLICE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../designs/visor-band/r1/ender3.gcode");

/// Returns a file of about `bytes` bytes below `folder`; one that is there already is taken.
pub(crate) fn stack(folder: &Path, bytes: u64) -> anyhow::Result<PathBuf> {
    let path = folder.join(format!("stack-{bytes}.gcode"));
    if !path.exists() {
        let slice = fs::read(SLICE).with_context(|| format!("cannot read {SLICE}"))?;
        write(&path, &slice, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(path)
}

fn write(path: &Path, slice: &[u8], bytes: u64) -> std::io::Result<()> {
    let begin = memchr::memmem::find(slice, b";LAYER_CHANGE\n").unwrap_or(0);
    let end = memchr::memmem::rfind(slice, b"; Filament-specific end gcode").unwrap_or(slice.len());
    let (start, rest) = slice.split_at(begin);
    let (layers, close) = rest.split_at(end - begin);
    let partial = path.with_extension("partial");
    let mut out = BufWriter::new(File::create(&partial)?);
    out.write_all(start)?;
    let mut left = bytes.saturating_sub((start.len() + close.len()) as u64);
    while layers.len() as u64 <= left {
        out.write_all(layers)?;
        left -= layers.len() as u64;
    }
    let part = usize::try_from(left).unwrap_or(0).min(layers.len());
    let line = memchr::memrchr(b'\n', &layers[..part]).map_or(0, |at| at + 1);
    out.write_all(&layers[..line])?;
    out.write_all(close)?;
    out.into_inner()?.sync_all()?;
    fs::rename(partial, path)
}
