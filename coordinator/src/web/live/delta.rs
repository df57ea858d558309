//! The view as rows of fields, and the fields in which two of them differ.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::web::view::View;

/// The name of the field that a row is known by; it is not sent among the others.
const KEY: &str = "key";

/// The view: `totals` and `tally` by field, every list by the key of its rows.
pub(super) struct Rows(Map<String, Value>);

impl Rows {
    pub(super) fn of(view: &View) -> Self {
        let View { totals, tally, requests, printers, alerts } = view;
        let mut rows = Map::new();
        rows.insert("totals".to_owned(), Value::Object(fields(totals)));
        rows.insert("tally".to_owned(), Value::Object(fields(tally)));
        rows.insert("requests".to_owned(), keyed(requests));
        rows.insert("printers".to_owned(), keyed(printers));
        rows.insert("alerts".to_owned(), keyed(alerts));
        Self(rows)
    }

    pub(super) fn all(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Returns what differs from `before`: of each row only fields that changed, null for a row
    /// that is gone; nothing if all is the same.
    pub(super) fn since(&self, before: &Self) -> Option<Map<String, Value>> {
        let changed = difference(&before.0, &self.0);
        (!changed.is_empty()).then_some(changed)
    }
}

fn fields<T: Serialize>(row: &T) -> Map<String, Value> {
    match serde_json::to_value(row) {
        Ok(Value::Object(fields)) => fields,
        other => unreachable!("a row is an object, not {other:?}"),
    }
}

fn keyed<T: Serialize>(rows: &[T]) -> Value {
    let keyed = rows.iter().map(|row| {
        let mut fields = fields(row);
        match fields.remove(KEY) {
            Some(Value::String(key)) => (key, Value::Object(fields)),
            other => unreachable!("a row has a key, not {other:?}"),
        }
    });
    Value::Object(keyed.collect())
}

fn difference(before: &Map<String, Value>, after: &Map<String, Value>) -> Map<String, Value> {
    let mut changed = Map::new();
    for (key, value) in after {
        match (before.get(key), value) {
            (Some(Value::Object(old)), Value::Object(new)) => {
                let inner = difference(old, new);
                if !inner.is_empty() {
                    changed.insert(key.clone(), Value::Object(inner));
                }
            }
            (Some(old), new) if old == new => {}
            (Some(_) | None, new) => {
                changed.insert(key.clone(), new.clone());
            }
        }
    }
    for key in before.keys().filter(|key| !after.contains_key(*key)) {
        changed.insert(key.clone(), Value::Null);
    }
    changed
}
