//! What forms do.

use std::time::Duration;

use hyper::StatusCode;
use tokio::time::{interval, timeout};
use tracing::error;
use visorfarm_protocol::id::PrinterId;
use visorfarm_protocol::status::{Bed, Consent};

use super::guard::same;
use super::html::{self, Notice};
use super::language::LANGUAGE_COOKIE;
use super::reply::Reply;
use super::route::{Act, Look};
use super::settings::{Fields, TermsForm};
use super::site::{Site, back, failure, frame, language_of, our_fault, refused};
use super::visit::{KEY_COOKIE, Visit};
use super::words;
use crate::config;
use crate::local::{Answer, PlateReport, PrinterReport, Refusal, Request};
use crate::supervise::PrintId;

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

    /// Writes into the settings what the maker agrees to, and waits until the agent has read it.
    async fn change(&self, visit: &Visit, printer: &PrinterId) -> Reply {
        let report = match self.report(visit, printer).await {
            Ok(report) => report,
            Err(reply) => return reply,
        };
        let mut form = TermsForm::sent(&visit.form);
        let now = self.terms_now(printer).unwrap_or_else(|| form.before.clone());
        let wanted = match form.wanted(&now) {
            Ok(wanted) => wanted,
            Err(clash) => {
                let sentence = words::clash(&clash, visit.language);
                // Whoever saves once more has read what stands there now.
                form.before = now;
                return self.terms_again(visit, &report, form, (StatusCode::CONFLICT, sentence));
            }
        };
        let written = config::change_terms(&self.surroundings.config, printer, &wanted.terms());
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
                let sentence = words::terms_refused(&error, visit.language);
                let refused = (StatusCode::UNPROCESSABLE_ENTITY, sentence);
                self.terms_again(visit, &report, form, refused)
            }
        }
    }

    /// Returns the terms that stand in the settings file; nothing if they cannot be read there.
    fn terms_now(&self, printer: &PrinterId) -> Option<Fields> {
        let config = config::Config::load(&self.surroundings.config).ok()?;
        let known = config.printers.iter().find(|known| known.name == *printer)?;
        Some(Fields::of(&known.consent()))
    }

    /// Shows the form of a printer's terms once more, with what was typed and why it was not taken.
    fn terms_again(
        &self,
        visit: &Visit,
        report: &PrinterReport,
        form: TermsForm,
        (status, sentence): (StatusCode, String),
    ) -> Reply {
        let here = Look::Printer(report.status.printer.clone()).path();
        let frame = html::Frame { here, ..frame(visit, Some(Notice::Refused(sentence))) };
        self.printer_page(status, report, form, frame)
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

/// Which plate a form was made for: a page of yesterday must not count today's.
enum Meant<'a> {
    /// What is on the bed now, or nothing of the farm's if nothing is.
    OnBed,
    /// The last plate, of a bed that was said to be clear since: the button was tapped twice, or on two
    /// devices.
    Cleared(&'a PlateReport),
    /// Neither.
    Other,
}

impl<'a> Meant<'a> {
    fn of(visit: &Visit, report: &'a PrinterReport) -> Self {
        let meant = meant(visit);
        // A word that is none names no plate, and not none either.
        let named = meant.is_some() || visit.form.value("plate").is_none();
        if named && meant == report.print_on_bed() {
            return Self::OnBed;
        }
        let status = &report.status;
        let cleared =
            report.on_bed.is_none() && (status.bed == Bed::Clear || status.lease.is_some());
        let last = report.last.as_ref().filter(|last| Some(last.print()) == meant);
        last.filter(|_| cleared).map_or(Self::Other, Self::Cleared)
    }
}

/// Returns the plate that a form names.
fn meant(visit: &Visit) -> Option<PrintId> {
    visit.form.value("plate").and_then(|text| text.parse().ok())
}

fn older(visit: &Visit) -> Reply {
    let sentence = visit.language.pick(
        "This page was older than what is on the bed. Look again, then say it.",
        "Cette page datait d’avant ce qui est sur le plateau. Regardez, puis redites‑le.",
    );
    failure(visit, StatusCode::CONFLICT, sentence.to_owned())
}

fn nameless(visit: &Visit) -> Reply {
    let sentence = visit.language.pick(
        "This page did not say which plate it meant. Look again, then count.",
        "Cette page ne disait pas de quelle plaque il s’agit. Regardez, puis recomptez.",
    );
    failure(visit, StatusCode::CONFLICT, sentence.to_owned())
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
