//! Looks into JSON of any shape and finds either what was meant or nothing.

use serde_json::Value;

/// The longest text kept: a file path or an error; OctoPrint's own are far shorter.
const TEXT_MAX: usize = 1024;

/// A number beyond this is noise: no print takes eleven days, no nozzle a million degrees.
const SENSIBLE: f64 = 1e6;

/// Returns a text that says something, cut to a size.
pub(crate) fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    if text.is_empty() { None } else { Some(cut(text)) }
}

/// Returns the start of a text, ending between characters.
pub(crate) fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(TEXT_MAX)].to_owned()
}

/// Returns a path exactly as it was sent: cut or trimmed it would be another file's.
pub(crate) fn path(value: &Value) -> Option<String> {
    let path = value.as_str()?;
    let fits = !path.is_empty() && path.len() <= TEXT_MAX;
    fits.then(|| path.to_owned())
}

/// Returns a finite number of a sensible size.
pub(crate) fn number(value: &Value) -> Option<f64> {
    value.as_f64().filter(|number| number.is_finite() && number.abs() <= SENSIBLE)
}

/// Returns whole seconds, none of them negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range was checked before"
)]
pub(crate) fn seconds(value: &Value) -> Option<u32> {
    number(value).filter(|seconds| 0.0 <= *seconds).map(|seconds| seconds as u32)
}

/// Returns a size in bytes, which old versions may send as a float.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range was checked before"
)]
pub(crate) fn bytes(value: &Value) -> Option<u64> {
    const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
    value.as_u64().or_else(|| {
        value.as_f64().filter(|size| (0.0..LARGEST_EXACT).contains(size)).map(|size| size as u64)
    })
}

/// Returns a Unix time sent in seconds, in milliseconds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range was checked before"
)]
pub(crate) fn unix_ms(value: &Value) -> Option<u64> {
    const YEAR_5000: f64 = 1e11;
    value
        .as_f64()
        .filter(|seconds| (0.0..YEAR_5000).contains(seconds))
        .map(|seconds| (seconds * 1000.0).round() as u64)
}

/// Returns a count; nonsense counts as none.
pub(crate) fn count(value: &Value) -> u32 {
    value.as_u64().map_or(0, |count| u32::try_from(count).unwrap_or(u32::MAX))
}

/// Returns whether a flag is raised; a missing one is not.
pub(crate) fn flag(value: &Value) -> bool {
    value.as_bool().unwrap_or(false)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn nonsense_numbers_are_unknown() {
        for nonsense in [json!(1e7), json!(-1e300), json!("5"), json!(null), json!([1])] {
            assert_eq!(number(&nonsense), None, "{nonsense}");
        }
        assert_eq!(seconds(&json!(-1)), None);
        assert_eq!(seconds(&json!(6.74)), Some(6));
        assert_eq!(bytes(&json!(-1)), None);
        assert_eq!(bytes(&json!(2417.0)), Some(2417));
        assert_eq!(unix_ms(&json!(1_795_474_775.07)), Some(1_795_474_775_070));
        assert_eq!(unix_ms(&json!(1e300)), None);
        assert_eq!(count(&json!(-3)), 0);
    }

    #[test]
    fn a_long_text_is_cut_between_characters_and_a_long_path_is_no_path() {
        let long = json!("é".repeat(5000));
        assert_eq!(text(&long).unwrap().len(), TEXT_MAX);
        assert_eq!(text(&json!("  ")), None);
        assert_eq!(path(&long), None);
        assert_eq!(path(&json!(" a.gcode")), Some(" a.gcode".to_owned()));
    }

    /// Any JSON, with the names OctoPrint uses so that the readers look inside.
    pub(crate) fn any_json() -> impl Strategy<Value = Value> {
        let name = prop_oneof![
            proptest::sample::select(vec![
                "state",
                "text",
                "flags",
                "error",
                "job",
                "file",
                "path",
                "progress",
                "completion",
                "temps",
                "tool0",
                "actual",
                "prints",
                "last",
                "date",
                "time",
                "type",
                "server",
                "payload",
                "event",
                "size",
                "hash",
                "printing",
            ])
            .prop_map(str::to_owned),
            any::<String>(),
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 64, 8, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map(name.clone(), inner, 0..8)
                    .prop_map(|fields| fields.into_iter().collect::<Value>()),
            ]
        })
    }
}
