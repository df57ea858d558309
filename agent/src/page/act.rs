//! What forms do.

use hyper::StatusCode;
use tracing::error;
use visorfarm_protocol::id::PrinterId;

use super::guard::same;
use super::language::LANGUAGE_COOKIE;
use super::meant::{Meant, meant, nameless, older};
use super::reply::Reply;
use super::route::{Act, Look};
use super::site::{Site, back, failure, language_of, our_fault, refused};
use super::visit::{KEY_COOKIE, Visit};
use crate::local::{Answer, Refusal, Request};

impl Site {
    pub(super) async fn act(&mut self, visit: &Visit, act: Act) -> Reply {
        match act {
            Act::Clear(printer) => self.clear(visit, printer).await,
            Act::Recount(printer) => self.recount(visit, printer).await,
            Act::Read(memo) => {
                self.carry_out(visit, Request::Read { memo: Some(memo) }, "read").await
            }
            Act::Spool(printer) => self.spool(visit, printer).await,
            Act::Pause(printer) => {
                self.carry_out(visit, Request::Pause { printer: Some(printer) }, "pause").await
            }
            Act::Resume(printer) => {
                self.carry_out(visit, Request::Resume { printer: Some(printer) }, "resume").await
            }
            Act::Settings(printer) => self.change(visit, &printer).await,
            Act::Pin => self.open(visit),
            Act::Language => match language_of(&visit.form) {
                Some(language) => {
                    Reply::see(back(&visit.form).path()).keep(LANGUAGE_COOKIE, language.code())
                }
                None => Reply::plain(StatusCode::UNPROCESSABLE_ENTITY, "no such language"),
            },
        }
    }

    async fn clear(&self, visit: &Visit, printer: PrinterId) -> Reply {
        let report = match self.report(visit, &printer).await {
            Ok(report) => report,
            Err(reply) => return reply,
        };
        let good = match visit.form.count("good") {
            Ok(good) => good,
            Err(written) => return no_number(visit, &written),
        };
        match Meant::of(visit, &report) {
            Meant::OnBed => {
                let request = Request::BedClear { printer: Some(printer), good };
                self.carry_out(visit, request, "clear").await
            }
            // What was said of it stands, unless something else is said now.
            Meant::Cleared(last) => match good.filter(|_| good != last.good) {
                None => see(&back(&visit.form), "clear"),
                Some(good) => {
                    let plate = Some(last.print());
                    let request = Request::Recount { printer: Some(printer), plate, good };
                    self.carry_out(visit, request, "clear").await
                }
            },
            Meant::Other => older(visit),
        }
    }

    async fn recount(&self, visit: &Visit, printer: PrinterId) -> Reply {
        let plate = meant(visit);
        match visit.form.count("good") {
            // Which plate that number is of, nobody could tell.
            Ok(Some(_)) if plate.is_none() => nameless(visit),
            Ok(Some(good)) => {
                let request = Request::Recount { printer: Some(printer), plate, good };
                self.carry_out(visit, request, "recount").await
            }
            Ok(None) => no_number(visit, ""),
            Err(written) => no_number(visit, &written),
        }
    }

    async fn spool(&self, visit: &Visit, printer: PrinterId) -> Reply {
        match visit.form.count("grams") {
            // An empty field: nobody knows.
            Ok(grams) => {
                let request = Request::Spool { printer: Some(printer), grams };
                self.carry_out(visit, request, "spool").await
            }
            Err(written) => {
                let sentence = visit.language.pick(
                    format!(
                        "Write how many grams are on the spool as a whole number, not {written:?}."
                    ),
                    format!(
                        "Écrivez combien de grammes porte la bobine en chiffres, pas {written:?}."
                    ),
                );
                failure(visit, StatusCode::UNPROCESSABLE_ENTITY, sentence)
            }
        }
    }

    /// Asks the agent, and leads the browser on or says why not.
    async fn carry_out(&self, visit: &Visit, request: Request, done: &str) -> Reply {
        match self.ask(request).await {
            Answer::Done { .. } | Answer::Counted { .. } => see(&back(&visit.form), done),
            Answer::Refused(refusal) => refused(visit, &refusal),
            Answer::Status(_) => refused(visit, &Refusal::NotUnderstood),
        }
    }

    /// Opens the page to who knows the PIN. Who does not is led back to its form: an answer in place would try
    /// the PIN once more with each reload.
    fn open(&mut self, visit: &Visit) -> Reply {
        let now = self.surroundings.clock.now();
        let again = || Reply::see(format!("/pin?refused=wrong&back={}", back(&visit.form).path()));
        if self.tries.pause(now).is_some() {
            return again();
        }
        let pass = match self.surroundings.state.page_pass() {
            Ok(pass) => pass,
            Err(error) => {
                error!("The PIN cannot be read: {error}");
                return our_fault(visit);
            }
        };
        let typed = visit.form.value("pin").unwrap_or_default();
        let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        if same(&typed, &pass.pin) {
            self.tries.hit();
            return Reply::see(back(&visit.form).path()).keep(KEY_COOKIE, &pass.key);
        }
        self.tries.missed(now);
        again()
    }
}

fn no_number(visit: &Visit, written: &str) -> Reply {
    let sentence = visit.language.pick(
        format!("Write how many pieces are good as a number, not {written:?}."),
        format!("Écrivez combien de pièces sont bonnes en chiffres, pas {written:?}."),
    );
    failure(visit, StatusCode::UNPROCESSABLE_ENTITY, sentence)
}

/// Leads a browser on after a form was taken.
pub(super) fn see(look: &Look, done: &str) -> Reply {
    Reply::see(format!("{}?done={done}", look.path()))
}
