//! What the printer is doing, from the text and flags that OctoPrint describes it with.

use serde_json::Value;

use super::read;

/// What the printer is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrinterCondition {
    /// Not connected to OctoPrint, by wish or after an error.
    Offline {
        error: Option<String>,
    },
    Connecting,
    /// Connected and idle: the only condition in which a print can be started.
    Operational,
    Printing,
    Pausing,
    Paused,
    Resuming,
    Cancelling,
    /// All lines are sent, the printer still works through them.
    Finishing,
    Starting,
    SendingToSd,
    Error {
        text: String,
    },
    /// A state we do not know. Nothing may be concluded from it, least of all that nothing happens.
    Unreadable {
        text: String,
    },
}

impl PrinterCondition {
    /// Reads `{"text": .., "flags": {..}, "error": ..}`.
    ///
    /// The text is finer than the flags. Where the text says idle and a flag says busy, the flag is
    /// believed: starting a second print is the worse mistake.
    pub(crate) fn read(state: &Value) -> Self {
        let error = read::text(&state["error"]);
        let flags = &state["flags"];
        let named = read::text(&state["text"]).map(|text| Self::from_text(&text, error.as_ref()));
        match named {
            None => Self::from_flags(flags)
                .unwrap_or_else(|| Self::Unreadable { text: "no state".to_owned() }),
            Some(Self::Operational) => match Self::from_flags(flags) {
                None | Some(Self::Offline { .. }) => Self::Operational,
                Some(other) => other,
            },
            // Newer versions may translate their texts.
            Some(Self::Unreadable { text }) => {
                Self::from_flags(flags).unwrap_or(Self::Unreadable { text })
            }
            Some(named) => named,
        }
    }

    /// Reads a text by its beginning: old versions append the error, even a Python exception.
    pub(crate) fn from_text(text: &str, error: Option<&String>) -> Self {
        let rest = |prefix: &str| text.strip_prefix(prefix).map(str::trim);
        if let Some(after) = rest("Offline after error") {
            let told = error.cloned().unwrap_or_else(|| read::cut(after));
            return Self::Offline { error: Some(told) };
        }
        if let Some(after) = rest("Offline").or_else(|| rest("Closed")) {
            let inside =
                after.trim_start_matches('(').trim_end_matches(')').trim_start_matches(':');
            let inside = inside.trim().trim_start_matches("Error:").trim();
            let told = error.cloned().or_else(|| Some(read::cut(inside)));
            return Self::Offline { error: told.filter(|told| !told.is_empty()) };
        }
        if let Some(after) = rest("Error") {
            let after = after.trim_start_matches(':').trim();
            return Self::Error { text: error.cloned().unwrap_or_else(|| read::cut(after)) };
        }
        // The longer beginnings first.
        let known = [
            ("Starting to send file", Self::SendingToSd),
            ("Sending file", Self::SendingToSd),
            ("Transferring file", Self::SendingToSd),
            ("Starting", Self::Starting),
            ("Operational", Self::Operational),
            ("Printing", Self::Printing),
            ("Pausing", Self::Pausing),
            ("Paused", Self::Paused),
            ("Resuming", Self::Resuming),
            ("Cancelling", Self::Cancelling),
            ("Finishing", Self::Finishing),
            ("Connecting", Self::Connecting),
            ("Opening", Self::Connecting),
            ("Detecting", Self::Connecting),
        ];
        known
            .into_iter()
            .find(|(beginning, _)| text.starts_with(beginning))
            .map_or_else(|| Self::Unreadable { text: read::cut(text) }, |(_, condition)| condition)
    }

    /// Reads the name a state has in events: the finest there is, without an error's text.
    pub(crate) fn from_state_id(id: &str) -> Self {
        match id {
            "OPERATIONAL" => Self::Operational,
            "STARTING" => Self::Starting,
            "PRINTING" => Self::Printing,
            "PAUSING" => Self::Pausing,
            "PAUSED" => Self::Paused,
            "RESUMING" => Self::Resuming,
            "CANCELLING" => Self::Cancelling,
            "FINISHING" => Self::Finishing,
            "OPEN_SERIAL" | "DETECT_SERIAL" | "DETECTING" | "CONNECTING" => Self::Connecting,
            "TRANSFERING_FILE" | "TRANSFERRING_FILE" => Self::SendingToSd,
            "NONE" | "OFFLINE" | "CLOSED" => Self::Offline { error: None },
            "CLOSED_WITH_ERROR" => Self::Offline { error: Some(String::new()) },
            "ERROR" => Self::Error { text: String::new() },
            other => Self::Unreadable { text: read::cut(other) },
        }
    }

    /// Returns the busiest condition a raised flag names; `None` if no flag says anything.
    fn from_flags(flags: &Value) -> Option<Self> {
        let named = [
            ("cancelling", Self::Cancelling),
            ("finishing", Self::Finishing),
            ("pausing", Self::Pausing),
            ("resuming", Self::Resuming),
            ("paused", Self::Paused),
            ("printing", Self::Printing),
            ("operational", Self::Operational),
            ("error", Self::Offline { error: Some(String::new()) }),
            ("closedOrError", Self::Offline { error: None }),
        ];
        named
            .into_iter()
            .find(|(flag, _)| read::flag(&flags[*flag]))
            .map(|(_, condition)| condition)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(text: &str, raised: &[&str], expected: &str) {
        let mut flags = serde_json::Map::new();
        for flag in raised {
            flags.insert((*flag).to_owned(), json!(true));
        }
        let read = PrinterCondition::read(&json!({ "text": text, "flags": flags, "error": "" }));
        assert_eq!(format!("{read:?}"), expected, "{text} {raised:?}");
    }

    #[test]
    fn every_text_that_was_seen_is_known() {
        for text in [
            "Operational",
            "Starting",
            "Printing",
            "Finishing",
            "Cancelling",
            "Pausing",
            "Paused",
            "Resuming",
            "Connecting",
        ] {
            check(text, &[], text);
        }
        check("Opening serial connection", &[], "Connecting");
        check("Detecting serial connection", &["closedOrError"], "Connecting");
        check("Sending file to SD", &["printing", "operational"], "SendingToSd");
        check("Transferring file to printer", &[], "SendingToSd");
        check("Printing from SD", &[], "Printing");
        check("Offline", &["closedOrError"], "Offline { error: None }");
        check("Closed", &[], "Offline { error: None }");
        check("Offline after error", &["error"], r#"Offline { error: Some("") }"#);
    }

    #[test]
    fn an_error_inside_the_text_is_kept() {
        check(
            "Offline (Error: SerialException: 'device reports readiness')",
            &[],
            r#"Offline { error: Some("SerialException: 'device reports readiness'") }"#,
        );
        check("Error: MINTEMP triggered", &[], r#"Error { text: "MINTEMP triggered" }"#);
    }

    #[test]
    fn a_busy_flag_beats_an_idle_text_and_no_other() {
        check("Operational", &["operational", "ready"], "Operational");
        check("Operational", &["operational", "printing"], "Printing");
        check("Operational", &["operational", "cancelling"], "Cancelling");
        check("Finishing", &["operational", "ready"], "Finishing");
        check("Pausing", &["paused"], "Pausing");
    }

    #[test]
    fn an_unknown_text_is_read_by_its_flags_or_not_at_all() {
        check("Druckt", &["operational", "printing"], "Printing");
        check("", &["operational"], "Operational");
        check("Unknown State (42)", &[], r#"Unreadable { text: "Unknown State (42)" }"#);
        assert!(matches!(
            PrinterCondition::read(&json!(null)),
            PrinterCondition::Unreadable { .. }
        ));
    }
}
