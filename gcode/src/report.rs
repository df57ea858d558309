//! What a file does: figures with units in their names, and the evidence a verdict needs.

use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::census::Use;
use crate::claims::Claims;
use crate::dialect::Dialect;
use crate::extent::{Range, Span};
use crate::machine::{Machine, TOOLS};
use crate::mark::{Mark, Spot};
use crate::number::Micro;
use crate::scanner::{EndsIn, Reader};
use crate::thumbnail::Thumbnail;
use crate::time::Clock;
use crate::words::Shape;

/// Enough of a file's start to tell other formats by.
pub(crate) const HEAD_MAX: usize = 64;

/// Filament is 1.75 mm thick unless the file says otherwise.
const FILAMENT_DIAMETER_MM: f64 = 1.75;

/// A SHA-256, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256Digest(pub [u8; 32]);

/// What a G-code file does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub sha256: Sha256Digest,
    pub bytes: u64,
    pub lines: u64,
    /// How the file was read; the printer's profile tells, not the file.
    pub dialect: Dialect,
    pub slicer: Claims,
    /// Motion and dwells, without heating, homing, probing and macros. Nought when it was not asked for.
    pub time_s: f64,
    /// The same by layer; what comes before the first counts to it.
    #[serde(default)]
    pub time_per_layer_s: Vec<f64>,
    pub layers: u64,
    /// What the slicer allows for changing the filament of a shared nozzle. No move of the file: not in `time_s`.
    #[serde(default)]
    pub changes_s: f64,
    pub filament: Vec<Filament>,
    pub envelope: Envelope,
    pub nozzle_c_max: f64,
    pub bed_c_max: f64,
    pub chamber_c_max: f64,
    /// 0 to 100.
    pub fan_percent_max: f64,
    /// The greatest speed of the head that is reached, corners and accelerations considered.
    pub feed_mm_s_max: f64,
    /// The most filament that is melted, at the speed that is reached; M221 counts.
    #[serde(default)]
    pub flow_mm3_s_max: f64,
    pub tools: Vec<u8>,
    /// Names of the objects on the plate, as far as M486 and `EXCLUDE_OBJECT_*` tell them apart.
    #[serde(default)]
    pub objects: Vec<String>,
    /// Pictures that the slicer put in, whole and of the size they say.
    #[serde(default)]
    pub thumbnails: Vec<Thumbnail>,
    /// How often each command stands in the file.
    pub commands: BTreeMap<String, u64>,
    pub evidence: Evidence,
}

/// What one extruder pushes: the greatest value of the running sum of E.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filament {
    pub tool: u8,
    pub mm: f64,
    pub cm3: f64,
    /// Known when the slicer says the density.
    pub g: Option<f64>,
}

/// Boxes in physical coordinates, arcs by their extremes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// All moves that extrude while moving in X or Y.
    pub print: Option<Bounds>,
    /// All moves.
    pub travel: Option<Bounds>,
}

/// A box, in millimetres. An axis that never moves stands at its home.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    pub min: [f64; 3],
    pub max: [f64; 3],
}

/// What the bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    Gcode,
    /// No byte, or nothing but blanks and comments.
    Nothing,
    Zip,
    Gzip,
    BinaryGcode,
    Stl,
    Html,
    Image,
    Utf16,
    /// Not one command among the lines.
    Other,
}

/// The places a verdict asks about. Bounded, whatever the size of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    pub content: Content,
    pub home_mm: [f64; 3],
    /// Every command but plain moves, with the ranges of its parameters.
    pub uses: BTreeMap<String, Use>,
    pub faults: Vec<Fault>,
    pub travel: [Option<Range>; 3],
    /// The greatest distance from the origin in XY.
    pub radius: Option<Peak>,
    /// The greatest height of a delta's carriages, told as a height of the nozzle in the middle: how far it is from there
    /// counts as the arms lean.
    #[serde(default)]
    pub carriages: Option<Peak>,
    pub nozzle: Option<Peak>,
    pub bed: Option<Peak>,
    pub chamber: Option<Peak>,
    pub feed: Option<Peak>,
    /// The greatest flow that is reached, in mm³/s; its line without its text.
    #[serde(default)]
    pub flow: Option<Peak>,
    /// The longest way of E in one move, or in several in one place.
    pub push: Option<Peak>,
    /// The longest time that dwells keep the head in one place, in seconds.
    #[serde(default)]
    pub rest: Option<Peak>,
    pub still_hot: Vec<Peak>,
    /// The line from which on the nozzles and the bed are both turned off: not before it is all that a macro heated.
    #[serde(default)]
    pub all_off: Option<u64>,
    pub first_move: Option<Spot>,
    pub homed: Option<Spot>,
    pub move_unhomed: Option<Spot>,
    pub move_after_motors_off: Option<Spot>,
    pub relative_from_home: Option<Spot>,
    pub relative_from_unknown: Option<Spot>,
    pub extrusion_before_mode: Option<Spot>,
    pub extrusion_ambiguous: Option<Spot>,
    /// Read in one way by older versions of the firmware, in another by newer ones.
    #[serde(default)]
    pub extrusion_by_version: Option<Spot>,
    #[serde(default)]
    pub crawl: Option<Spot>,
    /// Z is homed or probed after something was printed.
    #[serde(default)]
    pub onto_print: Option<Spot>,
    pub extrusion_cold: Option<Spot>,
    /// M302 that says no temperature.
    #[serde(default)]
    pub cold_unguarded: Option<Spot>,
    pub origin_shift: Option<Spot>,
    pub arc_malformed: Option<Spot>,
    pub inches: Option<Spot>,
    pub host_action: Option<Spot>,
    pub numbered: Option<Spot>,
    /// Layers that the comments mark; nought when they mark none.
    pub layer_marks: u64,
    pub ends_mid_line: bool,
}

