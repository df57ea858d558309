//! The commands that are not `serve`, as a coordinator types them.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it set it up")]

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;
use visorfarm_coordinator::clock::Clock;
use visorfarm_coordinator::store::{FILE_NAME, Store};

fn farm() -> TempDir {
    let folder = TempDir::new().unwrap();
    Store::open(folder.path(), &"lyon".parse().unwrap(), Clock::new().now()).unwrap();
    folder
}

fn typed(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_visorfarm-coordinator"));
    command.args(words).env("VISORFARM_DATA", folder).output().unwrap()
}

/// Types `words`, which must do what they say, and returns the answer.
#[track_caller]
fn said(folder: &Path, words: &[&str]) -> String {
    let output = typed(folder, words);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Types `words`, which must be refused, and returns why.
#[track_caller]
fn refused(folder: &Path, words: &[&str]) -> String {
    let output = typed(folder, words);
    assert_eq!(output.status.code(), Some(1), "{words:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn people_are_let_in_and_out() {
    let farm = farm();
    let made = said(farm.path(), &["users", "add", "Anne", "--role", "admin"]);
    let password = made.trim().strip_prefix("Anne logs in with ").unwrap().to_owned();
    assert!(10 <= password.len());
    said(farm.path(), &["users", "add", "Ben"]);
    assert_eq!(said(farm.path(), &["users"]), "admin       Anne\ndispatcher  Ben\n");
    assert_ne!(said(farm.path(), &["users", "password", "anne"]), made);
    said(farm.path(), &["users", "remove", "Ben"]);
    assert!(refused(farm.path(), &["users", "remove", "Ben"]).contains("nobody is called Ben"));
    assert!(refused(farm.path(), &["users", "remove", "Anne"]).contains("last admin"));
}

#[test]
fn a_token_is_made_listed_and_revoked() {
    let farm = farm();
    assert!(said(farm.path(), &["token", "a sheet", "--role", "reader"]).starts_with("visorfarm_"));
    assert_eq!(said(farm.path(), &["tokens"]), "1  reader      a sheet\n");
    said(farm.path(), &["tokens", "revoke", "1"]);
    assert!(refused(farm.path(), &["tokens", "revoke", "1"]).contains("no token 1"));
    assert_eq!(said(farm.path(), &["tokens"]), "");
}

#[test]
fn a_farm_is_copied_and_restored() {
    let farm = farm();
    let copy = farm.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    said(farm.path(), &["backup", copy]);
    assert!(refused(farm.path(), &["backup", copy]).contains("cannot back up"));
    assert!(said(farm.path(), &["restore", copy]).contains("replaced-"));
    assert!(refused(farm.path(), &["restore", "nowhere.db"]).contains("is no copy"));
    assert_eq!(said(farm.path(), &["check"]), "Every invariant holds.\n");
}

#[test]
fn a_check_that_finds_something_says_what_and_fails() {
    let farm = farm();
    let database = rusqlite::Connection::open(farm.path().join(FILE_NAME)).unwrap();
    let nothing = "INSERT INTO requests VALUES (1, 'band', NULL, 'CHU', 0, 'open', 'normal', NULL)";
    database.execute(nothing, []).unwrap();
    let output = typed(farm.path(), &["check"]);
    assert_eq!(output.status.code(), Some(1));
    let found =
        "Broken: every request asked for something, and never for less than nothing: request 1";
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), found);
}

#[test]
fn a_farm_may_be_named_anywhere_in_a_line_and_an_error_is_one_plain_line() {
    let farm = farm();
    let place = farm.path().to_str().unwrap();
    let elsewhere = TempDir::new().unwrap();
    said(elsewhere.path(), &["users", "add", "anna", "--data", place]);
    said(elsewhere.path(), &["tokens", "--data", place]);
    let why = refused(elsewhere.path(), &["users"]);
    let (prefix, lines) = ("error: there is no farm in", why.lines().count());
    assert!(why.starts_with(prefix) && lines == 1 && !why.contains('\u{1b}'), "{why}");
}
