//! The TOML beside a G-code file: what the file itself cannot say.

use std::num::NonZeroU32;

use serde::Deserialize;

use crate::dispatch::Channel;

/// The largest label in bytes: five short lines.
pub(super) const LABEL_BYTES_MAX: u64 = 16 * 1024;

/// The longest notes in bytes: what fits a maker's screen.
const NOTES_BYTES_MAX: usize = 2_000;

/// The longest name of a material in bytes.
const MATERIAL_BYTES_MAX: usize = 32;

/// The most pieces on a plate: more is a typing error.
pub(super) const PIECES_MAX: u32 = 1_000;

/// What a file is worth and needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Pieces that a plate gives.
    pub pieces: u32,
    /// The filament it was sliced for, like `PETG`.
    pub material: Option<String>,
    /// What a maker should know.
    pub notes: String,
    /// How far the revision is proven.
    pub channel: Channel,
}

/// A text that is no [`Label`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotALabel {
    /// Not text, or far too long.
    #[error("the label is no text of a few lines")]
    NotText,
    /// Not TOML, or with other keys. Names the line.
    #[error("the label cannot be read: {cause}")]
    Shape {
        /// Where and why, on one line.
        cause: String,
    },
    /// No plate gives so many.
    #[error("the label says pieces = {pieces}: a plate gives 1 to {PIECES_MAX}")]
    Pieces {
        /// How many it says.
        pieces: u32,
    },
    /// Too long or with characters that cannot be seen.
    #[error("the label's material is no name like \"PETG\": use up to {MATERIAL_BYTES_MAX} bytes")]
    Material,
    /// Too long.
    #[error("the label's notes have {bytes} bytes: use up to {NOTES_BYTES_MAX}")]
    Notes {
        /// How many it has.
        bytes: usize,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    pieces: NonZeroU32,
    #[serde(default)]
    material: Option<String>,
    #[serde(default)]
    notes: String,
    #[serde(default)]
    channel: Offered,
}

/// A [`Channel`] that something can be published in.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Offered {
    Prototype,
    Clinical,
    #[default]
    Validated,
}

impl Label {
    /// Parses `text`.
    pub fn parse(text: &str) -> Result<Self, NotALabel> {
        let written: Written = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            NotALabel::Shape { cause: format!("line {line}: {}", one_line(error.message())) }
        })?;
        Self::check(written)
    }

    /// Reads the fields of a form, each by its key.
    pub fn from_fields<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Result<Self, NotALabel> {
        let mut table = toml::Table::new();
        for key in ["pieces", "material", "notes", "channel"] {
            let Some(text) = field(key).map(str::trim).filter(|text| !text.is_empty()) else {
                continue;
            };
            let value = match text.parse::<i64>() {
                Ok(number) if key == "pieces" => toml::Value::Integer(number),
                Ok(_) | Err(_) => toml::Value::String(text.to_owned()),
            };
            table.insert(key.to_owned(), value);
        }
        let written = Written::deserialize(table)
            .map_err(|error| NotALabel::Shape { cause: one_line(error.message()) })?;
        Self::check(written)
    }

    fn check(written: Written) -> Result<Self, NotALabel> {
        let pieces = written.pieces.get();
        if PIECES_MAX < pieces {
            return Err(NotALabel::Pieces { pieces });
        }
        let material = written.material.map(|material| material.trim().to_owned());
        let nameless = |name: &String| {
            name.is_empty() || MATERIAL_BYTES_MAX < name.len() || name.chars().any(char::is_control)
        };
        if material.as_ref().is_some_and(nameless) {
            return Err(NotALabel::Material);
        }
        if NOTES_BYTES_MAX < written.notes.len() {
            return Err(NotALabel::Notes { bytes: written.notes.len() });
        }
        let channel = match written.channel {
            Offered::Prototype => Channel::Prototype,
            Offered::Clinical => Channel::Clinical,
            Offered::Validated => Channel::Validated,
        };
        Ok(Self { pieces, material, notes: written.notes, channel })
    }
}

fn line_of(text: &str, start: usize) -> usize {
    1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count()
}

fn one_line(message: &str) -> String {
    message.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_needs_its_pieces_only() {
        let label = Label::parse("pieces = 4").unwrap();
        assert_eq!((label.pieces, label.channel), (4, Channel::Validated));
        let full = "pieces = 2\nmaterial = \"PETG\"\nnotes = \"no brim\"\nchannel = \"clinical\"\n";
        let label = Label::parse(full).unwrap();
        assert_eq!((label.material.as_deref(), label.channel), (Some("PETG"), Channel::Clinical));
    }

    #[test]
    fn a_wrong_label_says_where() {
        for (text, said) in [
            ("", "line 1: missing field `pieces`"),
            ("pieces = 0", "line 1: invalid value"),
            ("pieces = 1.5", "line 1: invalid type"),
            ("pieces = 4\nmateral = \"PETG\"", "line 2: unknown field `materal`"),
            ("pieces = 4\nchannel = \"withdrawn\"", "line 2: unknown variant"),
            ("pieces = 4\n\n[", "line 3:"),
            ("pieces = 1001", "pieces = 1001"),
            ("pieces = 4\nmaterial = \"\"", "material"),
        ] {
            let error = Label::parse(text).unwrap_err().to_string();
            assert!(error.contains(said), "{text:?} gave {error}");
            assert!(!error.contains('\n'), "{error:?}");
        }
    }
}
