//! What is said of the file as a whole, and of lines that cannot be read.

use super::commands::HOST_COMMAND;
use super::{Sentence, Text, both, text};
use crate::report::Content;
use crate::words::Shape;

/// Returns what the bytes are, if they are no G-code.
pub(crate) fn other_content(content: Content) -> Option<Text> {
    Some(match content {
        Content::Gcode => return None,
        Content::Nothing => {
            text("the file holds no command", "le fichier ne contient aucune commande")
        }
        Content::Zip => text(
            "the file is a ZIP archive, not G-code: unpack it first",
            "le fichier est une archive ZIP, pas du G-code : décompressez-le d'abord",
        ),
        Content::Gzip => text(
            "the file is compressed by gzip: unpack it first",
            "le fichier est compressé par gzip : décompressez-le d'abord",
        ),
        Content::BinaryGcode => text(
            "the file is binary G-code, which OctoPrint does not print: export plain G-code from the slicer",
            "le fichier est du G-code binaire, qu'OctoPrint n'imprime pas : exportez du G-code texte depuis le trancheur",
        ),
        Content::Stl => text(
            "the file is an STL model: slice it first",
            "le fichier est un modèle STL : tranchez-le d'abord",
        ),
        Content::Html => text(
            "the file is a web page: the download link led elsewhere",
            "le fichier est une page web : le lien de téléchargement menait ailleurs",
        ),
        Content::Image => text("the file is an image", "le fichier est une image"),
        Content::Utf16 => text(
            "the file is UTF-16 text: save it as plain text",
            "le fichier est un texte UTF-16 : enregistrez-le en texte simple",
        ),
        Content::Other => text(
            "the file is not G-code: not one line is a command",
            "le fichier n'est pas du G-code : aucune ligne n'est une commande",
        ),
    })
}

/// Returns what is wrong with a line of that shape, of which there are `count`.
pub(crate) fn fault(shape: Shape, count: u64) -> Sentence {
    let Text { english, french } = shape_of(shape);
    match count {
        0 | 1 => both(english, french),
        count => both(
            format!("{english} (and {} more such lines)", count - 1),
            format!("{french} (et {} autres lignes de ce genre)", count - 1),
        ),
    }
}

fn shape_of(shape: Shape) -> Text {
    match shape {
        Shape::Character => text(
            "holds a character that no command has",
            "contient un caractère qu'aucune commande ne porte",
        ),
        Shape::Behind => text(
            "stands behind a tab or an unseen mark, and so is no command to this firmware",
            "suit une tabulation ou une marque invisible, et n'est donc pas une commande pour ce micrologiciel",
        ),
        Shape::Number => text(
            "holds a number that firmwares do not read",
            "contient un nombre que les micrologiciels ne lisent pas",
        ),
        Shape::Exponent => text(
            "holds letters right behind a number, which firmwares read in different ways",
            "contient des lettres collées à un nombre, que les micrologiciels lisent de façons différentes",
        ),
        Shape::LowerCase => text(
            "holds a small letter, which this firmware passes over",
            "contient une lettre minuscule, que ce micrologiciel ignore",
        ),
        Shape::Name => text(
            "holds a name that this firmware does not look up as it is meant",
            "contient un nom que ce micrologiciel ne cherche pas comme il est voulu",
        ),
        Shape::Twice => text(
            "holds a letter twice, which firmwares read in different ways",
            "contient deux fois la même lettre, ce que les micrologiciels lisent différemment",
        ),
        Shape::Bare => text(
            "holds a letter or a word without its value",
            "contient une lettre ou un mot sans sa valeur",
        ),
        Shape::Missing => text(
            "lacks a word without which this firmware raises an error, or turns a heater off",
            "omet un mot sans lequel ce micrologiciel signale une erreur, ou éteint un chauffage",
        ),
        Shape::TooLong => text(
            "is longer than firmwares read",
            "est plus longue que ce que lisent les micrologiciels",
        ),
        Shape::LongName => text(
            "names an object by more letters than firmwares read: rename it in the slicer, with 30 letters at most",
            "nomme un objet par plus de lettres que n'en lisent les micrologiciels : renommez-le dans le trancheur, en 30 lettres au plus",
        ),
        Shape::Checksum => text(
            "has a wrong checksum: the file was altered",
            "a une somme de contrôle fausse : le fichier a été modifié",
        ),
        Shape::Hidden => text(
            "hides a second command behind a carriage return or in a text",
            "cache une seconde commande derrière un retour chariot ou dans un texte",
        ),
        Shape::Placeholder => text(
            "holds a placeholder that the slicer should have filled in",
            "contient une variable que le trancheur aurait dû remplacer",
        ),
        Shape::Host => HOST_COMMAND,
        Shape::NoCommand => text("starts with no command", "ne commence par aucune commande"),
        Shape::TooMany => text(
            "is one command or parameter too many: no slicer writes so many kinds",
            "est une commande ou un paramètre de trop : aucun trancheur n'en écrit autant de sortes",
        ),
    }
}

