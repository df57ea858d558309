//! Which OctoPrint answers, and whether the agent can work with it.

use serde_json::Value;

use super::read;

/// The release that makers are asked to run; older ones have known faults.
const GOOD: (u16, u16, u16) = (1, 11, 8);
/// The oldest release the agent is tested against.
const OLDEST: (u16, u16, u16) = (1, 9, 0);

/// What `/api/version` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// As the server calls itself: "OctoPrint 1.11.8".
    pub text: String,
    pub number: Option<(u16, u16, u16)>,
    pub prerelease: bool,
}

/// Whether the agent can work with a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Support {
    Good,
    /// Works, and its maker should update it.
    Outdated,
    /// Too old to be relied on.
    TooOld,
    /// Something else that imitates a part of OctoPrint's interface.
    NotOctoPrint {
        name: String,
    },
}

impl Version {
    /// Returns `None` for an answer that names no server.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let server = read::text(&value["server"]);
        let text = read::text(&value["text"]).or_else(|| server.clone())?;
        let numbered = server.as_deref().or_else(|| text.split(' ').nth(1)).and_then(parse);
        let (number, prerelease) = numbered.map_or((None, false), |(n, pre)| (Some(n), pre));
        Some(Self { text, number, prerelease })
    }

    #[must_use]
    pub fn support(&self) -> Support {
        if let Some(name) = self.imitator() {
            return Support::NotOctoPrint { name };
        }
        match self.number {
            Some(number) if number < OLDEST => Support::TooOld,
            Some(number) if GOOD < number || (number == GOOD && !self.prerelease) => Support::Good,
            Some(_) | None => Support::Outdated,
        }
    }

    /// Moonraker says "OctoPrint (Moonraker 0.11.0)", `PrusaLink` says its own name.
    fn imitator(&self) -> Option<String> {
        let Some(after) = self.text.strip_prefix("OctoPrint") else {
            let name = self.text.split_whitespace().next().unwrap_or_default();
            return Some(name.to_owned());
        };
        let inside = after.trim().strip_prefix('(')?.trim_end_matches(')');
        Some(inside.split_whitespace().next().unwrap_or_default().to_owned())
    }
}

/// Parses "1.11.8", "2.0.0rc7", "1.10.0.dev12+gabc"; returns whether it comes before its release.
fn parse(text: &str) -> Option<((u16, u16, u16), bool)> {
    let text = text.split('+').next()?;
    let mut parts = text.splitn(3, '.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next()?.parse().ok()?;
    let rest = parts.next().unwrap_or("0");
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let patch = rest[..digits].parse().ok()?;
    let suffix = rest[digits..].trim_start_matches('.');
    let prerelease = ["a", "b", "rc", "dev"].iter().any(|sign| suffix.starts_with(sign));
    Some(((major, minor, patch), prerelease))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(server: &str, text: &str, expected: &Support) {
        let version = Version::read(&json!({ "api": "0.1", "server": server, "text": text }));
        assert_eq!(version.unwrap().support(), *expected, "{text}");
    }

    #[test]
    fn versions_are_judged() {
        check("1.11.8", "OctoPrint 1.11.8", &Support::Good);
        check("2.0.0rc7", "OctoPrint 2.0.0rc7", &Support::Good);
        check("1.11.8rc1", "OctoPrint 1.11.8rc1", &Support::Outdated);
        check("1.9.3", "OctoPrint 1.9.3", &Support::Outdated);
        check("1.10.0.dev12+g1a2b", "OctoPrint 1.10.0.dev12+g1a2b", &Support::Outdated);
        check("1.8.7", "OctoPrint 1.8.7", &Support::TooOld);
        check("unknown", "OctoPrint unknown", &Support::Outdated);
    }

    #[test]
    fn imitators_are_named() {
        let moonraker = Support::NotOctoPrint { name: "Moonraker".to_owned() };
        check("1.5.0", "OctoPrint (Moonraker 0.11.0)", &moonraker);
        let prusalink = Support::NotOctoPrint { name: "PrusaLink".to_owned() };
        check("2.1.2", "PrusaLink 0.8.1", &prusalink);
    }

    #[test]
    fn a_prerelease_is_marked() {
        let version = Version::read(&json!({ "server": "2.0.0rc7", "text": "OctoPrint 2.0.0rc7" }));
        let version = version.unwrap();
        assert_eq!((version.number, version.prerelease), (Some((2, 0, 0)), true));
        assert_eq!(Version::read(&json!({})), None);
    }
}
