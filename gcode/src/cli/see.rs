//! What is to be seen of a file: its picture, the slicer's own, its plain text.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Error};
use visorfarm_gcode::Look;

use super::args::One;
use super::complaint::Complaint;
use super::read;

/// Draws where the file lays filament.
pub(super) fn picture(one: &One, output: &Path, look: Look, size: u32) -> anyhow::Result<()> {
    let extension = output.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    let draw = match extension.as_deref().and_then(|extension| extension.to_str()) {
        Some("svg") => |path: &visorfarm_gcode::Path, look, _| path.svg(look).into_bytes(),
        Some("png") => |path: &visorfarm_gcode::Path, look, size| path.png(look, size),
        _ => return Err(other_name(output)),
    };
    let path = read::watch(&one.file, one.plate)?.path;
    if path.is_empty() {
        let file = one.file.display();
        return Err(Error::msg(Complaint::new(
            format!("{file} lays no filament: there is nothing to draw"),
            format!("{file} ne dépose pas de filament : il n'y a rien à dessiner"),
        )));
    }
    write(output, &draw(&path, look, size))
}

/// Writes the largest picture that the slicer put in.
pub(super) fn thumbnail(one: &One, output: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let Some((_, bytes)) = read::watch(&one.file, one.plate)?.thumbnail else {
        let file = one.file.display();
        return Err(Error::msg(Complaint::new(
            format!("{file} holds no picture of its slicer; `picture` draws one"),
            format!("{file} ne contient pas d'image de son trancheur ; `picture` en dessine une"),
        )));
    };
    if output == Path::new("-") {
        return Ok(out.write_all(&bytes)?);
    }
    write(output, &bytes)
}

/// Writes the file's text, whatever it is packed in.
pub(super) fn text(one: &One, out: &mut impl Write) -> anyhow::Result<()> {
    let mut unpacker = read::unpacker(one.plate);
    let mut written = Ok(());
    // What the pipe does not take is not taken by asking again.
    let mut take = |text: &[u8], written: &mut std::io::Result<()>| {
        if written.is_ok() {
            *written = out.write_all(text);
        }
    };
    read::feed(&one.file, |chunk| {
        unpacker.feed(chunk, &mut |text| take(text, &mut written))?;
        Ok(std::mem::replace(&mut written, Ok(()))?)
    })?;
    let finished = unpacker.finish(&mut |text| take(text, &mut written));
    finished.with_context(|| read::cannot_read(&one.file))?;
    Ok(written?)
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    fs::write(path, bytes).with_context(|| {
        let path = path.display();
        Complaint::new(format!("cannot write {path}"), format!("impossible d'écrire {path}"))
    })
}

fn other_name(path: &Path) -> Error {
    let path = path.display();
    Error::msg(Complaint::new(
        format!("cannot write {path}: name it .svg or .png"),
        format!("impossible d'écrire {path} : donnez-lui un nom en .svg ou .png"),
    ))
}
