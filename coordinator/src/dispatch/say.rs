//! What is refused, in French; the English stands with the refusals themselves.

use visorfarm_protocol::memo::MEMO_CHARS_MAX;

use super::{PIECES_MAX, Refused, UNREAD_MAX};

impl Refused {
    /// Returns what is refused and what to do.
    #[must_use]
    pub fn french(&self) -> String {
        match self {
            Self::Pieces { .. } => format!("on peut demander de 1 à {PIECES_MAX} pièces"),
            Self::Title { .. } => "« Pour qui, où » est trop long : abrégez".to_owned(),
            Self::Design { design } => format!("le modèle {design} n’est pas publié ici"),
            Self::Revision { design, revision } => {
                format!("le modèle {design} n’a pas de révision {revision}")
            }
            Self::Withdrawn { design, revision } => {
                format!("la révision {revision} de {design} est retirée")
            }
            Self::Changed { design, revision, profile } => format!(
                "la révision {revision} de {design} a déjà un autre fichier pour {profile} : une \
                 révision ne change jamais, publiez celle-ci sous un nouveau nom"
            ),
            Self::Request { request } => format!("il n’y a pas de demande {request}"),
            Self::Delivery { request, pieces, good } => format!(
                "on ne peut pas livrer {pieces} pièces : la demande {request} n’en a plus que {good} bonnes"
            ),
            Self::NotFrozen { .. } => {
                "cet agent n’est pas retenu : il n’y a rien à reprendre".to_owned()
            }
            Self::Memo { characters } => {
                format!("un message a de 1 à {MEMO_CHARS_MAX} caractères, et non {characters}")
            }
            Self::Unread { .. } => {
                format!("ce maker n’a pas lu les {UNREAD_MAX} derniers messages : téléphonez-lui")
            }
            Self::NotFailed { .. } => {
                "cette impression n’a pas raté : il n’y a rien à voir".to_owned()
            }
            Self::Lease { .. } => "cette impression n’attend plus rien".to_owned(),
        }
    }
}
