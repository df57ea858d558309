//! What began to need a person of late, so that a page can name it to whoever looks elsewhere.

use std::collections::{BTreeSet, VecDeque};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::web::view::{Alert, Trouble};

/// What is kept for a page that was away: more than one notification can name.
const KEPT_MAX: usize = 20;

/// What needs a person, and what of it is new.
#[derive(Clone, Default)]
pub(super) struct News {
    standing: BTreeSet<(String, Trouble)>,
    /// The latest last, each with the step in which it came.
    latest: VecDeque<(Item, u64)>,
}

#[derive(Clone, Serialize)]
struct Item {
    title: String,
    trouble: Trouble,
}

impl News {
    /// Takes over what needs a person as of step `seq`.
    pub(super) fn update(&mut self, alerts: &[Alert], seq: u64) {
        for alert in alerts {
            if !self.standing.contains(&(alert.key.clone(), alert.trouble)) {
                let item = Item { title: alert.title.clone(), trouble: alert.trouble };
                self.latest.push_back((item, seq));
            }
        }
        self.latest.drain(..self.latest.len().saturating_sub(KEPT_MAX));
        self.standing = alerts.iter().map(|alert| (alert.key.clone(), alert.trouble)).collect();
    }

    /// Adds to `data` what came after step `seen`. To a page that was just opened nothing is new.
    pub(super) fn since(&self, seen: Option<u64>, data: &mut Map<String, Value>) {
        let Some(seen) = seen else { return };
        let new = self.latest.iter().filter(|(_, step)| seen < *step).map(|(item, _)| item);
        let new: Vec<_> = new.map(|item| serde_json::json!(item)).collect();
        if !new.is_empty() {
            data.insert("news".to_owned(), Value::Array(new));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(key: &str, trouble: Trouble) -> Alert {
        Alert { key: key.to_owned(), title: key.to_owned(), trouble, ..Alert::default() }
    }

    #[track_caller]
    fn check(news: &News, seen: Option<u64>, named: &[&str]) {
        let mut data = Map::new();
        news.since(seen, &mut data);
        let told = data.remove("news").unwrap_or_else(|| Value::Array(Vec::new()));
        let titles: Vec<_> =
            told.as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect();
        assert_eq!(titles, named);
    }

    #[test]
    fn what_is_new_is_named_once_whatever_stands_before_it() {
        let mut news = News::default();
        news.update(&[alert("b", Trouble::Late)], 1);
        news.update(&[alert("a", Trouble::Failed), alert("b", Trouble::Late)], 2);
        check(&news, None, &[]);
        check(&news, Some(1), &["a"]);
        check(&news, Some(2), &[]);
    }

    #[test]
    fn what_comes_back_or_gets_worse_is_new_again() {
        let mut news = News::default();
        news.update(&[alert("a", Trouble::Late)], 1);
        news.update(&[alert("a", Trouble::Unwilling)], 2);
        news.update(&[], 3);
        news.update(&[alert("a", Trouble::Unwilling)], 4);
        check(&news, Some(1), &["a", "a"]);
        check(&news, Some(2), &["a"]);
    }

    #[test]
    fn of_very_many_the_latest_are_named() {
        let mut news = News::default();
        let many: Vec<_> = (10..50).map(|key| alert(&key.to_string(), Trouble::Late)).collect();
        news.update(&many, 1);
        let mut data = Map::new();
        news.since(Some(0), &mut data);
        assert_eq!(data["news"].as_array().unwrap().len(), KEPT_MAX);
    }
}
