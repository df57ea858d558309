//! The makers, one in a row: what they did, when they were last heard, and what they agree to.

use std::collections::BTreeMap;

use super::tables::{SUMS, some, summed, text, titles};
use super::{Cell, Sheet, Wanted};
use crate::accounts::Agent;
use crate::dispatch::board::PrinterRow;
use crate::store::report::By;
use crate::web::App;
use crate::web::answer::Failure;
use crate::web::pages::{CONSENT, agreed};
use crate::web::text::Language;
use crate::web::view::{PrinterView, View};

/// Returns the makers who are looked for. Who was shut out stands there with what was printed.
pub(super) fn sheet(app: &App, t: Language, wanted: &Wanted) -> Result<Sheet, Failure> {
    let board = app.site.brain.board();
    let view = View::new(&board, &app.known);
    let mut printers: BTreeMap<&str, Vec<(&PrinterRow, &PrinterView)>> = BTreeMap::new();
    for (row, view) in board.printers.iter().zip(&view.printers) {
        printers.entry(row.agent.as_str()).or_default().push((row, view));
    }
    let groups = app.site.history.sums(By::Agent, wanted.since)?;
    let groups: BTreeMap<_, _> =
        groups.into_iter().map(|group| (group.key.clone(), group)).collect();
    let mut rows = Vec::new();
    for agent in app.site.accounts.agents()? {
        let of_it = printers.get(agent.agent.as_str()).map_or(&[][..], Vec::as_slice);
        let group = groups.get(agent.agent.as_str()).cloned();
        let views: Vec<_> = of_it.iter().map(|(_, view)| *view).collect();
        let is_over = agent.revoked.is_some() && group.is_none();
        if is_over || !wanted.makers.takes(&agent, &views) {
            continue;
        }
        let mut row = about(&agent, of_it);
        row.extend(summed(&group.unwrap_or_default()));
        row.extend(agrees(of_it, t));
        rows.push(row);
    }
    let about = ["column-maker", "printers-title", "makers-seen"];
    let columns = titles(t, &[&about[..], &SUMS, &CONSENT].concat());
    Ok(Sheet { columns, rows })
}

fn about(agent: &Agent, printers: &[(&PrinterRow, &PrinterView)]) -> Vec<Cell> {
    let names: Vec<_> = printers.iter().map(|(row, _)| row.title.as_str()).collect();
    let heard = printers.iter().filter_map(|(row, _)| row.heard).max();
    vec![text(&agent.title), text(&names.join("; ")), heard.map_or(Cell::Empty, Cell::Moment)]
}

/// Returns what a maker agrees to: once where it is so for every printer, else printer by printer. As in every
/// cell, semicolons part a list: names have commas of their own.
fn agrees(printers: &[(&PrinterRow, &PrinterView)], t: Language) -> Vec<Cell> {
    let told = printers.iter().filter_map(|(row, _)| Some((row, agreed(row, ", ", t)?)));
    let told: Vec<_> = told.collect();
    let of_all = |field: usize| {
        let (row, first) = told.first()?;
        if told.iter().all(|(_, values)| values[field] == first[field]) {
            return Some(agreed(row, "; ", t)?[field].clone());
        }
        let each = told.iter().map(|(row, values)| format!("{}: {}", row.title, values[field]));
        let each: Vec<_> = each.collect();
        Some(each.join("; "))
    };
    (0..CONSENT.len()).map(|field| some(of_all(field).as_deref())).collect()
}
