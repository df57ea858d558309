//! Numbers and lengths of time, as the script in the page says them.

use crate::web::text::Language;

/// A whole number of any width, or a reference to one: templates pass references.
pub(in crate::web) trait Whole {
    /// Returns it; what is beyond stays at the end.
    fn whole(&self) -> i64;
}

impl Whole for i64 {
    fn whole(&self) -> i64 {
        *self
    }
}

impl Whole for u64 {
    fn whole(&self) -> i64 {
        i64::try_from(*self).unwrap_or(i64::MAX)
    }
}

impl Whole for usize {
    fn whole(&self) -> i64 {
        i64::try_from(*self).unwrap_or(i64::MAX)
    }
}

impl Whole for u32 {
    fn whole(&self) -> i64 {
        i64::from(*self)
    }
}

impl Whole for u8 {
    fn whole(&self) -> i64 {
        i64::from(*self)
    }
}

impl<T: Whole> Whole for &T {
    fn whole(&self) -> i64 {
        T::whole(self)
    }
}

impl Language {
    /// Returns a number with its thousands apart: `12,345` or `12 345`.
    pub(in crate::web) fn number(self, number: impl Whole) -> String {
        let number = number.whole();
        let mark = match self {
            Self::English => ',',
            Self::French => '\u{202f}',
        };
        let digits = number.unsigned_abs().to_string();
        let mut text = String::from(if number < 0 { "-" } else { "" });
        for (place, digit) in digits.chars().enumerate() {
            if 0 < place && (digits.len() - place).is_multiple_of(3) {
                text.push(mark);
            }
            text.push(digit);
        }
        text
    }

    /// Returns a share of a hundred.
    pub(in crate::web::pages) fn percent(self, percent: impl Whole) -> String {
        let number = self.number(percent);
        match self {
            Self::English => format!("{number}%"),
            Self::French => format!("{number}\u{202f}%"),
        }
    }

    /// Returns a weight: `38 g`, `1.2 kg`.
    pub(in crate::web::pages) fn grams(self, grams: impl Whole) -> String {
        let grams = grams.whole();
        if grams < 1000 {
            return format!("{grams} g");
        }
        let mark = match self {
            Self::English => '.',
            Self::French => ',',
        };
        format!("{}{mark}{} kg", self.number(grams / 1000), grams % 1000 / 100)
    }

    /// Returns a length of time: `40 s`, `5 min`, `1 h 05`, `3 d`.
    pub(in crate::web::pages) fn span(self, seconds: impl Whole) -> String {
        let seconds = seconds.whole();
        let (minutes, hours) = (seconds / 60, seconds / 3600);
        match seconds {
            ..60 => format!("{seconds} s"),
            60..3600 => format!("{minutes} min"),
            3600..172_800 => format!("{hours} h {:02}", minutes % 60),
            172_800.. => format!("{} {}", self.number(hours / 24), self.text("span-day")),
        }
    }

    /// Returns a length of time in hours, however many, so that lengths can be compared and summed:
    /// `0.4 h`, `1,012 h`.
    pub(in crate::web::pages) fn hours(self, seconds: impl Whole) -> String {
        // Tenths of an hour, the half rounded up.
        let tenths = (seconds.whole().max(0) / 6 + 30) / 60;
        if 100 <= tenths {
            return format!("{} h", self.number((tenths + 5) / 10));
        }
        let mark = match self {
            Self::English => '.',
            Self::French => ',',
        };
        format!("{}{mark}{} h", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_can_be_summed_and_compared() {
        for (seconds, english, french) in [
            (0_u64, "0.0 h", "0,0 h"),
            (179, "0.0 h", "0,0 h"),
            (180, "0.1 h", "0,1 h"),
            (35_999, "10 h", "10 h"),
            (3_556_800, "988 h", "988 h"),
            (36_000_000, "10,000 h", "10\u{202f}000 h"),
        ] {
            assert_eq!(Language::English.hours(seconds), english);
            assert_eq!(Language::French.hours(seconds), french);
        }
    }

    #[test]
    fn thousands_stand_apart_as_each_language_does_it() {
        for (number, english, french) in [
            (0_i64, "0", "0"),
            (999, "999", "999"),
            (1_000, "1,000", "1\u{202f}000"),
            (-1_234_567, "-1,234,567", "-1\u{202f}234\u{202f}567"),
        ] {
            assert_eq!(Language::English.number(number), english);
            assert_eq!(Language::French.number(number), french);
        }
        assert_eq!(Language::English.number(u64::MAX), Language::English.number(i64::MAX));
    }
}
