//! What can be looked at.

use hyper::StatusCode;
use visorfarm_protocol::id::PrinterId;
use visorfarm_protocol::message::End;

use super::card::Code;
use super::guard;
use super::history::{MemoView, TallyView};
use super::html::{
    self, Around, Bed, Card, Frame, Home, Last, Notice, Pin, PrinterCard, PrinterPage, Way, WayKind,
};
use super::listen::Place;
use super::network;
use super::reply::Reply;
use super::route::Look;
use super::settings::{Fields, TermsForm};
use super::site::{Site, back, frame};
use super::view::PrinterView;
use super::visit::Visit;
use super::words;
use crate::clock;
use crate::config::page::USUAL_PORT;
use crate::local::render::{Language, shown, span};
use crate::local::{LinkState, PlateReport, PrinterReport, Reach, Status, around, plates};

/// How much of each list a printer's page shows before the rest unfolds: a phone's screen of it.
const SHOWN_AT_FIRST: usize = 5;

impl Site {
    pub(super) async fn look(&self, visit: &Visit, look: Look) -> Reply {
        let frame = frame(visit, notice(visit));
        let looked = match look {
            Look::Home => self.home(visit, frame).await,
            Look::Printer(printer) => self.printer(visit, &printer, frame).await,
            Look::Bed(printer) => self.bed(visit, &printer, frame).await,
            Look::Card => self.card(visit, frame).await,
            Look::Pin => Ok(self.pin(visit)),
        };
        looked.unwrap_or_else(|reply| reply)
    }

    async fn home(&self, visit: &Visit, frame: Frame) -> Result<Reply, Reply> {
        let status = self.status(visit).await?;
        let (language, now) = (visit.language, clock::wall_clock());
        let view = |report| PrinterView::of(report, language, now);
        let home = Home {
            frame,
            printers: status.printers.iter().map(view).collect(),
            memos: status.memos.iter().map(|l| MemoView::of(l, language, now)).collect(),
            lately: if status.printers.len() == 1 { 3 } else { 1 },
            around: around(&status, language),
        };
        Ok(html::page(StatusCode::OK, &home))
    }

    async fn bed(&self, visit: &Visit, printer: &PrinterId, frame: Frame) -> Result<Reply, Reply> {
        let report = self.report(visit, printer).await?;
        let printer = PrinterView::of(&report, visit.language, clock::wall_clock());
        Ok(html::page(StatusCode::OK, &Bed { frame, printer }))
    }

    async fn printer(
        &self,
        visit: &Visit,
        printer: &PrinterId,
        frame: Frame,
    ) -> Result<Reply, Reply> {
        let report = self.report(visit, printer).await?;
        let before = report.card.as_ref().and_then(|card| card.consent.as_ref()).map(Fields::of);
        let form = TermsForm { before: before.unwrap_or_default(), typed: None };
        Ok(self.printer_page(StatusCode::OK, &report, form, frame))
    }

    /// Returns a printer's page with these terms in its form.
    pub(super) fn printer_page(
        &self,
        status: StatusCode,
        report: &PrinterReport,
        form: TermsForm,
        frame: Frame,
    ) -> Reply {
        let language = frame.language;
        let consent = report.card.as_ref().and_then(|card| card.consent.as_ref());
        let mut printer = PrinterView::of(report, language, clock::wall_clock());
        let earlier = beyond(&mut printer.happened);
        let tallies = report.printed.iter().rev().map(|t| TallyView::of(t, language));
        let mut tallies: Vec<_> = tallies.collect();
        let older = beyond(&mut tallies);
        let page = PrinterPage {
            printer,
            last: last(report, language),
            tallies,
            older,
            earlier,
            form,
            bed: consent.map(|consent| network::bed(consent, language)).unwrap_or_default(),
            settings: self.surroundings.config.display().to_string(),
            card: report.card.iter().flat_map(|card| network::card(card, language)).collect(),
            besides: network::besides(language),
            frame,
        };
        html::page(status, &page)
    }

    async fn card(&self, visit: &Visit, frame: Frame) -> Result<Reply, Reply> {
        let status = self.status(visit).await?;
        let (way, cards) = match self.place.reach {
            Reach::Machine => (Way::default(), Vec::new()),
            Reach::Network => {
                let way = self.way(visit).await;
                let cards = status.printers.iter().filter_map(|report| card_of(report, &way.base));
                (way.clone(), cards.collect())
            }
        };
        let settings = self.surroundings.config.display().to_string();
        Ok(html::page(StatusCode::OK, &Card { frame, cards, way, settings, port: USUAL_PORT }))
    }

