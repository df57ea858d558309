//! Refusals as people read them on pages, in their language. Programs get the English sentence.

use axum::http::StatusCode;

use super::answer::Failure;
use super::text::Language;

impl Failure {
    /// Says the same in French.
    pub(super) fn in_french(self, french: impl Into<String>) -> Self {
        Self { french: Some(french.into()), ..self }
    }

    /// Returns the sentence for a page. What nobody wrote in French is told by its kind.
    pub(super) fn told(&self, t: Language) -> String {
        match (t, &self.french) {
            (Language::English, _) => sentence(&self.sentence),
            (Language::French, Some(french)) => sentence(&t.set(french)),
            (Language::French, None) => t.set(of_kind(self.status)),
        }
    }
}

/// Begins with a capital letter and ends with a stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let text: String = first.chain(letters).collect();
    if text.ends_with(['.', '!', '?', '…']) { text } else { text + "." }
}

fn of_kind(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "Connectez-vous d’abord.",
        StatusCode::FORBIDDEN => "Votre rôle ne le permet pas : demandez à un admin.",
        StatusCode::NOT_FOUND => "Cette page n’existe pas, ou plus.",
        StatusCode::CONFLICT => {
            "Ce n’est plus possible : les choses ont changé entre-temps. Rechargez la page."
        }
        StatusCode::PAYLOAD_TOO_LARGE => "C’est trop grand.",
        StatusCode::TOO_MANY_REQUESTS => "Trop d’essais : attendez un peu.",
        StatusCode::SERVICE_UNAVAILABLE => "La ferme redémarre : réessayez dans un instant.",
        StatusCode::INSUFFICIENT_STORAGE => {
            "Le coordinateur ne peut plus écrire : son disque est-il plein ?"
        }
        status if status.is_server_error() => {
            "Quelque chose a échoué ici : le journal du coordinateur en dit plus."
        }
        _ => "Ce qui a été envoyé ne peut pas être lu : vérifiez chaque champ.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::Refused;

    #[track_caller]
    fn check(failure: &Failure, english: &str, french: &str) {
        assert_eq!(failure.told(Language::English), english);
        assert_eq!(failure.told(Language::French), french);
    }

    #[test]
    fn a_refusal_is_a_sentence_in_the_readers_language() {
        let said = Failure::missing("there is no request 7");
        check(
            &said.clone().in_french("il n’y a pas de demande 7"),
            "There is no request 7.",
            "Il n’y a pas de demande 7.",
        );
        check(&said, "There is no request 7.", "Cette page n’existe pas, ou plus.");
        check(
            &Refused::Pieces { pieces: 0 }.into(),
            "0 pieces cannot be asked for: ask for 1 to 100000.",
            "On peut demander de 1 à 100000 pièces.",
        );
    }
}
