//! What was made, day by day and by whom: drawings with the table beside each.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Local, NaiveDate};
use serde::Deserialize;

use super::chart::{Columns, Rows};
use super::{Frame, page};
use crate::accounts::Role;
use crate::clock::Timestamp;
use crate::store::report::{By, Group};
use crate::web::answer::{Asked, Failure};
use crate::web::caller::Reader;
use crate::web::text::Language;
use crate::web::{App, Shared};

/// The days that are shown unless others are asked for.
const DAYS: u32 = 30;

/// The most days that are drawn one by one.
const DAYS_MAX: u32 = 366;

#[derive(Template)]
#[template(path = "statistics.html")]
struct Statistics {
    frame: Frame,
    days: u32,
    whole: Group,
    by_day: Columns,
    designs: Rows,
    makers: Rows,
    materials: Rows,
    causes: Rows,
    /// Whether the reader may make a link for the wall.
    admin: bool,
}

/// How many days to look back.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    days: Option<u32>,
}

/// What the database says of a time.
struct Read {
    days: Vec<Group>,
    designs: Vec<Group>,
    makers: Vec<Group>,
    materials: Vec<Group>,
    causes: Vec<(String, u64)>,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Reader(caller): Reader,
    t: Language,
    Asked(query): Asked<Query>,
) -> Result<Response, Failure> {
    let days = query.days.unwrap_or(DAYS).clamp(1, DAYS_MAX);
    let view = app.view();
    let since = since(days, view.at);
    let read = app.blocking(move |app| read(app, since)).await?;
    let mut whole = Group::default();
    for group in &read.days {
        whole.add(group);
    }
    let statistics = Statistics {
        days,
        whole,
        by_day: Columns::new(&every_day(days, view.at, read.days), t),
        designs: Rows::of_pieces(read.designs, t),
        makers: Rows::of_pieces(read.makers, t),
        materials: Rows::of_grams(read.materials, t),
        causes: Rows::of_counts(read.causes, t),
        admin: caller.role.covers(Role::Admin),
        frame: Frame::new(&app, t, Some(caller), "/statistics").alerting(&view),
    };
    Ok(page(StatusCode::OK, &statistics))
}

fn read(app: &App, since: u64) -> Result<Read, Failure> {
    let history = &app.site.history;
    let mut makers = history.sums(By::Agent, since)?;
    let mut names = app.known.names();
    for group in &mut makers {
        if let Ok(agent) = group.key.parse() {
            group.key = names.maker(&agent).to_string();
        }
    }
    drop(names);
    Ok(Read {
        days: history.sums(By::Day, since)?,
        designs: history.sums(By::Revision, since)?,
        makers,
        materials: history.sums(By::Material, since)?,
        causes: history.causes(since)?,
    })
}

/// Returns the day of `at` in the coordinator's own time zone.
fn day_of(at: u64) -> NaiveDate {
    let at = i64::try_from(at).ok().and_then(chrono::DateTime::from_timestamp_millis);
    at.map_or(NaiveDate::MIN, |at| at.with_timezone(&Local).date_naive())
}

/// Returns the last `days` days, today the last. Days of the calendar, not of 24 hours: those on which clocks are set are
/// longer, or shorter.
fn last_days(days: u32, today: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let days = days.clamp(1, DAYS_MAX);
    (0..days).rev().filter_map(move |ago| today.checked_sub_days(chrono::Days::new(ago.into())))
}

/// Returns the midnight from which the last `days` are counted.
pub(in crate::web) fn since(days: u32, now: Timestamp) -> u64 {
    let first = last_days(days, day_of(now.0)).next();
    let midnight =
        first.and_then(|day| day.and_hms_opt(0, 0, 0)?.and_local_timezone(Local).earliest());
    midnight.and_then(|at| u64::try_from(at.timestamp_millis()).ok()).unwrap_or(now.0)
}

/// Returns a group for each of the last days, also for those on which nothing ended.
fn every_day(days: u32, now: Timestamp, groups: Vec<Group>) -> Vec<(NaiveDate, Group)> {
    let mut by_key: BTreeMap<_, _> =
        groups.into_iter().map(|group| (group.key.clone(), group)).collect();
    let past = last_days(days, day_of(now.0));
    past.map(|day| (day, by_key.remove(&day.to_string()).unwrap_or_default())).collect()
}
