//! How prints come to be on a printer of this world, and what is never allowed to bring them there.

use visorfarm_agent::supervise::{Event, FetchFailed, StartAnswer};
use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::Return;

use super::row::Row;
use super::scene::{Happening as Next, Scene};
use super::shop::Happening;
use crate::sim::agent::NextOrder;
use crate::sim::octoprint::{OWN_FILE, Order, Process, Queued};
use crate::sim::shop::{lease_of, path_of};
use crate::sim::truth::By;

/// How long a grant may be started for, in milliseconds: the coordinator's own figure.
const START_WITHIN: u64 = 30 * 60 * 1_000;

/// How long the agent waits for OctoPrint's answer to an order.
const ANSWERED_WITHIN: u64 = 10_000;

/// How long a print takes.
const PRINTS: (u64, u64) = (40_000, 200_000);

impl Scene {
    /// No start twice, late, against the maker's wish, or without its journal.
    pub(super) fn check_order(&mut self, shop: usize, lease: LeaseId) {
        self.tell(format!("{} orders the start of {lease}", self.shops[shop].id));
        self.truth.ordered(lease);
        if self.shops[shop].paused {
            self.truth.violate(format!("{lease:?} is started against the maker's wish"));
        }
        let granted = self.granted.get(&lease).copied();
        if granted.is_none_or(|granted| granted + START_WITHIN < self.now()) {
            self.truth.violate(format!("{lease:?} is started late: granted at {granted:?}"));
        }
    }

    /// A download has ended.
    pub(super) fn fetched(&mut self, shop: usize, life: u64, lease: LeaseId) {
        let result = if std::mem::take(&mut self.shops[shop].fetch_fails) {
            self.mark(Row::FetchFails);
            Err(FetchFailed { why: Return::Fetch, note: "the network broke".to_owned() })
        } else {
            Ok(())
        };
        self.reaches(shop, life, Event::Fetched { lease, result });
    }

    /// An upload has ended.
    pub(super) fn uploaded(&mut self, shop: usize, life: u64, lease: LeaseId) {
        let path = path_of(lease);
        let octoprint = &mut self.shops[shop].octoprint;
        let result = match octoprint.process {
            Process::Up => {
                octoprint.upload(&path);
                Ok(path)
            }
            Process::Hung => {
                octoprint.queued.push(Queued::Upload(path));
                Err(unreached())
            }
            Process::Down => Err(unreached()),
        };
        self.reaches(shop, life, Event::Uploaded { lease, result });
    }

    /// An order to start is at OctoPrint's door.
    pub(super) fn ordered(&mut self, shop: usize, life: u64, (lease, path): (LeaseId, &str)) {
        let fate = std::mem::take(&mut self.shops[shop].next_order);
        let octoprint = &mut self.shops[shop].octoprint;
        let unsure = || StartAnswer::Unsure("no answer".to_owned());
        let (takes, answer) = match (octoprint.process, fate) {
            (Process::Down, _) => (50, StartAnswer::Refused("not reached".to_owned())),
            (Process::Hung, _) => {
                octoprint.queued.push(Queued::Start(path.to_owned()));
                (ANSWERED_WITHIN, unsure())
            }
            (Process::Up, NextOrder::Lost) => {
                self.mark(Row::OrderUnanswered);
                (ANSWERED_WITHIN, unsure())
            }
            (Process::Up, NextOrder::Ignored) => {
                self.mark(Row::OrderIgnored);
                (20, StartAnswer::Taken)
            }
            (Process::Up, NextOrder::Fine | NextOrder::Unanswered) => {
                match octoprint.may_start(path) {
                    Order::Conflict => (20, StartAnswer::Conflict("status 409".to_owned())),
                    Order::Gone => (20, StartAnswer::Refused("status 404".to_owned())),
                    Order::Fine => {
                        self.begin_ours(shop, path);
                        if fate == NextOrder::Unanswered {
                            self.mark(Row::OrderUnanswered);
                            (ANSWERED_WITHIN, unsure())
                        } else {
                            (20, StartAnswer::Taken)
                        }
                    }
                }
            }
        };
        let event = Event::StartAnswered { lease, answer };
        self.later(takes, Next::Shop(shop, Happening::Reaches { life, event }));
    }

    /// The printer begins what an agent ordered.
    fn begin_ours(&mut self, shop: usize, path: &str) {
        let lease = lease_of(path).expect("the agent starts files of its leases");
        if !self.shops[shop].bed.is_empty() {
            self.truth.violate(format!("{lease:?} is started on a bed that is not clear"));
        }
        self.begin_print(shop, (path, By::Order));
    }

    fn begin_print(&mut self, shop: usize, (path, by): (&str, By)) {
        let takes = self.chance.between(PRINTS.0, PRINTS.1);
        let print = self.truth.begin(self.now(), lease_of(path), by);
        self.tell(format!("{}: {path} begins to print", self.shops[shop].id));
        let now = self.now();
        let found = &mut self.shops[shop];
        found.bed.push(print);
        let happened = found.octoprint.begin(now, now + takes, print, path);
        self.happened(shop, happened);
        self.later(takes, Next::Shop(shop, Happening::Due));
    }

    /// The owner prints something of their own, if nothing else prints.
    pub(super) fn own_print(&mut self, shop: usize) {
        let found = &mut self.shops[shop];
        found.octoprint.upload(OWN_FILE);
        if found.octoprint.process == Process::Up
            && found.octoprint.may_start(OWN_FILE) == Order::Fine
        {
            // Nobody prints on top of something.
            found.bed.clear();
            self.mark(Row::OwnPrint);
            self.begin_print(shop, (OWN_FILE, By::Owner));
        }
    }

    /// The print on the printer goes on.
    pub(super) fn goes_on(&mut self, shop: usize) {
        let tail = self.chance.between(1, 3_000);
        let now = self.now();
        let happened = self.shops[shop].octoprint.go_on(now, tail);
        if happened.history.is_some() {
            self.later(tail, Next::Shop(shop, Happening::Due));
        }
        self.happened(shop, happened);
    }

    /// OctoPrint is started, or goes on with what waited for it.
    pub(super) fn octoprint_starts(&mut self, shop: usize) {
        let now = self.now();
        let octoprint = &mut self.shops[shop].octoprint;
        match octoprint.process {
            Process::Up => return,
            Process::Down => return octoprint.start(now),
            Process::Hung => octoprint.process = Process::Up,
        }
        for queued in std::mem::take(&mut octoprint.queued) {
            let octoprint = &mut self.shops[shop].octoprint;
            match queued {
                Queued::Question { .. } => {}
                Queued::Upload(path) => octoprint.upload(&path),
                Queued::Start(path) => {
                    if octoprint.may_start(&path) == Order::Fine {
                        self.begin_ours(shop, &path);
                    }
                }
            }
        }
        self.goes_on(shop);
    }
}

fn unreached() -> FetchFailed {
    FetchFailed { why: Return::Printer, note: "OctoPrint does not answer".to_owned() }
}
