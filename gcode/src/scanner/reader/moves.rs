//! G0 to G3: what their words do to the printer, and to the picture.

use super::Reader;
use crate::mark::Here;
use crate::number::Micro;
use crate::trace::{self, Stroke};
use crate::words::{Command, Shape, mask};

const MOVE_LETTERS: u32 = mask(b"XYZEF");
const ARC_LETTERS: u32 = mask(b"XYZEFIJRP");

impl Reader {
    /// Makes a move whose line is not plain.
    #[inline(never)]
    pub(super) fn make_other_move(&mut self, number: u8, here: Here<'_>) {
        self.make_move(number, here);
    }

    /// Makes the move that the words describe, and draws it if somebody wants to see it.
    #[expect(clippy::inline_always, reason = "millions of lines: a call costs a tenth of them")]
    #[inline(always)]
    pub(super) fn make_move(&mut self, number: u8, here: Here<'_>) {
        self.moves[usize::from(number & 3)] += 1;
        let letters = if number < 2 { MOVE_LETTERS } else { ARC_LETTERS };
        if self.words.strays(letters) || self.words.bare(letters) {
            self.note_odd_move(number, letters, here);
        }
        let seen = self.path.is_some().then(|| (self.machine.places(), self.machine.pushed()));
        self.machine.make_move(number, &self.words, here);
        if let Some((places, pushed)) = seen {
            self.draw(number, places, pushed);
        }
    }

    /// Notes letters that no move has, and letters without a number.
    #[cold]
    fn note_odd_move(&mut self, number: u8, letters: u32, here: Here<'_>) {
        if self.words.strays(letters) {
            let command = Command { letter: b'G', number: u32::from(number), sub: 0 };
            let noted = self.census.note(command, &self.words, here);
            self.blame(noted, here);
        }
        if self.words.bare(letters) {
            self.blame(Err(Shape::Bare), here);
        }
    }

    /// Draws the move that was just made, if filament was laid: it began at `places`.
    fn draw(&mut self, number: u8, places: [Option<Micro>; 3], pushed: Micro) {
        if let Some(path) = &mut self.path
            && pushed < self.machine.pushed()
            && let Some(stroke) = Stroke::between(places, self.machine.places())
        {
            trace::draw(path, stroke, number, &self.words);
        }
    }
}
