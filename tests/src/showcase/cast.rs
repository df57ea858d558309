//! Who is in the farm: makers and printers with names as people give them, the long and the odd
//! ones among them.

use visorfarm_protocol::status::{BedCare, Consent};

/// How a printer is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plight {
    /// It prints, or waits for its maker, as the past left it.
    Well,
    Faulted,
    Silent,
    Unknown,
    Paused,
    /// Its owner keeps it hot. It has printed nothing yet.
    Heated,
    Foreign,
    Offline,
    KeyRefused,
    OutsideHours,
    MakerPaused,
    /// It prints, and tells as its temperatures what time it is: how long that takes is measured.
    Probe,
}

/// A maker and the printers of one household.
#[derive(Clone, Debug)]
pub(super) struct Maker {
    pub(super) name: String,
    pub(super) place: Option<String>,
    pub(super) printers: Vec<Machine>,
}

/// A printer.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub(super) title: String,
    pub(super) profile: &'static str,
    pub(super) consent: Consent,
    pub(super) plight: Plight,
    /// What is left on its spool, if its maker says so.
    pub(super) spool_grams: Option<u32>,
    /// How often of a hundred a print fails.
    pub(super) fails_percent: u32,
}

/// Returns the makers of a farm that fits on one screen.
pub(super) fn workshop() -> Vec<Maker> {
    use Plight::{
        Faulted, Foreign, Heated, KeyRefused, MakerPaused, Offline, OutsideHours, Paused, Silent,
        Unknown, Well,
    };
    let all_day: &[&str] = &[];
    let by_day: &[&str] = &["08:00-22:00"];
    vec![
        maker(
            "Anne Dubois",
            Some("Lyon 7e"),
            vec![
                machine("Prusa in the attic", "mk3s", by_day, Well, 2),
                machine("Ender by the window", "ender3", by_day, Well, 6).loaded_with("PLA"),
            ],
        ),
        maker(
            "FabLab La Casemate",
            Some("Grenoble"),
            vec![
                machine("Casemate 1", "mk3s", all_day, Well, 1),
                machine("Casemate 2", "mk3s", all_day, Well, 1),
                machine("Casemate 3", "ender3", all_day, Faulted, 9),
            ],
        ),
        maker(
            "Lycée Gaspard-Monge, atelier",
            Some("Chambéry"),
            vec![
                machine(
                    "Salle B12, au fond à gauche, celle avec l’autocollant bleu",
                    "ender3",
                    &["18:00-07:00"],
                    Well,
                    4,
                )
                .loaded_with("PLA"),
                machine("Salle B12, près de la porte", "ender3", &["18:00-07:00"], OutsideHours, 4),
            ],
        ),
        maker(
            "Marc",
            Some("Villeurbanne"),
            vec![machine("ender", "ender3", all_day, Well, 12).loaded_with("PLA")],
        ),
        maker(
            "Yuki Tanaka",
            Some("Saint-Étienne"),
            vec![machine("3-gōki", "mk3s", all_day, Well, 1)],
        ),
        maker("Zoé & Karim", None, vec![machine("cuisine", "ender3", by_day, Silent, 5)]),
        maker(
            "Ö. Lindqvist",
            Some("Annecy"),
            vec![machine("Källare", "mk3s", all_day, Unknown, 3)],
        ),
        maker(
            "Paul B.",
            Some("Lyon 3e"),
            vec![
                machine("grey one", "ender3", all_day, Paused, 8),
                machine("black one", "ender3", all_day, KeyRefused, 8),
            ],
        ),
        maker(
            "Ines",
            Some("Valence"),
            vec![
                machine("Prusa", "mk3s", by_day, Foreign, 2),
                machine("Prusa, the new one", "mk3s", all_day, Heated, 2),
            ],
        ),
        maker(
            "Théo M.",
            Some("Bourgoin-Jallieu"),
            vec![machine("Ender 3", "ender3", all_day, Offline, 3)],
        ),
        maker(
            "Atelier du Rhône",
            Some("Vienne"),
            vec![machine("Belt printer", "ender3", all_day, MakerPaused, 2)],
        ),
    ]
}

/// Returns `printers` printers, 64 beside each agent at most.
pub(super) fn crowd(printers: usize) -> Vec<Maker> {
    let towns = ["Lyon 7e", "Grenoble", "Chambéry", "Villeurbanne", "Annecy", "Valence", "Vienne"];
    let numbers: Vec<_> = (1..=printers).collect();
    let household = |(house, numbers): (usize, &[usize])| {
        let town = towns[house % towns.len()];
        let machines = numbers.iter().map(|number| {
            let plight = match number % 97 {
                1 if *number == 1 => Plight::Probe,
                3 => Plight::Faulted,
                7 | 8 => Plight::Silent,
                11 => Plight::Offline,
                13 | 14 => Plight::OutsideHours,
                _ => Plight::Well,
            };
            let profile = if number % 3 == 0 { "mk3s" } else { "ender3" };
            let title = format!("printer {number}");
            let title = if plight == Plight::Probe { "probe".to_owned() } else { title };
            machine(&title, profile, &[], plight, 3)
        });
        maker(&format!("workshop {}", house + 1), Some(town), machines.collect())
    };
    numbers.chunks(64).enumerate().map(household).collect()
}

fn maker(name: &str, place: Option<&str>, printers: Vec<Machine>) -> Maker {
    Maker { name: name.to_owned(), place: place.map(str::to_owned), printers }
}

fn machine(
    title: &str,
    profile: &'static str,
    hours: &[&str],
    plight: Plight,
    fails_percent: u32,
) -> Machine {
    let clears = title.starts_with("Belt");
    let consent = Consent {
        materials: vec!["PETG".to_owned()],
        hours: hours.iter().map(|span| (*span).to_owned()).collect(),
        seconds_max: title.starts_with("Salle").then_some(13 * 3600),
        bed: if clears { BedCare::ClearsItself } else { BedCare::Ask },
        camera: false,
    };
    // Some makers weigh their spools; no two hold the same.
    let letters = u32::try_from(title.len()).unwrap_or_default();
    let spool_grams = (profile == "mk3s").then_some(letters * 67 % 900 + 25);
    Machine { title: title.to_owned(), profile, consent, plight, spool_grams, fails_percent }
}

impl Machine {
    /// Loads another filament than most have.
    fn loaded_with(mut self, material: &str) -> Self {
        self.consent.materials = vec![material.to_owned()];
        self
    }

    /// Returns at how many degrees its filament is printed: the nozzle, and the bed.
    pub(super) fn celsius(&self) -> (f32, f32) {
        if self.consent.materials == ["PLA"] { (208.0, 60.0) } else { (233.0, 80.0) }
    }
}
