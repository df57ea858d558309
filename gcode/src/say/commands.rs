//! What is said of single commands and their parameters.

use super::{Sentence, Text, both, text};

pub(crate) fn not_known(name: &str, printer: &str) -> Sentence {
    both(
        format!("is not allowed on {printer}: {name} is not known"),
        format!("n'est pas permis sur {printer} : {name} n'est pas connu"),
    )
}

pub(crate) fn no_such_tool(extruders: u8, printer: &str) -> Sentence {
    both(
        format!("names a tool beyond the {extruders} of {printer}"),
        format!("désigne un outil que {printer} n'a pas : nombre d'outils, {extruders}"),
    )
}

pub(crate) const TOOL_WITH_PARAMETERS: Text = text(
    "carries parameters that are not allowed with a tool change",
    "porte des paramètres qui ne sont pas permis avec un changement d'outil",
);

pub(crate) const OFFSETS_BY_G10: Text = text(
    "sets offsets or temperatures that this firmware reads in another way",
    "règle des décalages ou des températures que ce micrologiciel lit autrement",
);

pub(crate) fn stray_parameter(letter: &str, name: &str) -> Sentence {
    both(
        format!("carries {letter}, which is not allowed with {name}"),
        format!("porte {letter}, qui n'est pas permis avec {name}"),
    )
}

pub(crate) fn not_with_probing(parameter: &str) -> Sentence {
    both(
        format!("tells {parameter}, which a file may not set for a probing"),
        format!("donne {parameter}, qu'un fichier ne peut pas régler pour un palpage"),
    )
}

pub(crate) fn below(parameter: &str, min: f64, printer: &str) -> Sentence {
    both(
        format!("sets {parameter} below {min}, the least that {printer} allows"),
        format!("règle {parameter} au-dessous de {min}, le minimum que {printer} permet"),
    )
}

pub(crate) fn beyond(parameter: &str, max: f64, printer: &str) -> Sentence {
    both(
        format!("sets {parameter} above {max}, the most that {printer} allows"),
        format!("règle {parameter} au-dessus de {max}, le maximum que {printer} permet"),
    )
}

pub(crate) fn motor_current(letter: char, printer: &str) -> Sentence {
    both(
        format!("{letter} sets a motor current, which {printer} does not allow"),
        format!("{letter} règle le courant d'un moteur, ce que {printer} ne permet pas"),
    )
}

pub(crate) fn number_not_allowed(letter: char) -> Sentence {
    both(
        format!("{letter} may not carry a number"),
        format!("{letter} ne peut pas être suivi d'un nombre"),
    )
}

pub(crate) fn number_missing(letter: char) -> Sentence {
    both(
        format!("leaves {letter} without its number, which firmwares read in different ways"),
        format!("laisse {letter} sans son nombre, ce que les micrologiciels lisent différemment"),
    )
}

pub(crate) fn no_plain_number(parameter: &str) -> Sentence {
    both(
        format!("gives {parameter} in a shape that is no plain number"),
        format!("donne {parameter} sous une forme qui n'est pas un nombre simple"),
    )
}

pub(crate) fn no_pair(parameter: &str) -> Sentence {
    both(
        format!("gives {parameter} in a shape that is no pair of plain numbers"),
        format!("donne {parameter} sous une forme qui n'est pas une paire de nombres simples"),
    )
}

pub(crate) fn off_the_bed(parameter: &str, printer: &str) -> Sentence {
    both(
        format!("probes to {parameter}, which is not on the bed of {printer}"),
        format!("palpe jusqu'à {parameter}, qui n'est pas sur le plateau de {printer}"),
    )
}

pub(crate) fn too_many_probes(parameter: &str) -> Sentence {
    both(
        format!("asks by {parameter} for a probing that takes hours"),
        format!("demande par {parameter} un palpage qui dure des heures"),
    )
}

pub(crate) fn hotter(parameter: &str, max: f64, material: Option<&str>, printer: &str) -> Sentence {
    let [english, french] = match material {
        Some(material) => [format!(" for {material}"), format!(" pour {material}")],
        None => [String::new(), String::new()],
    };
    both(
        format!("heats by {parameter} above {max} °C, the most that {printer} allows{english}"),
        format!(
            "chauffe par {parameter} au-dessus de {max} °C, le maximum que {printer} permet{french}"
        ),
    )
}

pub(crate) fn may_be_heat(parameter: &str, max: f64, printer: &str) -> Sentence {
    both(
        format!(
            "tells {parameter} what may be a temperature above {max} °C; what {parameter} is, the profile of {printer} can say"
        ),
        format!(
            "donne à {parameter} ce qui peut être une température de plus de {max} °C ; ce qu'est {parameter}, le profil de \
             {printer} peut le dire"
        ),
    )
}

