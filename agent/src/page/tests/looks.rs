//! What is shown in each state: its sentence and its button, in both languages.

use std::collections::BTreeMap;

use askama::Template;

use super::super::html::{Bed as BedPage, Frame};
use super::super::view::PrinterView;
use super::*;
use crate::clock::WallClock;
use crate::local::render::Language;

/// Ten in the morning, two hours east of Greenwich.
const CLOCK: WallClock = WallClock { unix_seconds: 8 * 3600, ahead: 2 * 3600 };

fn shown(report: &PrinterReport, language: Language) -> String {
    let frame = Frame { language, here: "/clear/attic".to_owned(), notice: None };
    let page = BedPage { frame, printer: PrinterView::of(report, language, CLOCK) };
    let html = page.render().unwrap();
    let from = html.find("<article").unwrap();
    html[from..html.find("</article>").unwrap()].to_owned()
}

/// Returns the text of a page, a space for every run of tags and spaces.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        inside = (inside || c == '<') && c != '>';
        text.push(if inside || c == '>' { ' ' } else { c });
    }
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(report: &PrinterReport, english: &str, french: &str) {
    for (language, expected) in [(Language::English, english), (Language::French, french)] {
        let text = text(&shown(report, language)).replace("&#39;", "'");
        assert_eq!(text, format!("Ender 3 in the attic {expected}"));
    }
}

/// Returns the colours of a style by what they mean.
fn colours(style: &str) -> BTreeMap<&str, &str> {
    let lines = style.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(": "));
    lines.filter(|(_, value)| value.starts_with("light-dark(")).collect()
}

#[test]
fn a_colour_means_the_same_on_the_farms_pages() {
    let farm = concat!(env!("CARGO_MANIFEST_DIR"), "/../coordinator/static/style.css");
    let farm = std::fs::read_to_string(farm).unwrap();
    let (farm, ours) = (colours(&farm), colours(include_str!("../../../static/style.css")));
    assert!(10 < ours.len(), "{ours:?}");
    for (meaning, colour) in ours {
        assert_eq!(farm.get(meaning), Some(&colour), "{meaning}");
    }
}

#[test]
fn the_farms_pages_tell_by_the_same_bell() {
    let farm = concat!(env!("CARGO_MANIFEST_DIR"), "/../coordinator/static/bell.js");
    assert_eq!(std::fs::read_to_string(farm).unwrap(), include_str!("../../../static/bell.js"));
}

#[test]
fn a_print_shows_how_far_it_is_for_whom_and_when_it_ends() {
    check(
        &printing(),
        "Printing 4 × visor-band r3 for visors for the hospital 42% done at about 11:05 1 h 05 \
         left nozzle 24 °C",
        "Imprime 4 × visor-band r3 pour visors for the hospital 42\u{202f}% finie vers 11:05 encore 1 h 05 \
         buse 24 °C",
    );
    let mut long = printing();
    long.status.seconds_left = Some(15 * 3600);
    assert!(shown(&long, Language::English).contains("done tomorrow at about 01:00"));
    long.status.seconds_left = Some(40 * 3600);
    assert!(shown(&long, Language::French).contains("finie dans 2 jours vers 02:00"));
}

