//! Letters to a maker by mail: what the maker wants to be told, and what the farm says to that.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// The longest address in bytes (RFC 5321, section 4.5.3.1.3).
pub const ADDRESS_BYTES_MAX: usize = 254;

/// The longest part before the `@` in bytes (RFC 5321, section 4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;

/// An address that letters can be sent to: a dot-atom on both sides of the `@` (RFC 5322, section
/// 3.4.1), so that nothing in it means anything to a mail server. It is personal: what is printed for
/// debugging does not tell it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct MailAddress(String);

/// A text that is no [`MailAddress`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no address: write one like \"anne@farm.example\"")]
pub struct NotAnAddress;

impl MailAddress {
    /// Returns it as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MailAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let (local, domain) = text.split_once('@').ok_or(NotAnAddress)?;
        // Of what is allowed (RFC 5322, section 3.2.3), what people's addresses are made of.
        let in_local = |b: u8| b.is_ascii_alphanumeric() || b"!#$&'*+-/=_~".contains(&b);
        let in_domain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        let fine = atoms(local, in_local) && atoms(domain, in_domain);
        if !fine || LOCAL_BYTES_MAX < local.len() || ADDRESS_BYTES_MAX < text.len() {
            return Err(NotAnAddress);
        }
        Ok(Self(text.to_owned()))
    }
}

/// Says whether a text is of parts that are not empty, with dots between.
fn atoms(text: &str, plain: impl Fn(u8) -> bool) -> bool {
    text.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(&plain))
}

impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailAddress(..)")
    }
}

impl<'de> Deserialize<'de> for MailAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a maker wants to be told by letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Where to.
    pub mail: MailAddress,
    /// About what.
    pub about: BTreeSet<About>,
    /// In which language.
    pub language: LetterLanguage,
}

/// A kind of things that printers need their maker for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Prints that failed, or of which nobody knows the end.
    Results,
    /// Plates that wait to be taken off.
    Beds,
    /// Printers and agents that do not go on.
    Stuck,
    /// A word of a newer agent.
    #[serde(other)]
    Other,
}

/// A language that letters are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LetterLanguage {
    /// English.
    #[serde(rename = "en")]
    English,
    /// French.
    #[serde(rename = "fr")]
    French,
    /// One of a newer agent.
    #[serde(other, rename = "other")]
    Other,
}

/// What the farm says to a [`Wish`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letters {
    /// It sends no letters, and keeps no address.
    None,
    /// A letter asks whether the address is the maker's, or will in a moment; nothing else is sent.
    Unconfirmed,
    /// The maker is told by letter.
    Confirmed,
    /// Whoever reads the address's mail ended the letters by the link in one of them.
    Ended,
    /// Nobody opened the link in the confirming letter in time.
    Lapsed,
    /// The farm's mail server does not take letters to the address.
    Refused,
    /// A word of a newer coordinator.
    #[serde(other)]
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_two_sides_of_plain_parts() {
        for good in ["anne@farm.example", "a.b+farm@x-y.example", "Anne@localhost"] {
            assert_eq!(good.parse::<MailAddress>().unwrap().as_str(), good);
        }
        let long = format!("{}@farm.example", "x".repeat(LOCAL_BYTES_MAX + 1));
        let longer = format!("anne@{}example", "x.".repeat(ADDRESS_BYTES_MAX / 2));
        for bad in [
            "",
            "anne",
            "@farm.example",
            "anne@",
            "anne@farm..example",
            ".anne@farm.example",
            "a@b@c",
            "anne@farm.example\r\nRCPT TO:<eve@x>",
            "Anne <anne@farm.example>",
            " anne@farm.example",
            "\"a b\"@farm.example",
            "anne@[192.0.2.1]",
            "ann\u{e9}@farm.example",
            "anne%farm.example@relay.example",
            &long,
            &longer,
        ] {
            assert_eq!(bad.parse::<MailAddress>(), Err(NotAnAddress), "{bad:?}");
        }
    }

    #[test]
    fn what_is_printed_for_debugging_does_not_tell_the_address() {
        let wish = Wish {
            mail: "anne@farm.example".parse().unwrap(),
            about: BTreeSet::from([About::Beds]),
            language: LetterLanguage::French,
        };
        assert!(!format!("{wish:?}").contains("anne"));
    }
}