pub(crate) const WAITS: Text = text(
    "waits for a person while the nozzle is hot",
    "attend une personne pendant que la buse est chaude",
);
pub(crate) const WAITS_FOR_FILAMENT: Text =
    text("waits for a person to change the filament", "attend qu'une personne change le filament");
pub(crate) const PAUSES: Text =
    text("pauses until a person resumes", "met en pause jusqu'à ce qu'une personne reprenne");
pub(crate) const IDLE_TIMER: Text = text(
    "changes the timer that cools an idle printer",
    "change la minuterie qui refroidit une imprimante inactive",
);
pub(crate) const SPEED_KEPT: Text = text(
    "keeps or takes back a share of all speeds, which not every build of this firmware does",
    "garde ou reprend une part de toutes les vitesses, ce que toutes les versions de ce micrologiciel ne font pas",
);
pub(crate) const MODEL_BY_NUMBER: Text = text(
    "checks for a printer by a number, which cannot be compared here",
    "vérifie l'imprimante par un numéro, qui ne peut être comparé ici",
);
pub(crate) const RELOADS_SETTINGS: Text = text(
    "reads the stored settings again, over those of this print",
    "relit les réglages enregistrés, par-dessus ceux de cette impression",
);
pub(crate) const LASTING_SETTINGS: Text = text(
    "changes settings that outlive the print",
    "change des réglages qui durent au-delà de l'impression",
);
pub(crate) const HOST_COMMAND: Text = text(
    "commands the print server, not the printer",
    "commande le serveur d'impression, pas l'imprimante",
);
pub(crate) const FIRMWARE: Text =
    text("starts a firmware update", "lance une mise à jour du micrologiciel");
pub(crate) const SAFETY_STOP: Text = text(
    "stops the printer, or leaves a safety stop",
    "arrête l'imprimante, ou quitte un arrêt de sécurité",
);
pub(crate) const HEATER_TUNING: Text =
    text("changes how heaters are held", "change la régulation du chauffage");
pub(crate) const STEPS: Text = text(
    "changes the steps per millimetre: every later position would be wrong",
    "change les pas par millimètre : toutes les positions suivantes seraient fausses",
);
pub(crate) const MOTOR_DRIVERS: Text =
    text("sets motor currents or drivers", "règle le courant ou les pilotes des moteurs");
pub(crate) const ORIGIN: Text = text(
    "shifts the coordinates: no bound would hold any more",
    "décale les coordonnées : plus aucune limite ne tiendrait",
);
pub(crate) const RAW_MOTION: Text = text(
    "moves motors without any check of bounds",
    "fait tourner les moteurs sans contrôle des limites",
);
pub(crate) const PINS: Text = text(
    "drives pins, servos, a bus or a spindle directly",
    "commande directement des broches, des servos, un bus ou un outil tournant",
);
pub(crate) const POWER: Text = text(
    "switches the power: the fan of a hot nozzle would stop",
    "coupe ou met l'alimentation : le ventilateur d'une buse chaude s'arrêterait",
);
pub(crate) const COLD_UNGUARDED: Text = text(
    "says no temperature: some firmwares then push cold filament",
    "ne dit pas de température : certains micrologiciels poussent alors le filament à froid",
);
pub(crate) const OTHER_FAN: Text = text(
    "drives a fan other than the part's: maybe the one that cools the hot nozzle or the electronics",
    "commande un autre ventilateur que celui de la pièce : peut-être celui qui refroidit la buse chaude ou l'électronique",
);
pub(crate) const FAN_SETTINGS: Text = text(
    "changes how a fan is held: it may be what cools the hot nozzle",
    "change la régulation d'un ventilateur : c'est peut-être lui qui refroidit la buse chaude",
);
pub(crate) const OTHER_CODE: Text = text(
    "runs, loops or changes other files: what was read is not what would run",
    "exécute, répète ou change d'autres fichiers : ce qui a été lu n'est pas ce qui s'exécuterait",
);
pub(crate) const HOST: Text = text(
    "speaks to the host or changes its macros",
    "parle au serveur d'impression ou change ses macros",
);
pub(crate) const SERIAL: Text = text("changes the serial line", "change la liaison série");
pub(crate) const SIDE_DOOR: Text = text(
    "heats by a way that is not followed: use M104, M109, M140, M190",
    "chauffe par un moyen qui n'est pas suivi : utilisez M104, M109, M140, M190",
);
