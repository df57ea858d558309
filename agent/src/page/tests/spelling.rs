//! How the agent's French is written.

/// Everything in which the agent's French stands.
const FRENCH: [&str; 25] = [
    include_str!("../../local/around.rs"),
    include_str!("../../local/needs.rs"),
    include_str!("../../local/plates.rs"),
    include_str!("../../local/refusals.rs"),
    include_str!("../../local/render.rs"),
    include_str!("../../local/words.rs"),
    include_str!("../act.rs"),
    include_str!("../history.rs"),
    include_str!("../look.rs"),
    include_str!("../meant.rs"),
    include_str!("../network.rs"),
    include_str!("../site.rs"),
    include_str!("../why.rs"),
    include_str!("../words.rs"),
    include_str!("../../../templates/base.html"),
    include_str!("../../../templates/bed.html"),
    include_str!("../../../templates/card.html"),
    include_str!("../../../templates/doing.html"),
    include_str!("../../../templates/failure.html"),
    include_str!("../../../templates/home.html"),
    include_str!("../../../templates/more.html"),
    include_str!("../../../templates/need.html"),
    include_str!("../../../templates/pin.html"),
    include_str!("../../../templates/printer.html"),
    include_str!("../../../templates/tally.html"),
];

#[test]
fn no_french_line_can_break_before_its_marks() {
    for line in FRENCH.iter().flat_map(|text| text.lines()) {
        for mark in
            [" : ", " :\"", " :\\", " ; ", " ;\"", " ;\\", " ? ", " ?\"", " !\"", "« ", " »"]
        {
            assert!(!line.contains(mark), "a plain space stands in {mark:?}: {line}");
        }
        for elided in [" l'", " d'", " n'", " s'", " qu'", "\"L'", "\"D'", "\"N'", "\"S'"] {
            assert!(!line.contains(elided), "{elided:?} is written by ’: {line}");
        }
        for pronoun in ["-le", "-la", "-les", "-en", "-elle"] {
            let parted = [" ", ",", ".", "\""].map(|end| format!("{pronoun}{end}"));
            let parted = parted.iter().find(|parted| line.contains(*parted));
            assert_eq!(parted, None, "a line may break there, write U+2011: {line}");
        }
    }
}
