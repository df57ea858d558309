//! The formats that G-code comes packed in: bytes in, text out, without I/O.
//!
//! A file is told by its first bytes, never by its name. What comes out is handed on at once and in pieces of any size;
//! what is kept is at most one block. Every length that a file claims is held against a limit before it is believed, and
//! a file that unpacks to more than any plate, and to far more than it weighs, is refused: whoever reads it has little time to lose, and
//! no memory.

mod bgcode;
mod gzip;
mod inflate;
mod scan;
mod zip;

use serde::{Deserialize, Serialize};

pub use scan::{PackedScanner, Scanned};

use crate::say::{Sentence, both};

/// What a file's text comes packed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Lines of text, or anything that is no known packing: the verdict names it.
    Text,
    /// RFC 1952.
    Gzip,
    /// Prusa's binary G-code.
    Bgcode,
    /// A 3MF archive with one sliced plate in it.
    ThreeMf,
}

/// Why packed text cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unpackable {
    #[error("the file is cut short: its last part is missing; copy it again")]
    CutShort,
    #[error("the file is damaged: what it holds does not match its checksum; copy it again")]
    Checksum,
    #[error(
        "the file is damaged, or made by something that does not keep to its format; copy it again, or export it anew from the \
         slicer"
    )]
    Malformed,
    #[error(
        "the file is packed in a way that no slicer uses; export it from the slicer as plain G-code"
    )]
    Foreign,
    #[error(
        "the file unpacks to more than any print needs: it is made to fill a disk; export it from the slicer as plain G-code"
    )]
    Bomb,
    #[error("the archive holds no such sliced plate: export the sliced file from the slicer")]
    NoPlate,
    #[error("the archive holds several plates: say which, or export them one by one")]
    SeveralPlates,
}

impl Unpackable {
    /// Returns what is wrong, in both languages.
    #[must_use]
    pub fn tell(self) -> Sentence {
        let french = match self {
            Self::CutShort => "le fichier est tronqué : sa fin manque ; recopiez-le",
            Self::Checksum => {
                "le fichier est abîmé : son contenu ne correspond pas à sa somme de contrôle ; recopiez-le"
            }
            Self::Malformed => {
                "le fichier est abîmé, ou fait par un outil qui ne respecte pas son format ; recopiez-le, ou exportez-le de nouveau depuis le trancheur"
            }
            Self::Foreign => {
                "le fichier est compressé d'une façon qu'aucun trancheur n'emploie ; exportez-le depuis le trancheur en G-code texte"
            }
            Self::Bomb => {
                "le fichier se déploie en plus de données qu'une impression n'en demande : il est fait pour remplir un disque ; exportez-le depuis le trancheur en G-code texte"
            }
            Self::NoPlate => {
                "l'archive ne contient pas ce plateau tranché : exportez le fichier tranché depuis le trancheur"
            }
            Self::SeveralPlates => {
                "l'archive contient plusieurs plateaux : dites lequel, ou exportez-les un par un"
            }
        };
        both(self.to_string(), french)
    }
}

/// Where text goes as it is unpacked.
pub type Sink<'a> = &'a mut dyn FnMut(&[u8]);

/// The most text that one file may hold: twenty times the largest plate seen.
const TEXT_BYTES_MAX: u64 = 2 << 30;

/// How well a file packs says nothing up to this size: layers that are alike may shrink as far as deflate goes, to a thousandth,
/// since each of its symbols stands for 258 bytes at most and takes two bits at least (RFC 1951). What bounds the harm is
/// what there is to read: this much, of which nothing is kept, takes two seconds if it is all empty lines, and half of that
/// if it is moves (measured). The largest plate seen has 91 MB.
const FREE_BYTES: u64 = 128 << 20;

/// How well a larger file may pack: none that large is as regular. G-code packs to a fifth or a tenth (measured), repeated lines
/// of a test object to a fortieth, and layers of infill that is the same throughout to a hundred and sixtieth.
const RATIO_MAX: u64 = 100;

/// Bytes are taken in pieces of this size, whatever is fed: a ratio is that of what was unpacked, not of what waits.
const PIECE_BYTES: usize = 16 << 10;

/// The bytes that tell a format.
const MAGIC_BYTES: usize = 4;

/// Unpacks one file. Feed it the bytes in order, wherever they are cut.
#[derive(Debug)]
pub struct Unpacker {
    state: State,
    /// Which plate of an archive is wanted; none if there must be only one.
    plate: Option<u32>,
    /// Bytes fed, and bytes of text made of them.
    fed: u64,
    made: u64,
}

#[derive(Debug)]
enum State {
    /// The first bytes, too few to tell by.
    Unknown(Vec<u8>),
    Text,
    Gzip(Box<gzip::Gzip>),
    Bgcode(Box<bgcode::Bgcode>),
    Zip(Box<zip::Zip>),
}

