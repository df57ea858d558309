//! What a form says: names and values, as browsers write them.

/// More fields than any of our forms has.
const FIELDS_MAX: usize = 32;

/// A form that was sent, or the part of an address after its `?`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads `application/x-www-form-urlencoded`; bytes that are no text become marks of doubt.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).into_owned().take(FIELDS_MAX).collect())
    }

    /// Returns the first value of that name, without space around it; nothing if it is empty.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    /// Returns a number of things; nothing if none was written, and what was written if that is none.
    pub(super) fn count(&self, name: &str) -> Result<Option<u32>, String> {
        let number = |text: &str| text.parse().map_err(|_| text.chars().take(20).collect());
        self.value(name).map(number).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_browsers_write_them() {
        let form = Form::parse(b"good=+3+&hours=08%3A00-22%3A00&empty=&odd=%ff&good=9");
        assert_eq!(form.value("hours"), Some("08:00-22:00"));
        assert_eq!((form.value("empty"), form.value("missing")), (None, None));
        assert_eq!(form.value("odd"), Some("\u{fffd}"));
        assert_eq!(form.count("good"), Ok(Some(3)));
        assert_eq!(form.count("empty"), Ok(None));
        for bad in ["-1", "3.5", "four", "99999999999"] {
            let form = Form::parse(format!("good={bad}").as_bytes());
            assert_eq!(form.count("good"), Err(bad.to_owned()));
        }
    }

    #[test]
    fn what_no_form_has_is_left_out() {
        let many = "a=1&".repeat(100) + "last=1";
        assert_eq!(Form::parse(many.as_bytes()).value("last"), None);
    }
}
