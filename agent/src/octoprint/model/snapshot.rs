//! What OctoPrint shows at one moment: printer, job, progress, heat.

use serde_json::Value;

use super::condition::PrinterCondition;
use super::read;

/// One look at the printer.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    pub printer: PrinterCondition,
    /// The selected file; it stays selected after its print has ended.
    pub job: Option<JobFile>,
    pub progress: Progress,
    pub temperatures: Temperatures,
    pub error: Option<String>,
}

/// The file that is selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFile {
    /// `local` for a file in OctoPrint's folder, `sdcard` or `printer` for one in the printer.
    pub origin: String,
    pub path: String,
    pub size: Option<u64>,
}

/// How far the job is: a share of the file's bytes, not of its time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// From 0 to 1.
    pub completion: Option<f32>,
    pub print_seconds: Option<u32>,
    pub seconds_left: Option<u32>,
}

/// The heaters that matter to us.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Temperatures {
    pub nozzle: Option<Heat>,
    /// Of the nozzles of other tools the one that is to be hottest.
    pub other_tool: Option<Heat>,
    pub bed: Option<Heat>,
}

/// One heater, in degrees Celsius.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heat {
    pub actual: f32,
    pub target: f32,
}

impl Snapshot {
    /// Says whether the printer does nothing that OctoPrint knows of, and a nozzle or its bed is to be hot.
    pub(crate) fn is_heated_idle(&self) -> bool {
        let Temperatures { nozzle, other_tool, bed } = self.temperatures;
        let hot = |heat: Option<Heat>| heat.is_some_and(|heat| 0.0 < heat.target);
        let heated = hot(nozzle) || hot(other_tool) || hot(bed);
        heated && self.printer == PrinterCondition::Operational
    }

    /// Reads the answers of `/api/printer`, `None` if the printer was not operational, and `/api/job`.
    pub(crate) fn from_rest(printer: Option<&Value>, job: &Value) -> Self {
        let mut read = Self::from_job(job);
        if let Some(printer) = printer {
            let state = &printer["state"];
            read.printer = PrinterCondition::read(state);
            read.temperatures = Temperatures::read(&printer["temperature"]);
            read.error = read.error.or_else(|| read::text(&state["error"]));
        }
        read
    }

    fn from_job(job: &Value) -> Self {
        let error = read::text(&job["error"]);
        let text = read::text(&job["state"]).unwrap_or_else(|| "Offline".to_owned());
        Self {
            printer: PrinterCondition::from_text(&text, error.as_ref()),
            job: JobFile::read(&job["job"]["file"]),
            progress: Progress::read(&job["progress"]),
            temperatures: Temperatures::default(),
            error,
        }
    }

    /// Reads the payload of a `current` or `history` message.
    pub(crate) fn from_push(payload: &Value) -> Self {
        let heat = payload["temps"].as_array().and_then(|series| series.last());
        Self {
            printer: PrinterCondition::read(&payload["state"]),
            job: JobFile::read(&payload["job"]["file"]),
            progress: Progress::read(&payload["progress"]),
            temperatures: heat.map(Temperatures::read).unwrap_or_default(),
            error: read::text(&payload["state"]["error"]),
        }
    }
}

impl JobFile {
    fn read(file: &Value) -> Option<Self> {
        Some(Self {
            path: read::path(&file["path"])?,
            origin: read::text(&file["origin"]).unwrap_or_else(|| "local".to_owned()),
            size: read::bytes(&file["size"]),
        })
    }
}

impl Progress {
    fn read(progress: &Value) -> Self {
        Self {
            completion: read::number(&progress["completion"])
                // An empty file is -100 percent done.
                .filter(|percent| (0.0..=101.0).contains(percent))
                .map(|percent| narrow(percent / 100.0).min(1.0)),
            print_seconds: read::seconds(&progress["printTime"]),
            seconds_left: read::seconds(&progress["printTimeLeft"]),
        }
    }
}

impl Temperatures {
    fn read(heat: &Value) -> Self {
        Self {
            nozzle: Heat::read(&heat["tool0"]),
            other_tool: Heat::of_other_tools(heat),
            bed: Heat::read(&heat["bed"]),
        }
    }
}

impl Heat {
    /// Reads all of `tool1`, `tool2` and so on; returns the one with the highest target.
    fn of_other_tools(heat: &Value) -> Option<Self> {
        let is_other = |name: &str| name.starts_with("tool") && name != "tool0";
        let others = heat.as_object()?.iter().filter(|(name, _)| is_other(name));
        let heats = others.filter_map(|(_, heat)| Self::read(heat));
        heats.max_by(|a, b| a.target.total_cmp(&b.target))
    }

    fn read(heat: &Value) -> Option<Self> {
        let actual = narrow(read::number(&heat["actual"])?);
        Some(Self { actual, target: read::number(&heat["target"]).map_or(0.0, narrow) })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "six digits of a display value are enough")]
