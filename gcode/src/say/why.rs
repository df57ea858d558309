//! Why each rule exists, for a person who has never read a firmware's documentation.

use super::{Language, Text, text};
use crate::rule::Rule;

impl Rule {
    /// Returns why the rule matters, as a whole sentence.
    #[must_use]
    pub fn why(self, language: Language) -> &'static str {
        let Text { english, french } = reason(self);
        match language {
            Language::English => english,
            Language::French => french,
        }
    }
}

fn reason(rule: Rule) -> Text {
    match rule {
        Rule::NotGcode => NOT_GCODE,
        Rule::Empty => EMPTY,
        Rule::Truncated => TRUNCATED,
        Rule::Syntax | Rule::Placeholder | Rule::Arc => TWO_READINGS,
        Rule::LineTooLong => LINE_TOO_LONG,
        Rule::Checksum | Rule::LineNumbers => NUMBERED,
        Rule::UnknownCommand | Rule::UnknownParameter | Rule::TooManyCommands => UNKNOWN,
        Rule::HostCommand | Rule::HostAction | Rule::Shell => HOST,
        Rule::OtherCode => OTHER_CODE,
        Rule::Serial => SERIAL,
        Rule::OtherPrinter | Rule::OtherNozzle | Rule::OtherMaterial => OTHER_MACHINE,
        Rule::ClaimsDiffer => CLAIMS,
        Rule::Settings | Rule::Firmware | Rule::LeavesBehind => LASTING,
        Rule::SafetyStop | Rule::IdleTimeout | Rule::Power => SAFETY,
        Rule::ColdExtrusion | Rule::ExtrudesCold => COLD,
        Rule::HeaterTuning | Rule::HeaterSideDoor => HEATERS,
        Rule::NozzleTooHot => NOZZLE,
        Rule::BedTooHot => BED,
        Rule::ChamberTooHot => CHAMBER,
        Rule::LeftHot => LEFT_HOT,
        Rule::MotorCurrent => CURRENT,
        Rule::MotionLimits | Rule::Feed => TOO_FAST,
        Rule::Steps | Rule::OriginShift => ORIGIN,
        Rule::Endstops
        | Rule::RawMotion
        | Rule::OutsideTravel
        | Rule::BelowBed
        | Rule::OntoPrint => CRASH,
        Rule::Unhomed | Rule::RelativeFromUnknown | Rule::PlaceModeUnknown => LOST,
        Rule::OutsidePrint => BESIDE,
        Rule::Pins => PINS,
        Rule::Fan => FAN,
        Rule::WaitsForPerson | Rule::LongDwell => WAITS,
        Rule::LongExtrusion | Rule::FlowFactor | Rule::Flow => FLOW,
        Rule::ExtrusionModeUnknown | Rule::ExtrusionModeAmbiguous => MODE,
        Rule::Inches => INCHES,
        Rule::Tool => TOOL,
    }
}

