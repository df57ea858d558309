//! What forms do.

use std::time::Duration;

use hyper::StatusCode;
use tokio::time::{interval, timeout};
use tracing::error;
use visorfarm_protocol::id::{LeaseId, PrinterId};
use visorfarm_protocol::status::Consent;

use super::guard::same;
use super::html::{self, Notice};
use super::language::LANGUAGE_COOKIE;
use super::reply::Reply;
use super::route::{Act, Look};
use super::settings::Fields;
use super::site::{Site, back, failure, frame, language_of, our_fault, refused};
use super::visit::{KEY_COOKIE, Visit};
use super::words;
use crate::config;
use crate::local::{Answer, PrinterReport, Refusal, Request};

/// How long the agent may take to read settings that were saved, before its page is shown again.
const READ_WITHIN: Duration = Duration::from_secs(3);

/// How often that is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

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
        if !is_of_today(visit, &report) {
            let sentence = visit.language.pick(
                "This page was older than what is on the bed. Look again, then say it.",
                "Cette page datait d’avant ce qui est sur le plateau. Regardez, puis redites‑le.",
            );
            return failure(visit, StatusCode::CONFLICT, sentence.to_owned());
        }
        match visit.form.count("good") {
            Ok(good) => {
                let request = Request::BedClear { printer: Some(printer), good };
                self.carry_out(visit, request, "clear").await
            }
            Err(written) => no_number(visit, &written),
        }
    }

    async fn recount(&self, visit: &Visit, printer: PrinterId) -> Reply {
        match visit.form.count("good") {
            Ok(Some(good)) => {
                let request = Request::Recount { printer: Some(printer), good };
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
            Answer::Done { .. } => see(&back(&visit.form), done),
            Answer::Refused(refusal) => refused(visit, &refusal),
            Answer::Status(_) => refused(visit, &Refusal::NotUnderstood),
        }
    }

    /// Writes into the settings what the maker agrees to, and waits until the agent has read it.
    async fn change(&self, visit: &Visit, printer: &PrinterId) -> Reply {
        let report = match self.report(visit, printer).await {
            Ok(report) => report,
            Err(reply) => return reply,
        };
        let fields = Fields::sent(&visit.form);
        let written = config::change_terms(&self.surroundings.config, printer, &fields.terms());
        let look = Look::Printer(printer.clone());
        match written {
            Ok(config) => {
                let mut printers = config.printers.iter();
                let changed = printers.find(|known| known.name == *printer);
                if let Some(consent) = changed.map(config::PrinterConfig::consent) {
                    // Whoever looks sooner sees the old ones for a moment.
                    timeout(READ_WITHIN, self.agrees(visit, printer, &consent)).await.ok();
                }
                see(&look, "settings")
            }
            Err(error) => {
                let notice = Some(Notice::Refused(words::terms_refused(&error, visit.language)));
                let frame = html::Frame { here: look.path(), ..frame(visit, notice) };
                self.printer_page(StatusCode::UNPROCESSABLE_ENTITY, &report, fields, frame)
            }
        }
    }

    /// Returns once the agent works by `consent`.
    async fn agrees(&self, visit: &Visit, printer: &PrinterId, consent: &Consent) {
        let mut every = interval(LOOK_EVERY);
        loop {
            every.tick().await;
            let report = self.report(visit, printer).await.ok();
            let card = report.and_then(|report| report.card);
            if card.is_some_and(|card| card.consent.as_ref() == Some(consent)) {
                return;
            }
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

/// Says whether a form was made for what is on the bed now.
fn is_of_today(visit: &Visit, report: &PrinterReport) -> bool {
    let meant: Option<LeaseId> = visit.form.value("plate").and_then(|text| text.parse().ok());
    meant == report.on_bed.as_ref().map(|plate| plate.lease)
}

fn no_number(visit: &Visit, written: &str) -> Reply {
    let sentence = visit.language.pick(
        format!("Write how many pieces are good as a number, not {written:?}."),
        format!("Écrivez combien de pièces sont bonnes en chiffres, pas {written:?}."),
    );
    failure(visit, StatusCode::UNPROCESSABLE_ENTITY, sentence)
}

/// Leads a browser on after a form was taken.
fn see(look: &Look, done: &str) -> Reply {
    Reply::see(format!("{}?done={done}", look.path()))
}
