//! The size and the end of a picture, from its bytes as they pass.

use super::PictureFormat;

/// The size of a JPEG stands behind its tables and what cameras write: slicers' lies within some hundred bytes.
const HEAD_BYTES: usize = 4096;

const TAIL_BYTES: usize = 8;

/// The first and the last bytes of a picture.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    head: Vec<u8>,
    tail: [u8; TAIL_BYTES],
}

impl Shape {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        let room = HEAD_BYTES - self.head.len();
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        for byte in &bytes[bytes.len().saturating_sub(TAIL_BYTES)..] {
            self.tail.rotate_left(1);
            self.tail[TAIL_BYTES - 1] = *byte;
        }
    }

    /// Returns width and height, if the bytes begin and end as `format` does.
    pub(super) fn size(&self, format: PictureFormat) -> Option<(u32, u32)> {
        match format {
            PictureFormat::Png => self.png(),
            PictureFormat::Jpg => self.jpg(),
            PictureFormat::Qoi => self.qoi(),
        }
    }

    fn png(&self) -> Option<(u32, u32)> {
        let ends = self.tail == *b"IEND\xAE\x42\x60\x82";
        png(&self.head).filter(|_| ends)
    }

    /// "The Quite OK Image Format", specification 1.0.
    fn qoi(&self) -> Option<(u32, u32)> {
        let ends = self.tail == [0, 0, 0, 0, 0, 0, 0, 1];
        (self.head.starts_with(b"qoif") && ends)
            .then_some((long(&self.head, 4)?, long(&self.head, 8)?))
    }

    fn jpg(&self) -> Option<(u32, u32)> {
        jpg(&self.head).filter(|_| self.tail.ends_with(&[0xFF, 0xD9]))
    }
}

/// Returns format, width and height of what begins as a PNG or a JPEG, as cameras give them. Whether it
/// ends as one does is not asked: some cameras fill up their frames.
#[must_use]
pub fn picture_header(bytes: &[u8]) -> Option<(PictureFormat, u32, u32)> {
    let png = png(bytes).map(|(width, height)| (PictureFormat::Png, width, height));
    png.or_else(|| jpg(bytes).map(|(width, height)| (PictureFormat::Jpg, width, height)))
}

/// W3C, Portable Network Graphics: signature, then IHDR; IEND and its checksum at the end.
fn png(head: &[u8]) -> Option<(u32, u32)> {
    let begins = head.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    begins.then_some((long(head, 16)?, long(head, 20)?))
}

/// ITU T.81, annex B: markers with lengths up to a start of frame, which holds height and width.
fn jpg(head: &[u8]) -> Option<(u32, u32)> {
    if !head.starts_with(&[0xFF, 0xD8]) {
        return None;
    }
    let mut at = 2;
    loop {
        let [0xFF, marker, ..] = *head.get(at..)? else { return None };
        // DHT, JPG and DAC lie among the starts of frames, and are none.
        if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
            return Some((word(head, at + 7)?, word(head, at + 5)?));
        }
        at += 2 + word(head, at + 2)? as usize;
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let [high, low] = *bytes.get(at..at + 2)? else { return None };
    Some(u32::from(high) << 8 | u32::from(low))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(word(bytes, at)? << 16 | word(bytes, at + 2)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(format: PictureFormat, bytes: &[u8]) -> Option<(u32, u32)> {
        let mut shape = Shape::default();
        for piece in bytes.chunks(3) {
            shape.feed(piece);
        }
        shape.size(format)
    }

    #[test]
    fn each_format_tells_its_size() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x02\0\0\0\x07....IEND\xAE\x42\x60\x82";
        assert_eq!(size(PictureFormat::Png, png), Some((258, 7)));
        let jpg =
            b"\xFF\xD8\xFF\xE0\0\x04..\xFF\xC4\0\x03.\xFF\xC0\0\x0B\x08\0\x10\0\x20...\xFF\xD9";
        assert_eq!(size(PictureFormat::Jpg, jpg), Some((32, 16)));
        assert_eq!(picture_header(png), Some((PictureFormat::Png, 258, 7)));
        assert_eq!(picture_header(jpg), Some((PictureFormat::Jpg, 32, 16)));
    }

    #[test]
    fn a_frame_that_a_camera_fills_up_has_its_size() {
        let jpg = b"\xFF\xD8\xFF\xC0\0\x0B\x08\0\x10\0\x20...\xFF\xD9\0\0\0";
        assert_eq!(picture_header(jpg), Some((PictureFormat::Jpg, 32, 16)));
        assert_eq!(size(PictureFormat::Jpg, jpg), None);
    }

    #[test]
    fn what_begins_as_no_picture_has_no_size() {
        for bytes in
            [&b""[..], b"\xFF\xD8", b"\x89PNG\r\n\x1a\n", b"\xFF\xD8\xFF\xE0\xFF\xFF", b"<svg>"]
        {
            assert_eq!(picture_header(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_cut_short_has_no_size() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x02\0\0\0\x07....";
        assert_eq!(size(PictureFormat::Png, png), None);
        assert_eq!(size(PictureFormat::Jpg, b"\xFF\xD8\xFF\xC0\0\x0B\xFF\xD9"), None);
        assert_eq!(size(PictureFormat::Jpg, b"\xFF\xD8\xFF\xE0\0\0\xFF\xE0\0\0\xFF\xD9"), None);
        assert_eq!(size(PictureFormat::Qoi, b"qoif"), None);
    }
}
