//! Where the nozzle is without a move of the file: homed, probed, let go, or called by another name.

use super::Machine;
use super::axis::{Axis, Place};
use crate::dialect::{Dialect, Origin};
use crate::mark::Here;
use crate::number::Micro;
use crate::words::Words;

/// What start codes purge is no higher than this, and homing may come after it.
pub(super) const PURGE_MAX: Micro = Micro::whole(2);

impl Machine {
    /// A macro moves the head and may heat: the place is no longer known.
    pub(crate) fn wander(&mut self) {
        self.clock.stop();
        (0..3).for_each(|axis| self.stray(axis));
    }

    /// The bed is probed by name: before all axes are homed, and after motors were let go, that is an error. Klipper,
    /// "Must home axis first".
    pub(crate) fn probe_by_name(&mut self, here: Here<'_>) {
        if !self.axes.iter().all(|axis| axis.place.homed()) {
            self.firsts.probed_unhomed.get_or_insert_with(|| here.mark());
        }
    }

    /// A macro may have changed the modes.
    pub(crate) fn doubt_modes(&mut self) {
        self.modes.pass_on(Origin::Doubtful);
    }

    /// A macro says the modes, as its owner vouches: which, is not known.
    pub(crate) fn vouch_for_modes(&mut self) {
        self.modes.pass_on(Origin::Vouched);
    }

    /// An axis moves, and the file does not say where to.
    pub(super) fn stray(&mut self, axis: usize) {
        self.lose(axis);
        let place = &mut self.axes[axis].place;
        if let (true, Some(last)) = (place.homed(), place.last()) {
            *place = Place::Somewhere(last);
        }
    }

    pub(super) fn go_home(&mut self, words: &Words, here: Here<'_>) {
        self.clock.stop();
        // `G28 W` names no axis: all of them go home. A delta's go together, whichever is named. Marlin, `G28.cpp`, `home_delta`;
        // Klipper, `delta.py`, `home`.
        let none = !words.has(b'X') && !words.has(b'Y') && !words.has(b'Z');
        let all = none || self.homes_at_the_top();
        for (index, letter) in [b'X', b'Y', b'Z'].into_iter().enumerate() {
            if !all && !words.has(letter) {
                continue;
            }
            self.lose(index);
            if index == 2 {
                self.name_height();
            }
            if words.has(b'O') || words.has(b'Q') && self.dialect == Dialect::Buddy {
                self.go_home_if_lost(index);
            } else {
                self.drift[index] = Micro::ZERO;
                let place =
                    self.home.map_or(Place::Somewhere(Micro::ZERO), |at| Place::Home(at[index]));
                self.axes[index] = Axis { place, offset: Micro::ZERO };
            }
        }
        self.firsts.homed.get_or_insert_with(|| here.mark());
        if all || words.has(b'Z') || !self.clears_print() {
            self.note_onto_print(here);
        }
    }

    /// Returns whether nothing that was printed is known to be higher than the nozzle, so that it may go home sideways. Klipper goes
    /// there as low as it is; others lift it a little. Klipper, `homing.py`; Marlin, `Z_HOMING_HEIGHT`.
    fn clears_print(&self) -> bool {
        self.axes[2].place.last().is_some_and(|height| self.grown <= height)
    }

    /// Marlin, G28: with O it stays where it is, if the firmware holds its place for known, by what was before the file, too.
    fn go_home_if_lost(&mut self, index: usize) {
        let home = self.home.map_or(Micro::ZERO, |home| home[index]);
        let axis = &mut self.axes[index];
        axis.place = match axis.place {
            // Not every build forgets the place when its motors are let go.
            place @ Place::MotorsOff(_) => place,
            place @ (Place::Unhomed | Place::Lifted(_)) => {
                Place::Somewhere(place.last().unwrap_or(home))
            }
            Place::Home(at) | Place::At(at) | Place::Somewhere(at) => Place::Somewhere(at),
        };
    }

    /// Notes that the nozzle goes down to the bed, if a print is in its way. Printers that home at the top look for it there.
    pub(super) fn note_onto_print(&mut self, here: Here<'_>) {
        if !self.homes_at_the_top() && self.stands_from.is_some() {
            self.firsts.onto_print.get_or_insert_with(|| here.mark());
        }
    }

    /// M18 and M84. Klipper lets all motors go, whatever the line names. Klipper, `stepper_enable.py`, `cmd_M18`.
    pub(super) fn motors_off(&mut self, words: &Words) {
        let named = |letter| words.has(letter);
        let none = ![b'X', b'Y', b'Z', b'E'].into_iter().any(named) && !words.has(b'S');
        let all = none || self.dialect == Dialect::Klipper;
        for (index, letter) in [b'X', b'Y', b'Z'].into_iter().enumerate() {
            if all || named(letter) {
                self.lose(index);
                let lifted = self.axes[index].place.lifted();
                self.axes[index].place = Place::MotorsOff(lifted);
            }
        }
    }

    /// G92. Without a letter Klipper calls all places nought, E among them, Marlin none and others some. Klipper,
    /// `gcode_move.py`, `cmd_G92`; Marlin, `G92.cpp`.
    pub(super) fn rename_position(&mut self, words: &Words, here: Here<'_>) {
        if let Some(e) = words.number(b'E') {
            self.e = self.length(e);
            self.modes.set_count();
        }
        let bare = !words.strays(0);
        if bare {
            self.firsts.origin_shift.get_or_insert_with(|| here.mark());
        }
        for (index, letter) in [b'X', b'Y', b'Z'].into_iter().enumerate() {
            let named = words.number(letter);
            let Some(logical) = (if bare { Some(Micro::ZERO) } else { named }) else { continue };
            let logical = self.length(logical);
            if self.axes[index].logical() != Some(logical) {
                self.firsts.origin_shift.get_or_insert_with(|| here.mark());
            }
            self.axes[index].rename(logical);
        }
    }
}