fn narrow(number: f64) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::octoprint::model::read::tests::any_json;
    use crate::octoprint::model::{FileRecord, Markings, Version};

    fn state(text: &str) -> Value {
        json!({ "state": { "error": "", "flags": { "operational": true }, "text": text } })
    }

    #[test]
    fn nothing_ever_selected_is_no_job() {
        let job = json!({
            "job": { "estimatedPrintTime": null, "file": { "date": null, "name": null,
                "origin": null, "path": null, "size": null }, "user": null },
            "progress": { "completion": null, "printTime": null, "printTimeOrigin": null },
            "state": "Operational" });
        let read = Snapshot::from_rest(Some(&state("Operational")), &job);
        assert_eq!(read.printer, PrinterCondition::Operational);
        assert_eq!(read.job, None);
        assert_eq!(read.progress, Progress::default());
        assert_eq!(read.error, None);
    }

    #[test]
    fn a_running_job_has_file_progress_and_heat() {
        let printer = json!({
            "state": { "error": "", "flags": { "operational": true, "printing": true },
                "text": "Printing" },
            "temperature": { "bed": { "actual": 21.3, "offset": 0, "target": 60.0 },
                "tool0": { "actual": 199.5, "target": null } } });
        let job = json!({
            "job": { "file": { "origin": "local", "path": "visorfarm/7.gcode", "size": 2417 } },
            "progress": { "completion": 5.461_315, "printTime": 2, "printTimeLeft": null },
            "state": "Printing" });
        let read = Snapshot::from_rest(Some(&printer), &job);
        assert_eq!(read.printer, PrinterCondition::Printing);
        let file = read.job.unwrap();
        assert_eq!((file.path.as_str(), file.size), ("visorfarm/7.gcode", Some(2417)));
        assert!((read.progress.completion.unwrap() - 0.054_613).abs() < 1e-4);
        assert_eq!(read.progress.print_seconds, Some(2));
        assert_eq!(read.temperatures.bed, Some(Heat { actual: 21.3, target: 60.0 }));
        assert_eq!(read.temperatures.nozzle, Some(Heat { actual: 199.5, target: 0.0 }));
    }

    #[test]
    fn whichever_heater_is_to_be_hot_shows_that_an_idle_printer_is_used() {
        let cold = json!({ "actual": 20.0, "target": 0.0 });
        let hot = json!({ "actual": 20.0, "target": 210.0 });
        let job = json!({ "state": "Operational" });
        let state =
            json!({ "flags": { "operational": true, "ready": true }, "text": "Operational" });
        let heated = |temperature: Value| {
            let printer = json!({ "state": state, "temperature": temperature });
            Snapshot::from_rest(Some(&printer), &job).is_heated_idle()
        };
        assert!(!heated(json!({ "tool0": cold, "tool1": cold, "bed": cold })));
        for heater in ["tool0", "tool1", "tool4", "bed"] {
            let mut heaters = json!({ "tool0": cold, "tool1": cold, "tool2": cold, "bed": cold });
            heaters[heater] = hot.clone();
            assert!(heated(heaters), "{heater}");
        }
    }

    #[test]
    fn an_offline_printer_is_read_from_the_job_alone() {
        let job = json!({ "error": "Thermal Runaway, system stopped!", "job": { "file": {} },
            "progress": {}, "state": "Offline after error" });
        let read = Snapshot::from_rest(None, &job);
        let told = Some("Thermal Runaway, system stopped!".to_owned());
        assert_eq!(read.printer, PrinterCondition::Offline { error: told.clone() });
        assert_eq!(read.error, told);
    }

    #[test]
    fn an_empty_files_completion_is_unknown() {
        for (percent, expected) in [
            (json!(-100), None),
            (json!(1e300), None),
            (json!("12"), None),
            (json!(0), Some(0.0)),
            (json!(100.0), Some(1.0)),
            (json!(100.2), Some(1.0)),
        ] {
            let job = json!({ "progress": { "completion": percent } });
            assert_eq!(Snapshot::from_rest(None, &job).progress.completion, expected, "{percent}");
        }
    }

    #[test]
    fn a_push_message_takes_the_newest_heat() {
        let read = Snapshot::from_push(&json!({
            "state": { "text": "Offline after error", "flags": {}, "error": "Lost" },
            "temps": [{ "tool0": { "actual": 20, "target": 0 } },
                { "tool0": { "actual": 21, "target": 0 } }] }));
        assert_eq!(read.temperatures.nozzle, Some(Heat { actual: 21.0, target: 0.0 }));
        assert_eq!(read.error.as_deref(), Some("Lost"));
    }

    proptest! {
        #[test]
        fn no_json_makes_a_reader_panic(one in any_json(), other in any_json()) {
            let read = Snapshot::from_rest(Some(&one), &other);
            prop_assert!(read.progress.completion.is_none_or(|share| (0.0..=1.0).contains(&share)));
            Snapshot::from_rest(None, &one);
            Snapshot::from_push(&one);
            drop(FileRecord::read(&one));
            Markings::read(&one);
            drop(Version::read(&one));
        }
    }
}