pub(crate) const LAYERS_MISSING: Text = text(
    "the file marks fewer layers than its head announces: it may be cut off",
    "le fichier marque moins de couches que son début n'en annonce : il est peut-être tronqué",
);
pub(crate) const TAIL_MISSING: Text = text(
    "the slicer's closing lines are missing: the file may be cut off",
    "les dernières lignes du trancheur manquent : le fichier est peut-être tronqué",
);
pub(crate) const CUT_OFF: Text = text(
    "the last line has no end and a heater is on: the file is probably cut off",
    "la dernière ligne n'a pas de fin et un chauffage est allumé : le fichier est sans doute tronqué",
);

pub(crate) fn checks_for(model: &str, printer: &str) -> Sentence {
    both(
        format!("is for a {model}, not for {printer}"),
        format!("est pour une {model}, pas pour {printer}"),
    )
}

pub(crate) fn sliced_for(model: &str, printer: &str) -> Sentence {
    both(
        format!("the file was sliced for {model}, not for {printer}"),
        format!("le fichier a été tranché pour {model}, pas pour {printer}"),
    )
}

pub(crate) fn checks_for_nozzle(sliced: f64, fitted: f64, printer: &str) -> Sentence {
    both(
        format!("is for a {sliced} mm nozzle; {printer} has {fitted}"),
        format!("est pour une buse de {sliced} mm ; {printer} en a une de {fitted}"),
    )
}

pub(crate) fn other_nozzle(sliced: f64, fitted: f64, printer: &str) -> Sentence {
    both(
        format!("the file was sliced for a {sliced} mm nozzle; {printer} has {fitted}"),
        format!(
            "le fichier a été tranché pour une buse de {sliced} mm ; {printer} en a une de {fitted}"
        ),
    )
}

pub(crate) fn other_material(material: &str, printer: &str) -> Sentence {
    both(
        format!("{printer} is not set up for {material}"),
        format!("{printer} n'est pas réglée pour {material}"),
    )
}

pub(crate) fn less_than_announced(pushed: f64, claimed: f64) -> Sentence {
    both(
        format!(
            "the file pushes {pushed:.0} mm of the {claimed:.0} mm that its slicer announced: it may be cut off"
        ),
        format!(
            "le fichier pousse {pushed:.0} mm des {claimed:.0} mm que son trancheur annonçait : il est peut-être tronqué"
        ),
    )
}

pub(crate) fn other_than_announced(pushed: f64, claimed: f64) -> Sentence {
    both(
        format!("the file pushes {pushed:.0} mm of filament; its slicer announced {claimed:.0} mm"),
        format!(
            "le fichier pousse {pushed:.0} mm de filament ; son trancheur annonçait {claimed:.0} mm"
        ),
    )
}

pub(crate) const ARC: Text = text(
    "is no arc that firmwares agree on",
    "n'est pas un arc que les micrologiciels lisent de la même façon",
);
pub(crate) const INCHES: Text = text(
    "switches to inches, which only some firmwares know",
    "passe aux pouces, que seuls certains micrologiciels connaissent",
);
pub(crate) const HOST_ACTION: Text = text(
    "speaks to the print server through the printer",
    "parle au serveur d'impression à travers l'imprimante",
);
pub(crate) const OBJECT_SKIPPED: Text = text(
    "names an object by letters that some firmwares take for the order to skip it",
    "nomme un objet avec des lettres que certains micrologiciels prennent pour l'ordre de le sauter",
);
pub(crate) const LINE_NUMBER: Text = text(
    "carries a line number, which is the sender's affair",
    "porte un numéro de ligne, ce qui est l'affaire de l'expéditeur",
);
pub(crate) const EXTRUSION_BY_VERSION: Text = text(
    "moves E where versions of this firmware differ in how they read it",
    "déplace E là où les versions de ce micrologiciel le lisent différemment",
);
pub(crate) const EXTRUSION_AMBIGUOUS: Text = text(
    "moves E where firmwares differ in how they read it",
    "déplace E là où les micrologiciels le lisent de façons différentes",
);
