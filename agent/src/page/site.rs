//! The page behind its door: who is let in, and what they get.

use std::net::SocketAddr;

use hyper::StatusCode;
use tokio::sync::oneshot;
use tracing::error;
use visorfarm_protocol::id::PrinterId;

use super::guard::{self, Denied};
use super::html::{self, Failure, Frame, Notice};
use super::listen::Place;
use super::pin::Tries;
use super::reply::Reply;
use super::route::{Act, Look, Route};
use super::visit::Visit;
use super::{Surroundings, why};
use crate::local::render::Language;
use crate::local::{Answer, PrinterReport, Reach, Refusal, Request, Status};

/// Everything that the page owns.
pub(super) struct Site {
    pub(super) surroundings: Surroundings,
    pub(super) place: Place,
    pub(super) tries: Tries,
}

impl Site {
    pub(super) fn new(surroundings: Surroundings) -> Self {
        let bound = SocketAddr::from(([127, 0, 0, 1], 0));
        let place = Place { bound, reach: Reach::Machine, machine: String::new() };
        Self { surroundings, place, tries: Tries::default() }
    }

    /// Notes that the page is there from now on.
    pub(super) fn moved(&mut self, place: Place) {
        self.place = place;
    }

    /// Answers a visit.
    pub(super) async fn answer(&mut self, visit: Visit) -> Reply {
        let route = Route::of(&visit.method, &visit.path);
        if let Err(denied) = self.admit(&visit, &route) {
            return denial(denied, &visit);
        }
        match route {
            Route::Look(look) => self.look(&visit, look).await,
            Route::Act(act) => self.act(&visit, act).await,
            Route::Asset(asset) => asset.reply(visit.language),
            Route::Nowhere => nowhere(&visit),
            Route::WrongMethod => {
                Reply::plain(StatusCode::METHOD_NOT_ALLOWED, "this address takes no such request")
            }
        }
    }

    fn admit(&self, visit: &Visit, route: &Route) -> Result<(), Denied> {
        guard::check_name(visit, &self.place)?;
        match route {
            Route::Asset(_) | Route::Look(Look::Pin) => return Ok(()),
            Route::Act(_) => guard::check_origin(visit)?,
            Route::Look(_) | Route::WrongMethod | Route::Nowhere => {}
        }
        match (route, self.place.reach) {
            (Route::Act(Act::Pin | Act::Language), _) | (_, Reach::Machine) => Ok(()),
            (_, Reach::Network) => {
                let pass = self.surroundings.state.page_pass().map_err(|error| {
                    error!("The page cannot be opened: {error}");
                    Denied::Fault
                })?;
                guard::check_key(visit, &self.place, &pass.key)
            }
        }
    }

    /// Asks the agent.
    pub(super) async fn ask(&self, request: Request) -> Answer {
        let not_now = Answer::Refused(Refusal::NotNow);
        let (sender, receiver) = oneshot::channel();
        match self.surroundings.asks.send((request, sender)).await {
            Ok(()) => receiver.await.unwrap_or(not_now),
            Err(_) => not_now,
        }
    }

    /// Returns how everything is.
    pub(super) async fn status(&self, visit: &Visit) -> Result<Status, Reply> {
        match self.ask(Request::Status).await {
            Answer::Status(status) => Ok(status),
            Answer::Done { .. } | Answer::Counted { .. } => {
                Err(refused(visit, &Refusal::NotUnderstood))
            }
            Answer::Refused(refusal) => Err(refused(visit, &refusal)),
        }
    }

    /// Returns how a printer is.
    pub(super) async fn report(
        &self,
        visit: &Visit,
        printer: &PrinterId,
    ) -> Result<PrinterReport, Reply> {
        let reports = self.status(visit).await?.printers;
        let found = reports.into_iter().find(|report| report.status.printer == *printer);
        found.ok_or_else(|| nowhere(visit))
    }
}

/// Returns what stands around a page of this visit.
pub(super) fn frame(visit: &Visit, notice: Option<Notice>) -> Frame {
    let here = Look::at(&visit.path).map_or_else(|| Look::Home.path(), |look| look.path());
    Frame { language: visit.language, here, notice }
}

/// Returns the address that a form wants to be led back to: one of ours, or the first page.
pub(super) fn back(form: &super::form::Form) -> Look {
    form.value("back").and_then(Look::at).unwrap_or(Look::Home)
}

/// Says why something is not done.
pub(super) fn refused(visit: &Visit, refusal: &Refusal) -> Reply {
    let status = match refusal {
        Refusal::NoSuchPrinter { .. } | Refusal::UnknownPlate { .. } => StatusCode::NOT_FOUND,
        Refusal::NotNow | Refusal::ReadOnly => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::TooManyPieces { .. }
        | Refusal::SayHowMany { .. }
        | Refusal::SpoolTooHeavy { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::WhichPrinter { .. }
        | Refusal::Printing { .. }
        | Refusal::OnBed { .. }
        | Refusal::NothingToClear { .. }
        | Refusal::NotCompleted { .. }
        | Refusal::NoPlate { .. }
        | Refusal::NotUnderstood => StatusCode::CONFLICT,
    };
    failure(visit, status, why::refusal(refusal, visit.language))
}

/// Says in a sentence what cannot be.
pub(super) fn failure(visit: &Visit, status: StatusCode, sentence: String) -> Reply {
    let title = visit.language.pick("That was not done", "Ce n’est pas fait");
    fail(visit, status, title, sentence)
}

fn fail(visit: &Visit, status: StatusCode, title: &'static str, sentence: String) -> Reply {
    let frame = frame(visit, Some(Notice::Refused(sentence)));
    html::page(status, &Failure { frame, title, back: back(&visit.form).path() })
}

fn nowhere(visit: &Visit) -> Reply {
    let (title, sentence) = visit.language.pick(
        ("Nothing is here", "There is no such page, or no such printer any more."),
        ("Il n’y a rien ici", "Cette page n’existe pas, ou cette imprimante n’existe plus."),
    );
    fail(visit, StatusCode::NOT_FOUND, title, sentence.to_owned())
}

pub(super) fn our_fault(visit: &Visit) -> Reply {
    let sentence = visit.language.pick(
        "Something went wrong on this machine; the agent's log says more.",
        "Quelque chose a échoué sur cette machine ; le journal de l’agent en dit plus.",
    );
    failure(visit, StatusCode::INTERNAL_SERVER_ERROR, sentence.to_owned())
}

fn denial(denied: Denied, visit: &Visit) -> Reply {
    match denied {
        // Not a word in a page that a foreign name could read.
        Denied::Name => Reply::plain(
            StatusCode::MISDIRECTED_REQUEST,
            "open this page by the address that `visorfarm-agent status` shows",
        ),
        Denied::Origin => {
            let sentence = visit.language.pick(
                "This form was sent from another page: open the page here and send it again.",
                "Ce formulaire vient d’une autre page : ouvrez la page ici et renvoyez‑le.",
            );
            failure(visit, StatusCode::FORBIDDEN, sentence.to_owned())
        }
        Denied::Pin => {
            // A form that was sent without the key is filled in again afterwards.
            let wanted = Look::at(&visit.path).unwrap_or_else(|| back(&visit.form));
            Reply::see(format!("/pin?back={}", wanted.path()))
        }
        Denied::Fault => our_fault(visit),
    }
}

/// Returns the language that a form names.
pub(super) fn language_of(form: &super::form::Form) -> Option<Language> {
    form.value("language").and_then(super::language::of_code)
}