const NOT_GCODE: Text = text(
    "A printer understands G-code as plain text, and nothing else.",
    "Une imprimante ne comprend que du G-code en texte simple.",
);
const EMPTY: Text = text("There is nothing to print.", "Il n'y a rien à imprimer.");
const TRUNCATED: Text = text(
    "A file that broke off leaves half a print, and perhaps a hot nozzle standing on it.",
    "Un fichier tronqué laisse une moitié d'impression, et peut-être une buse chaude posée dessus.",
);
const TWO_READINGS: Text = text(
    "What firmwares read in different ways cannot be checked: the printer might do something else.",
    "Ce que les micrologiciels lisent différemment ne peut être contrôlé : l'imprimante ferait peut-être autre chose.",
);
const LINE_TOO_LONG: Text = text(
    "The firmware cuts the line: it reads the rest as another command, or asks for the line again without end.",
    "Le micrologiciel coupe la ligne : il lit le reste comme une autre commande, ou redemande la ligne sans fin.",
);
const NUMBERED: Text = text(
    "Numbers and checksums are made when a file is sent; inside one they tell of a recording, or of tampering.",
    "Numéros et sommes de contrôle se font à l'envoi ; dans un fichier, ils trahissent un enregistrement ou une altération.",
);
const UNKNOWN: Text = text(
    "Only what is known to be harmless is printed; the printer's owner may allow more in its profile.",
    "On n'imprime que ce que l'on sait sans danger ; le propriétaire peut en permettre plus dans le profil de l'imprimante.",
);
const HOST: Text = text(
    "A file may speak to the printer only, never to the computer beside it.",
    "Un fichier ne doit parler qu'à l'imprimante, jamais à l'ordinateur à côté.",
);
const OTHER_CODE: Text = text(
    "What was checked must be all that runs.",
    "Ce qui a été contrôlé doit être tout ce qui s'exécute.",
);
const SERIAL: Text = text(
    "The print server would lose the printer in the middle of a print.",
    "Le serveur d'impression perdrait l'imprimante au milieu d'une impression.",
);
const OTHER_MACHINE: Text = text(
    "Sliced for something else, it may crash the head, clog the nozzle or not stick.",
    "Tranché pour autre chose, il peut heurter la tête, boucher la buse ou ne pas tenir.",
);
const CLAIMS: Text = text(
    "The file may have been changed after slicing, or cut off.",
    "Le fichier a peut-être été changé après le tranchage, ou tronqué.",
);
const LASTING: Text = text(
    "A print must leave the printer as it found it.",
    "Une impression doit laisser l'imprimante comme elle l'a trouvée.",
);
const SAFETY: Text = text(
    "Stops, timers and power keep a hot printer safe when nobody is there.",
    "Arrêts, minuteries et alimentation protègent une imprimante chaude quand personne n'est là.",
);
const COLD: Text = text(
    "Cold filament does not flow: the extruder grinds it or breaks.",
    "Le filament froid ne coule pas : l'extrudeur le ronge ou casse.",
);
const HEATERS: Text = text(
    "A heater that is not held by its own limits may run away: fire.",
    "Un chauffage qui n'est plus tenu par ses limites peut s'emballer : incendie.",
);
const NOZZLE: Text = text(
    "Too hot a nozzle gives off fumes, ruins its liner, and may burn.",
    "Une buse trop chaude dégage des fumées, abîme son tube, et peut brûler.",
);
const BED: Text = text(
    "The bed and its wiring are made for a greatest temperature.",
    "Le plateau et son câblage sont faits pour une température maximale.",
);
const CHAMBER: Text = text(
    "Motors, electronics and printed parts inside the chamber give way in its heat.",
    "Moteurs, électronique et pièces imprimées dans l'enceinte cèdent à sa chaleur.",
);
const LEFT_HOT: Text = text(
    "A heater left on in an empty room is the danger; it also tells that the end of the file is missing.",
    "Un chauffage laissé allumé dans une pièce vide, voilà le danger ; c'est aussi le signe que la fin du fichier manque.",
);
const CURRENT: Text = text(
    "Too much current overheats motors and drivers.",
    "Trop de courant surchauffe les moteurs et leurs pilotes.",
);
const TOO_FAST: Text = text(
    "Beyond its limits a printer skips steps, and prints beside itself.",
    "Au-delà de ses limites une imprimante perd des pas, et imprime à côté.",
);
const ORIGIN: Text = text(
    "With a moved origin the nozzle may be driven into the bed while every number looks right.",
    "Avec une origine déplacée, la buse peut s'enfoncer dans le plateau alors que tous les nombres semblent justes.",
);
const CRASH: Text = text(
    "The head would run into the bed, the frame or the print.",
    "La tête heurterait le plateau, le cadre ou la pièce.",
);
const LOST: Text = text(
    "A printer that does not know where its head is runs it into something.",
    "Une imprimante qui ne sait pas où est sa tête la heurte à quelque chose.",
);
const BESIDE: Text = text(
    "What is printed beside the bed does not stick.",
    "Ce qui est déposé à côté du plateau ne tient pas.",
);
const PINS: Text = text(
    "What hangs on those pins is known to the printer's owner only.",
    "Seul le propriétaire sait ce qui est branché sur ces broches.",
);
const FAN: Text = text(
    "Without its fan a hot hotend melts its own holder and clogs, and electronics burn out.",
    "Sans son ventilateur une tête chaude fait fondre son support et se bouche, et l'électronique grille.",
);
const WAITS: Text = text(
    "A hot nozzle that waits for hours chars its filament, and nobody may be there.",
    "Une buse chaude qui attend des heures carbonise son filament, et il n'y a peut-être personne.",
);
const FLOW: Text = text(
    "Too much filament at once jams the nozzle or wraps round the head.",
    "Trop de filament d'un coup bouche la buse ou s'enroule autour de la tête.",
);
const MODE: Text = text(
    "Read the other way, every amount of filament would be wrong.",
    "Lues de l'autre façon, toutes les quantités de filament seraient fausses.",
);
const INCHES: Text = text(
    "Slicers write millimetres: read as inches by one firmware and not by another, the same number is another place.",
    "Les trancheurs écrivent des millimètres : lu en pouces par un micrologiciel et non par l'autre, un même nombre est un autre endroit.",
);
const TOOL: Text = text(
    "What a printer does not have it cannot select; some firmwares stop there.",
    "Une imprimante ne peut choisir ce qu'elle n'a pas ; certains micrologiciels s'arrêtent là.",
);
