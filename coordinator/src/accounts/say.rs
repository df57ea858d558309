//! What is refused of people, in French; the English stands with the refusals themselves.

use super::user::{NAME_BYTES_MAX, PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN, UserRefused};

impl UserRefused {
    /// Says the same in French, for a page.
    #[must_use]
    pub fn french(&self) -> String {
        match self {
            Self::Name => format!("un nom a de 1 à {NAME_BYTES_MAX} octets, tous visibles"),
            Self::Taken => "ce nom est déjà pris".to_owned(),
            Self::Password => format!(
                "un mot de passe a au moins {PASSWORD_CHARS_MIN} caractères, et {PASSWORD_BYTES_MAX} octets au plus"
            ),
            Self::Link => {
                "ce lien ne vaut plus : redémarrez le coordinateur pour un nouveau".to_owned()
            }
            Self::Unknown => "il n’y a pas de tel compte".to_owned(),
            Self::LastAdmin => "c’est le dernier admin : nommez-en d’abord un autre".to_owned(),
            Self::Store(_) => "la base de données n’a pas répondu".to_owned(),
        }
    }
}
