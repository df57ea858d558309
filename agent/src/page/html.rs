//! The pages, as templates fill them in.

use askama::Template;
use hyper::StatusCode;

use super::button::{Button, Count};
use super::card::Code;
use super::history::{MemoView, Past, TallyView};
use super::network::Told;
use super::reply::Reply;
use super::settings::TermsForm;
use super::view::PrinterView;
use crate::local::render::Language;
use crate::supervise::PrintId;

/// What every page has around it.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) language: Language,
    /// The address of this page, to come back to.
    pub(super) here: String,
    pub(super) notice: Option<Notice>,
}

/// What came of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    Done(String),
    Refused(String),
}

/// Every printer, now.
#[derive(Template)]
#[template(path = "home.html")]
pub(super) struct Home {
    pub(super) frame: Frame,
    /// What the farm's people wrote and the maker has not read.
    pub(super) memos: Vec<MemoView>,
    pub(super) printers: Vec<PrinterView>,
    /// How much is said of what happened last.
    pub(super) lately: usize,
    pub(super) around: Around,
}

/// How the agent itself is.
#[derive(Clone, Debug)]
pub(super) struct Around {
    pub(super) connected: bool,
    pub(super) link: String,
    pub(super) untold: Option<String>,
    pub(super) config_error: Option<String>,
    /// Where letters go, and what the farm says to that.
    pub(super) letters: Option<String>,
    pub(super) software: String,
}

/// One printer: its past, its hours, what the farm sees.
#[derive(Template)]
#[template(path = "printer.html")]
pub(super) struct PrinterPage {
    pub(super) frame: Frame,
    pub(super) printer: PrinterView,
    pub(super) last: Option<Last>,
    /// What was printed for whom, newest first; what came before stands folded.
    pub(super) tallies: Vec<TallyView>,
    pub(super) older: Vec<TallyView>,
    /// What happened before what the printer shows of it.
    pub(super) earlier: Vec<Past>,
    pub(super) form: TermsForm,
    pub(super) bed: String,
    pub(super) settings: String,
    pub(super) card: Vec<Told>,
    pub(super) besides: [&'static str; 6],
}

/// The plate before, to be counted again.
#[derive(Clone, Debug)]
pub(super) struct Last {
    /// Which one: a page of yesterday must not count today's.
    pub(super) plate: PrintId,
    pub(super) what: String,
    pub(super) pieces: u32,
    pub(super) good: u32,
}

/// The bed of one printer.
#[derive(Template)]
#[template(path = "bed.html")]
pub(super) struct Bed {
    pub(super) frame: Frame,
    pub(super) printer: PrinterView,
}

/// Cards to be printed.
#[derive(Template)]
#[template(path = "card.html")]
pub(super) struct Card {
    pub(super) frame: Frame,
    /// None: no phone can reach the page.
    pub(super) cards: Vec<PrinterCard>,
    pub(super) way: Way,
    pub(super) settings: String,
    pub(super) port: u16,
}

/// By which address cards lead here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Way {
    /// Without a path.
    pub(super) base: String,
    pub(super) kind: WayKind,
}

/// How long an address leads here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum WayKind {
    /// A name: as long as the machine is called so.
    Name,
    /// Digits, though there is a name: not every phone asks for names.
    DigitsByChoice,
    /// Digits: until the router gives others.
    #[default]
    Digits,
}

/// The card of one printer.
#[derive(Clone, Debug)]
pub(super) struct PrinterCard {
    pub(super) title: String,
    pub(super) address: String,
    pub(super) code: Code,
}

/// Where the PIN is typed.
#[derive(Template)]
#[template(path = "pin.html")]
pub(super) struct Pin {
    pub(super) frame: Frame,
    pub(super) back: String,
}

/// What is said where something cannot be.
#[derive(Template)]
#[template(path = "failure.html")]
pub(super) struct Failure {
    pub(super) frame: Frame,
    pub(super) title: &'static str,
    pub(super) back: String,
}

/// Fills in a page.
pub(super) fn page(status: StatusCode, page: &impl Template) -> Reply {
    Reply::page(status, page.render().expect("our templates write to a string only"))
}
