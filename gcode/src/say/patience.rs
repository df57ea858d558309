//! What takes too long.

use super::{Sentence, Text, both, text};

pub(crate) fn long_rests(seconds: f64, max: f64) -> Sentence {
    both(
        format!("is the last of dwells that take {seconds:.0} s together; {max} s are allowed"),
        format!(
            "est la dernière de pauses qui durent ensemble {seconds:.0} s ; {max} s sont permises"
        ),
    )
}

pub(crate) fn long_rest(seconds: f64, max: f64) -> Sentence {
    both(
        format!("stands for {seconds:.0} s in one place; {max} s are allowed"),
        format!("reste {seconds:.0} s au même endroit ; {max} s sont permises"),
    )
}

pub(crate) const CRAWLS: Text = text(
    "is so slow that the nozzle stands as good as still",
    "est si lent que la buse reste presque immobile",
);

pub(crate) fn many_waits(count: u64, max: u64) -> Sentence {
    both(
        format!("is the last of {count} waits for the bed or the chamber; {max} are allowed"),
        format!(
            "est la dernière de {count} attentes du plateau ou du caisson ; {max} sont permises"
        ),
    )
}

pub(crate) fn many_probings(count: u64, max: u64) -> Sentence {
    both(
        format!("is the last of {count} probings of the bed; {max} are allowed"),
        format!("est le dernier de {count} palpages du plateau ; {max} sont permis"),
    )
}

pub(crate) fn many_homings(count: u64, max: u64) -> Sentence {
    both(
        format!("is the last of {count} times that the head goes home; {max} are allowed"),
        format!("est la dernière de {count} prises d'origine ; {max} sont permises"),
    )
}

pub(crate) fn long_print(seconds: f64, max: f64) -> Sentence {
    let [days, max] = [seconds, max].map(|seconds| seconds / 86_400.0);
    both(
        format!("takes {days:.0} days in motion; {max:.0} are allowed"),
        format!("prend {days:.0} jours en mouvement ; {max:.0} sont permis"),
    )
}