#[test]
fn a_finished_plate_asks_for_its_bed_and_for_its_good_pieces() {
    check(
        &waiting(End::Completed),
        "Bed to clear 4 × visor-band r3 for visors for the hospital The print is done. Take the \
         pieces off. Good pieces of 4 − + The bed is clear The next print may start right after. \
         nozzle 24 °C",
        "Plateau à vider 4 × visor-band r3 pour visors for the hospital L’impression est finie. \
         Retirez les pièces. Pièces bonnes sur 4 − + Le plateau est vide L’impression suivante peut \
         démarrer aussitôt. buse 24 °C",
    );
    let html = shown(&waiting(End::Completed), Language::English);
    assert!(html.contains(r#"action="/clear/attic""#), "{html}");
    assert!(html.contains(r#"name="plate" value="1000-7""#), "{html}");
    assert!(html.contains(r#"min="0" max="4" value="4" required"#), "{html}");
}

#[test]
fn an_unknown_end_asks_for_a_look_and_does_not_fill_in_a_number() {
    check(
        &waiting(End::Unknown),
        "Look at the bed 4 × visor-band r3 for visors for the hospital Nobody knows how the print \
         ended. Look at the bed, clear it, and count the good pieces. Good pieces of at most 4 − + \
         The bed is clear The next print may start right after. nozzle 24 °C",
        "Plateau à regarder 4 × visor-band r3 pour visors for the hospital On ignore comment \
         l’impression a fini. Regardez le plateau, videz\u{2011}le, et comptez les pièces bonnes. Pièces \
         bonnes sur 4 au plus − + Le plateau est vide L’impression suivante peut démarrer aussitôt. \
         buse 24 °C",
    );
    let html = shown(&waiting(End::Unknown), Language::English);
    assert!(html.contains(r#"max="4" required placeholder"#), "{html}");
}

#[test]
fn of_a_failed_or_cancelled_plate_nothing_is_counted() {
    for (end, says) in [(End::Failed, "The print failed"), (End::Cancelled, "was cancelled")] {
        let html = shown(&waiting(end), Language::English);
        assert!(html.contains(says) && html.contains("none of it is counted"), "{html}");
        assert!(html.contains("The bed is clear") && !html.contains("Good pieces"), "{html}");
    }
}

#[test]
fn a_bed_that_nobody_knows_of_is_looked_at() {
    let mut unconfirmed = waiting(End::Completed);
    unconfirmed.on_bed = None;
    check(
        &unconfirmed,
        "Bed to clear Look at the bed. When nothing is on it, say so. The bed is clear The next print \
         may start right after. nozzle 24 °C",
        "Plateau à vider Regardez le plateau. Quand il est vide, dites\u{2011}le. Le plateau est vide \
         L’impression suivante peut démarrer aussitôt. buse 24 °C",
    );
}

#[test]
fn a_journal_that_knows_of_no_print_says_so() {
    let mut blank = waiting(End::Completed);
    (blank.on_bed, blank.last) = (None, None);
    check(
        &blank,
        "Bed to clear No print of the farm is remembered here: the printer is new, or its journal was \
         lost. Look at the bed. When nothing is on it, say so. The bed is clear The next print may start \
         right after. nozzle 24 °C",
        "Plateau à vider Aucune impression de la ferme n’est connue ici : l’imprimante est nouvelle, ou \
         son journal a été perdu. Regardez le plateau. Quand il est vide, dites\u{2011}le. Le plateau est vide \
         L’impression suivante peut démarrer aussitôt. buse 24 °C",
    );
}

#[test]
fn a_printer_that_needs_nothing_says_what_it_waits_for() {
    check(
        &idle(),
        "Ready It asks for work and starts by itself. nozzle 24 °C",
        "Prête Elle demande du travail et démarre seule. buse 24 °C",
    );
    let mut night = idle();
    night.status.waits_for = Some(WaitsFor::Hours);
    check(
        &night,
        "Outside your hours It prints again in your hours. nozzle 24 °C",
        "Hors de vos horaires Elle imprimera de nouveau dans vos horaires. buse 24 °C",
    );
    let mut own = idle();
    own.status.activity = Activity::Foreign;
    own.status.bed = Bed::Occupied;
    own.status.waits_for = Some(WaitsFor::ForeignPrint);
    check(
        &own,
        "Your own print The farm waits until it is done. nozzle 24 °C",
        "Votre propre impression La ferme attend qu’elle soit finie. buse 24 °C",
    );
}

#[test]
fn a_printer_that_is_kept_hot_says_so_in_its_makers_language() {
    let mut hot = idle();
    hot.status.waits_for = Some(WaitsFor::ForeignPrint);
    hot.status.fault = Some(Cause::KeptHot.sentence().to_owned());
    check(
        &hot,
        "Kept hot It is kept hot, and OctoPrint prints nothing: nothing is started until it is turned off. \
         nozzle 24 °C",
        "Gardée chaude Elle est gardée chaude alors qu’OctoPrint n’imprime rien : rien n’est lancé tant \
         qu’elle chauffe. buse 24 °C",
    );
}

#[test]
fn a_paused_printer_has_the_button_that_lets_it_go_on() {
    let mut paused = idle();
    paused.paused = true;
    paused.status.waits_for = Some(WaitsFor::Resume);
    check(
        &paused,
        "You paused it Nothing is printed until you let it go on. Print again nozzle 24 °C",
        "Suspendue par vous Rien n’est imprimé tant que vous ne la relancez pas. Imprimer de nouveau \
         buse 24 °C",
    );
    let last = PrinterReport { paused: true, ..printing() };
    let html = shown(&last, Language::English);
    assert!(html.contains("nothing is printed after this one"), "{html}");
    assert!(!html.contains("<button"), "{html}");
}

#[test]
fn what_is_left_on_the_spool_is_shown_and_an_empty_one_asks_for_another() {
    let mut some = idle();
    some.status.filament_left_grams = Some(12);
    some.short_of_grams = Some(39);
    check(
        &some,
        "Ready It asks for work and starts by itself. A plate like the last needs 39 g: only smaller \
         ones are asked for. 12 g of filament left. nozzle 24 °C",
        "Prête Elle demande du travail et démarre seule. Une plaque comme la dernière demande 39 g : \
         seules de plus petites sont demandées. Encore 12 g de filament. buse 24 °C",
    );
    let mut empty = idle();
    empty.status.filament_left_grams = Some(0);
    empty.status.waits_for = Some(WaitsFor::Filament);
    check(
        &empty,
        "No filament left The spool is empty. Load another, and say how much is on it. Grams on the \
         spool filament only The spool is loaded 0 g of filament left. nozzle 24 °C",
        "Plus de filament La bobine est vide. Chargez\u{2011}en une autre, et dites ce qu’elle porte. Grammes \
         sur la bobine filament seul La bobine est chargée Encore 0 g de filament. buse 24 °C",
    );
    let html = shown(&empty, Language::English);
    assert!(html.contains(r#"action="/spool/attic""#), "{html}");
}

#[test]
fn what_is_to_be_done_elsewhere_is_said_without_a_button() {
    let mut off = idle();
    off.status.activity = Activity::Offline;
    off.status.waits_for = Some(WaitsFor::Printer);
    let mut keyless = idle();
    keyless.status.waits_for = Some(WaitsFor::Key);
    keyless.status.fault = Some(Cause::KeyRefused.sentence().to_owned());
    let mut full = idle();
    full.status.waits_for = Some(WaitsFor::Disk);
    let mut worn = full.clone();
    worn.status.fault = Some(Cause::ReadOnly.sentence().to_owned());
    let mut copied = idle();
    copied.status.waits_for = Some(WaitsFor::Copied);
    for (report, says) in [
        (copied, "Two machines have this agent&#39;s identity"),
        (off, "Switch the printer on and connect it in OctoPrint."),
        (keyless, "visorfarm-agent octoprint-key attic."),
        (full, "Make room on the disk"),
        (worn, "replace its memory card if that does not help."),
    ] {
        let html = shown(&report, Language::English);
        assert!(html.contains(says), "{html}");
        assert!(!html.contains("<button"), "{html}");
        assert!(html.matches("OctoPrint refuses").count() < 2, "it is said twice: {html}");
    }
}

#[test]
fn what_others_wrote_is_text_and_nothing_else() {
    let mut hostile = printing();
    hostile.title = "<script>alert(1)</script>".to_owned();
    hostile.purpose = Some("\"><img src=x onerror=alert(1)>\u{202e}".to_owned());
    hostile.status.fault = Some("</article><form action=//evil>".to_owned());
    for language in [Language::English, Language::French] {
        let html = shown(&hostile, language);
        for bad in ["<script", "<img", "<form action=//", "\u{202e}"] {
            assert!(!html.contains(bad), "{bad}: {html}");
        }
        assert!(html.contains("alert(1)"), "it is shown: {html}");
    }
}
