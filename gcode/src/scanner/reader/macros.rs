//! Commands that have names: Klipper's own, and macros of the printer's owner.

use super::{Reader, values};
use crate::census::name_length;
use crate::dialect::Dialect;
use crate::klipper::Named;
use crate::mark::Here;
use crate::number::{Scanned, scan};
use crate::parameters::{Parameter, Parameters, value_of};
use crate::profile::MacroEffect;
use crate::words::Shape;

/// Under this name Klipper keeps the mesh that is loaded when it starts. Klipper, `bed_mesh.py`.
const STORED_MESH: &[u8] = b"default";

impl Reader {
    /// Follows a macro as far as it is known what it does.
    pub(super) fn called(&mut self, code: &[u8], here: Here<'_>) -> Result<(), Shape> {
        let (name, parameters) = code.split_at(name_length(code));
        let named = Named::of(name);
        self.change_mesh(named, name, parameters, here);
        match named {
            Some(Named::VelocityLimit) => {
                self.machine.limit(here);
                self.set_velocity_limits(parameters);
            }
            Some(Named::Object) => {
                self.objects.exclusion(parameters);
                self.check_object(name, parameters)?;
            }
            Some(Named::PressureAdvance) => {
                self.machine.wander();
                self.advance(parameters, here)?;
            }
            Some(
                Named::Mesh
                | Named::Level
                | Named::MeshProfile
                | Named::NoMesh
                | Named::HeatersOff
                | Named::PrintStats
                | Named::Other,
            )
            | None => self.machine.wander(),
        }
        match named.filter(|_| self.reads_names()) {
            Some(named) => values::check(named, parameters),
            None => Ok(()),
        }
    }

    /// Tells the clock what `ACCEL=3000 VELOCITY="200"` says. Of two alike Klipper takes the last.
    fn set_velocity_limits(&mut self, parameters: &[u8]) {
        for Parameter { name, value } in Parameters::new(parameters).flatten() {
            let name = String::from_utf8_lossy(name).to_ascii_uppercase();
            if let Some(Scanned::Number(value, _)) = value.map(|value| scan(value.trim_ascii())) {
                self.machine.clock.set_velocity_limit(&name, value.to_f64());
            }
        }
    }

    /// An object begins or is told of by its name: without one Klipper raises an error, for which nothing cools. Klipper,
    /// `exclude_object.py`.
    fn check_object(&self, name: &[u8], parameters: &[u8]) -> Result<(), Shape> {
        let ends = name.eq_ignore_ascii_case(b"EXCLUDE_OBJECT_END");
        let told = ends || value_of(parameters, b"NAME").is_some_and(|name| !name.is_empty());
        if told || !self.reads_names() { Ok(()) } else { Err(Shape::Missing) }
    }

    /// `SET_PRESSURE_ADVANCE`: of an extruder that is not there it is an error. Klipper, `gcode.py`, `_cmd_mux`.
    fn advance(&mut self, parameters: &[u8], here: Here<'_>) -> Result<(), Shape> {
        let Some(extruder) = value_of(parameters, b"EXTRUDER") else { return Ok(()) };
        match extruder.strip_prefix(b"extruder").map(|number| (number, scan(number))) {
            Some(([], _)) => Ok(()),
            Some((number, Scanned::Number(tool, length)))
                if length == number.len() && number.iter().all(u8::is_ascii_digit) =>
            {
                self.machine.heat.name_tool(tool, here);
                Ok(())
            }
            Some(_) | None if self.reads_names() => Err(Shape::Name),
            Some(_) | None => Ok(()),
        }
    }

    /// Follows whether there is a mesh. A person who is asked to probe does so while the file goes on, and meanwhile there
    /// is none. Klipper, `bed_mesh.py`, `cmd_BED_MESH_CALIBRATE`, `cmd_BED_MESH_PROFILE`; `probe.py`, `start_probe`.
    fn change_mesh(
        &mut self,
        named: Option<Named>,
        name: &[u8],
        parameters: &[u8],
        here: Here<'_>,
    ) {
        let is = |value: Option<&[u8]>, text: &[u8]| {
            value.is_some_and(|value| value.eq_ignore_ascii_case(text))
        };
        if matches!(named, Some(Named::Mesh | Named::Level)) {
            self.machine.probe_by_name(here);
        }
        let by_hand = || is(value_of(parameters, b"METHOD"), b"manual");
        let loaded = || value_of(parameters, b"LOAD").filter(|name| !name.is_empty());
        match named {
            Some(Named::Mesh | Named::Level) if by_hand() => {
                self.machine.firsts.probed_by_hand.get_or_insert_with(|| here.mark());
                if named == Some(Named::Mesh) {
                    self.machine.clear_mesh(here);
                }
            }
            Some(Named::Mesh) => self.machine.make_mesh(),
            Some(Named::MeshProfile) => {
                let Some(name) = loaded() else { return };
                if name != STORED_MESH {
                    self.machine.firsts.mesh_by_name.get_or_insert_with(|| here.mark());
                }
                self.machine.make_mesh();
            }
            Some(Named::NoMesh) => self.machine.clear_mesh(here),
            Some(Named::HeatersOff) if self.reads_names() => self.machine.heat.cool(),
            Some(_) if self.reads_names() => {}
            Some(_) | None => self.call_owners(name),
        }
    }

    /// Follows a command of the print server: what it makes the printer do is not in the file.
    pub(super) fn called_on_host(&mut self, name: &[u8]) {
        self.machine.wander();
        self.call_owners(name);
    }

    /// Follows a macro. What nobody vouches for may do anything.
    fn call_owners(&mut self, name: &[u8]) {
        if !self.follow_owner(name) {
            self.machine.doubt_modes();
        }
    }

    /// Returns whether Klipper's own commands have their meaning here.
    fn reads_names(&self) -> bool {
        self.options.dialect == Dialect::Klipper
    }

    /// Follows what the owner says that a macro does; returns whether the profile lists it. One that homes leaves the bed with its
    /// mesh.
    pub(super) fn follow_owner(&mut self, name: &[u8]) -> bool {
        let is = |known: &String| known.as_bytes().eq_ignore_ascii_case(name);
        let Some((_, does)) = self.options.macros.iter().find(|(known, _)| is(known)) else {
            return false;
        };
        if does.contains(&MacroEffect::Modes) {
            self.machine.vouch_for_modes();
        } else if !does.contains(&MacroEffect::KeepModes) {
            self.machine.doubt_modes();
        }
        for effect in does {
            match effect {
                MacroEffect::Home => self.machine.make_mesh(),
                MacroEffect::Heat => self.machine.heat.vouch(),
                MacroEffect::Cool => self.machine.heat.cool(),
                MacroEffect::Modes | MacroEffect::KeepModes => {}
            }
        }
        true
    }
}
