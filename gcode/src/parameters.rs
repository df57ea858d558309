//! What follows the name of one of Klipper's commands: `BED=60 NAME="a b" ; a comment`.

use crate::words::Shape;

/// The parameters of one line, in their order, up to a comment. After an error nothing follows.
///
/// Klipper splits as a shell does, so that one quote may hide another name, and takes an unquoted number sign for the
/// beginning of a comment; versions up to 2023 a star, too. What is cut off there must not be part of a value. Klipper,
/// `gcode.py`, `_get_extended_params`.
pub(crate) struct Parameters<'a> {
    rest: &'a [u8],
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parameter<'a> {
    pub(crate) name: &'a [u8],
    /// Without its quotes; none where no equals sign follows the name.
    pub(crate) value: Option<&'a [u8]>,
}

impl<'a> Parameters<'a> {
    /// Returns those that `rest`, which follows the name of the command, holds.
    pub(crate) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    fn one(&mut self) -> Result<Option<Parameter<'a>>, Shape> {
        let rest = self.rest.trim_ascii_start();
        let Some(&first) = rest.first() else { return Ok(None) };
        match first {
            b';' | b'#' => return Ok(None),
            b'{' | b'}' => return Err(Shape::Placeholder),
            byte if is_of_name(byte) => {}
            // Quotes round a name would hide it from us.
            _ => return Err(Shape::Character),
        }
        let length = rest.iter().position(|&byte| !is_of_name(byte)).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(length);
        let Some((b'=', value)) = rest.split_first() else {
            let (word, after) = unquoted(rest)?;
            plain(word)?;
            self.rest = after;
            return Ok(Some(Parameter { name, value: None }));
        };
        let (value, after) = match value.split_first() {
            Some((&quote @ (b'"' | b'\''), value)) => quoted(quote, value)?,
            Some(_) | None => unquoted(value)?,
        };
        plain(value)?;
        self.rest = after;
        Ok(Some(Parameter { name, value: Some(value) }))
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = Result<Parameter<'a>, Shape>;

    fn next(&mut self) -> Option<Self::Item> {
        let one = self.one();
        if one.is_err() {
            self.rest = &[];
        }
        one.transpose()
    }
}

/// Returns the value that the last parameter called `name`, in capitals, has: of two Klipper takes the last.
pub(crate) fn value_of<'a>(parameters: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let known = Parameters::new(parameters).flatten();
    let named = known.filter(|parameter| parameter.name.eq_ignore_ascii_case(name));
    named.last().and_then(|parameter| parameter.value)
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Returns the text up to its closing `quote`, and what follows that.
fn quoted(quote: u8, text: &[u8]) -> Result<(&[u8], &[u8]), Shape> {
    let end = memchr::memchr(quote, text).ok_or(Shape::Character)?;
    let (text, after) = text.split_at(end);
    match &after[1..] {
        after @ ([] | [b' ' | b'\t' | b';', ..]) => Ok((text, after)),
        // `""400` is 400 to a shell.
        _ => Err(Shape::Character),
    }
}

/// Returns the text up to the next blank or comment, and what follows it.
fn unquoted(text: &[u8]) -> Result<(&[u8], &[u8]), Shape> {
    let end = text.iter().position(|byte| matches!(byte, b' ' | b'\t' | b';'));
    let (text, after) = text.split_at(end.unwrap_or(text.len()));
    let cut = text.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'#' | b'*'));
    if cut { Err(Shape::Character) } else { Ok((text, after)) }
}

/// Templates are run by Klipper; control bytes and backslashes have no place in a name or a value.
fn plain(text: &[u8]) -> Result<(), Shape> {
    if text.iter().any(|byte| matches!(byte, b'{' | b'}')) {
        return Err(Shape::Placeholder);
    }
    // Names of objects may hold any letter: bytes beyond ASCII pass, control bytes and backslashes do not.
    if text.iter().any(|&byte| byte < b' ' || byte == 0x7F || byte == b'\\') {
        return Err(Shape::Character);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rest: &str, parameters: &[(&str, Option<&str>)]) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let found: Vec<_> = Parameters::new(rest.as_bytes())
            .map(|one| one.expect("a sound parameter"))
            .map(|one| (text(one.name), one.value.map(text)))
            .collect();
        let wanted: Vec<_> = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned)))
            .collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn values_may_stand_in_quotes_or_be_missing() {
        check(
            " A=1 b=\"x; y\"\tC='' D # E=2",
            &[("A", Some("1")), ("b", Some("x; y")), ("C", Some("")), ("D", None)],
        );
        check(" A=1;B=2", &[("A", Some("1"))]);
    }

    #[test]
    fn of_two_the_last_counts() {
        let value = |rest: &'static str| value_of(rest.as_bytes(), b"METHOD");
        assert_eq!(value(" PROFILE=\"a METHOD=b\" method=c"), Some(&b"c"[..]));
        assert_eq!(value(" METHOD=c METHOD=\"d\""), Some(&b"d"[..]));
        assert_eq!(value(" XMETHOD=c"), None);
    }

    #[test]
    fn nothing_follows_an_error() {
        let mut broken = Parameters::new(b" A=1# B=2");
        assert_eq!(broken.next(), Some(Err(Shape::Character)));
        assert_eq!(broken.next(), None);
    }
}