/// A greatest value, and the first line that reached it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    pub value: f64,
    pub at: Spot,
}

/// A line that cannot be read, or can be read in two ways; the first of its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    pub shape: Shape,
    pub count: u64,
    pub first: Spot,
}

/// The bytes as such.
pub(crate) struct Source {
    pub(crate) sha256: Sha256Digest,
    pub(crate) bytes: u64,
    pub(crate) head: Vec<u8>,
}

pub(crate) fn build(reader: Reader, source: &Source) -> Report {
    let options = reader.options().clone();
    let mut machine = reader.machine.clone();
    let times = std::mem::replace(&mut machine.clock, Clock::Stopped).finish();
    let claims = reader.comments.claims.clone();
    let changes_s = reader.comments.change_times.of(&reader.changes);
    let layer_marks = reader.comments.layer_marks;
    let moves = reader.moves;
    let lines = reader.lines;
    let objects = reader.objects.names();
    let thumbnails = reader.thumbnails.sound.clone();
    let mut evidence = evidence(reader, source);
    evidence.flow =
        times.flow.map(|(value, line)| Peak { value, at: Spot { line, text: String::new() } });
    let mut commands: BTreeMap<String, u64> =
        evidence.uses.iter().map(|(name, seen)| (name.clone(), seen.count)).collect();
    for (name, count) in ["G0", "G1", "G2", "G3"].into_iter().zip(moves) {
        if 0 < count {
            commands.insert(name.to_owned(), count);
        }
    }
    let peak = |peak: Option<(Micro, Mark)>| peak.map_or(0.0, |(value, _)| value.to_f64());
    Report {
        sha256: source.sha256,
        bytes: source.bytes,
        lines,
        dialect: options.dialect,
        time_s: times.seconds,
        time_per_layer_s: times.layers,
        layers: if 0 < layer_marks { layer_marks } else { machine.layers_by_z },
        changes_s,
        filament: filament(&machine, &claims),
        envelope: envelope(&machine, options.home_mm),
        nozzle_c_max: peak(machine.heat.nozzle_peak),
        bed_c_max: peak(machine.heat.bed_peak),
        chamber_c_max: peak(machine.heat.chamber_peak),
        fan_percent_max: machine.heat.fan_peak.to_f64() / 255.0 * 100.0,
        feed_mm_s_max: times.top_mm_s,
        flow_mm3_s_max: times.flow.map_or(0.0, |(flow, _)| flow),
        tools: tools(&machine),
        objects,
        slicer: claims,
        thumbnails,
        commands,
        evidence,
    }
}

