//! What a run of the model has met. Rules that no case ever reached hold nothing.

use std::collections::BTreeMap;
use std::fmt;

use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{End, Fact, Up};

use super::super::{Event, PrinterKey};
use super::notebook::{Notebook, Stage};
use super::world::{Step, World};

/// How often each thing was met.
#[derive(Clone, Debug, Default)]
pub(super) struct Reached {
    pub(super) cases: usize,
    pub(super) steps: usize,
    pub(super) met: BTreeMap<&'static str, usize>,
}

/// All that must be met.
pub(super) const ALL: [&str; 54] = [
    "a request",
    "a cancelled request",
    "a request that is more or less pressing",
    "a delivery",
    "a revision",
    "a withdrawn revision",
    "a hello",
    "an ask",
    "a status",
    "a told fact",
    "an accepted lease",
    "a started lease",
    "a returned lease",
    "a completed print",
    "a failed print",
    "a cancelled print",
    "an unknown print",
    "a judgement",
    "a fact told again",
    "a fact by a stranger",
    "an abandoned lease",
    "a revoked agent",
    "a released agent",
    "a memo",
    "a memo that is read",
    "a loss of power",
    "time that passes",
    "a machine that sleeps",
    "a restart",
    "a copy",
    "a restored copy",
    "given",
    "recalled",
    "recalled after it was taken",
    "forgotten after it was asked back",
    "recalled too late",
    "lapsed",
    "live again after a hello",
    "live again after a start",
    "let go",
    "unknown",
    "settled by a look",
    "counted",
    "counted though given up",
    "counted though given back",
    "a twin",
    "a repetition",
    "corrected",
    "brought back",
    "brought back for nobody",
    "frozen",
    "written off",
    "a delivery taken back",
    "all healed",
];

impl Reached {
    pub(super) fn meet(&mut self, mark: &'static str) {
        *self.met.entry(mark).or_default() += 1;
    }

    /// Takes down what `step` led to.
    pub(super) fn look(&mut self, before: &World, step: &Step, after: &World) {
        self.steps += 1;
        self.look_at_step(before, step);
        let (before, now) = (&before.notebook, &after.notebook);
        if before.epoch == now.epoch {
            for id in now.leases.keys() {
                self.look_at_lease(*id, before, now);
            }
            for print in now.plates.keys() {
                self.look_at_print(*print, before, now);
            }
        }
        if before.frozen.len() < now.frozen.len() {
            self.meet("frozen");
        }
        let wanted = |of: &Notebook| of.wishes.values().map(|wish| wish.wanted).sum::<i64>();
        if before.wishes.len() == now.wishes.len() && wanted(now) < wanted(before) {
            self.meet("written off");
        }
        let delivered = |of: &Notebook| of.wishes.values().map(|wish| wish.delivered).sum::<i64>();
        if before.epoch == now.epoch && delivered(now) < delivered(before) {
            self.meet("a delivery taken back");
        }
    }

    fn look_at_step(&mut self, before: &World, step: &Step) {
        match step {
            Step::Takes(event) => self.look_at_event(before, event),
            Step::DiesOver(_) => self.meet("a loss of power"),
            Step::Passes(_) => self.meet("time that passes"),
            Step::Sleeps(_) => self.meet("a machine that sleeps"),
            Step::Restarts => self.meet("a restart"),
            Step::Copies => self.meet("a copy"),
            Step::Restores => self.meet("a restored copy"),
        }
    }

    fn look_at_event(&mut self, before: &World, event: &Event) {
        let mark = match event {
            Event::Said { message: Up::Hello(_), .. } => "a hello",
            Event::Said { message: Up::Ask(_), .. } => "an ask",
            Event::Said { message: Up::Status { .. }, .. } => "a status",
            Event::Said { message: Up::Read { .. }, .. } => "a memo that is read",
            Event::MemoWritten { .. } => "a memo",
            Event::Requested(_) => "a request",
            Event::RequestCancelled { .. } => "a cancelled request",
            Event::RequestRanked { .. } => "a request that is more or less pressing",
            Event::Delivered { .. } => "a delivery",
            Event::Published { .. } => "a revision",
            Event::RevisionWithdrawn { .. } => "a withdrawn revision",
            Event::LeaseAbandoned { .. } => "an abandoned lease",
            Event::AgentRevoked { .. } => "a revoked agent",
            Event::AgentReleased { .. } => "a released agent",
            Event::Told { agent, printer, numbered } => {
                let key = PrinterKey { agent: agent.clone(), printer: printer.clone() };
                let told = (key, numbered.clone());
                if before.told.contains(&told) {
                    self.meet("a fact told again");
                }
                let lent = before.lent.get(&numbered.fact.lease());
                if lent.is_none_or(|lent| lent.holder != told.0) {
                    self.meet("a fact by a stranger");
                }
                self.meet(fact(&numbered.fact));
                "a told fact"
            }
            Event::Said { message: Up::Facts { .. }, .. }
            | Event::Connection { .. }
            | Event::FailureSeen { .. }
            | Event::Quarantined { .. }
            | Event::Settle => panic!("no step of this model: {event:?}"),
        };
        self.meet(mark);
    }

