//! What becomes of the form of what a maker agrees to.

use std::time::Duration;

use hyper::StatusCode;
use tokio::time::{interval, timeout};
use visorfarm_protocol::id::PrinterId;
use visorfarm_protocol::status::Consent;

use super::act::see;
use super::html::{self, Notice};
use super::reply::Reply;
use super::route::Look;
use super::settings::{Fields, TermsForm};
use super::site::{Site, frame};
use super::visit::Visit;
use super::why;
use crate::config;
use crate::local::PrinterReport;

/// How long the agent may take to read settings that were saved, before its page is shown again.
const READ_WITHIN: Duration = Duration::from_secs(3);

/// How often that is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

impl Site {
    /// Writes into the settings what the maker agrees to, and waits until the agent has read it.
    pub(super) async fn change(&self, visit: &Visit, printer: &PrinterId) -> Reply {
        let report = match self.report(visit, printer).await {
            Ok(report) => report,
            Err(reply) => return reply,
        };
        let mut form = TermsForm::sent(&visit.form);
        let now = self.terms_now(printer).unwrap_or_else(|| form.before.clone());
        let wanted = match form.wanted(&now) {
            Ok(wanted) => wanted,
            Err(clash) => {
                let sentence = why::clash(&clash, visit.language);
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
                let sentence = why::terms_refused(&error, visit.language);
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
}
