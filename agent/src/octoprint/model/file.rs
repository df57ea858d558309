//! A stored file and its history: the evidence that outlives events.

use serde_json::Value;

use super::read;

/// The folder in OctoPrint that is ours: what lies elsewhere is the maker's.
pub const FOLDER: &str = "visorfarm";

/// What OctoPrint remembers of a stored file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRecord {
    pub path: String,
    pub successes: u32,
    /// One print can count as both: cancelled while the printer still worked through its last moves.
    pub failures: u32,
}

impl FileRecord {
    /// Returns `None` for what is no file.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        if value["type"] == "folder" {
            return None;
        }
        let prints = &value["prints"];
        Some(Self {
            path: read::path(&value["path"])?,
            successes: read::count(&prints["success"]),
            failures: read::count(&prints["failure"]),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_printed_file_has_its_counts() {
        let read = FileRecord::read(&json!({
            "path": "visorfarm/a.gcode", "size": 619, "type": "machinecode",
            "prints": { "failure": 0, "success": 1,
                "last": { "date": 1_795_474_775.07, "printTime": 6.74, "success": true } } }))
        .unwrap();
        assert_eq!((read.successes, read.failures), (1, 0));
    }

    #[test]
    fn a_file_that_was_never_printed_is_a_file() {
        let read = FileRecord::read(&json!({ "path": "a.gcode", "prints": null }));
        let read = read.unwrap();
        assert_eq!((read.successes, read.failures), (0, 0));
    }

    #[test]
    fn a_folder_is_no_file() {
        assert_eq!(FileRecord::read(&json!({ "path": "visorfarm", "type": "folder" })), None);
        assert_eq!(FileRecord::read(&json!([])), None);
    }
}
