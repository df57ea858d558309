//! Makers: what they agree to, what they did, and how they are let in and shut out.

mod act;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

pub(super) use self::act::{invite, revoke, withdraw_invite, write};
use super::paging::Slot;
use super::printers::escaped;
use super::{Frame, page, printer, words};
use crate::accounts::{Accounts, Agent, Invite, InviteState, Role};
use crate::clock::Timestamp;
use crate::dispatch::board::{Board, Link, MemoRow, PrinterRow};
use crate::store::report::{By, Group};
use crate::web::Shared;
use crate::web::answer::{Asked, Failure};
use crate::web::caller::{Caller, Reader};
use crate::web::search::{has_words, plain};
use crate::web::text::Language;
use crate::web::view::{PrinterView, View};

#[derive(Template)]
#[template(path = "makers.html")]
struct Makers {
    frame: Frame,
    invites: Vec<ShownInvite>,
    present: Vec<Maker>,
    query: Query,
    /// Whether there is anybody to look for.
    searchable: bool,
    /// How many makers were looked for.
    found: usize,
    page: usize,
    pages: usize,
    gone: Vec<Maker>,
    /// How many printers the farm has.
    printers_all: u32,
    words: Vec<(String, String)>,
    kinds: Vec<(&'static str, &'static str)>,
    /// An invite that was just made, the only time it is shown.
    link: Option<String>,
    /// Whether the reader may write to makers.
    runs: bool,
    /// Whether the reader may let others in.
    admin: bool,
}

/// Makers on a page: what a phone scrolls through, each with all printers.
const PER_PAGE: usize = 20;

/// Who is looked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Query {
    /// Words that must be in a maker's name, or in the title, place or profile of a printer.
    q: String,
    page: usize,
    /// The agent of a maker whose page of the list is looked for.
    of: String,
}

impl Query {
    /// Returns the address of another page of the same list.
    fn address(&self, page: usize) -> String {
        match self.q.as_str() {
            "" => format!("/makers?page={page}"),
            words => format!("/makers?q={}&page={page}", escaped(words)),
        }
    }

    /// Returns the address of a sheet of all who are looked for.
    fn sheet_address(&self, kind: &str) -> String {
        match self.q.as_str() {
            "" => format!("/sheets/makers.{kind}"),
            words => format!("/sheets/makers.{kind}?q={}", escaped(words)),
        }
    }

    /// Says whether a maker with these printers is looked for.
    pub(in crate::web) fn takes(&self, agent: &Agent, printers: &[&PrinterView]) -> bool {
        let mut text = agent.title.clone();
        for row in printers {
            let place = row.place.as_deref().unwrap_or_default();
            text = [&text, row.title.as_str(), place, &row.profile].join(" ");
        }
        has_words(&text, &self.q)
    }
}

struct ShownInvite {
    id: i64,
    title: String,
    left: String,
}

/// A maker's machine with its printers, in words.
struct Maker {
    agent: String,
    title: String,
    joined: String,
    revoked: Option<String>,
    seen: String,
    /// When it was heard last, unless it can be heard now.
    silent_since: Option<Timestamp>,
    printers: Vec<Machine>,
    sums: Group,
    /// What was written to them, newest first.
    memos: Vec<ShownMemo>,
}

/// A message to a maker, in words.
struct ShownMemo {
    text: String,
    written: (Timestamp, String),
    /// When its maker said to have read it.
    read: Option<(Timestamp, String)>,
}

struct Machine {
    row: PrinterView,
    consent: Vec<(String, String)>,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Reader(caller): Reader,
    t: Language,
    Asked(query): Asked<Query>,
) -> Result<Response, Failure> {
    Ok(page(StatusCode::OK, &makers(&app, t, caller, query).await?))
}

