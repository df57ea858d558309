//! What a verdict asks the file about, each with the line that shows it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::census::Use;
use crate::extent::Range;
use crate::machine::Heat;
use crate::mark::{Mark, Spot};
use crate::number::Micro;
use crate::scanner::{EndsIn, Reader};
use crate::words::Shape;

use super::Source;
use super::left::Left;

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

/// The lines that turned heaters off for the rest of the file: what a macro heats after them stays hot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TurnedOff {
    /// By number, up to the last that is off.
    pub nozzles: Vec<Option<u64>>,
    pub bed: Option<u64>,
    pub chamber: Option<u64>,
}

/// The places a verdict asks about. Bounded, whatever the size of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    pub content: Content,
    /// Where the nozzle is after homing; none where it is not known.
    pub home_mm: Option<[f64; 3]>,
    /// Every command but plain moves, with the ranges of its parameters.
    pub uses: BTreeMap<String, Use>,
    pub faults: Vec<Fault>,
    pub travel: [Option<Range>; 3],
    /// The greatest height, without a last lift by steps when all is printed.
    #[serde(default)]
    pub reached: Option<Peak>,
    /// The widest way that steps lead along each axis from a place that is not known.
    #[serde(default)]
    pub roamed: [Option<Peak>; 3],
    /// The greatest distance from the origin in XY.
    pub radius: Option<Peak>,
    /// The same of where filament was laid, in millimetres.
    #[serde(default)]
    pub print_radius_mm: f64,
    /// The greatest height of a delta's carriages, told as a height of the nozzle in the middle: how far it is from there
    /// counts as the arms lean.
    #[serde(default)]
    pub carriages: Option<Peak>,
    /// The same until all is printed.
    #[serde(default)]
    pub carriages_in_print: Option<Peak>,
    pub nozzle: Option<Peak>,
    pub bed: Option<Peak>,
    pub chamber: Option<Peak>,
    pub feed: Option<Peak>,
    /// The greatest flow that is reached, in mm³/s; its line without its text.
    #[serde(default)]
    pub flow: Option<Peak>,
    /// The longest way of E in one move, or in several in one place.
    pub push: Option<Peak>,
    /// The same if E were relative, where the file does not say whether it is.
    #[serde(default)]
    pub push_unsaid: Option<Peak>,
    /// The longest push or pull without a way, of those above 50 mm.
    #[serde(default)]
    pub push_alone: Option<Peak>,
    /// How far filament is pulled back from where it had come to.
    #[serde(default)]
    pub pulled: Option<Peak>,
    /// All dwells together, in seconds.
    #[serde(default)]
    pub rests: Option<Peak>,
    /// The longest time that dwells keep the head in one place, in seconds.
    #[serde(default)]
    pub rest: Option<Peak>,
    pub still_hot: Vec<Peak>,
    /// The tools that are heated by their numbers.
    #[serde(default)]
    pub heated: Option<Range>,
    /// A heater is asked for less than 0 °C.
    #[serde(default)]
    pub below_zero: Option<Spot>,
    /// What cools no further than the room is waited for.
    #[serde(default)]
    pub endless_wait: Option<Spot>,
    #[serde(default)]
    pub turned_off: TurnedOff,
    /// Where each fan was first told anything, by number, up to the last that was; an eighth stands for all beyond.
    #[serde(default)]
    pub fans: Vec<Option<Spot>>,
    pub first_move: Option<Spot>,
    pub homed: Option<Spot>,
    pub move_unhomed: Option<Spot>,
    pub move_after_motors_off: Option<Spot>,
    pub relative_from_home: Option<Spot>,
    pub relative_from_unknown: Option<Spot>,
    /// X, Y or Z are told before it is said whether numbers are places or steps.
    #[serde(default)]
    pub place_before_mode: Option<Spot>,
    pub extrusion_before_mode: Option<Spot>,
    /// E is told as a place, and no G92 has said where it stands.
    #[serde(default)]
    pub extrusion_uncounted: Option<Spot>,
    pub extrusion_ambiguous: Option<Spot>,
    /// Read in one way by older versions of the firmware, in another by newer ones.
    #[serde(default)]
    pub extrusion_by_version: Option<Spot>,
    #[serde(default)]
    pub crawl: Option<Spot>,
    /// A speed of nought or less is asked for.
    #[serde(default)]
    pub feed_of_nothing: Option<Spot>,
    /// Z is homed or probed after something was printed.
    #[serde(default)]
    pub onto_print: Option<Spot>,
    /// The line from which on more stands on the bed than a start code purges.
    #[serde(default)]
    pub stands_from: Option<u64>,
    /// The last line that laid filament; nought where none did.
    #[serde(default)]
    pub printed_at: u64,
    /// The mesh of the bed is taken away, and something is printed without one.
    #[serde(default)]
    pub printed_without_mesh: Option<Spot>,
    /// An object's name holds letters by which a firmware may take it for cancelled.
    #[serde(default)]
    pub object_skipped: Option<Spot>,
    /// A person is asked to probe while the file goes on.
    #[serde(default)]
    pub probed_by_hand: Option<Spot>,
    /// A person is asked to probe at the panel.
    #[serde(default)]
    pub probed_at_panel: Option<Spot>,
    /// A mesh is loaded by a name that only the printer knows.
    #[serde(default)]
    pub mesh_by_name: Option<Spot>,
    /// The nozzle goes down to the bed where something stands.
    #[serde(default)]
    pub down_to_bed: Option<Spot>,
    /// Filament is pushed before the file says anything of the nozzle's heat.
    pub extrusion_cold: Option<Spot>,
    /// The same after the nozzle was turned off.
    #[serde(default)]
    pub extrusion_cooled: Option<Spot>,
    /// The same while the nozzle is on its way.
    #[serde(default)]
    pub extrusion_unawaited: Option<Spot>,
    /// M302 that says no temperature.
    #[serde(default)]
    pub cold_unguarded: Option<Spot>,
    /// M207 between a G10 and its G11.
    #[serde(default)]
    pub retraction_changed: Option<Spot>,
    pub origin_shift: Option<Spot>,
    pub arc_malformed: Option<Spot>,
    pub inches: Option<Spot>,
    /// The models for which the file checks, by name.
    #[serde(default)]
    pub models: BTreeMap<String, Spot>,
    #[serde(default)]
    pub left: Left,
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

