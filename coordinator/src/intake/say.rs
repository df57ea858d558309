//! What is told to the person who put a file here, in French; the English stands with the errors
//! themselves. Both come out of one place, [`NotTaken::tell`].

use visorfarm_gcode::{Language, Sentence};

use super::{NotALabel, NotTaken, Unfit};

impl NotTaken {
    /// Returns what is wrong and what to do, in both languages.
    #[must_use]
    pub fn tell(&self) -> Sentence {
        let french = match self {
            Self::Unfit(unfit) => of_unfit(unfit),
            Self::Refused(refused) => refused.french(),
            Self::Disk { place, source } => format!(
                "impossible de lire ou d’écrire {} : {source} ; le disque est-il plein, les droits manquent-ils ?",
                place.display()
            ),
            Self::Stopping(_) => "le coordinateur s’arrête : le fichier sera repris".to_owned(),
        };
        Sentence { english: self.to_string(), french }
    }
}

fn of_unfit(unfit: &Unfit) -> String {
    match unfit {
        Unfit::Empty => "le fichier est vide : recopiez-le".to_owned(),
        Unfit::NotGcode { french, .. } => {
            format!("ce n’est pas du G-code mais {french} : exportez du G-code depuis le trancheur")
        }
        Unfit::MidLine { line } => {
            format!("le fichier est tronqué : la ligne {line} n’a pas de fin ; recopiez-le")
        }
        Unfit::StillHot { line, on } => format!(
            "le fichier est tronqué : il finit à la ligne {line} et n’éteint jamais le chauffage allumé à la ligne {on} ; recopiez-le"
        ),
        Unfit::CutShort { finding } => format!(
            "le fichier est tronqué : {} ; recopiez-le, ou tranchez de nouveau",
            finding.tell(Language::French)
        ),
        Unfit::Unsafe { finding, profile } => format!(
            "{} ; une imprimante du profil {profile} le refuserait",
            finding.tell(Language::French)
        ),
        Unfit::TooLarge { mebibytes } => {
            format!("le fichier dépasse {mebibytes} Mio, qui sont la limite")
        }
        Unfit::NoGcode { profile } => {
            format!("il n’y a pas de {profile}.gcode à côté : copiez-le aussi")
        }
        Unfit::NoLabel { profile } => format!(
            "il n’y a pas de {profile}.toml à côté : écrivez-en un, avec une ligne comme pieces = 4"
        ),
        Unfit::Packed(unpackable) => unpackable.tell().french,
        Unfit::Label(label) => of_label(label),
    }
}

fn of_label(label: &NotALabel) -> String {
    match label {
        NotALabel::NotText => "l’étiquette n’est pas un texte de quelques lignes".to_owned(),
        NotALabel::Shape { cause } => format!("l’étiquette ne peut être lue : {cause}"),
        NotALabel::Pieces { pieces } => format!(
            "l’étiquette dit pieces = {pieces} : une plaque donne de 1 à {} pièces",
            super::label::PIECES_MAX
        ),
        NotALabel::Material => {
            "la matière de l’étiquette n’est pas un nom court comme « PETG »".to_owned()
        }
        NotALabel::Notes { bytes } => {
            format!("les remarques de l’étiquette sont trop longues : {bytes} octets")
        }
    }
}
