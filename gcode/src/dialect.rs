//! The firmwares' ways of reading the same commands.

use serde::{Deserialize, Serialize};

/// How the printer's firmware reads G-code. Told by the printer's profile, never trusted from the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// Marlin 1.1 and 2: the last of G90, G91, M82, M83 decides how E is read.
    #[default]
    Marlin,
    /// Prusa's firmwares: G90 and G91 leave E alone.
    Prusa,
    /// Klipper: E is relative when either G91 or M83 holds; macros have names.
    Klipper,
    /// `RepRapFirmware`: G90 and G91 leave E alone; `G10 P S R` sets temperatures.
    RepRapFirmware,
}

impl Dialect {
    pub(crate) const ALL: [Self; 4] =
        [Self::Marlin, Self::Prusa, Self::Klipper, Self::RepRapFirmware];
}

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

/// How positions are read at this point of the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Modes {
    pub(crate) axes: Positioning,
    extruder: Option<Positioning>,
    said: Said,
    agreement: Agreement,
}

/// Whether firmwares differ in how they read E.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Agreement {
    Agree,
    Differ,
}

impl Modes {
    pub(crate) const fn new() -> Self {
        Self {
            axes: Positioning::Absolute,
            extruder: None,
            said: Said::Nothing,
            agreement: Agreement::Agree,
        }
    }

    /// G90 and G91.
    pub(crate) fn set_axes(&mut self, positioning: Positioning) {
        self.axes = positioning;
        self.said = Said::ByAxes;
        self.compare();
    }

    /// M82 and M83.
    pub(crate) fn set_extruder(&mut self, positioning: Positioning) {
        self.extruder = Some(positioning);
        self.said = Said::ByExtruder;
        self.compare();
    }

    /// Returns how `dialect` reads E now.
    #[inline]
    pub(crate) fn extruder(self, dialect: Dialect) -> Positioning {
        let alone = self.extruder.unwrap_or(Positioning::Absolute);
        match dialect {
            Dialect::Prusa | Dialect::RepRapFirmware => alone,
            Dialect::Klipper => match self.axes {
                Positioning::Relative => Positioning::Relative,
                Positioning::Absolute => alone,
            },
            Dialect::Marlin => match self.said {
                Said::ByAxes => self.axes,
                Said::ByExtruder | Said::Nothing => alone,
            },
        }
    }

    /// Returns whether the file has said anything yet: what the last print left behind may still hold.
    #[inline]
    pub(crate) fn said_nothing(self) -> bool {
        self.said == Said::Nothing
    }

    /// Returns whether firmwares differ in how they read E now.
    #[inline]
    pub(crate) fn ambiguous(self) -> bool {
        self.agreement == Agreement::Differ
    }

    /// Asked at each extrusion, changed a few times in a file: kept.
    fn compare(&mut self) {
        let first = self.extruder(Dialect::Marlin);
        let same = Dialect::ALL.iter().all(|&dialect| self.extruder(dialect) == first);
        self.agreement = if same { Agreement::Agree } else { Agreement::Differ };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(said: &str) -> Vec<Positioning> {
        let mut modes = Modes::new();
        for command in said.split(' ') {
            match command {
                "G90" => modes.set_axes(Positioning::Absolute),
                "G91" => modes.set_axes(Positioning::Relative),
                "M82" => modes.set_extruder(Positioning::Absolute),
                "M83" => modes.set_extruder(Positioning::Relative),
                other => panic!("no mode: {other}"),
            }
        }
        Dialect::ALL.iter().map(|&dialect| modes.extruder(dialect)).collect()
    }

    #[test]
    fn all_firmwares_agree_on_the_usual_order() {
        assert_eq!(read("G90 M83"), [Positioning::Relative; 4]);
        assert_eq!(read("G90 M82"), [Positioning::Absolute; 4]);
        assert_eq!(read("M83 G91"), [Positioning::Relative; 4]);
    }

    #[test]
    fn they_differ_on_others() {
        use Positioning::{Absolute, Relative};
        assert_eq!(read("G91 M82"), [Absolute, Absolute, Relative, Absolute]);
        assert_eq!(read("M82 G91"), [Relative, Absolute, Relative, Absolute]);
        assert_eq!(read("M83 G90"), [Absolute, Relative, Relative, Relative]);
    }
}
