//! The extruder of the small printer: what it pushes, how fast, and whether that melts.

use super::firmware::{Command, Firmware};

const PUSH_MAX: f64 = 100.0;

/// In mm³/s, of an Ender-3's hotend.
const FLOW_MAX: f64 = 20.0;

/// What an Ender-3 prints with, in mm/s².
const ACCELERATION: f64 = 500.0;

/// Filament 1.75 mm thick.
const FILAMENT_MM2: f64 = 2.405_28;

/// Rounding.
const SLACK: f64 = 0.02;

/// How one move goes.
pub(super) struct Going {
    pub(super) absolute: bool,
    pub(super) inch: f64,
    /// Along X or Y, whichever is further.
    pub(super) sideways: f64,
    /// The whole straight way; nought where it is bent.
    pub(super) way: f64,
    /// The nozzle was waited for, and is as hot as its firmware wants it.
    pub(super) melts: bool,
}

/// What G10 lifts and G11 pushes more than it pulled, and how far all is lifted now.
#[derive(Debug, Default)]
struct Retraction {
    lift: f64,
    extra: f64,
    hop: Option<f64>,
}

#[derive(Debug)]
pub(super) struct Extruder {
    firmware: Firmware,
    pub(super) absolute: bool,
    pub(super) e: f64,
    /// Filament was laid.
    pub(super) printed: bool,
    /// Pushed in one place.
    heap: f64,
    retraction: Retraction,
    /// As F asks for, in mm/s.
    feed: f64,
    /// M220 and M221.
    speed_share: f64,
    flow_share: f64,
}

impl Extruder {
    pub(super) fn of(firmware: Firmware) -> Self {
        Self {
            firmware,
            absolute: true,
            e: 0.0,
            printed: false,
            heap: 0.0,
            retraction: Retraction::default(),
            feed: 25.0,
            speed_share: 1.0,
            flow_share: 1.0,
        }
    }

    /// M220 and M221: to Klipper no number is all of it.
    pub(super) fn share(&mut self, command: &Command) {
        let share =
            if command.name == "M220" { &mut self.speed_share } else { &mut self.flow_share };
        match command.value('S') {
            Some(percent) => *share = percent / 100.0,
            None if self.firmware == Firmware::Klipper => *share = 1.0,
            None => {}
        }
    }

    pub(super) fn ask(&mut self, feed: Option<f64>, inch: f64) {
        self.feed = feed.filter(|feed| 0.0 < *feed).map_or(self.feed, |feed| feed * inch / 60.0);
    }

    /// What is laid along the way makes no heap: a millimetre takes two.
    pub(super) fn push(&mut self, e: Option<f64>, going: &Going) -> Result<(), String> {
        // Marlin 1.1 and Klipper: either makes it relative.
        let either = matches!(self.firmware, Firmware::Marlin1 | Firmware::Klipper);
        let absolute = self.absolute && (going.absolute || !either);
        let pushed = match e.map(|e| e * going.inch) {
            Some(e) if absolute => e - self.e,
            Some(e) => e,
            None => 0.0,
        };
        self.e += pushed;
        self.printed |= 0.0 < pushed;
        if 0.0 < pushed && !going.melts {
            return Err(format!("pushes {pushed} mm of cold filament"));
        }
        self.melt(pushed, going.way)?;
        self.heap = (self.heap + pushed - 2.0 * going.sideways).max(0.0);
        within(self.heap.max(pushed.abs()))
    }

    /// At least as fast as from standstill to standstill it goes.
    fn melt(&self, pushed: f64, way: f64) -> Result<(), String> {
        let speed = (self.feed * self.speed_share).min((ACCELERATION * way).sqrt());
        let flow = pushed * self.flow_share * FILAMENT_MM2 * speed / way.max(1.0);
        if 1.0 < way && FLOW_MAX + SLACK < flow {
            Err(format!("melts {flow} mm³/s"))
        } else {
            Ok(())
        }
    }

    /// What was pushed is taken away.
    pub(super) fn clear(&mut self) {
        self.heap = 0.0;
    }

    /// Klipper's settings are not the file's; a Duet's M208 is how far its axes go.
    pub(super) fn set_retraction(&mut self, command: &Command) {
        let (lift, extra) = match (command.name.as_str(), self.firmware) {
            (_, Firmware::Klipper) | ("M208", Firmware::Duet) => (None, None),
            ("M207", Firmware::Duet) => (command.value('Z'), command.value('R')),
            ("M207", _) => (command.value('Z'), None),
            _ => (None, command.value('S')),
        };
        self.retraction.lift = lift.unwrap_or(self.retraction.lift);
        self.retraction.extra = extra.unwrap_or(self.retraction.extra);
    }

    /// How far all is lifted.
    pub(super) fn hop(&self) -> f64 {
        self.retraction.hop.unwrap_or(0.0)
    }

    /// The second of two is passed over.
    pub(super) fn pull_back(&mut self) -> f64 {
        *self.retraction.hop.get_or_insert(self.retraction.lift)
    }

    pub(super) fn take_back(&mut self) -> Result<(), String> {
        if self.retraction.hop.take().is_none() {
            return Ok(());
        }
        self.heap = (self.heap + self.retraction.extra).max(0.0);
        within(self.heap)
    }
}

fn within(pushed: f64) -> Result<(), String> {
    if PUSH_MAX + SLACK < pushed { Err(format!("pushes {pushed} mm")) } else { Ok(()) }
}
