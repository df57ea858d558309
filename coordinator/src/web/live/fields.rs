//! The few things that are sent by name: totals, tally, requests, alerts; when each of their fields
//! changed; and in which order they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use super::part::Part;
use crate::web::view::View;

/// The lists that a page may show; of others it is sent nothing.
pub(super) const LISTS: [&str; 2] = ["alerts", REQUESTS];

/// The list of which a page shows a part.
const REQUESTS: &str = "requests";

/// The name of the field that a row is known by; it is not sent among the others.
const KEY: &str = "key";

/// A value and the step in which it became so.
type Dated = (Value, u64);

/// All lists by name; of each the rows by key. `totals`, `tally` and `order` are lists of one row
/// without a key.
#[derive(Clone, Default)]
pub(super) struct Fields {
    lists: BTreeMap<&'static str, BTreeMap<String, Row>>,
    /// The keys of all requests, the first one on top. Not dated: a viewer is sent the part it looks at.
    requests: Arc<[String]>,
}

/// The keys of each list as a page has them, the first one on top.
#[derive(Serialize)]
struct Order<'a> {
    alerts: Vec<&'a str>,
}

#[derive(Clone)]
enum Row {
    Here(BTreeMap<String, Dated>),
    /// Since this step.
    Gone(u64),
}

impl Fields {
    /// Takes over `view` as step `seq`; says whether anything is different.
    pub(super) fn update(&mut self, view: &View, seq: u64) -> bool {
        let mut changed = self.one("totals", &view.totals, seq);
        changed |= self.one("tally", &view.tally, seq);
        changed |= self.list("requests", &view.requests, seq);
        changed |= self.list("alerts", view.listed(), seq);
        let order = Order { alerts: view.listed().iter().map(|row| row.key.as_str()).collect() };
        changed |= self.one("order", &order, seq);
        if !self.requests.iter().eq(view.requests.iter().map(|row| &row.key)) {
            self.requests = view.requests.iter().map(|row| row.key.clone()).collect();
            changed = true;
        }
        changed
    }

    /// Adds to `data` what changed after step `seen`: of each row only fields that changed, null for
    /// a row that is gone. A snapshot has everything, and empty lists too. Lists that `shows` does not
    /// take are left out, and their order too. Requests are told by [`Self::requests_since`].
    pub(super) fn since(
        &self,
        seen: Option<u64>,
        shows: impl Fn(&str) -> bool,
        data: &mut Map<String, Value>,
    ) {
        let is_new = |step: u64| seen.is_none_or(|seen| seen < step);
        let is_shown = |name: &str| !LISTS.contains(&name) || shows(name);
        let lists = self.lists.iter().filter(|(name, _)| **name != REQUESTS && is_shown(name));
        for (name, rows) in lists {
            let mut changed = Map::new();
            for (key, row) in rows {
                match row {
                    Row::Here(fields) => {
                        let new = fields.iter().filter(|(field, (_, step))| {
                            is_new(*step) && (*name != "order" || is_shown(field))
                        });
                        let new: Map<_, _> =
                            new.map(|(field, (value, _))| (field.clone(), value.clone())).collect();
                        if !new.is_empty() {
                            changed.insert(key.clone(), Value::Object(new));
                        }
                    }
                    Row::Gone(step) if seen.is_some() && is_new(*step) => {
                        changed.insert(key.clone(), Value::Null);
                    }
                    Row::Gone(_) => {}
                }
            }
            let value = match changed.remove("") {
                Some(single) => single,
                None if changed.is_empty() && seen.is_some() => continue,
                None => Value::Object(changed),
            };
            data.insert((*name).to_owned(), value);
        }
    }

    /// Adds to `data` what changed after step `seen` in a part of the requests: of those that are `held`
    /// only fields that changed, the others whole; and their order, if that is another one.
    pub(super) fn requests_since(
        &self,
        seen: Option<u64>,
        part: &Part,
        held: &mut Vec<String>,
        data: &mut Map<String, Value>,
    ) {
        let keys = part.of(&self.requests);
        let known: BTreeSet<&String> = held.iter().collect();
        let rows = self.lists.get(REQUESTS);
        let mut changed = Map::new();
        for key in keys {
            let after = seen.filter(|_| known.contains(key));
            let row = rows.and_then(|rows| rows.get(key));
            let Some(Row::Here(fields)) = row else { continue };
            let new = fields.iter().filter(|(_, (_, step))| after.is_none_or(|seen| seen < *step));
            let new: Map<_, _> =
                new.map(|(field, (value, _))| (field.clone(), value.clone())).collect();
            if !new.is_empty() {
                changed.insert(key.clone(), Value::Object(new));
            }
        }
        if !changed.is_empty() || seen.is_none() {
            data.insert(REQUESTS.to_owned(), Value::Object(changed));
        }
        if keys != *held || seen.is_none() {
            let order = data.entry("order").or_insert_with(|| Value::Object(Map::new()));
            order[REQUESTS] = Value::from(keys);
            *held = keys.to_vec();
        }
    }

    fn one<T: Serialize>(&mut self, name: &'static str, row: &T, seq: u64) -> bool {
        self.take(name, BTreeMap::from([(String::new(), object(row))]), seq)
    }

    fn list<T: Serialize>(&mut self, name: &'static str, rows: &[T], seq: u64) -> bool {
        let keyed = rows.iter().map(|row| {
            let mut fields = object(row);
            match fields.remove(KEY) {
                Some(Value::String(key)) => (key, fields),
                other => unreachable!("a row has a key, not {other:?}"),
            }
        });
        self.take(name, keyed.collect(), seq)
    }

    fn take(
        &mut self,
        name: &'static str,
        new: BTreeMap<String, Map<String, Value>>,
        seq: u64,
    ) -> bool {
        let known = self.lists.entry(name).or_default();
        let mut changed = false;
        for (key, row) in known.iter_mut() {
            if matches!(row, Row::Here(_)) && !new.contains_key(key) {
                *row = Row::Gone(seq);
                changed = true;
            }
        }
        for (key, fields) in new {
            let row = known.entry(key).or_insert(Row::Gone(0));
            if matches!(row, Row::Gone(_)) {
                *row = Row::Here(BTreeMap::new());
            }
            let Row::Here(dated) = row else { continue };
            for (field, value) in fields {
                if dated.get(&field).is_none_or(|(before, _)| *before != value) {
                    dated.insert(field, (value, seq));
                    changed = true;
                }
            }
        }
        changed
    }
}

fn object<T: Serialize>(row: &T) -> Map<String, Value> {
    match serde_json::to_value(row) {
        Ok(Value::Object(fields)) => fields,
        other => unreachable!("a row is an object, not {other:?}"),
    }
}
