//! From what was counted while reading to what a verdict asks about.

use super::Source;
use super::evidence::{Content, Evidence, Fault, Peak, TurnedOff};
use crate::machine::Heat;
use crate::mark::Mark;
use crate::number::Micro;
use crate::scanner::{EndsIn, Reader};
use crate::words::Shape;

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
        bead: peak(machine.bead),
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
        down_before_mode: first(firsts.down_before_mode),
        extrusion_uncounted: first(firsts.extrusion_uncounted),
        place_doubtful: first(firsts.place_doubtful),
        extrusion_doubtful: first(firsts.extrusion_doubtful),
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
        probed_unhomed: first(firsts.probed_unhomed),
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