pub(super) fn evidence(reader: Reader, source: &Source) -> Evidence {
    let home_mm = reader.options().home_mm;
    let machine = reader.machine;
    let first = |mark: Option<Mark>| mark.as_ref().map(Mark::spot);
    let printed_without_mesh = first(machine.printed_without_mesh());
    let reached = peak(machine.reached());
    let [carriages, carriages_in_print] =
        [machine.carriages(), machine.carriages_in_print()].map(peak);
    let left = machine.left().into();
    let firsts = machine.firsts;
    let uses = reader.census.finish();
    let counted = reader.moves.iter().any(|&count| 0 < count) || !uses.is_empty();
    Evidence {
        content: content(&source.head, counted, reader.faults.is_empty()),
        home_mm,
        uses,
        faults: reader.faults.iter().map(fault).collect(),
        travel: machine.travel.map(|extent| extent.map(|extent| extent.range())),
        reached,
        roamed: machine.roamed.map(peak),
        radius: peak(machine.radius),
        print_radius_mm: Micro::rooted(machine.print_radius_squared).to_f64(),
        carriages,
        carriages_in_print,
        nozzle: peak(machine.heat.nozzle_peak),
        bed: peak(machine.heat.bed_peak),
        chamber: peak(machine.heat.chamber_peak),
        feed: peak(machine.feed_peak),
        flow: None,
        push: peak(machine.push),
        push_unsaid: peak(machine.push_unsaid),
        push_alone: peak(machine.push_alone),
        pulled: peak(machine.pulled),
        rests: peak(machine.rest.total),
        rest: peak(machine.rest.peak),
        still_hot: machine
            .heat
            .still_hot()
            .map(|(value, mark)| Peak { value: value.to_f64(), at: mark.spot() })
            .collect(),
        heated: machine.heat.named.map(|extent| extent.range()),
        below_zero: first(machine.heat.below_zero),
        endless_wait: first(machine.heat.endless_wait),
        turned_off: TurnedOff::of(&machine.heat),
        fans: up_to_last(machine.heat.fans.map(first).to_vec()),
        first_move: first(firsts.any_move),
        homed: first(firsts.homed),
        move_unhomed: first(firsts.move_unhomed),
        move_after_motors_off: first(firsts.move_after_motors_off),
        relative_from_home: first(firsts.relative_from_home),
        relative_from_unknown: first(firsts.relative_from_unknown),
        place_before_mode: first(firsts.place_before_mode),
        extrusion_uncounted: first(firsts.extrusion_uncounted),
        extrusion_before_mode: first(firsts.extrusion_before_mode),
        extrusion_ambiguous: first(firsts.extrusion_ambiguous),
        extrusion_by_version: first(firsts.extrusion_by_version),
        crawl: first(firsts.crawl),
        feed_of_nothing: first(firsts.feed_of_nothing),
        onto_print: first(firsts.onto_print),
        stands_from: machine.stands_from,
        printed_at: machine.printed_at,
        printed_without_mesh,
        object_skipped: first(machine.skipped.from),
        probed_by_hand: first(firsts.probed_by_hand),
        probed_at_panel: first(firsts.probed_at_panel),
        mesh_by_name: first(firsts.mesh_by_name),
        down_to_bed: first(firsts.down_to_bed),
        extrusion_cold: first(firsts.extrusion_cold),
        extrusion_cooled: first(firsts.extrusion_cooled),
        extrusion_unawaited: first(firsts.extrusion_unawaited),
        cold_unguarded: first(firsts.cold_unguarded),
        retraction_changed: first(firsts.retraction_changed),
        origin_shift: first(firsts.origin_shift),
        arc_malformed: first(firsts.arc_malformed),
        inches: first(firsts.inches),
        models: reader.models.iter().map(|(name, mark)| (name.clone(), mark.spot())).collect(),
        left,
        host_action: first(reader.host_action),
        numbered: first(reader.numbered),
        layer_marks: reader.comments.layer_marks,
        ends_mid_line: reader.ends_in_newline == EndsIn::MidLine,
    }
}

impl TurnedOff {
    fn of(heat: &Heat) -> Self {
        let nozzles = up_to_last(heat.nozzles_off().to_vec());
        Self { nozzles, bed: heat.bed_off(), chamber: heat.chamber_off() }
    }
}

/// Returns the places up to the last that holds something.
fn up_to_last<T>(mut places: Vec<Option<T>>) -> Vec<Option<T>> {
    places.truncate(places.iter().rposition(Option::is_some).map_or(0, |last| last + 1));
    places
}

fn peak(peak: Option<(Micro, Mark)>) -> Option<Peak> {
    peak.map(Peak::from)
}

impl From<(Micro, Mark)> for Peak {
    fn from((value, mark): (Micro, Mark)) -> Self {
        Self { value: value.to_f64(), at: mark.spot() }
    }
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
