//! Who is let in: a browser that knows whom it speaks with, a form of this very page, and from the
//! network who knows the PIN.

use std::net::{IpAddr, Ipv6Addr};

use super::listen::Place;
use super::visit::Visit;
use crate::local::Reach;

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// The browser was led here by a name that is not this machine's.
    Name,
    /// The form was sent by another page.
    Origin,
    /// The PIN was not typed yet.
    Pin,
    /// Nobody knows the PIN: this machine cannot read it.
    Fault,
}

/// Denies a visit whose browser was led here by a foreign name (DNS rebinding): a page of that name
/// could read and do everything. An address in digits cannot be rebound.
pub(super) fn check_name(visit: &Visit, place: &Place) -> Result<(), Denied> {
    let name = name_of(&visit.host);
    let address = name.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let known = match (address, place.reach) {
        (Some(address), Reach::Machine) => is_loopback(address),
        (Some(_), Reach::Network) => true,
        (None, Reach::Machine) => name == "localhost",
        (None, Reach::Network) => {
            let machine = place.machine.as_str();
            let local = name.strip_suffix(".local").unwrap_or(name);
            name == "localhost" || (!machine.is_empty() && [name, local].contains(&machine))
        }
    };
    if known { Ok(()) } else { Err(Denied::Name) }
}

/// Denies a form that another page has sent (cross-site request forgery). Browsers say with every
/// POST where it comes from.
pub(super) fn check_origin(visit: &Visit) -> Result<(), Denied> {
    let origin = visit.origin.as_deref().unwrap_or_default();
    let from = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    if from == Some(visit.host.as_str()) { Ok(()) } else { Err(Denied::Origin) }
}

/// Denies a visit from the network without the key that the PIN opens.
pub(super) fn check_key(visit: &Visit, place: &Place, key: &str) -> Result<(), Denied> {
    match place.reach {
        Reach::Machine => Ok(()),
        Reach::Network if visit.key.as_deref().is_some_and(|kept| same(kept, key)) => Ok(()),
        Reach::Network => Err(Denied::Pin),
    }
}

/// Compares two secrets in a time that does not tell where they differ.
pub(super) fn same(one: &str, other: &str) -> bool {
    let bits = one.bytes().zip(other.bytes()).fold(0, |bits, (a, b)| bits | (a ^ b));
    one.len() == other.len() && bits == 0
}

/// Returns whether a browser came by an address in digits.
pub(super) fn is_in_digits(host: &str) -> bool {
    name_of(host).trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
}

/// Returns a host without its port.
fn name_of(host: &str) -> &str {
    let port = |rest: &str| !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_digit());
    match host.rsplit_once(':') {
        Some((name, rest)) if port(rest) && !name.ends_with(':') => name,
        Some(_) | None => host,
    }
}

fn is_loopback(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback(),
        IpAddr::V6(address) => address == Ipv6Addr::LOCALHOST,
    }
}

#[cfg(test)]
mod tests {
    use hyper::Method;

    use super::super::form::Form;
    use super::*;
    use crate::local::render::Language;

    fn visit(host: &str, origin: Option<&str>, key: Option<&str>) -> Visit {
        Visit {
            method: Method::POST,
            path: "/".to_owned(),
            query: Form::default(),
            host: host.to_owned(),
            origin: origin.map(str::to_owned),
            key: key.map(str::to_owned),
            language: Language::English,
            form: Form::default(),
        }
    }

    fn place(reach: Reach) -> Place {
        Place { bound: ([0, 0, 0, 0], 7125).into(), reach, machine: "octopi".to_owned() }
    }

    #[track_caller]
    fn check_host(host: &str, on_machine: bool, in_network: bool) {
        for (reach, known) in [(Reach::Machine, on_machine), (Reach::Network, in_network)] {
            let checked = check_name(&visit(host, None, None), &place(reach));
            assert_eq!(checked.is_ok(), known, "{host:?} from {reach:?}");
        }
    }

    #[test]
    fn only_names_of_this_machine_and_addresses_in_digits_lead_here() {
        check_host("localhost:7125", true, true);
        check_host("127.0.0.1:7125", true, true);
        check_host("127.0.0.1", true, true);
        check_host("[::1]:7125", true, true);
        check_host("192.168.1.5:7125", false, true);
        check_host("[fd00::5]:7125", false, true);
        check_host("octopi:7125", false, true);
        check_host("octopi.local:7125", false, true);
        for foreign in [
            "",
            "evil.example:7125",
            "octopi.evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil.example:7125@localhost",
            ":7125",
            "local",
            ".local",
        ] {
            check_host(foreign, false, false);
        }
    }

    #[test]
    fn only_a_form_of_this_page_is_taken() {
        for (origin, taken) in [
            (Some("http://localhost:7125"), true),
            (Some("https://localhost:7125"), true),
            (Some("http://localhost:8000"), false),
            (Some("http://evil.example"), false),
            (Some("null"), false),
            (Some(""), false),
            (None, false),
        ] {
            let checked = check_origin(&visit("localhost:7125", origin, None));
            assert_eq!(checked.is_ok(), taken, "{origin:?}");
        }
    }

    #[test]
    fn from_the_network_the_key_opens_and_nothing_else() {
        for (kept, opens) in [
            (Some("0a1b"), true),
            (Some("0a1c"), false),
            (Some("0a1"), false),
            (Some(""), false),
            (None, false),
        ] {
            let visit = visit("octopi", None, kept);
            assert_eq!(
                check_key(&visit, &place(Reach::Network), "0a1b").is_ok(),
                opens,
                "{kept:?}"
            );
            assert!(check_key(&visit, &place(Reach::Machine), "0a1b").is_ok());
        }
    }
}
