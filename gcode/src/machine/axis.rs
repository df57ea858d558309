//! One axis: where the nozzle is on it, and what the file calls that place.

use crate::number::Micro;

/// Where the nozzle is on an axis. In this order each question that every line asks is one comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Not homed since the file began.
    Unhomed,
    /// The motors were let go: the position is lost, and where the firmware holds it to be is nowhere near the bed. Lifted by so much,
    /// since then and before it if it was not homed.
    MotorsOff(Micro),
    /// Not homed either, and lifted to here from wherever it was.
    Lifted(Micro),
    /// At the printer's home, whose coordinate the profile tells.
    Home(Micro),
    /// Known, in physical coordinates.
    At(Micro),
    /// Homed and last here, but maybe moved since to a place the file does not name.
    Somewhere(Micro),
}

/// An axis. `offset` is what G92 added: physical = logical + offset.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    pub(crate) place: Place,
    pub(crate) offset: Micro,
}

impl Place {
    #[inline]
    pub(crate) fn known(self) -> Option<Micro> {
        match self {
            Self::Home(at) | Self::At(at) | Self::Lifted(at) => Some(at),
            Self::Unhomed | Self::MotorsOff(_) | Self::Somewhere(_) => None,
        }
    }

    /// Returns where it is, if it was homed.
    #[inline]
    pub(super) fn sure(self) -> Option<Micro> {
        match self {
            Self::Home(at) | Self::At(at) => Some(at),
            Self::Unhomed | Self::MotorsOff(_) | Self::Lifted(_) | Self::Somewhere(_) => None,
        }
    }

    /// Returns where it was when that was last known: good enough to time a move by.
    #[inline]
    pub(super) fn last(self) -> Option<Micro> {
        match self {
            Self::Home(at) | Self::At(at) | Self::Somewhere(at) | Self::Lifted(at) => Some(at),
            Self::Unhomed | Self::MotorsOff(_) => None,
        }
    }

    /// Returns how far it was lifted from wherever it was.
    pub(super) fn lifted(self) -> Micro {
        match self {
            Self::Lifted(by) | Self::MotorsOff(by) => by,
            Self::Unhomed | Self::Home(_) | Self::At(_) | Self::Somewhere(_) => Micro::ZERO,
        }
    }

    #[inline]
    pub(crate) fn homed(self) -> bool {
        match self {
            Self::Home(_) | Self::At(_) | Self::Somewhere(_) => true,
            Self::Unhomed | Self::Lifted(_) | Self::MotorsOff(_) => false,
        }
    }
}

impl Axis {
    pub(crate) const UNHOMED: Self = Self { place: Place::Unhomed, offset: Micro::ZERO };

    pub(crate) fn logical(&self) -> Option<Micro> {
        self.place.known().map(|at| at.minus(self.offset))
    }

    /// G92: the nozzle stays, its place is called `logical` from now on.
    pub(crate) fn rename(&mut self, logical: Micro) {
        // Unknown stays unknown: the next absolute move is then taken at its word.
        if let Some(at) = self.place.known() {
            self.offset = at.minus(logical);
        }
    }
}
