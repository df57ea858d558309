//! From what the reader counted to the report.

use std::collections::BTreeMap;
use std::f64::consts::PI;

use crate::claims::Spools;
use crate::extent::Interval;
use crate::machine::{Machine, TOOLS};
use crate::mark::{Mark, Spot};
use crate::number::Micro;
use crate::scanner::Reader;
use crate::time::Clock;

use super::gather::evidence;
use super::{Envelope, Filament, Peak, Report, Source};

/// Filament is 1.75 mm thick unless the file says otherwise.
const FILAMENT_DIAMETER_MM: f64 = 1.75;

pub(crate) fn build(reader: Reader, source: &Source) -> Report {
    let options = reader.options().clone();
    let mut machine = reader.machine.clone();
    let times = std::mem::replace(&mut machine.clock, Clock::Stopped).finish();
    let claims = reader.comments.claims.clone();
    let spools = reader.comments.spools.clone();
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
        filament: filament(&machine, &spools),
        envelope: envelope(&machine, options.home_mm.unwrap_or_default()),
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

fn envelope(machine: &Machine, home_mm: [f64; 3]) -> Envelope {
    let travel = machine.travel.map(|extent| extent.map(|extent| extent.values()));
    Envelope {
        print: boxed(machine.print.map(Interval::filled), home_mm),
        travel: boxed(travel, home_mm),
    }
}

/// Returns the box of what each axis does.
fn boxed(axes: [Option<Interval<Micro>>; 3], home_mm: [f64; 3]) -> Option<Interval<[f64; 3]>> {
    axes.iter().any(Option::is_some).then(|| {
        let mut boxed = Interval { min: home_mm, max: home_mm };
        for (index, axis) in axes.into_iter().enumerate() {
            if let Some(Interval { min, max }) = axis {
                boxed.min[index] = min.to_f64();
                boxed.max[index] = max.to_f64();
            }
        }
        boxed
    })
}

fn tools(machine: &Machine) -> Vec<u8> {
    (0..16).filter(|tool| machine.tools_used >> tool & 1 == 1).collect()
}

fn filament(machine: &Machine, spools: &Spools) -> Vec<Filament> {
    let one = |tool: u8| {
        let diameter = spools.diameter_mm(tool).unwrap_or(FILAMENT_DIAMETER_MM);
        let mm = machine.feeders[usize::from(tool).min(TOOLS - 1)].peak.to_f64();
        let cm3 = PI * diameter * diameter / 4.0 * mm / 1000.0;
        Filament { tool, mm, cm3, g: spools.density_g_cm3(tool).map(|density| density * cm3) }
    };
    tools(machine).into_iter().map(one).collect()
}
