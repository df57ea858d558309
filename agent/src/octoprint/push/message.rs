//! Reads one frame of the push socket.

use serde_json::{Value, json};

use super::{FailReason, PushEvent};
use crate::octoprint::model::{Markings, PrinterCondition, Snapshot, read};

/// What a frame says.
#[derive(Debug, PartialEq)]
pub(super) enum Message {
    /// The first message after the login was accepted.
    History {
        snapshot: Box<Snapshot>,
        markings: Markings,
    },
    Current {
        snapshot: Box<Snapshot>,
        markings: Markings,
    },
    Event(PushEvent),
    /// The session has expired, or its user was changed.
    LoginAgain,
    /// Meant for others, or for later versions of us.
    Other,
}

/// Returns what is asked for: no terminal log, no plugins, and of the events only those we read.
pub(super) fn subscription() -> Value {
    json!({ "subscribe": {
        "state": { "logs": false, "messages": false },
        "plugins": [],
        "events": [
            "PrintStarted", "PrintDone", "PrintFailed", "PrintCancelled", "PrintPaused",
            "PrinterStateChanged", "PrinterReset", "Error",
        ],
    } })
}

/// Reads a frame; `None` if it is no message of OctoPrint's.
pub(super) fn parse(frame: &str) -> Option<Message> {
    let message: Value = serde_json::from_str(frame).ok()?;
    let (name, payload) = message.as_object()?.iter().next()?;
    Some(match name.as_str() {
        "history" => {
            let (snapshot, markings) = moment(payload);
            Message::History { snapshot, markings }
        }
        "current" => {
            let (snapshot, markings) = moment(payload);
            Message::Current { snapshot, markings }
        }
        "event" => event(payload).map_or(Message::Other, Message::Event),
        "reauthRequired" => Message::LoginAgain,
        _ => Message::Other,
    })
}

fn moment(payload: &Value) -> (Box<Snapshot>, Markings) {
    (Box::new(Snapshot::from_push(payload)), Markings::read(&payload["markings"]))
}

fn event(event: &Value) -> Option<PushEvent> {
    let payload = &event["payload"];
    let path = || read::path(&payload["path"]);
    let by_user = read::text(&payload["user"]);
    Some(match event["type"].as_str()? {
        "PrintStarted" => PushEvent::PrintStarted { path: path()? },
        "PrintDone" => PushEvent::PrintDone { path: path()? },
        "PrintFailed" => PushEvent::PrintFailed { path: path()?, reason: fail_reason(payload) },
        "PrintCancelled" => PushEvent::PrintCancelled { path: path()?, by_user },
        "PrintPaused" => PushEvent::PrintPaused { path: path()?, by_user },
        "PrinterReset" => PushEvent::PrinterReset,
        "PrinterStateChanged" => {
            let id = read::text(&payload["state_id"])?;
            PushEvent::StateChanged(PrinterCondition::from_state_id(&id))
        }
        "Error" => PushEvent::Error { text: read::text(&payload["error"])? },
        _ => return None,
    })
}

fn fail_reason(payload: &Value) -> FailReason {
    match (payload["reason"].as_str(), read::text(&payload["error"])) {
        (Some("cancelled"), _) => {
            FailReason::Cancelled { by_user: read::text(&payload["user"]).is_some() }
        }
        (Some(_) | None, Some(text)) => FailReason::Error(text),
        (Some(_) | None, None) => FailReason::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::octoprint::model::read::tests::any_json;

    #[track_caller]
    fn check(name: &str, payload: &str, expected: PushEvent) {
        let frame = format!(r#"{{"event": {{"type": "{name}", "payload": {payload}}}}}"#);
        assert_eq!(parse(&frame), Some(Message::Event(expected)));
    }

    #[test]
    fn a_cancel_by_a_person_differs_from_one_by_the_firmware() {
        let path = || "a.gcode".to_owned();
        check(
            "PrintFailed",
            r#"{"path": "a.gcode", "reason": "cancelled", "user": "admin", "time": 2.1}"#,
            PushEvent::PrintFailed {
                path: path(),
                reason: FailReason::Cancelled { by_user: true },
            },
        );
        check(
            "PrintFailed",
            r#"{"path": "a.gcode", "reason": "cancelled"}"#,
            PushEvent::PrintFailed {
                path: path(),
                reason: FailReason::Cancelled { by_user: false },
            },
        );
        check(
            "PrintCancelled",
            r#"{"path": "a.gcode", "user": null}"#,
            PushEvent::PrintCancelled { path: path(), by_user: None },
        );
    }

    #[test]
    fn a_fault_carries_its_text_or_none() {
        let path = || "a.gcode".to_owned();
        check(
            "PrintFailed",
            r#"{"path": "a.gcode", "reason": "error", "error": "Thermal Runaway"}"#,
            PushEvent::PrintFailed {
                path: path(),
                reason: FailReason::Error("Thermal Runaway".to_owned()),
            },
        );
        check(
            "PrintFailed",
            r#"{"path": "a.gcode", "reason": "error", "error": ""}"#,
            PushEvent::PrintFailed { path: path(), reason: FailReason::Unknown },
        );
        check(
            "Error",
            r#"{"error": "MINTEMP triggered!", "reason": "firmware"}"#,
            PushEvent::Error { text: "MINTEMP triggered!".to_owned() },
        );
    }

    #[test]
    fn states_and_unknown_messages_are_read() {
        check(
            "PrinterStateChanged",
            r#"{"state_id": "FINISHING", "state_string": "Finishing"}"#,
            PushEvent::StateChanged(PrinterCondition::Finishing),
        );
        let stale = r#"{"reauthRequired": {"reason": "stale"}}"#;
        assert_eq!(parse(stale), Some(Message::LoginAgain));
        assert_eq!(parse(r#"{"timelapse": null}"#), Some(Message::Other));
        assert_eq!(
            parse(r#"{"event": {"type": "PrintDone", "payload": null}}"#),
            Some(Message::Other)
        );
        assert_eq!(parse("Not found"), None);
        assert_eq!(parse("[]"), None);
    }

    #[test]
    fn deep_nesting_is_no_message() {
        assert_eq!(parse(&"[".repeat(1_000_000)), None);
    }

    proptest! {
        #[test]
        fn no_frame_makes_the_reader_panic(
            frame in ".{0,200}",
            name in "history|current|event|reauthRequired",
            kind in "PrintStarted|PrintFailed|PrinterStateChanged|Error",
            payload in any_json(),
        ) {
            parse(&frame);
            parse(&json!({ name: payload.clone() }).to_string());
            parse(&json!({ "event": { "type": kind, "payload": payload } }).to_string());
        }
    }
}
