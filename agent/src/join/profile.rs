//! Which printer profile a maker gets who names none: the shipped one for what OctoPrint calls the
//! printer, or else the one that suits most.

use visorfarm_gcode::Profile;
use visorfarm_protocol::id::ProfileId;

/// For a printer that no other profile is known to fit.
const GENERIC: &str = "generic";

/// A profile that was chosen, and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) profile: ProfileId,
    /// What OctoPrint calls the printer, if that decided.
    pub(super) known_as: Option<String>,
}

/// Chooses by what OctoPrint calls the printer. Only a whole name counts: a profile that nearly fits
/// has the wrong limits.
pub(super) fn choose(names: &[String]) -> Choice {
    match names.iter().find_map(|name| Some((fitting(&plain(name))?, name))) {
        Some((profile, name)) => Choice { profile: id(profile), known_as: Some(name.clone()) },
        None => Choice { profile: id(GENERIC), known_as: None },
    }
}

fn fitting(called: &str) -> Option<&'static str> {
    Profile::shipped_names().find(|name| {
        let Profile { name: title, models, .. } =
            Profile::shipped(name).expect("a shipped profile can be had by its name");
        let mut names = models.iter().map(String::as_str).chain([*name, title.as_str()]);
        names.any(|known| plain(known) == called)
    })
}

/// Letters and digits alone: people write "Ender-3 V2", slicers `ENDER3V2`.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn id(shipped: &str) -> ProfileId {
    shipped.parse().expect("shipped profiles have names that can be written down")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &[&str], profile: &str, known_as: Option<&str>) {
        let names: Vec<_> = names.iter().map(ToString::to_string).collect();
        let choice = Choice { profile: id(profile), known_as: known_as.map(str::to_owned) };
        assert_eq!(choose(&names), choice);
    }

    #[test]
    fn a_printer_is_known_by_its_model_or_its_name_however_it_is_written() {
        check(&["Default", "Ender-3 V2"], "ender3", Some("Ender-3 V2"));
        check(&["MK3S", "Generic RepRap Printer"], "mk3s", Some("MK3S"));
        check(&["flsun QQS Pro"], "flsun-qqs", Some("flsun QQS Pro"));
        check(&["Voron 2.4 300"], "voron-2.4-300", Some("Voron 2.4 300"));
        check(&["Creality Ender 3"], "ender3", Some("Creality Ender 3"));
    }

    #[test]
    fn a_printer_that_is_not_known_gets_the_generic_profile() {
        check(&["Default", "Generic RepRap Printer"], GENERIC, None);
        check(&["Ender-3 with a longer bed"], GENERIC, None);
        check(&["", "日本"], GENERIC, None);
        check(&[], GENERIC, None);
    }

    #[test]
    fn every_shipped_profile_can_be_chosen() {
        for name in Profile::shipped_names() {
            assert_eq!(choose(&[name.to_owned()]).profile, id(name));
        }
    }
}
