//! Over a real socket: what is done for whoever sends a form.

use super::bench::{Bench, SETTINGS, has_status};
use super::*;
use crate::local::Request;

#[tokio::test]
async fn a_bed_is_cleared_by_the_form_of_the_page() {
    let mut bench = Bench::on_machine().await;
    let page = bench.get("/clear/attic", "").await;
    has_status(&page, 200);
    assert!(page.contains("The bed is clear"), "{page}");
    let answer = bench.own_form("/clear/attic", "back=%2Fclear%2Fattic&plate=1000-7&good=3").await;
    has_status(&answer, 303);
    assert!(answer.contains("location: /clear/attic?done=clear\r\n"), "{answer}");
    let printer = Some("attic".parse().unwrap());
    assert_eq!(bench.said(), [Request::BedClear { printer, good: Some(3) }]);
}

#[tokio::test]
async fn a_page_of_yesterday_does_not_count_the_plate_of_today() {
    let mut bench = Bench::on_machine().await;
    for plate in ["plate=1000-6&", "", "plate=nonsense&"] {
        let answer = bench.own_form("/clear/attic", &format!("{plate}good=4")).await;
        has_status(&answer, 409);
    }
    assert_eq!(bench.said(), []);
}

#[tokio::test]
async fn a_page_from_before_its_owner_printed_the_plate_again_does_not_clear_that() {
    let mut again = waiting(End::Completed);
    again.last = Some(PlateReport { ordinal: 1, ..ended(End::Completed) });
    let mut bench = Bench::open("127.0.0.1:0", again).await;
    let page = bench.get("/clear/attic", "").await;
    assert!(page.contains(r#"name="plate" value="1000-7.1""#), "{page}");
    has_status(&bench.own_form("/clear/attic", "plate=1000-7&good=4").await, 409);
    assert_eq!(bench.said(), []);
    has_status(&bench.own_form("/clear/attic", "plate=1000-7.1&good=4").await, 303);
    assert_eq!(bench.said().len(), 1);
}

#[tokio::test]
async fn what_was_tapped_twice_is_done_once_and_the_number_said_last_stands() {
    let mut bench = Bench::open("127.0.0.1:0", cleared(4)).await;
    for form in ["plate=1000-7&good=4", "plate=1000-7"] {
        let answer = bench.own_form("/clear/attic", &format!("{form}&back=/clear/attic")).await;
        has_status(&answer, 303);
        assert!(answer.contains("location: /clear/attic?done=clear\r\n"), "{answer}");
    }
    assert_eq!(bench.said(), []);
    has_status(&bench.own_form("/clear/attic", "plate=1000-7&good=3").await, 303);
    let (printer, plate) = (Some("attic".parse().unwrap()), "1000-7".parse().ok());
    assert_eq!(bench.said(), [Request::Recount { printer, plate, good: 3 }]);
    has_status(&bench.own_form("/clear/attic", "plate=1000-6&good=4").await, 409);
    assert_eq!(bench.said(), []);
}

#[tokio::test]
async fn a_bed_that_is_in_doubt_again_is_not_cleared_by_a_second_tap() {
    let mut doubted = cleared(4);
    doubted.status.bed = Bed::Occupied;
    doubted.status.waits_for = Some(WaitsFor::BedClear);
    let mut bench = Bench::open("127.0.0.1:0", doubted).await;
    has_status(&bench.own_form("/clear/attic", "plate=1000-7&good=4").await, 409);
    assert_eq!(bench.said(), []);
}

#[tokio::test]
async fn a_count_is_of_the_plate_that_it_was_typed_for() {
    let mut bench = Bench::open("127.0.0.1:0", cleared(4)).await;
    let page = bench.get("/printers/attic", "").await;
    let (_, form) = page.split_once(r#"action="/recount/attic""#).unwrap();
    let (form, _) = form.split_once("</form>").unwrap();
    assert!(form.contains(r#"name="plate" value="1000-7""#), "{form}");
    // The page is one of before the plate that is the last now.
    has_status(&bench.own_form("/recount/attic", "plate=1000-6&good=3").await, 303);
    let (printer, plate) = (Some("attic".parse().unwrap()), "1000-6".parse().ok());
    assert_eq!(bench.said(), [Request::Recount { printer, plate, good: 3 }]);
    for nameless in ["good=3", "plate=&good=3", "plate=nonsense&good=3"] {
        has_status(&bench.own_form("/recount/attic", nameless).await, 409);
    }
    assert_eq!(bench.said(), []);
}

#[tokio::test]
async fn a_number_that_is_none_is_refused_in_words() {
    let mut bench = Bench::on_machine().await;
    for path in ["/clear/attic", "/recount/attic"] {
        for good in ["four", "-1", "<b>"] {
            let answer = bench.own_form(path, &format!("plate=1000-7&good={good}")).await;
            has_status(&answer, 422);
            assert!(!answer.contains("<b>"), "{answer}");
        }
    }
    has_status(&bench.own_form("/recount/attic", "plate=1000-7").await, 422);
    assert_eq!(bench.said(), []);
}

#[tokio::test]
async fn pauses_and_counts_go_where_the_commands_go() {
    let mut bench = Bench::on_machine().await;
    for path in ["/pause/attic", "/resume/attic", "/recount/attic", "/spool/attic"] {
        let form = "plate=1000-7&good=2&grams=750&back=%2Fevil.example";
        has_status(&bench.own_form(path, form).await, 303);
    }
    let printer = || Some("attic".parse().unwrap());
    let said = [
        Request::Pause { printer: printer() },
        Request::Resume { printer: printer() },
        Request::Recount { printer: printer(), plate: "1000-7".parse().ok(), good: 2 },
        Request::Spool { printer: printer(), grams: Some(750) },
    ];
    assert_eq!(bench.said(), said);
    has_status(&bench.own_form("/read/1774310400123", "").await, 303);
    let memo = Some(visorfarm_protocol::id::MemoId(1_774_310_400_123));
    assert_eq!(bench.said(), [Request::Read { memo }]);
    has_status(&bench.own_form("/read/attic", "").await, 404);
    has_status(&bench.own_form("/spool/attic", "grams=").await, 303);
    assert_eq!(bench.said(), [Request::Spool { printer: printer(), grams: None }]);
    has_status(&bench.own_form("/spool/attic", "grams=0.75+kg").await, 422);
    assert_eq!(bench.said(), []);
}

#[tokio::test]
async fn hours_are_written_into_the_settings_and_wrong_ones_are_not() {
    let bench = Bench::on_machine().await;
    let answer = bench
        .own_form("/settings/attic", "hours=08%3A00-22%3A00&longest=1%2C5&materials=petg")
        .await;
    has_status(&answer, 303);
    assert!(answer.contains("location: /printers/attic?done=settings\r\n"), "{answer}");
    let written = std::fs::read_to_string(bench.folder.path().join("agent.toml")).unwrap();
    let line = "\"ender3\" # mine\n";
    assert!(written.contains(line), "{written}");
    for line in
        ["hours = [\"08:00-22:00\"]\n", "max_print_hours = 1.5\n", "materials = [\"petg\"]\n"]
    {
        assert!(written.contains(line), "{written}");
    }
    let page = bench.get("/printers/attic", "").await;
    assert!(page.contains(r#"value="08:00-22:00""#), "{page}");

    let shown = "was-hours=08%3A00-22%3A00&was-longest=1.5&was-materials=petg";
    let typed = format!("{shown}&hours=8-22&longest=%22%3E%3Cb%3E&materials=petg");
    let answer = bench.own_form("/settings/attic", &typed).await;
    has_status(&answer, 422);
    assert!(answer.contains("value=\"8-22\"") && !answer.contains("<b>"), "{answer}");
    let after = std::fs::read_to_string(bench.folder.path().join("agent.toml")).unwrap();
    assert_eq!(after, written);
}

#[tokio::test]
async fn a_page_of_yesterday_writes_only_what_was_changed_on_it() {
    let bench = Bench::on_machine().await;
    let path = bench.folder.path().join("agent.toml");
    let settings = || std::fs::read_to_string(&path).unwrap();
    let edited = format!("{SETTINGS}materials = [\"PETG\"]\nhours = [\"08:00-22:00\"]\n");
    std::fs::write(&path, &edited).unwrap();
    // The page knew of no hours, and of other filament.
    let shown = "was-materials=PLA&materials=PLA";
    let answer = bench.own_form("/settings/attic", &format!("{shown}&longest=12")).await;
    has_status(&answer, 303);
    let now = settings();
    for line in ["materials = [\"PETG\"]", "hours = [\"08:00-22:00\"]", "max_print_hours = 12"] {
        assert!(now.contains(line), "{now}");
    }
    let answer = bench.own_form("/settings/attic", &format!("{shown}&hours=20:00-07:30")).await;
    has_status(&answer, 409);
    assert!(answer.contains("Hours: changed elsewhere") && answer.contains("to 08:00-22:00"));
    assert!(answer.contains(r#"value="20:00-07:30""#), "{answer}");
    assert_eq!(settings(), now);
    // That page shows what stands there now: saved again, what was typed is meant.
    let told = "was-hours=08:00-22:00&was-longest=12&was-materials=PETG";
    for field in ["was-hours\" value=\"08:00-22:00\"", "was-materials\" value=\"PETG\""] {
        assert!(answer.contains(field), "{answer}");
    }
    let typed = format!("{told}&hours=20:00-07:30&longest=12&materials=PLA");
    has_status(&bench.own_form("/settings/attic", &typed).await, 303);
    let now = settings();
    assert!(now.contains("20:00-07:30") && now.contains("materials = [\"PLA\"]"), "{now}");
}
