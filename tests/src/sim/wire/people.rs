//! The people of this world: makers who clear beds and tell what came off them, through the door that
//! their commands go through, and owners who use their printers for themselves.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;
use visorfarm_agent::local::{Answer, Asked, PrinterReport, Refusal, Request};
use visorfarm_protocol::status::{Bed, WaitsFor};

use super::row::Row;
use super::scene::{Scene, Stage};
use crate::sim::octoprint::Process;
use crate::sim::truth::PIECES;

/// How often a maker comes by, in milliseconds.
const COMES_BY: (u64, u64) = (20_000, 90_000);

/// Is the maker of an agent that runs.
pub(super) async fn maker(stage: Stage, shop: usize, asks: mpsc::Sender<Asked>) {
    loop {
        let wait = stage.borrow_mut().chance.between(COMES_BY.0, COMES_BY.1);
        sleep(Duration::from_millis(wait)).await;
        if !stage.borrow_mut().takes_off(shop) {
            continue;
        }
        // An agent that answers nothing has ended.
        let Some(()) = come_by(&stage, shop, &asks).await else { return };
    }
}

/// Comes by: says that the bed is clear, and whether prints may begin.
async fn come_by(stage: &Stage, shop: usize, asks: &mpsc::Sender<Asked>) -> Option<()> {
    let Answer::Status(status) = ask(asks, Request::Status).await? else { return Some(()) };
    let report = &status.printers[0];
    if report.paused && stage.borrow_mut().lets_go_on(shop) {
        ask(asks, Request::Resume { printer: None }).await?;
    }
    if report.status.bed == Bed::Clear {
        return Some(());
    }
    let good = stage.borrow_mut().looks_at(shop, report);
    let answer = ask(asks, Request::BedClear { printer: None, good }).await?;
    if let Answer::Refused(Refusal::NotCompleted { .. } | Refusal::NoPlate { .. }) = answer {
        ask(asks, Request::BedClear { printer: None, good: None }).await?;
    }
    if stage.borrow_mut().wants_no_prints() {
        ask(asks, Request::Pause { printer: None }).await?;
        stage.borrow_mut().shops[shop].paused = true;
    }
    Some(())
}

async fn ask(asks: &mpsc::Sender<Asked>, request: Request) -> Option<Answer> {
    let (answer, answered) = oneshot::channel();
    asks.send((request, answer)).await.ok()?;
    answered.await.ok()
}

impl Scene {
    /// Takes off what is on the bed, unless something moves; says whether the bed is clear now.
    fn takes_off(&mut self, shop: usize) -> bool {
        if self.shops[shop].octoprint.print.is_some() {
            return false;
        }
        self.shops[shop].bed.clear();
        let now = self.now();
        let octoprint = &mut self.shops[shop].octoprint;
        let events = match octoprint.process {
            Process::Up => octoprint.connect(now),
            Process::Hung | Process::Down => Vec::new(),
        };
        self.push(shop, events);
        true
    }

    /// Says how many pieces on the bed are good, where that is to be said.
    fn looks_at(&mut self, shop: usize, report: &PrinterReport) -> Option<u32> {
        if report.status.waits_for != Some(WaitsFor::Look) {
            return self.chance.percent(15).then_some(PIECES - 1);
        }
        self.mark(Row::Judged);
        let plate = report.on_bed.as_ref().or(report.last.as_ref());
        // What was printed before its card was copied stands on another bed.
        let here = plate.filter(|plate| !self.shops[shop].inherited(plate.lease));
        Some(here.map_or(0, |plate| self.truth.seen(plate.lease)))
    }

    /// Says whether the maker lets a paused printer go on.
    fn lets_go_on(&mut self, shop: usize) -> bool {
        let goes_on = self.is_healed() || self.chance.percent(50);
        if goes_on {
            self.mark(Row::Paused);
            self.shops[shop].paused = false;
        }
        goes_on
    }

    fn wants_no_prints(&mut self) -> bool {
        !self.is_healed() && self.chance.percent(5)
    }

    /// The owner cancels what is printed.
    pub(super) fn owner_cancels(&mut self, shop: usize) {
        let now = self.now();
        if let Some(happened) = self.shops[shop].octoprint.cancel(now) {
            self.mark(Row::Cancelled);
            self.happened(shop, happened);
        }
    }
}
