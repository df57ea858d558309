//! What is said of heat, places, speeds and amounts.

use super::{Sentence, Text, both, text};

pub(crate) fn too_hot(max: f64, material: Option<&str>, printer: &str) -> Sentence {
    match material {
        Some(material) => both(
            format!("exceeds {max} °C allowed for {material} on {printer}"),
            format!("dépasse les {max} °C permis pour {material} sur {printer}"),
        ),
        None => both(
            format!("exceeds {max} °C allowed on {printer}"),
            format!("dépasse les {max} °C permis sur {printer}"),
        ),
    }
}

pub(crate) const BELOW_ZERO: Text = text(
    "asks for less than 0 °C, which some firmwares read as very hot",
    "demande moins de 0 °C, que certains micrologiciels lisent comme très chaud",
);
pub(crate) const NEVER_COOLS: Text = text(
    "waits until it is colder than a warm room, which may be for ever",
    "attend qu'il fasse plus froid que dans une pièce chaude, ce qui peut durer toujours",
);

pub(crate) fn left_hot(celsius: f64) -> Sentence {
    both(
        format!("is never turned off: the file ends with a heater at {celsius} °C"),
        format!("n'est jamais éteint : le fichier finit avec un chauffage à {celsius} °C"),
    )
}

pub(crate) const NEVER_COOLED: Text = text(
    "heats, and not all that it heats is turned off after it",
    "chauffe, et tout ce qu'il chauffe n'est pas éteint ensuite",
);
pub(crate) const UNHOMED: Text = text(
    "moves before the printer is homed",
    "déplace la tête avant que l'imprimante ait trouvé son origine",
);
pub(crate) const PROBED_UNHOMED: Text = text(
    "probes the bed before all axes are homed: an error, for which nothing cools; put G28 before it",
    "palpe le plateau avant que tous les axes soient à leur origine : c'est une erreur, pour laquelle rien ne refroidit ; mettez G28 avant",
);
pub(crate) const MOTORS_OFF: Text = text(
    "moves after the motors were let go: the position is lost",
    "déplace la tête après l'arrêt des moteurs : la position est perdue",
);
pub(crate) const FROM_UNKNOWN: Text = text(
    "moves by a distance from a place that only the firmware knows",
    "déplace la tête d'une distance, depuis un endroit que seul le micrologiciel connaît",
);
pub(crate) const FROM_OTHER_HOME: Text = text(
    "moves by a distance from home, and the file was read with another home",
    "déplace la tête d'une distance depuis l'origine, et le fichier a été lu avec une autre origine",
);

pub(crate) fn too_far_out(radius: f64, max: f64, printer: &str) -> Sentence {
    both(
        format!("goes {radius:.2} mm from the middle, beyond the {max} mm of {printer}"),
        format!("va à {radius:.2} mm du centre, au-delà des {max} mm de {printer}"),
    )
}

pub(crate) fn carriages_too_high(printer: &str) -> Sentence {
    both(
        format!(
            "goes so far from the middle so high up that the carriages of {printer} hit the top"
        ),
        format!("va si loin du centre, si haut, que les chariots de {printer} heurtent le sommet"),
    )
}

pub(crate) fn too_much_flow(flow: f64, max: f64, printer: &str) -> Sentence {
    both(
        format!("melts {flow:.1} mm³/s of filament; {printer} does {max}"),
        format!("fond {flow:.1} mm³/s de filament ; {printer} en fait {max}"),
    )
}

pub(crate) fn below_axis(axis: &str, at: f64, min: f64, printer: &str) -> Sentence {
    both(
        format!("goes to {axis} {at:.2} mm, below the {min} mm of {printer}"),
        format!("va à {axis} {at:.2} mm, au-dessous des {min} mm de {printer}"),
    )
}

pub(crate) fn beyond_axis(axis: &str, at: f64, max: f64, printer: &str) -> Sentence {
    both(
        format!("goes to {axis} {at:.2} mm, beyond the {max} mm of {printer}"),
        format!("va à {axis} {at:.2} mm, au-delà des {max} mm de {printer}"),
    )
}

pub(crate) fn cut_at_the_top(at: f64, max: f64, printer: &str) -> Sentence {
    both(
        format!("lifts to {at:.2} mm when all is printed; {printer} stops it at {max} mm"),
        format!("monte à {at:.2} mm quand tout est imprimé ; {printer} l'arrête à {max} mm"),
    )
}

pub(crate) fn out_of_any_place(axis: &str, mm: f64, room: f64, printer: &str) -> Sentence {
    both(
        format!(
            "moves {mm:.2} mm along {axis} from an unknown place; {printer} has {room:.2} mm in all"
        ),
        format!(
            "va de {mm:.2} mm le long de {axis} depuis un endroit inconnu ; {printer} n'a que {room:.2} mm en tout"
        ),
    )
}

