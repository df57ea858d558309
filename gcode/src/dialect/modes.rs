//! Whether numbers are places or steps, and who said so.

use super::Dialect;

/// Whether a number is a place or a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Positioning {
    Absolute,
    Relative,
}

/// Which command last said how E is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    ByAxes,
    ByExtruder,
}

/// Whose word holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The last print's.
    LeftOver,
    /// The file's.
    Said,
    /// A macro's whose owner vouches that it says it; what it says is not known.
    Vouched,
    /// The file's, or that of a macro called since, which may have said otherwise.
    Doubtful,
}

/// How positions are read at this point of the file. Changed a few times in it, asked at each move: all is ready.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Modes {
    dialect: Dialect,
    pub(crate) axes: Positioning,
    /// Who said how axes are read.
    pub(crate) axes_by: Origin,
    /// Who said where E counts from.
    counted_by: Origin,
    /// How the dialect reads E.
    pub(crate) extruder: Positioning,
    pub(crate) doubt: Doubt,
    /// What M82 or M83 said, if anything.
    asked: Option<Positioning>,
    said: Said,
    /// Who said how E is read, if the file did before.
    extruder_by: Origin,
}

/// What makes it doubtful how E is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    Nothing,
    /// The file has said nothing yet: what the last print left behind may still hold.
    Unsaid,
    /// E is a place, and from where it counts is what the last print left behind.
    Uncounted,
    /// Firmwares differ.
    Disputed,
    /// Versions of this firmware differ: Marlin 1.1 takes E for a step when either G91 or M83 holds, as Klipper does; 2 goes
    /// by the last that was said. Marlin 1.1, `get_destination_from_command`; Marlin, G90.
    Versions,
}

