//! What is said of the print before and the print after.

use super::{Sentence, Text, both, text};

pub(crate) const PLACES_NOT_SAID: Text = text(
    "moves before G90 or G91 says whether numbers are places or steps: the last print's word would hold",
    "déplace la tête avant que G90 ou G91 dise si les nombres sont des endroits ou des pas : le mode de l'impression précédente vaudrait",
);
pub(crate) const DOWN_NOT_SAID: Text = text(
    "tells Z below nought before G90 or G91 says whether numbers are places or steps: if the last print left steps, the nozzle goes down into the bed; put G90 before it",
    "donne à Z un nombre négatif avant que G90 ou G91 dise si les nombres sont des endroits ou des pas : si l'impression précédente a laissé des pas, la buse s'enfonce dans le plateau ; mettez G90 avant",
);
pub(crate) const COUNT_NOT_SAID: Text = text(
    "extrudes up to a place of E before G92 says where E stands: it may be far away after the last print",
    "pousse le filament jusqu'à une position de E avant que G92 dise où E en est : elle peut être loin après l'impression précédente",
);
pub(crate) fn places_by_macro(name: &str) -> Sentence {
    both(
        format!(
            "moves after {name}, which may have said that numbers are steps: put G90 or G91 after it, or let its `does` in the printer's profile say keep-modes"
        ),
        format!(
            "déplace la tête après {name}, qui peut avoir dit que les nombres sont des pas : mettez G90 ou G91 après, ou que son `does` dans le profil de l'imprimante dise keep-modes"
        ),
    )
}

pub(crate) fn extrusion_by_macro(name: &str) -> Sentence {
    both(
        format!(
            "tells E after {name}, which may have changed how E is read: put M82 and G92 E0 or M83 after it, or let its `does` in the printer's profile say keep-modes"
        ),
        format!(
            "donne E après {name}, qui peut avoir changé comment E est lu : mettez M82 et G92 E0 ou M83 après, ou que son `does` dans le profil de l'imprimante dise keep-modes"
        ),
    )
}

pub(crate) const LEAVES_STEPS: Text = text(
    "leaves all numbers read as steps, by which the next print may go anywhere",
    "laisse tous les nombres lus comme des pas : l'impression suivante pourrait aller n'importe où",
);
pub(crate) const LEAVES_SLOW: Text = text(
    "leaves the printer at less than a tenth of its speed, for the next print too",
    "laisse l'imprimante à moins d'un dixième de sa vitesse, pour l'impression suivante aussi",
);

pub(crate) fn leaves_speed(percent: f64) -> Sentence {
    both(
        format!("leaves all speeds at {percent} %, for the next print too"),
        format!("laisse toutes les vitesses à {percent} %, pour l'impression suivante aussi"),
    )
}

pub(crate) fn leaves_flow(percent: f64) -> Sentence {
    both(
        format!("leaves the flow at {percent} %, for the next print too"),
        format!("laisse le débit à {percent} %, pour l'impression suivante aussi"),
    )
}

pub(crate) fn leaves_extra(mm: f64) -> Sentence {
    both(
        format!("leaves {mm} mm to be pushed after each retraction, in the next print too"),
        format!(
            "laisse {mm} mm à pousser après chaque rétraction, dans l'impression suivante aussi"
        ),
    )
}