pub(crate) fn beside_the_bed(printer: &str) -> Sentence {
    both(
        format!("extrudes beside the bed of {printer}, as purge lines do"),
        format!("dépose du filament à côté du plateau de {printer}, comme une ligne de purge"),
    )
}

pub(crate) fn too_fast(asked: f64, max: f64, printer: &str) -> Sentence {
    both(
        format!("asks for {asked:.0} mm/s; {printer} does {max:.0}"),
        format!("demande {asked:.0} mm/s ; {printer} en fait {max:.0}"),
    )
}

pub(crate) fn long_push(mm: f64, max: f64) -> Sentence {
    both(
        format!("moves {mm:.1} mm of filament in one place; {max} mm are allowed"),
        format!("pousse {mm:.1} mm de filament au même endroit ; {max} mm sont permis"),
    )
}

pub(crate) fn long_push_if_relative(mm: f64, max: f64) -> Sentence {
    both(
        format!(
            "moves {mm:.1} mm of filament in one place if E is relative, which no M82 denies; {max} mm are allowed"
        ),
        format!(
            "pousse {mm:.1} mm de filament au même endroit si E est relatif, ce qu'aucun M82 ne dément ; {max} mm sont permis"
        ),
    )
}

pub(crate) fn thick_bead(nozzle_mm: f64) -> Sentence {
    both(
        format!(
            "lays more filament along its way than Klipper lets through a nozzle of {nozzle_mm} mm, unless its owner has set max_extrude_cross_section: an error, for which nothing cools"
        ),
        format!(
            "pose plus de filament sur son chemin que Klipper n'en laisse passer par une buse de {nozzle_mm} mm, sauf si son propriétaire a réglé max_extrude_cross_section : c'est une erreur, pour laquelle rien ne refroidit"
        ),
    )
}

pub(crate) const RETRACTION_CHANGED: Text = text(
    "changes a retraction that is not taken back yet: firmwares differ in what they then take back",
    "change une rétraction qui n'est pas encore reprise : les micrologiciels diffèrent sur ce qu'ils reprennent alors",
);
pub(crate) const FEED_OF_NOTHING: Text = text(
    "asks for a speed of nought or less: this firmware raises an error and does not move",
    "demande une vitesse nulle ou négative : ce micrologiciel signale une erreur et ne bouge pas",
);
pub(crate) const ONTO_PRINT: Text = text(
    "homes or probes after something was printed: the nozzle may run into it",
    "cherche l'origine ou palpe alors que quelque chose est imprimé : la buse peut le heurter",
);
pub(crate) const NO_MESH: Text = text(
    "takes away the mesh of the bed, and none is loaded before the print goes on",
    "efface le relief mesuré du plateau, et aucun n'est chargé avant la suite de l'impression",
);
pub(crate) const BY_HAND: Text = text(
    "asks a person to probe the bed, and goes on meanwhile",
    "demande à une personne de palper le plateau, et continue pendant ce temps",
);
pub(crate) fn long_pull(mm: f64, max: f64) -> Sentence {
    both(
        format!("pulls filament {mm:.1} mm back, out of the gears; {max} mm are allowed"),
        format!("retire {mm:.1} mm de filament, hors de l'entraînement ; {max} mm sont permis"),
    )
}

pub(crate) fn long_alone(mm: f64) -> Sentence {
    both(
        format!(
            "moves {mm:.1} mm of filament at once: Klipper refuses more than 50 mm where nobody set more"
        ),
        format!(
            "déplace {mm:.1} mm de filament d'un coup : Klipper en refuse plus de 50 si personne n'a permis davantage"
        ),
    )
}

pub(crate) const MESH_BY_NAME: Text = text(
    "loads a mesh that the printer may not have: Klipper then raises an error and stops here",
    "charge un relief que l'imprimante n'a peut-être pas : Klipper signale alors une erreur et s'arrête là",
);
pub(crate) const DOWN_TO_BED: Text = text(
    "goes down to the bed when something stands on it",
    "descend jusqu'au plateau alors que quelque chose s'y trouve",
);
pub(crate) const NOT_AWAITED: Text = text(
    "extrudes while the nozzle is on its way to be hot, and nothing waits for it",
    "pousse du filament alors que la buse chauffe encore et que rien ne l'attend",
);
pub(crate) const COLD: Text = text(
    "extrudes, and nothing keeps the nozzle hot",
    "pousse du filament alors que rien ne garde la buse chaude",
);
pub(crate) const MODE_NOT_SAID: Text = text(
    "extrudes before M82 or M83 says how E is read: the last print's mode would hold",
    "pousse du filament avant que M82 ou M83 dise comment lire E : le mode de l'impression précédente vaudrait",
);
