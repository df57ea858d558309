//! Which addresses the page has.

use hyper::Method;
use visorfarm_protocol::id::{MemoId, PrinterId};

use super::asset::Asset;

/// Something that can be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Every printer, now.
    Home,
    /// One printer: its past, its hours, what the farm sees.
    Printer(PrinterId),
    /// The bed of one printer: what the code on its card leads to.
    Bed(PrinterId),
    /// Cards to be printed and stuck on the printers.
    Card,
    /// Where the PIN is typed.
    Pin,
}

/// Something that a form says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// The bed is clear.
    Clear(PrinterId),
    /// The plate before is counted again.
    Recount(PrinterId),
    /// What is on the spool.
    Spool(PrinterId),
    /// A memo was read.
    Read(MemoId),
    /// No more work.
    Pause(PrinterId),
    /// Work again.
    Resume(PrinterId),
    /// What its maker agrees to.
    Settings(PrinterId),
    /// The PIN.
    Pin,
    /// Another language.
    Language,
}

/// What an address leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Look(Look),
    Act(Act),
    Asset(Asset),
    /// The address takes something else than this.
    WrongMethod,
    Nowhere,
}

impl Route {
    pub(super) fn of(method: &Method, path: &str) -> Self {
        if let Some(asset) = Asset::at(path) {
            return Self::Asset(asset);
        }
        match (*method == Method::GET, *method == Method::POST, Look::at(path), Act::at(path)) {
            (true, _, Some(look), _) => Self::Look(look),
            (_, true, _, Some(act)) => Self::Act(act),
            (_, _, None, None) => Self::Nowhere,
            _ => Self::WrongMethod,
        }
    }
}

impl Look {
    /// Returns what is at `path`, if something can be looked at there.
    pub(super) fn at(path: &str) -> Option<Self> {
        match path {
            "/" => Some(Self::Home),
            "/card" => Some(Self::Card),
            "/pin" => Some(Self::Pin),
            _ => match parts(path)? {
                ("printers", printer) => Some(Self::Printer(printer)),
                ("clear", printer) => Some(Self::Bed(printer)),
                _ => None,
            },
        }
    }

    /// Returns its address.
    pub(super) fn path(&self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Printer(printer) => format!("/printers/{printer}"),
            Self::Bed(printer) => format!("/clear/{printer}"),
            Self::Card => "/card".to_owned(),
            Self::Pin => "/pin".to_owned(),
        }
    }
}

impl Act {
    fn at(path: &str) -> Option<Self> {
        match path {
            "/pin" => Some(Self::Pin),
            "/language" => Some(Self::Language),
            _ => Self::of_memo(path).or_else(|| Self::of_printer(path)),
        }
    }

    fn of_memo(path: &str) -> Option<Self> {
        Some(Self::Read(MemoId(path.strip_prefix("/read/")?.parse().ok()?)))
    }

    fn of_printer(path: &str) -> Option<Self> {
        match parts(path)? {
            ("clear", printer) => Some(Self::Clear(printer)),
            ("recount", printer) => Some(Self::Recount(printer)),
            ("spool", printer) => Some(Self::Spool(printer)),
            ("pause", printer) => Some(Self::Pause(printer)),
            ("resume", printer) => Some(Self::Resume(printer)),
            ("settings", printer) => Some(Self::Settings(printer)),
            _ => None,
        }
    }
}

fn parts(path: &str) -> Option<(&str, PrinterId)> {
    let (verb, printer) = path.strip_prefix('/')?.split_once('/')?;
    Some((verb, printer.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: &Method, path: &str, route: &Route) {
        assert_eq!(Route::of(method, path), *route, "{method} {path}");
    }

    fn attic() -> PrinterId {
        "attic".parse().unwrap()
    }

    #[test]
    fn every_address_leads_where_it_says_and_no_other_does() {
        check(&Method::GET, "/", &Route::Look(Look::Home));
        check(&Method::GET, "/clear/attic", &Route::Look(Look::Bed(attic())));
        check(&Method::POST, "/clear/attic", &Route::Act(Act::Clear(attic())));
        check(&Method::POST, "/settings/attic", &Route::Act(Act::Settings(attic())));
        for path in ["/nowhere", "/clear", "/clear/", "/clear/At%20tic", "/clear/attic/more", "//"]
        {
            check(&Method::GET, path, &Route::Nowhere);
            check(&Method::POST, path, &Route::Nowhere);
        }
    }

    #[test]
    fn nothing_is_done_by_looking() {
        for verb in ["recount", "pause", "resume", "settings"] {
            check(&Method::GET, &format!("/{verb}/attic"), &Route::WrongMethod);
        }
        check(&Method::GET, "/language", &Route::WrongMethod);
        check(&Method::PUT, "/clear/attic", &Route::WrongMethod);
        check(&Method::POST, "/", &Route::WrongMethod);
    }

    #[test]
    fn a_look_says_its_own_address() {
        for look in [Look::Home, Look::Printer(attic()), Look::Bed(attic()), Look::Card, Look::Pin]
        {
            assert_eq!(Look::at(&look.path()), Some(look));
        }
    }
}