    fn look_at_lease(&mut self, id: LeaseId, before: &Notebook, now: &Notebook) {
        use Stage::{Accepted, Lapsed, Offered, Over, Printing, Recalled, RecalledTaken, Unknown};
        let line = &now.leases[&id];
        let was = before.leases.get(&id).map(|line| line.stage);
        let mark = match (was, line.stage) {
            (was, stage) if was == Some(stage) => return,
            (None, Offered) => "given",
            (None, _) if line.slip.is_some() => return,
            (None, _) if line.request.is_none() => "brought back for nobody",
            (None, _) => "brought back",
            (Some(Offered), Recalled) => "recalled",
            (Some(Accepted), RecalledTaken) => "recalled after it was taken",
            (Some(RecalledTaken), Unknown) => "forgotten after it was asked back",
            (Some(Recalled | RecalledTaken), Printing) => "recalled too late",
            (Some(Lapsed), Accepted) => "live again after a hello",
            (Some(Lapsed), Printing) => "live again after a start",
            (Some(Offered | Recalled), Lapsed) if !now.printers.contains_key(&line.holder) => {
                "let go"
            }
            (Some(_), Lapsed) => "lapsed",
            (Some(_), Unknown) => "unknown",
            (Some(Unknown), Over) => "settled by a look",
            (Some(_), _) => return,
        };
        self.meet(mark);
    }

    fn look_at_print(&mut self, print: (LeaseId, u32), before: &Notebook, now: &Notebook) {
        let seen = &now.plates[&print];
        let judged = |of: &Notebook| of.plates.get(&print).and_then(|seen| seen.judged);
        if judged(before).is_some_and(|before| Some(before) != seen.judged) {
            self.meet("corrected");
        }
        if before.plates.contains_key(&print) || seen.end != End::Completed {
            return;
        }
        self.meet("counted");
        if print.1 == 1 {
            return self.meet("a repetition");
        }
        match before.leases.get(&print.0).map(|line| line.stage) {
            Some(Stage::Lapsed) => self.meet("counted though given up"),
            Some(Stage::Over) => self.meet("counted though given back"),
            _ => {}
        }
        let slip = now.leases[&print.0].slip;
        let twin = |it: &(&(LeaseId, u32), _)| *it.0 != print && now.leases[&it.0.0].slip == slip;
        if slip.is_some() && now.plates.iter().any(|it| twin(&it) && it.1.end == End::Completed) {
            self.meet("a twin");
        }
    }
}

fn fact(fact: &Fact) -> &'static str {
    match fact {
        Fact::Accepted { .. } => "an accepted lease",
        Fact::Started { .. } => "a started lease",
        Fact::Returned { .. } => "a returned lease",
        Fact::Ended { end: End::Completed, .. } => "a completed print",
        Fact::Ended { end: End::Failed, .. } => "a failed print",
        Fact::Ended { end: End::Cancelled, .. } => "a cancelled print",
        Fact::Ended { end: End::Unknown, .. } => "an unknown print",
        Fact::Judged { .. } => "a judgement",
    }
}

impl Reached {
    pub(super) fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.steps += other.steps;
        for (mark, times) in other.met {
            *self.met.entry(mark).or_default() += times;
        }
    }

    /// Returns what was met less often.
    pub(super) fn rarer_than(&self, times: usize) -> Vec<&'static str> {
        let met = |mark: &&str| self.met.get(mark).copied().unwrap_or(0);
        ALL.into_iter().filter(|mark| met(mark) < times).collect()
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} farms, {} steps", self.cases, self.steps)?;
        self.met.iter().try_for_each(|(mark, times)| writeln!(f, "{times:8} {mark}"))
    }
}