fn evidence(reader: Reader, source: &Source) -> Evidence {
    let home_mm = reader.options().home_mm;
    let machine = reader.machine;
    let first = |mark: Option<Mark>| mark.as_ref().map(Mark::spot);
    let firsts = machine.firsts;
    let uses = reader.census.finish();
    let counted = reader.moves.iter().any(|&count| 0 < count) || !uses.is_empty();
    Evidence {
        content: content(&source.head, counted, reader.faults.is_empty()),
        home_mm,
        uses,
        faults: reader.faults.iter().map(fault).collect(),
        travel: machine.travel.map(|extent| extent.map(|extent| extent.range())),
        radius: peak(machine.radius),
        carriages: peak(machine.carriages),
        nozzle: peak(machine.heat.nozzle_peak),
        bed: peak(machine.heat.bed_peak),
        chamber: peak(machine.heat.chamber_peak),
        feed: peak(machine.feed_peak),
        flow: None,
        push: peak(machine.push),
        rest: peak(machine.rest.peak),
        still_hot: machine
            .heat
            .still_hot()
            .map(|(value, mark)| Peak { value: value.to_f64(), at: mark.spot() })
            .collect(),
        all_off: machine.heat.all_off(),
        first_move: first(firsts.any_move),
        homed: first(firsts.homed),
        move_unhomed: first(firsts.move_unhomed),
        move_after_motors_off: first(firsts.move_after_motors_off),
        relative_from_home: first(firsts.relative_from_home),
        relative_from_unknown: first(firsts.relative_from_unknown),
        extrusion_before_mode: first(firsts.extrusion_before_mode),
        extrusion_ambiguous: first(firsts.extrusion_ambiguous),
        extrusion_by_version: first(firsts.extrusion_by_version),
        crawl: first(firsts.crawl),
        onto_print: first(firsts.onto_print),
        extrusion_cold: first(firsts.extrusion_cold),
        cold_unguarded: first(firsts.cold_unguarded),
        origin_shift: first(firsts.origin_shift),
        arc_malformed: first(firsts.arc_malformed),
        inches: first(firsts.inches),
        host_action: first(reader.host_action),
        numbered: first(reader.numbered),
        layer_marks: reader.comments.layer_marks,
        ends_mid_line: reader.ends_in_newline == EndsIn::MidLine,
    }
}

fn peak(peak: Option<(Micro, Mark)>) -> Option<Peak> {
    peak.map(|(value, mark)| Peak { value: value.to_f64(), at: mark.spot() })
}

fn fault((shape, (count, mark)): (&Shape, &(u64, Mark))) -> Fault {
    Fault { shape: *shape, count: *count, first: mark.spot() }
}

/// Tells other formats by their first bytes, so that the finding can say what was sent instead.
fn content(head: &[u8], counted: bool, faultless: bool) -> Content {
    let text = head.trim_ascii_start();
    let starts = |magic: &[u8]| head.starts_with(magic);
    match () {
        () if starts(b"PK\x03\x04") => Content::Zip,
        () if starts(b"\x1F\x8B") => Content::Gzip,
        () if starts(b"GCDE") => Content::BinaryGcode,
        () if starts(b"\x89PNG") || starts(b"\xFF\xD8\xFF") || starts(b"GIF8") => Content::Image,
        () if starts(b"\xFF\xFE") || starts(b"\xFE\xFF") => Content::Utf16,
        () if text.starts_with(b"solid ") || text.starts_with(b"solid\n") => Content::Stl,
        () if text.starts_with(b"<") => Content::Html,
        () if counted => Content::Gcode,
        () if faultless => Content::Nothing,
        () => Content::Other,
    }
}

fn envelope(machine: &Machine, home_mm: [f64; 3]) -> Envelope {
    let travel = machine.travel.map(|extent| extent.map(|e| (e.least.0, e.greatest.0)));
    Envelope {
        print: bounds(machine.print.map(Span::ends), home_mm),
        travel: bounds(travel, home_mm),
    }
}

fn bounds(axes: [Option<(Micro, Micro)>; 3], home_mm: [f64; 3]) -> Option<Bounds> {
    axes.iter().any(Option::is_some).then(|| {
        let mut bounds = Bounds { min: home_mm, max: home_mm };
        for (index, extent) in axes.into_iter().enumerate() {
            if let Some((least, greatest)) = extent {
                bounds.min[index] = least.to_f64();
                bounds.max[index] = greatest.to_f64();
            }
        }
        bounds
    })
}

fn tools(machine: &Machine) -> Vec<u8> {
    (0..16).filter(|tool| machine.tools_used >> tool & 1 == 1).collect()
}

fn filament(machine: &Machine, claims: &Claims) -> Vec<Filament> {
    let diameter = claims.filament_diameter_mm.unwrap_or(FILAMENT_DIAMETER_MM);
    let one = |tool: u8| {
        let mm = machine.feeders[usize::from(tool).min(TOOLS - 1)].peak.to_f64();
        let cm3 = PI * diameter * diameter / 4.0 * mm / 1000.0;
        Filament { tool, mm, cm3, g: claims.filament_g_cm3.map(|density| density * cm3) }
    };
    tools(machine).into_iter().map(one).collect()
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Sha256Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.as_bytes();
        let mut digest = [0; 32];
        let wrong = || serde::de::Error::custom("a digest is written as 64 hexadecimal digits");
        if digits.len() != 64 {
            return Err(wrong());
        }
        for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(digest))
    }
}
