//! A stored file and its history: the evidence that outlives events.

use serde_json::Value;

use super::read;

/// The folder in OctoPrint that is ours: what lies elsewhere is the maker's.
pub const FOLDER: &str = "visorfarm";

/// What OctoPrint remembers of a stored file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRecord {
    pub path: String,
    pub size: Option<u64>,
    /// Missing since OctoPrint 2.0.
    pub sha1: Option<String>,
    pub successes: u32,
    /// One print can count as both: cancelled while the printer still worked through its last moves.
    pub failures: u32,
    pub last: Option<LastPrint>,
}

/// How the file's last print ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastPrint {
    pub success: bool,
    /// By the clock of OctoPrint's machine.
    pub at_ms: u64,
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
            size: read::bytes(&value["size"]),
            sha1: value["hash"].as_str().filter(|hash| is_sha1(hash)).map(str::to_ascii_lowercase),
            successes: read::count(&prints["success"]),
            failures: read::count(&prints["failure"]),
            last: LastPrint::read(&prints["last"]),
        })
    }
}

impl LastPrint {
    fn read(last: &Value) -> Option<Self> {
        Some(Self { success: last["success"].as_bool()?, at_ms: read::unix_ms(&last["date"])? })
    }
}

fn is_sha1(hash: &str) -> bool {
    hash.len() == 40 && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_printed_file_has_its_counts_and_its_last_print() {
        let hash = "82960000000000000000000000000000000a4F41";
        let read = FileRecord::read(&json!({
            "path": "visorfarm/a.gcode", "size": 619, "hash": hash, "type": "machinecode",
            "prints": { "failure": 0, "success": 1,
                "last": { "date": 1_795_474_775.07, "printTime": 6.74, "success": true } } }))
        .unwrap();
        assert_eq!((read.successes, read.failures, read.size), (1, 0, Some(619)));
        assert_eq!(read.sha1.as_deref(), Some(hash.to_lowercase().as_str()));
        assert_eq!(read.last, Some(LastPrint { success: true, at_ms: 1_795_474_775_070 }));
    }

    #[test]
    fn a_file_never_printed_and_a_file_without_a_hash_are_files() {
        let read = FileRecord::read(&json!({ "path": "a.gcode", "prints": null, "hash": "x" }));
        let read = read.unwrap();
        assert_eq!((read.successes, read.last, read.sha1), (0, None, None));
    }

    #[test]
    fn a_folder_is_no_file() {
        assert_eq!(FileRecord::read(&json!({ "path": "visorfarm", "type": "folder" })), None);
        assert_eq!(FileRecord::read(&json!([])), None);
    }
}
