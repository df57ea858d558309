//! What is asked of the list of printers: which of them, in which order, on which page.

use std::fmt::Write;

use serde::Deserialize;

use crate::web::pages::paging::Slot;
use crate::web::search::has_words;
use crate::web::view::{Kind, PrinterView, View};

/// Printers on a page, unless more are asked for: a list that a phone scrolls through.
const PER_PAGE: usize = 60;

/// The most printers on a page.
const PER_PAGE_MAX: usize = 2_000;

/// What is asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Query {
    /// Words that must be in a title, maker, place, design or profile.
    pub(super) q: String,
    pub(super) state: String,
    pub(super) material: String,
    pub(super) place: String,
    pub(super) sort: String,
    pub(super) look: String,
    pub(super) page: usize,
    pub(super) per: usize,
}

impl Query {
    /// Returns what is asked for by the page that shows what moves first.
    pub(in crate::web::pages) fn now() -> Self {
        Self { sort: "now".to_owned(), ..Self::default() }
    }

    /// Returns the printers that are asked for, in order.
    pub(in crate::web) fn found<'a>(&self, view: &'a View) -> Vec<&'a PrinterView> {
        let mut found: Vec<_> = view.printers.iter().filter(|row| self.takes(row)).collect();
        self.order(&mut found);
        found
    }

    pub(super) fn slot(&self, found: usize) -> Slot {
        let per = if self.per == 0 { PER_PAGE } else { self.per.min(PER_PAGE_MAX) };
        Slot::new(self.page, found, per)
    }

    fn takes(&self, row: &PrinterView) -> bool {
        let state = match self.state.as_str() {
            "" => true,
            kind if kind == row.kind.code() => true,
            doing => doing == row.doing.code(),
        };
        let material = self.material.is_empty() || row.materials.contains(&self.material);
        let place = self.place.is_empty() || row.place.as_deref() == Some(self.place.as_str());
        state && material && place && self.has_words(row)
    }

    fn has_words(&self, row: &PrinterView) -> bool {
        let text = [
            row.title.as_str(),
            &row.maker,
            row.place.as_deref().unwrap_or_default(),
            row.design.as_deref().unwrap_or_default(),
            &row.profile,
        ];
        has_words(&text.join(" "), &self.q)
    }

    fn order(&self, rows: &mut [&PrinterView]) {
        match self.sort.as_str() {
            "now" => rows.sort_by_key(|row| (row.kind, row.ends, row.doing)),
            "name" => rows.sort_by_cached_key(|row| row.title.to_lowercase()),
            "maker" => rows.sort_by_cached_key(|row| row.maker.to_lowercase()),
            "end" => rows.sort_by_key(|row| (row.ends.is_none(), row.ends)),
            // Of those that tell it, the least first.
            "filament" => rows.sort_by_key(|row| (row.filament.is_none(), row.filament)),
            "printed" => rows.sort_by_key(|row| std::cmp::Reverse(row.printed)),
            _ => rows.sort_by_key(|row| (urgency(row.kind), row.doing, row.ends)),
        }
    }

    /// Returns the address of another page of the same list.
    pub(super) fn address(&self, page: usize) -> String {
        format!("/printers?{}", self.said(page))
    }

    /// Returns the address that tells the order of a page of it.
    pub(super) fn order_address(&self, page: usize) -> String {
        format!("/printers/order?{}", self.said(page))
    }

    /// Returns the address of a sheet of the whole list.
    pub(super) fn sheet_address(&self, kind: &str) -> String {
        let said = joined(&self.filters());
        format!("/sheets/printers.{kind}{}{said}", if said.is_empty() { "" } else { "?" })
    }

    fn said(&self, page: usize) -> String {
        let page = page.to_string();
        let per = if self.per == 0 { String::new() } else { self.per.to_string() };
        let place = [("look", self.look.as_str()), ("per", &per), ("page", &page)];
        joined(&[&self.filters()[..], &place].concat())
    }

    /// Returns what makes the list, and its order.
    fn filters(&self) -> [(&str, &str); 5] {
        [
            ("q", &self.q),
            ("state", &self.state),
            ("material", &self.material),
            ("place", &self.place),
            ("sort", &self.sort),
        ]
    }

    /// Says whether anything but the whole list is asked for.
    pub(super) fn is_filtered(&self) -> bool {
        let filters = [&self.q, &self.state, &self.material, &self.place];
        filters.into_iter().any(|filter| !filter.is_empty())
    }

    pub(super) fn is_list(&self) -> bool {
        self.look != "cards"
    }
}

/// Writes fields as they stand in an address; those that say nothing are left out.
fn joined(fields: &[(&str, &str)]) -> String {
    let said = fields.iter().filter(|(_, value)| !value.is_empty());
    let said: Vec<_> = said.map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    said.join("&")
}

/// What needs a person comes first, then what moves.
fn urgency(kind: Kind) -> u8 {
    match kind {
        Kind::Person => 0,
        Kind::Working => 1,
        Kind::Ready => 2,
        Kind::Away => 3,
    }
}

/// Writes text as it stands in the part of an address after the question mark.
pub(in crate::web) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").expect("text can be appended to");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::Doing;

    fn row() -> PrinterView {
        PrinterView {
            title: "Attic".to_owned(),
            maker: "Zoé Martin".to_owned(),
            place: Some("Lyon 7e".to_owned()),
            materials: vec!["PETG".to_owned()],
            profile: "mk3s".to_owned(),
            kind: Kind::Person,
            doing: Doing::BedClear,
            ..PrinterView::default()
        }
    }

    #[track_caller]
    fn check(query: &Query, takes: bool) {
        assert_eq!(query.takes(&row()), takes, "{query:?}");
    }

    #[test]
    fn words_are_found_wherever_they_stand() {
        for (q, takes) in [
            ("", true),
            ("ZOÉ attic", true),
            ("zoe", true),
            ("lyon mk3", true),
            ("zoé paris", false),
        ] {
            check(&Query { q: q.to_owned(), ..Query::default() }, takes);
        }
    }

    #[test]
    fn a_state_is_a_kind_or_an_activity() {
        for (state, takes) in [("person", true), ("bed_clear", true), ("working", false)] {
            check(&Query { state: state.to_owned(), ..Query::default() }, takes);
        }
    }

    #[test]
    fn place_and_material_are_taken_whole() {
        check(&Query { place: "Lyon".to_owned(), ..Query::default() }, false);
        check(&Query { place: "Lyon 7e".to_owned(), ..Query::default() }, true);
        check(&Query { material: "PLA".to_owned(), ..Query::default() }, false);
    }

    #[test]
    fn an_address_keeps_what_was_asked() {
        let query = Query { q: "é&x".to_owned(), sort: "end".to_owned(), ..Query::default() };
        assert_eq!(query.address(2), "/printers?q=%C3%A9%26x&sort=end&page=2");
        assert_eq!(query.sheet_address("csv"), "/sheets/printers.csv?q=%C3%A9%26x&sort=end");
        assert_eq!(Query::default().sheet_address("xlsx"), "/sheets/printers.xlsx");
    }
}
