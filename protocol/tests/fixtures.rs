//! One fixture for each message and version. They never change: whatever an old agent says, or an
//! old coordinator, is understood for ever.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Value, json};
use visorfarm_protocol::message::{Down, MESSAGE_BYTES_MAX, Unreadable, Up};
use visorfarm_protocol::text::quote;

fn fixtures(direction: &str) -> Vec<(PathBuf, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/v1").join(direction);
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        let value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        (path, value)
    };
    std::fs::read_dir(folder).unwrap().map(read).collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

/// Checks that every fixture reads, says its kind, and is written as it was read.
#[track_caller]
fn check<M>(
    direction: &str,
    kinds: &[&str],
    read: fn(&[u8]) -> Result<M, Unreadable>,
    write: fn(&M) -> Vec<u8>,
    kind: fn(&M) -> &'static str,
) {
    let mut seen = BTreeSet::new();
    for (path, value) in fixtures(direction) {
        let message = read(&bytes(&value)).unwrap_or_else(|e| panic!("{}: {e:?}", path.display()));
        let mut written: Value = serde_json::from_slice(&write(&message)).unwrap();
        let mut expected = value;
        forget_floats(&mut written);
        forget_floats(&mut expected);
        assert_eq!(written, expected, "{}", path.display());
        seen.insert(kind(&message));
    }
    assert_eq!(seen, kinds.iter().copied().collect());
}

/// 0.1 is another number as f32 than as f64; which one is written does not matter.
fn forget_floats(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => *value = json!("float"),
        Value::Array(values) => values.iter_mut().for_each(forget_floats),
        Value::Object(fields) => fields.values_mut().for_each(forget_floats),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_message_of_an_agent_reads_for_ever() {
    check("up", &["ask", "facts", "hello", "read", "status"], Up::read, Up::write, Up::kind);
}

#[test]
fn every_message_of_a_coordinator_reads_for_ever() {
    check(
        "down",
        &["frozen", "grant", "letters", "memo", "receipt", "trace", "welcome", "withdraw"],
        Down::read,
        Down::write,
        Down::kind,
    );
}

#[test]
fn fields_of_a_newer_version_are_ignored() {
    for (path, mut value) in fixtures("up") {
        value["invented_later"] = json!({"a": [1, 2]});
        Up::read(&bytes(&value)).unwrap_or_else(|e| panic!("{}: {e:?}", path.display()));
    }
}

#[test]
fn words_of_a_newer_version_are_read_as_other() {
    let text = br#"{"v":1,"kind":"status","printers":[{"printer":"p","activity":"dancing","bed":"tilted"}]}"#;
    assert!(Up::read(text).is_ok());
}

#[test]
fn another_version_is_told_apart_from_nonsense() {
    let other = br#"{"v":2,"kind":"hello","everything":"else"}"#;
    assert!(matches!(Up::read(other), Err(Unreadable::Version { version: 2 })));
    for nonsense in
        [&b""[..], b"{}", b"[]", b"\xff\xfe", br#"{"v":1}"#, br#"{"v":1,"kind":"sing"}"#]
    {
        assert!(matches!(Up::read(nonsense), Err(Unreadable::Shape(_))), "{nonsense:?}");
    }
}

#[test]
fn a_message_over_the_limit_is_not_even_parsed() {
    let large = vec![b' '; MESSAGE_BYTES_MAX + 1];
    assert!(matches!(Up::read(&large), Err(Unreadable::TooLarge { .. })));
}

#[test]
fn a_full_message_of_facts_fits() {
    let note = "\u{1f637}".repeat(200);
    let (_, mut value) =
        fixtures("up").into_iter().find(|(path, _)| path.ends_with("facts.json")).unwrap();
    let mut fact = value["facts"][2].clone();
    fact["fact"]["note"] = json!(quote(&note));
    value["facts"] = json!(vec![fact; visorfarm_protocol::message::FACTS_PER_MESSAGE_MAX]);
    assert!(bytes(&value).len() <= MESSAGE_BYTES_MAX);
    assert!(Up::read(&bytes(&value)).is_ok());
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(noise in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(Up::read(&noise));
        drop(Down::read(&noise));
    }

    #[test]
    fn a_damaged_message_never_panics(at in 0_usize..400, byte in any::<u8>()) {
        for (_, value) in fixtures("up") {
            let mut text = bytes(&value);
            let index = at % text.len();
            text[index] = byte;
            drop(Up::read(&text));
        }
    }

    #[test]
    fn a_quote_is_short_and_printable(text in ".{0,600}") {
        let quoted = quote(&text);
        prop_assert!(quoted.len() <= 300 && !quoted.chars().any(char::is_control));
    }
}
