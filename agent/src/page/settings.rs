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

/// The form, from the page to the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TermsForm {
    /// What stood in the settings when the page was made: who changes one field means no other.
    pub(super) before: Fields,
    /// What was typed, and sent.
    pub(super) typed: Option<Fields>,
}

/// A field that was changed here and elsewhere at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clash {
    pub(super) field: Field,
    /// What stands there now.
    pub(super) now: String,
}

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Hours,
    Longest,
    Materials,
}

impl TermsForm {
    /// Returns the form as it was sent.
    pub(super) fn sent(form: &Form) -> Self {
        Self { before: Fields::sent(form, "was-"), typed: Some(Fields::sent(form, "")) }
    }

    /// Returns what stands in its fields.
    pub(super) fn fields(&self) -> &Fields {
        self.typed.as_ref().unwrap_or(&self.before)
    }

    /// Returns what is to be written where `now` stands: what was typed where that is new, and where it
    /// is not, what stands there already.
    pub(super) fn wanted(&self, now: &Fields) -> Result<Fields, Clash> {
        let wanted = |field: Field| {
            let [typed, before, now] = [self.fields(), &self.before, now].map(|at| at.at(field));
            if typed == before {
                Ok(now.to_owned())
            } else if before == now || typed == now {
                Ok(typed.to_owned())
            } else {
                Err(Clash { field, now: now.to_owned() })
            }
        };
        Ok(Fields {
            hours: wanted(Field::Hours)?,
            longest: wanted(Field::Longest)?,
            materials: wanted(Field::Materials)?,
        })
    }
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

    /// Returns the fields as they were sent, under their names behind `prefix`.
    fn sent(form: &Form, prefix: &str) -> Self {
        let field = |name| form.value(&format!("{prefix}{name}")).unwrap_or_default().to_owned();
        Self { hours: field("hours"), longest: field("longest"), materials: field("materials") }
    }

    fn at(&self, field: Field) -> &str {
        match field {
            Field::Hours => &self.hours,
            Field::Longest => &self.longest,
            Field::Materials => &self.materials,
        }
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

    fn fields(hours: &str, longest: &str, materials: &str) -> Fields {
        let [hours, longest, materials] = [hours, longest, materials].map(str::to_owned);
        Fields { hours, longest, materials }
    }

    #[track_caller]
    fn check(typed: Fields, now: &Fields, wanted: &Result<Fields, Clash>) {
        let before = fields("08:00-22:00", "12", "PLA");
        let form = TermsForm { before, typed: Some(typed) };
        assert_eq!(form.wanted(now), *wanted);
    }

    #[test]
    fn who_changes_one_field_means_no_other() {
        let now = fields("08:00-22:00", "8", "PETG");
        check(fields("09:00-22:00", "12", "PLA"), &now, &Ok(fields("09:00-22:00", "8", "PETG")));
        check(fields("08:00-22:00", "12", "PLA"), &now, &Ok(now.clone()));
        check(fields("", "8", "PLA"), &now, &Ok(fields("", "8", "PETG")));
        let clash = Clash { field: Field::Materials, now: "PETG".to_owned() };
        check(fields("08:00-22:00", "12", "ABS"), &now, &Err(clash));
    }

    #[test]
    fn empty_fields_are_no_limits() {
        let form = Form::parse(b"hours=+&longest=&materials=,+,");
        let terms = Fields::sent(&form, "").terms();
        assert_eq!(terms, NewTerms::default());
        let form = Form::parse(b"longest=1%2C5");
        assert_eq!(Fields::sent(&form, "").terms().print_hours_max.as_deref(), Some("1.5"));
    }
}
