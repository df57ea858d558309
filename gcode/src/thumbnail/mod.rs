//! Pictures that slicers put into comments: `; thumbnail begin 220x124 6448`, base64, `; thumbnail end`.
//!
//! What a comment claims is held against what the bytes are: a picture counts when it is whole, of the format and the size
//! that it says, and no larger than a page would show. Its pixels are not decoded: a browser does that, behind its own
//! walls. The words are those of PrusaSlicer, Orca, Bambu Studio, and Cura's thumbnail scripts.

mod shape;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use shape::Shape;
pub use shape::picture_header;

/// How a picture is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PictureFormat {
    Png,
    Jpg,
    Qoi,
}

/// A picture in a file, whole and of the size it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thumbnail {
    pub format: PictureFormat,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
}

/// Slicers write up to five.
const THUMBNAILS_MAX: usize = 16;

/// A page shows no more; slicers write up to some 50 kB.
const BYTES_MAX: usize = 1 << 20;

/// The longest side in pixels.
const SIDE_MAX: u32 = 4096;

/// Reads the pictures of one file, comment by comment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Thumbnails {
    pub(crate) sound: Vec<Thumbnail>,
    /// How many were no whole picture of the size they said.
    pub(crate) broken: u64,
    reading: Option<Reading>,
    keep: Keep,
    largest: Vec<u8>,
}

/// Whether the bytes of a picture are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Keep {
    #[default]
    Figures,
    Largest,
}

/// A picture on its way in.
#[derive(Clone, Debug)]
struct Reading {
    claimed: Thumbnail,
    /// Characters of base64, as the first line says.
    characters: u64,
    read: u64,
    /// Up to three characters whose group is not complete.
    carry: Vec<u8>,
    shape: Shape,
    bytes: Vec<u8>,
    damaged: bool,
}

impl Thumbnails {
    /// Returns a reader that keeps the largest picture.
    pub(crate) fn keeping() -> Self {
        Self { keep: Keep::Largest, ..Self::default() }
    }

    /// Reads one comment: what follows the `;`.
    #[inline]
    pub(crate) fn read(&mut self, comment: &[u8]) {
        let text = comment.trim_ascii();
        if text.first() == Some(&b't') && text.starts_with(b"thumbnail") {
            self.mark(text);
        } else if let Some(reading) = &mut self.reading {
            reading.line(text, self.keep);
        }
    }

    /// Returns the largest picture, if it was to be kept and there is one.
    pub(crate) fn take_largest(&mut self) -> Option<(Thumbnail, Vec<u8>)> {
        let most = self.sound.iter().max_by_key(|one| (one.width * one.height, one.bytes))?;
        let bytes = std::mem::take(&mut self.largest);
        (!bytes.is_empty()).then(|| (most.clone(), bytes))
    }

    /// Reads `thumbnail begin ...` or `thumbnail end`.
    fn mark(&mut self, text: &[u8]) {
        let Ok(text) = std::str::from_utf8(text) else { return };
        let mut words = text.split(' ');
        let tag = words.next().unwrap_or_default();
        match words.next() {
            Some("begin") => {
                self.broken += u64::from(self.reading.is_some());
                self.reading = Reading::begin(tag, words);
                self.broken += u64::from(self.reading.is_none());
            }
            // Cura's script ends a `thumbnail_QOI` with `thumbnail end`.
            Some("end") => self.end(),
            Some(_) | None => {}
        }
    }

    fn end(&mut self) {
        let Some(reading) = self.reading.take() else { return };
        let Some((thumbnail, bytes)) =
            reading.whole().filter(|_| self.sound.len() < THUMBNAILS_MAX)
        else {
            self.broken += 1;
            return;
        };
        let pixels = |one: &Thumbnail| (one.width * one.height, one.bytes);
        if self.sound.iter().all(|known| pixels(known) <= pixels(&thumbnail)) {
            self.largest = bytes;
        }
        self.sound.push(thumbnail);
    }
}

impl Reading {
    /// Reads `220x124 6448` behind `thumbnail begin`.
    fn begin<'a>(tag: &str, mut words: impl Iterator<Item = &'a str>) -> Option<Self> {
        let format = match tag {
            "thumbnail" => PictureFormat::Png,
            "thumbnail_JPG" => PictureFormat::Jpg,
            "thumbnail_QOI" => PictureFormat::Qoi,
            _ => return None,
        };
        let (width, height) = words.next()?.split_once(['x', 'X'])?;
        let (width, height) = (width.parse().ok()?, height.parse().ok()?);
        let characters = words.next()?.parse().ok()?;
        let sane = (1..=SIDE_MAX).contains(&width) && (1..=SIDE_MAX).contains(&height);
        sane.then(|| Self {
            claimed: Thumbnail { format, width, height, bytes: 0 },
            characters,
            read: 0,
            carry: Vec::with_capacity(4),
            shape: Shape::default(),
            bytes: Vec::new(),
            damaged: false,
        })
    }

    fn line(&mut self, text: &[u8], keep: Keep) {
        self.read = self.read.saturating_add(text.len() as u64);
        if self.damaged {
            return;
        }
        let mut code = std::mem::take(&mut self.carry);
        code.extend_from_slice(text);
        let whole = code.len() / 4 * 4;
        self.carry = code.split_off(whole);
        let Ok(bytes) = BASE64.decode(&code) else {
            self.damaged = true;
            return;
        };
        self.claimed.bytes += bytes.len() as u64;
        if BYTES_MAX as u64 <= self.claimed.bytes {
            self.damaged = true;
            return;
        }
        self.shape.feed(&bytes);
        if keep == Keep::Largest {
            self.bytes.extend_from_slice(&bytes);
        }
    }

    /// Returns the picture if it is what it says.
    fn whole(self) -> Option<(Thumbnail, Vec<u8>)> {
        let Thumbnail { format, width, height, .. } = self.claimed;
        let complete = !self.damaged && self.carry.is_empty() && self.read == self.characters;
        let true_to_size = self.shape.size(format) == Some((width, height));
        (complete && true_to_size).then_some((self.claimed, self.bytes))
    }
}

#[cfg(test)]
mod tests;
