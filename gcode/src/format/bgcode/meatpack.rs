//! `MeatPack` (scottmudge/OctoPrint-MeatPack, its README): two characters a byte, the first in the low half.
//!
//! Fifteen characters have a code of four bits; 15 stands for another, which follows in full. Two bytes of 0xFF and a third
//! are an order to the decoder. Slicers leave blanks out; they come back before each word of a command.

/// What a code below 15 stands for. The twelfth is a blank, or E where blanks are left out.
const TABLE: [u8; 15] = *b"0123456789. \nGX";

const BLANK: u8 = 11;
const FULL: u8 = 15;
const SIGNAL: u8 = 0xFF;

const PACKING_ON: u8 = 251;
const PACKING_OFF: u8 = 250;
const RESET: u8 = 249;
const BLANKS_LEFT_OUT: u8 = 247;
const BLANKS_KEPT: u8 = 246;

/// The state of a decoder at the start of a block.
#[derive(Debug, Default)]
struct Decoder {
    packed: bool,
    blanks: Blanks,
    line: Line,
    text: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Blanks {
    #[default]
    Kept,
    LeftOut,
}

/// What kind of line is being written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Line {
    #[default]
    Start,
    /// A move: its words were written without blanks.
    Words,
    Other,
}

/// Returns the text of one block.
pub(super) fn decode(bytes: &[u8]) -> Vec<u8> {
    let mut decoder = Decoder { text: Vec::with_capacity(bytes.len() * 2), ..Decoder::default() };
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        rest = match after {
            [SIGNAL, order, after @ ..] if first == SIGNAL => {
                decoder.obey(*order);
                after
            }
            _ if decoder.packed => decoder.pair(first, after),
            _ => {
                decoder.write(first);
                after
            }
        };
    }
    decoder.text
}

impl Decoder {
    fn obey(&mut self, order: u8) {
        match order {
            PACKING_ON => self.packed = true,
            PACKING_OFF => self.packed = false,
            BLANKS_LEFT_OUT => self.blanks = Blanks::LeftOut,
            BLANKS_KEPT => self.blanks = Blanks::Kept,
            RESET => (self.packed, self.blanks) = (false, Blanks::Kept),
            // Orders of a serial line: nothing to do in a file.
            _ => {}
        }
    }

    /// Writes the two characters of `byte`, of which some follow in full, and returns what is left.
    fn pair<'a>(&mut self, byte: u8, mut rest: &'a [u8]) -> &'a [u8] {
        for code in [byte & 0xF, byte >> 4] {
            if code != FULL {
                let left_out = code == BLANK && self.blanks == Blanks::LeftOut;
                self.write(if left_out { b'E' } else { TABLE[usize::from(code)] });
            } else if let Some((&full, after)) = rest.split_first() {
                // An odd line is filled up with a zero.
                if full != 0 {
                    self.write(full);
                }
                rest = after;
            }
        }
        rest
    }

    fn write(&mut self, byte: u8) {
        // A line of odd length is filled up with a second line end.
        if byte == b'\n' && self.text.last() == Some(&b'\n') {
            return;
        }
        self.line = match (self.line, byte) {
            (_, b'\n') => Line::Start,
            (Line::Start, b'G') | (Line::Words, _) => Line::Words,
            (Line::Start | Line::Other, _) => Line::Other,
        };
        let word = self.line == Line::Words && byte.is_ascii_uppercase() && byte != b'G';
        if word && self.text.last() != Some(&b' ') {
            self.text.push(b' ');
        }
        self.text.push(byte);
    }
}