async fn makers(
    app: &Shared,
    t: Language,
    caller: Caller,
    query: Query,
) -> Result<Makers, Failure> {
    let board = app.site.brain.board();
    let view = View::new(&board, &app.known);
    let agents = app.account(|accounts, _| accounts.agents()).await?;
    let invites = app.account(Accounts::invites).await?;
    let sums = app.blocking(|app| app.site.history.sums(By::Agent, 0)).await?;
    let mut sums: BTreeMap<_, _> =
        sums.into_iter().map(|group| (group.key.clone(), group)).collect();
    let open = invites.into_iter().filter(|invite| invite.state == InviteState::Open);
    let (gone, mut agents): (Vec<_>, Vec<_>) =
        agents.into_iter().partition(|agent| agent.revoked.is_some());
    let searchable = !agents.is_empty();
    let mut printers: BTreeMap<&str, Vec<&PrinterView>> = BTreeMap::new();
    for (row, view) in board.printers.iter().zip(&view.printers) {
        printers.entry(row.agent.as_str()).or_default().push(view);
    }
    let of = |agent: &Agent| printers.get(agent.agent.as_str()).map_or(&[][..], Vec::as_slice);
    agents.retain(|agent| query.takes(agent, of(agent)));
    agents.sort_by_cached_key(|agent| plain(&agent.title));
    let found = agents.len();
    let of = agents.iter().position(|agent| agent.agent.as_str() == query.of);
    let slot = Slot::new(of.map_or(query.page, |place| place / PER_PAGE + 1), found, PER_PAGE);
    let mut shown = |agent: Agent| {
        let sums = sums.remove(agent.agent.as_str()).unwrap_or_default();
        Maker::new(agent, sums, (&board, &view), t)
    };
    let page = agents.into_iter().skip(slot.before()).take(slot.per);
    let present: Vec<_> = page.map(&mut shown).collect();
    let gone = gone.into_iter().map(&mut shown).collect();
    Ok(Makers {
        invites: open.map(|invite| shown_invite(invite, t, view.at)).collect(),
        present,
        gone,
        printers_all: view.tally.all,
        words: words::all(t),
        kinds: words::kinds(),
        query,
        searchable,
        found,
        page: slot.at,
        pages: slot.pages,
        link: None,
        runs: caller.role.covers(Role::Dispatcher),
        admin: caller.role.covers(Role::Admin),
        frame: Frame::new(app, t, Some(caller), "/makers").alerting(&view),
    })
}

/// Printers of a maker that are seen at once: a school may have sixty.
const MACHINES_SHOWN: usize = 4;

impl Maker {
    /// Returns the printers that are seen at once, and those that unfold.
    fn folds(&self) -> impl Iterator<Item = (bool, &[Machine])> {
        let (first, beyond) = self.printers.split_at(self.printers.len().min(MACHINES_SHOWN));
        [(false, first), (true, beyond)].into_iter().filter(|(_, machines)| !machines.is_empty())
    }

    fn new(agent: Agent, sums: Group, (board, view): (&Board, &View), t: Language) -> Self {
        let rows = board.printers.iter().zip(&view.printers);
        let of_it: Vec<_> = rows.filter(|(row, _)| row.agent == agent.agent).collect();
        let heard = of_it.iter().filter_map(|(row, _)| row.heard).max();
        let speaks = of_it.iter().any(|(row, _)| row.link == Link::Live);
        let silent_since = heard.filter(|_| !speaks);
        let seen = match silent_since {
            Some(at) => t.heard(&at, &view.at),
            None => t.text(if speaks { "heard-now" } else { "heard-never" }),
        };
        let machine = |(row, view): &(&PrinterRow, &PrinterView)| Machine {
            row: (*view).clone(),
            consent: printer::consent(row, t),
        };
        let memos = board.memos.iter().rev().filter(|memo| memo.agent == agent.agent);
        Self {
            memos: memos.map(|memo| shown_memo(memo, t, view.at)).collect(),
            agent: agent.agent.to_string(),
            title: agent.title,
            joined: t.since(agent.made, view.at),
            revoked: agent.revoked.map(|at| t.since(at, view.at)),
            seen,
            silent_since,
            printers: of_it.iter().map(machine).collect(),
            sums,
        }
    }
}

fn shown_memo(memo: &MemoRow, t: Language, now: Timestamp) -> ShownMemo {
    ShownMemo {
        text: memo.text.clone(),
        written: (memo.at, t.heard(&memo.at, &now)),
        read: memo.read.map(|at| (at, t.heard(&at, &now))),
    }
}

fn shown_invite(invite: Invite, t: Language, now: Timestamp) -> ShownInvite {
    let left = t.since(now, invite.expires);
    ShownInvite { id: invite.invite.0, title: invite.title, left }
}
