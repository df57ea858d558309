//! The brains stay pure: what decides neither waits, nor asks a clock, nor draws a number, nor
//! touches a disk or a network. Held by reading their source.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::fs;
use std::path::{Path, PathBuf};

/// Words that no line of code in a pure folder may hold, and what they would mean there.
const FORBIDDEN: [(&str, &str); 14] = [
    ("async ", "waits"),
    (".await", "waits"),
    ("tokio", "waits"),
    ("std::thread", "waits"),
    ("Instant::", "asks a clock"),
    ("SystemTime", "asks a clock"),
    ("Clock", "asks a clock"),
    ("getrandom", "draws a number"),
    ("HashMap", "has an order that changes from run to run"),
    ("std::fs", "touches a disk"),
    ("std::io", "touches a disk"),
    ("std::net", "touches a network"),
    ("reqwest", "touches a network"),
    ("rusqlite", "touches a database"),
];

fn sources(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let files = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "rs")).collect();
    assert!(3 < files.len(), "{folder} is not where it was");
    files
}

/// Says whether `code` holds `word`, and not only the beginning of a longer one.
fn holds(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let after = code[at + word.len()..].chars().next();
        !after.is_some_and(|next| word.ends_with(char::is_alphanumeric) && next.is_alphanumeric())
    })
}

fn complaints(folder: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for path in sources(folder) {
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for (word, what) in FORBIDDEN {
                if holds(code, word) {
                    let place = format!("{}:{}", path.display(), number + 1);
                    complaints.push(format!("{place} {what}: {}", line.trim()));
                }
            }
        }
    }
    complaints
}

#[test]
fn the_dispatcher_is_pure() {
    assert_eq!(complaints("coordinator/src/dispatch"), Vec::<String>::new());
}

#[test]
fn the_supervisor_is_pure() {
    assert_eq!(complaints("agent/src/supervise"), Vec::<String>::new());
}

#[test]
fn an_edge_would_be_noticed() {
    assert_ne!(complaints("agent/src/run"), Vec::<String>::new());
}
