use std::time::Duration;

use visorfarm_gcode::Rule;

use super::*;
use crate::local::render::Language;

const WHOLE: &str = r#"
# what this maker agrees to
[[printer]]
name = "ender"
title = "Ender 3 in the attic"
octoprint = "http://localhost:5000/"
profile = "ender3"
materials = ["petg"]
bed = "clears-itself"
hours = ["08:00-22:00"]
max_print_hours = 1.5
agrees_to = [
    "waits-for-person",
    "left-hot",
]
camera = true

[[printer]]
name = "mk3"
octoprint = "https://octopi.local/mk3"
profile = "prusa-mk3"
"#;

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(Path::new("agent.toml"), text)
}

#[test]
fn a_whole_file_is_understood() {
    let config = parse(WHOLE).unwrap();
    let ender = &config.printers[0];
    assert_eq!(ender.title, "Ender 3 in the attic");
    assert_eq!(ender.octoprint, "http://localhost:5000");
    assert_eq!(ender.materials, ["PETG"]);
    assert_eq!((ender.bed, ender.print_seconds_max), (BedCare::ClearsItself, Some(5400)));
    let agrees = |rule| ender.agrees_to.covers(rule);
    let rules = [Rule::WaitsForPerson, Rule::LeftHot, Rule::Unhomed];
    assert_eq!(rules.map(agrees), [true, true, false]);
    let cameras: Vec<_> = config.printers.iter().map(|printer| printer.consent().camera).collect();
    assert_eq!(cameras, [true, false]);
    let mk3 = &config.printers[1];
    assert_eq!(mk3.agrees_to, Agreed::default());
    assert_eq!((mk3.title.as_str(), mk3.bed, &mk3.hours), ("mk3", BedCare::Ask, &Hours::default()));
}

#[track_caller]
fn check_page(line: &str, listen: Result<Listen, &str>) {
    let parsed = parse(&format!("[page]\n{line}\n")).map(|config| config.page);
    match (parsed, listen) {
        (Ok(parsed), Ok(listen)) => assert_eq!(parsed, listen, "{line}"),
        (Err(error), Err(says)) => assert!(error.to_string().contains(says), "{error}"),
        (parsed, _) => panic!("{line} is {parsed:?}"),
    }
}

#[test]
fn a_page_is_on_this_machine_unless_its_maker_writes_another_place() {
    let at = |address: &str| Ok(Listen::At(address.parse().unwrap()));
    check_page("", Ok(Listen::Usual));
    check_page("listen = \"off\"", Ok(Listen::Off));
    check_page("listen = \"127.0.0.1:8000\"", at("127.0.0.1:8000"));
    check_page("listen = \"0.0.0.0:7125\"", at("0.0.0.0:7125"));
    check_page("listen = \"[::]:7125\"", at("[::]:7125"));
    check_page("listen = \"attic.local:7125\"", Err("no place for the page"));
    check_page("listen = 7125", Err("line 2"));
    check_page("pin = \"1234\"", Err("unknown field `pin`"));
}

/// Each is a table of the file, and what is told of it: address, kinds, and language.
#[track_caller]
fn check_notices(lines: &str, told: Result<&str, &str>) {
    let parsed = parse(&format!("[notices]\n{lines}\n"));
    let wish = parsed.map(|config| config.notices.unwrap().wish(Language::French));
    match (wish, told) {
        (Ok(wish), Ok(told)) => {
            let json = serde_json::to_value(&wish).unwrap();
            assert_eq!(format!("{} {} {}", json["mail"], json["about"], json["language"]), told);
        }
        (Err(error), Err(says)) => assert!(error.to_string().contains(says), "{error}"),
        (wish, _) => panic!("{lines} is {wish:?}"),
    }
}