impl Modes {
    pub(crate) const fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            axes: Positioning::Absolute,
            axes_by: Origin::LeftOver,
            counted_by: Origin::LeftOver,
            extruder: Positioning::Absolute,
            doubt: Doubt::Unsaid,
            asked: None,
            said: Said::Nothing,
            extruder_by: Origin::LeftOver,
        }
    }

    /// G90 and G91.
    pub(crate) fn set_axes(&mut self, positioning: Positioning) {
        self.axes = positioning;
        self.axes_by = Origin::Said;
        self.said = Said::ByAxes;
        if matches!(self.dialect, Dialect::Marlin | Dialect::Buddy) {
            self.extruder_by = Origin::Said;
        }
        self.compare();
    }

    /// M82 and M83.
    pub(crate) fn set_extruder(&mut self, positioning: Positioning) {
        self.asked = Some(positioning);
        self.said = Said::ByExtruder;
        self.extruder_by = Origin::Said;
        self.compare();
    }

    /// A macro was called. Who may have said otherwise in it is `by`; what the file said is still the best guess.
    pub(crate) fn pass_on(&mut self, by: Origin) {
        for said in [&mut self.axes_by, &mut self.extruder_by, &mut self.counted_by] {
            if *said != Origin::LeftOver || by == Origin::Vouched {
                *said = by;
            }
        }
        self.compare();
    }

    /// G92 E.
    pub(crate) fn set_count(&mut self) {
        if self.counted_by != Origin::Said {
            self.counted_by = Origin::Said;
            self.compare();
        }
    }

    /// Returns whether E is a place of which the file does not say from where it counts.
    pub(crate) fn is_uncounted(self) -> bool {
        self.extruder == Positioning::Absolute && self.counted_by != Origin::Said
    }

    /// Returns whether that is what the last print left behind.
    pub(crate) fn counts_on(self) -> bool {
        self.is_uncounted() && self.counted_by == Origin::LeftOver
    }

    /// Returns whether a macro may have said how E is read, or from where it counts, since the file did.
    pub(crate) fn is_doubtful(self) -> bool {
        self.extruder_by == Origin::Doubtful && self.doubt == Doubt::Unsaid
            || self.is_uncounted() && self.counted_by == Origin::Doubtful
    }

    fn compare(&mut self) {
        self.extruder = self.read_by(self.dialect);
        let agreed = Dialect::ALL.iter().all(|&dialect| self.read_by(dialect) == self.extruder);
        self.doubt = match self.dialect {
            _ if self.unsaid() => Doubt::Unsaid,
            _ if agreed && self.is_uncounted() => Doubt::Uncounted,
            _ if agreed => Doubt::Nothing,
            Dialect::Marlin if self.read_by(Dialect::Klipper) != self.extruder => Doubt::Versions,
            Dialect::Marlin
            | Dialect::Prusa
            | Dialect::Buddy
            | Dialect::Klipper
            | Dialect::RepRapFirmware => Doubt::Disputed,
        };
    }

    /// Returns whether how E is read is what the last print left behind, or a macro.
    fn unsaid(self) -> bool {
        let passed_on = matches!(self.extruder_by, Origin::Vouched | Origin::Doubtful);
        let steps = self.dialect == Dialect::Klipper
            && self.axes == Positioning::Relative
            && self.axes_by == Origin::Said;
        if passed_on {
            return !steps;
        }
        self.asked.is_none()
            && match self.dialect {
                Dialect::Marlin | Dialect::Buddy => self.said == Said::Nothing,
                Dialect::Klipper => self.axes == Positioning::Absolute,
                // G90 and G91 say nothing of E.
                Dialect::Prusa | Dialect::RepRapFirmware => true,
            }
    }

    /// Returns whether G10 sets temperatures when it carries any letter; else it retracts, and a letter has no such meaning.
    pub(crate) fn heats_by_g10(self) -> bool {
        self.dialect == Dialect::RepRapFirmware
    }

    /// Returns whether an arc may end at a step from where it began, or name its radius. Klipper "does not support
    /// relative move mode", nor "R moves". Klipper, `gcode_arcs.py`.
    pub(crate) fn bends_freely(self) -> bool {
        self.dialect != Dialect::Klipper
    }

    /// Returns whether an arc may name its radius: Prusa's firmware of 8 bits reads I and J only. Prusa, `get_arc_coordinates`.
    pub(crate) fn bends_by_radius(self) -> bool {
        self.bends_freely() && self.dialect != Dialect::Prusa
    }

    /// Returns how `dialect` reads E now.
    fn read_by(self, dialect: Dialect) -> Positioning {
        let asked = self.asked.unwrap_or(Positioning::Absolute);
        match dialect {
            Dialect::Prusa | Dialect::RepRapFirmware => asked,
            Dialect::Klipper => match self.axes {
                Positioning::Relative => Positioning::Relative,
                Positioning::Absolute => asked,
            },
            Dialect::Marlin | Dialect::Buddy => match self.said {
                Said::ByAxes => self.axes,
                Said::ByExtruder | Said::Nothing => asked,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(said: &str) -> Vec<Positioning> {
        let mut modes = Modes::new(Dialect::Marlin);
        for command in said.split(' ') {
            match command {
                "G90" => modes.set_axes(Positioning::Absolute),
                "G91" => modes.set_axes(Positioning::Relative),
                "M82" => modes.set_extruder(Positioning::Absolute),
                "M83" => modes.set_extruder(Positioning::Relative),
                other => panic!("no mode: {other}"),
            }
        }
        Dialect::ALL.iter().map(|&dialect| modes.read_by(dialect)).collect()
    }

    #[test]
    fn all_firmwares_agree_on_the_usual_order() {
        assert_eq!(read("G90 M83"), [Positioning::Relative; 5]);
        assert_eq!(read("G90 M82"), [Positioning::Absolute; 5]);
        assert_eq!(read("M83 G91"), [Positioning::Relative; 5]);
    }

    #[test]
    fn they_differ_on_others() {
        use Positioning::{Absolute, Relative};
        assert_eq!(read("G91 M82"), [Absolute, Absolute, Absolute, Relative, Absolute]);
        assert_eq!(read("M82 G91"), [Relative, Absolute, Relative, Relative, Absolute]);
        assert_eq!(read("M83 G90"), [Absolute, Relative, Absolute, Relative, Relative]);
    }
}
