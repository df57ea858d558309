//! What the maker asks of the shop floor, and whom it is meant for.

use visorfarm_protocol::id::PrinterId;

use super::floor::Floor;
use super::hands::Hands;
use super::printer::{Printer, Stopped};
use crate::journal::Disk;
use crate::local::{Answer, Refusal, Request};
use crate::supervise::{self, Event, MakerRefused, PrintId};

impl<H: Hands, D: Disk> Floor<H, D> {
    /// Does what the maker asks, or says why not.
    pub(super) fn answer(&mut self, request: &Request) -> Result<Answer, Stopped> {
        let (named, event) = match self.meant(request) {
            Ok(Some(meant)) => meant,
            Ok(None) => return Ok(Answer::Status(self.status())),
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        for id in &named {
            let known = self.printers.keys().cloned().collect();
            let Some(printer) = self.printers.get_mut(id) else {
                return Ok(Answer::Refused(Refusal::NoSuchPrinter { known }));
            };
            let answer = printer.step(&event, &self.outgoing)?;
            if let Some(supervise::Answer::Refused(refused)) = answer {
                return Ok(Answer::Refused(refusal(id, &refused)));
            }
            printer.step(&Event::Tick, &self.outgoing)?;
        }
        let counted = match request {
            Request::Recount { plate, .. } => self.counted(&named, *plate),
            Request::Status
            | Request::BedClear { .. }
            | Request::Spool { .. }
            | Request::Read { .. }
            | Request::Pause { .. }
            | Request::Resume { .. } => None,
        };
        Ok(counted.unwrap_or(Answer::Done { printers: named }))
    }

    /// Says which plate of the only one that is named was counted, and how.
    fn counted(&self, named: &[PrinterId], plate: Option<PrintId>) -> Option<Answer> {
        let [printer] = named else { return None };
        let counted = self.printers.get(printer)?.plate(plate)?;
        Some(Answer::Counted { printer: printer.clone(), plate: Box::new(counted) })
    }

    /// Returns whom the maker means and what happens to them; nothing if only a look is asked for.
    fn meant(&self, request: &Request) -> Result<Option<(Vec<PrinterId>, Event)>, Refusal> {
        Ok(Some(match request {
            // Memos are the agent's, not a printer's.
            Request::Status | Request::Read { .. } => return Ok(None),
            Request::BedClear { printer, good } => {
                // A number may also correct what was said of the last plate of a bed that is clear.
                let corrects = good.is_some() && self.printers.len() == 1;
                let waiting =
                    |printer: &Printer<H, D>| corrects || printer.supervisor().waits_for_bed();
                let printer = self.choose(printer.as_ref(), waiting)?;
                (vec![printer], Event::BedClear { good: *good })
            }
            Request::Recount { printer, plate, good } => {
                let printer = self.choose(printer.as_ref(), |_| true)?;
                (vec![printer], Event::Recount { plate: *plate, good: *good })
            }
            Request::Spool { printer, grams } => {
                let printer = self.choose(printer.as_ref(), |_| true)?;
                (vec![printer], Event::Spool { grams: *grams })
            }
            Request::Pause { printer } => (self.all_or(printer.as_ref()), Event::Pause),
            Request::Resume { printer } => (self.all_or(printer.as_ref()), Event::Resume),
        }))
    }

    fn all_or(&self, printer: Option<&PrinterId>) -> Vec<PrinterId> {
        match printer {
            Some(printer) => vec![printer.clone()],
            None => self.printers.keys().cloned().collect(),
        }
    }

    /// Returns the printer that is meant: the one named, or the only one that `waits`.
    fn choose(
        &self,
        named: Option<&PrinterId>,
        waits: impl Fn(&Printer<H, D>) -> bool,
    ) -> Result<PrinterId, Refusal> {
        if let Some(named) = named {
            return Ok(named.clone());
        }
        let waiting: Vec<_> = self.printers.iter().filter(|(_, printer)| waits(printer)).collect();
        match (waiting.as_slice(), self.printers.len()) {
            ([(only, _)], _) => Ok((*only).clone()),
            ([], 1) => {
                let printer = self.printers.keys().next().expect("there is one").clone();
                Err(Refusal::NothingToClear { printer })
            }
            _ => Err(Refusal::WhichPrinter { among: self.printers.keys().cloned().collect() }),
        }
    }
}

fn refusal(printer: &PrinterId, refused: &MakerRefused) -> Refusal {
    match refused {
        MakerRefused::Printing => Refusal::Printing { printer: printer.clone() },
        MakerRefused::OnBed => Refusal::OnBed { printer: printer.clone() },
        MakerRefused::NotCompleted => Refusal::NotCompleted { printer: printer.clone() },
        MakerRefused::NoPlate => Refusal::NoPlate { printer: printer.clone() },
        MakerRefused::UnknownPlate { plate } => {
            Refusal::UnknownPlate { printer: printer.clone(), plate: *plate }
        }
        MakerRefused::SpoolTooHeavy { grams_max } => {
            Refusal::SpoolTooHeavy { grams_max: *grams_max }
        }
        MakerRefused::TooMany { pieces, .. } => Refusal::TooManyPieces { pieces: *pieces },
        MakerRefused::Look { pieces } => {
            Refusal::SayHowMany { printer: printer.clone(), pieces: *pieces }
        }
    }
}