    /// Returns by which address cards lead phones here: by a name if there is one, as that stays,
    /// unless another is wished for. What this browser came by leads here, unless that is this machine's
    /// alone.
    async fn way(&self, visit: &Visit) -> Way {
        let here = Place { reach: Reach::Machine, ..self.place.clone() };
        let came =
            guard::check_name(visit, &here).is_err().then(|| format!("http://{}", visit.host));
        let by_digits = guard::is_in_digits(&visit.host);
        let digits = came.clone().filter(|_| by_digits).unwrap_or_else(|| self.place.url());
        let named = match came.filter(|_| !by_digits) {
            Some(came) => Some(came),
            None => self.place.named().await,
        };
        match named {
            Some(base) if visit.query.value("by") != Some("digits") => {
                Way { base, kind: WayKind::Name }
            }
            Some(_) => Way { base: digits, kind: WayKind::DigitsByChoice },
            None => Way { base: digits, kind: WayKind::Digits },
        }
    }

    fn pin(&self, visit: &Visit) -> Reply {
        match self.place.reach {
            Reach::Machine => Reply::see(Look::Home.path()),
            Reach::Network => {
                let frame = frame(visit, self.pin_refused(visit));
                let back = back(&visit.query).path();
                html::page(StatusCode::OK, &Pin { frame, back })
            }
        }
    }

    /// Says why the PIN before did not open the page, or that none is taken now.
    fn pin_refused(&self, visit: &Visit) -> Option<Notice> {
        let language = visit.language;
        let sentence = if let Some(pause) = self.tries.pause(self.surroundings.clock.now()) {
            let span = span(pause.as_secs() + 1, language);
            language.pick(
                format!("Too many wrong PINs: try again in {span}."),
                format!("Trop de codes faux : réessayez dans {span}."),
            )
        } else {
            visit.query.value("refused")?;
            language.pick("This is not the PIN.", "Ce n’est pas le bon code.").to_owned()
        };
        Some(Notice::Refused(sentence))
    }
}

/// Takes what is not shown at first.
fn beyond<T>(list: &mut Vec<T>) -> Vec<T> {
    list.split_off(SHOWN_AT_FIRST.min(list.len()))
}

fn notice(visit: &Visit) -> Option<Notice> {
    let (english, french) = match visit.query.value("done")? {
        "clear" => (
            "Thank you: the bed is clear. The next print may start at any moment.",
            "Merci : le plateau est vide. L’impression suivante peut démarrer à tout moment.",
        ),
        "recount" => ("Counted again.", "Recomptées."),
        "read" => {
            ("Your farm is told that you have read it.", "La ferme saura que vous l’avez lu.")
        }
        "spool" => {
            ("Noted, less what each print uses.", "Noté, moins ce que chaque impression utilise.")
        }
        "pause" => (
            "Paused. A print that runs goes on to its end.",
            "Suspendue. Une impression en cours va jusqu’à sa fin.",
        ),
        "resume" => ("It takes work again.", "Elle prend de nouveau du travail."),
        "settings" => ("Saved in the settings file.", "Enregistré dans le fichier de réglages."),
        _ => return None,
    };
    Some(Notice::Done(visit.language.pick(english, french).to_owned()))
}

fn around(status: &Status, language: Language) -> Around {
    let untold = status.facts_untold;
    Around {
        connected: status.link == LinkState::Online,
        link: words::sentence(&shown(&around::link(&status.link, language))),
        untold: (untold != 0).then(|| words::sentence(&around::untold(untold, language))),
        config_error: status.config_error.as_deref().map(shown),
        letters: status.letters.as_ref().map(|letters| around::letters(letters, language) + "."),
        software: shown(&status.software),
    }
}

/// Returns the plate that can be counted again: one that ran to its end and is off the bed.
fn last(report: &PrinterReport, language: Language) -> Option<Last> {
    let plate = report.last.as_ref()?;
    let on_bed = report.print_on_bed() == Some(plate.print());
    let counts = match plate.end {
        End::Completed | End::Unknown => true,
        End::Failed | End::Cancelled => false,
    };
    (counts && !on_bed).then(|| last_of(plate, language))
}

fn last_of(plate: &PlateReport, language: Language) -> Last {
    let pieces = plate.plate.pieces;
    let what = plates::plate(&plate.plate);
    Last {
        plate: plate.print(),
        what: format!("{what} · {}", plates::counted(plate, language)),
        pieces,
        good: plate.good.unwrap_or(pieces),
    }
}

fn card_of(report: &PrinterReport, base: &str) -> Option<PrinterCard> {
    let address = format!("{base}{}", Look::Bed(report.status.printer.clone()).path());
    Some(PrinterCard { title: shown(&report.title), code: Code::of(&address)?, address })
}
