//! The form of what a maker agrees to: as it is filled in, and as it was sent.

use visorfarm_protocol::status::Consent;

use super::form::Form;
use crate::config::NewTerms;

/// What stands in the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) hours: String,
    pub(super) longest: String,
    pub(super) materials: String,
}

impl Fields {
    /// Returns the fields as the settings are.
    pub(super) fn of(consent: &Consent) -> Self {
        Self {
            hours: consent.hours.join(", "),
            longest: consent.seconds_max.map(in_hours).unwrap_or_default(),
            materials: consent.materials.join(", "),
        }
    }

    /// Returns the fields as they were sent.
    pub(super) fn sent(form: &Form) -> Self {
        let field = |name| form.value(name).unwrap_or_default().to_owned();
        Self { hours: field("hours"), longest: field("longest"), materials: field("materials") }
    }

    /// Returns what they mean; a comma may stand for a decimal point.
    pub(super) fn terms(&self) -> NewTerms {
        let longest = self.longest.replace(',', ".");
        NewTerms {
            hours: list(&self.hours),
            print_hours_max: (!longest.is_empty()).then_some(longest),
            materials: list(&self.materials),
        }
    }
}

fn list(text: &str) -> Vec<String> {
    let items = text.split([',', ';']).map(|item| item.trim().to_owned());
    items.filter(|item| !item.is_empty()).collect()
}

/// Writes seconds as hours: `12`, `1.5`.
fn in_hours(seconds: u32) -> String {
    let hours = format!("{:.2}", f64::from(seconds) / 3600.0);
    hours.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_filled_in_as_they_are_written() {
        let consent = Consent {
            materials: vec!["PETG".to_owned(), "PLA".to_owned()],
            hours: vec!["08:00-12:00".to_owned(), "14:00-22:00".to_owned()],
            seconds_max: Some(5400),
            ..Consent::default()
        };
        let fields = Fields::of(&consent);
        assert_eq!(fields.hours, "08:00-12:00, 14:00-22:00");
        assert_eq!((fields.longest.as_str(), fields.materials.as_str()), ("1.5", "PETG, PLA"));
        let terms = fields.terms();
        assert_eq!((&terms.hours, &terms.materials), (&consent.hours, &consent.materials));
        assert_eq!(terms.print_hours_max.as_deref(), Some("1.5"));
    }

    #[test]
    fn empty_fields_are_no_limits() {
        let form = Form::parse(b"hours=+&longest=&materials=,+,");
        let terms = Fields::sent(&form).terms();
        assert_eq!(terms, NewTerms::default());
        let form = Form::parse(b"longest=1%2C5");
        assert_eq!(Fields::sent(&form).terms().print_hours_max.as_deref(), Some("1.5"));
    }
}