#[test]
fn letters_go_to_an_address_that_the_maker_writes_and_to_no_other() {
    assert_eq!(parse(WHOLE).unwrap().notices, None);
    let mail = "mail = \"anne@farm.example\"\n";
    check_notices(mail, Ok(r#""anne@farm.example" ["results","beds","stuck"] "fr""#));
    let more = "about = [\"stuck\", \"beds\", \"beds\"]\nlanguage = \"en\"";
    check_notices(&format!("{mail}{more}"), Ok(r#""anne@farm.example" ["beds","stuck"] "en""#));
    check_notices("", Err("missing field `mail`"));
    check_notices("mail = \"anne\"", Err("agent.toml, line 2: this is no address"));
    check_notices("mail = \"a@b, c@d\"", Err("no address"));
    check_notices(&format!("{mail}about = []"), Err("line 3: about is some of"));
    check_notices(&format!("{mail}about = [\"requests\"]"), Err("about is some of"));
    check_notices(&format!("{mail}language = \"de\""), Err("language is \"fr\" or \"en\""));
    check_notices(&format!("{mail}phone = 1"), Err("unknown field `phone`"));
}

#[test]
fn a_file_without_printers_is_allowed() {
    assert_eq!(parse("# later\n").unwrap().printers, []);
}

#[track_caller]
fn check_wrong(from: &str, to: &str, line: usize, says: &str) {
    assert!(WHOLE.contains(from), "{from}");
    let error = parse(&WHOLE.replacen(from, to, 1)).unwrap_err().to_string();
    assert!(error.starts_with(&format!("agent.toml, line {line}: ")), "{error}");
    assert!(error.contains(says), "{error}");
    assert!(!error.contains('\n'), "{error}");
}

#[test]
fn a_wrong_line_is_named_with_what_is_allowed() {
    check_wrong("bed = \"clears-itself\"", "bed = \"clear\"", 9, "`ask` or `clears-itself`");
    check_wrong("hours = [\"08:00-22:00\"]", "hours = [\"8-22\"]", 10, "\"08:00-22:00\"");
    check_wrong("hours = [\"08:00-22:00\"]", "hours = []", 10, "leave it out");
    check_wrong("hours =", "heures =", 10, "unknown field `heures`");
    check_wrong("name = \"ender\"", "name = \"Ender\"", 4, "no printer name");
    check_wrong("name = \"mk3\"", "name = \"ender\"", 19, "a second printer");
    check_wrong("\"left-hot\"", "\"left-warm\"", 12, "\"left-warm\" is no rule");
    check_wrong("\"http://localhost:5000/\"", "\"localhost:5000\"", 6, "begins with http://");
    check_wrong("\"http://localhost:5000/\"", "\"octopi.local\"", 6, "no address of an OctoPrint");
    check_wrong("\"http://localhost:5000/\"", "\"http://me:pw@localhost\"", 6, "user name");
    check_wrong("\"http://localhost:5000/\"", "\"http://169.254.0.7\"", 6, "network setup");
    check_wrong("[\"petg\"]", "[\"p e t g\"]", 8, "short names");
    check_wrong("1.5", "0", 11, "number of hours");
    check_wrong("1.5", "nan", 11, "number of hours");
    check_wrong("profile = \"ender3\"\n", "", 3, "missing field `profile`");
    check_wrong("[[printer]]", "[printer", 3, "");
    check_wrong("title = \"Ender 3 in the attic\"", "title = \"\"", 5, "one line");
}

#[test]
fn a_missing_file_says_what_to_do() {
    let error = Config::load(Path::new("/nonexistent/agent.toml")).unwrap_err();
    assert!(matches!(error, ConfigError::Missing { .. }), "{error}");
}

fn new_printer(name: &str) -> NewPrinter {
    NewPrinter {
        name: PrinterId::new(name).unwrap(),
        title: Some("my \"best\" \\ printer".to_owned()),
        octoprint: "http://localhost:5000/".to_owned(),
        profile: ProfileId::new("ender3").unwrap(),
    }
}

#[test]
fn an_added_printer_leaves_every_other_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.toml");
    fs::write(&path, WHOLE.trim_end()).unwrap();
    let config = add_printer(&path, &new_printer("third")).unwrap();
    assert_eq!(config.printers.len(), 3);
    assert_eq!(config.printers[2].title, "my \"best\" \\ printer");
    assert_eq!(Config::load(&path).unwrap(), config);
    assert!(fs::read_to_string(&path).unwrap().starts_with(WHOLE));
}

#[test]
fn the_first_added_printer_begins_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new").join("agent.toml");
    assert_eq!(add_printer(&path, &new_printer("ender")).unwrap().printers.len(), 1);
}

#[test]
fn a_printer_that_makes_the_file_wrong_is_not_added() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.toml");
    fs::write(&path, WHOLE).unwrap();
    assert!(add_printer(&path, &new_printer("mk3")).is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), WHOLE);
}

#[tokio::test]
async fn saving_is_noticed_and_a_wrong_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.toml");
    fs::write(&path, WHOLE).unwrap();
    let mut changes = watch(&path);
    let mut change = async || {
        let soon = tokio::time::timeout(Duration::from_secs(20), changes.recv());
        soon.await.expect("a change within 20 s").expect("the watch goes on")
    };
    let replacement = folder.path().join(".agent.toml.swp");
    fs::write(&replacement, WHOLE.replace("mk3", "mk4")).unwrap();
    fs::rename(&replacement, &path).unwrap();
    assert_eq!(change().await.unwrap().printers[1].name.as_str(), "mk4");
    fs::write(&path, "nonsense").unwrap();
    assert!(matches!(change().await, Err(ConfigError::Line { line: 1, .. })));
    fs::remove_file(&path).unwrap();
    assert!(matches!(change().await, Err(ConfigError::Missing { .. })));
    fs::write(&path, WHOLE).unwrap();
    assert_eq!(change().await.unwrap(), parse(WHOLE).unwrap());
}