impl Default for Unpacker {
    fn default() -> Self {
        let state = State::Unknown(Vec::with_capacity(MAGIC_BYTES));
        Self { state, plate: None, fed: 0, made: 0 }
    }
}

impl Unpacker {
    /// Returns one that takes the plate of this number from an archive of several.
    #[must_use]
    pub fn of_plate(plate: u32) -> Self {
        Self { plate: Some(plate), ..Self::default() }
    }

    /// Takes the next bytes and hands on the text they hold. After an error nothing more comes.
    pub fn feed(&mut self, bytes: &[u8], text: Sink<'_>) -> Result<(), Unpackable> {
        let State::Unknown(head) = &mut self.state else { return self.go_on(bytes, text) };
        let (first, rest) = bytes.split_at(bytes.len().min(MAGIC_BYTES - head.len()));
        head.extend_from_slice(first);
        if head.len() < MAGIC_BYTES {
            return Ok(());
        }
        let head = std::mem::take(head);
        self.state = State::told_by(&head, self.plate);
        self.go_on(&head, text)?;
        self.go_on(rest, text)
    }

    /// Says that all bytes were fed, and returns what they were packed in.
    pub fn finish(mut self, text: Sink<'_>) -> Result<Format, Unpackable> {
        match self.state {
            State::Unknown(head) if is_begun(&head) => Err(Unpackable::CutShort),
            State::Unknown(head) => {
                text(&head);
                Ok(Format::Text)
            }
            State::Text => Ok(Format::Text),
            State::Gzip(gzip) => gzip.finish().map(|()| Format::Gzip),
            State::Bgcode(bgcode) => {
                bgcode.finish(&mut limited(&mut self.made, self.fed, text))?;
                Ok(Format::Bgcode)
            }
            State::Zip(zip) => zip.finish().map(|()| Format::ThreeMf),
        }
    }

    /// Returns what the file is packed in, once its first bytes tell.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        match self.state {
            State::Unknown(_) => None,
            State::Text => Some(Format::Text),
            State::Gzip(_) => Some(Format::Gzip),
            State::Bgcode(_) => Some(Format::Bgcode),
            State::Zip(_) => Some(Format::ThreeMf),
        }
    }

    fn go_on(&mut self, bytes: &[u8], text: Sink<'_>) -> Result<(), Unpackable> {
        if matches!(self.state, State::Text) {
            text(bytes);
            return Ok(());
        }
        for piece in bytes.chunks(PIECE_BYTES) {
            self.fed = self.fed.saturating_add(piece.len() as u64);
            let mut text = limited(&mut self.made, self.fed, text);
            match &mut self.state {
                State::Unknown(_) | State::Text => Ok(()),
                State::Gzip(gzip) => gzip.feed(piece, &mut text),
                State::Bgcode(bgcode) => bgcode.feed(piece, &mut text),
                State::Zip(zip) => zip.feed(piece, &mut text),
            }?;
        }
        Ok(())
    }
}

/// Where a decoder puts its text; it refuses what is too much.
type Limited<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), Unpackable>;

fn limited(
    made: &mut u64,
    fed: u64,
    text: Sink<'_>,
) -> impl FnMut(&[u8]) -> Result<(), Unpackable> {
    move |bytes| {
        *made = made.saturating_add(bytes.len() as u64);
        check_ratio(fed, *made)?;
        text(bytes);
        Ok(())
    }
}

/// Refuses what so many `packed` bytes have become.
fn check_ratio(packed: u64, unpacked: u64) -> Result<(), Unpackable> {
    let swollen = FREE_BYTES < unpacked && packed.saturating_mul(RATIO_MAX) < unpacked;
    let endless = TEXT_BYTES_MAX < unpacked && packed < unpacked;
    if swollen || endless { Err(Unpackable::Bomb) } else { Ok(()) }
}

/// Says whether `head`, which is all of a file, is the beginning of a packed one. A single byte is anything.
fn is_begun(head: &[u8]) -> bool {
    let magics: [&[u8]; 3] = [b"\x1F\x8B\x08", b"GCDE", b"PK\x03\x04"];
    1 < head.len() && magics.iter().any(|magic| magic.starts_with(head))
}

impl State {
    fn told_by(head: &[u8], plate: Option<u32>) -> Self {
        match head {
            [0x1F, 0x8B, ..] => Self::Gzip(Box::default()),
            b"GCDE" => Self::Bgcode(Box::default()),
            b"PK\x03\x04" => Self::Zip(Box::new(zip::Zip::new(plate))),
            _ => Self::Text,
        }
    }
}
