use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::mpsc;
use visorfarm_protocol::id::{Epoch, LeaseId};
use visorfarm_protocol::letters::About;
use visorfarm_protocol::message::{End, Plate, Return};
use visorfarm_protocol::status::{Activity, Bed, Cause, WaitsFor};

use super::render::{Language, not_running_read_only, render};
use super::*;

fn printer(name: &str) -> PrinterId {
    name.parse().unwrap()
}

fn report() -> PrinterReport {
    let status = PrinterStatus {
        printer: printer("ender"),
        activity: Activity::Printing,
        bed: Bed::Occupied,
        waits_for: None,
        lease: Some(LeaseId { epoch: Epoch(1), number: 7 }),
        fraction: Some(0.42),
        seconds_left: Some(3900),
        nozzle_celsius: Some(240.2),
        bed_celsius: Some(79.8),
        filament_left_grams: None,
        fault: None,
    };
    PrinterReport {
        title: "Ender 3 in the attic".to_owned(),
        status,
        purpose: Some("visors for the hospital".to_owned()),
        plate: None,
        paused: false,
        short_of_grams: None,
        since: Some(1000),
        on_bed: None,
        last: None,
        printed: Vec::new(),
        card: None,
        happened: Vec::new(),
    }
}

/// An agent that is connected, and serves these printers.
pub(crate) fn status(printers: Vec<PrinterReport>) -> Status {
    Status {
        software: "visorfarm-agent 0.1.0".to_owned(),
        link: LinkState::Online,
        facts_untold: 0,
        config_error: None,
        page: None,
        letters: None,
        memos: Vec::new(),
        printers,
    }
}

/// An agent that answers every request with the same.
async fn agent(answer: Answer) -> (tempfile::TempDir, PathBuf, mpsc::UnboundedReceiver<Request>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.sock");
    let door = Door::bind(&path).await.unwrap();
    let (asked, mut requests) = mpsc::channel::<Asked>(1);
    let (seen, received) = mpsc::unbounded_channel();
    tokio::spawn(door.run(asked));
    tokio::spawn(async move {
        while let Some((request, reply)) = requests.recv().await {
            drop(seen.send(request));
            reply.send(answer.clone()).unwrap();
        }
    });
    (folder, path, received)
}

#[tokio::test]
async fn a_request_is_answered() {
    let answer = Answer::Status(status(vec![report()]));
    let (_folder, path, mut requests) = agent(answer.clone()).await;
    for request in [
        Request::Status,
        Request::BedClear { printer: Some(printer("ender")), good: Some(3) },
        Request::Recount { printer: None, plate: None, good: 3 },
        Request::Recount { printer: None, plate: Some(last().print()), good: 3 },
        Request::Spool { printer: None, grams: Some(750) },
        Request::Read { memo: Some(MemoId(7)) },
        Request::Pause { printer: None },
    ] {
        assert_eq!(ask(&path, &request).await.unwrap(), answer);
        assert_eq!(requests.recv().await, Some(request));
    }
}

#[tokio::test]
async fn only_the_owner_can_ask() {
    let (_folder, path, _) = agent(Answer::Done { printers: Vec::new() }).await;
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn nonsense_is_refused_and_the_next_is_answered() {
    let done = Answer::Done { printers: Vec::new() };
    let (_folder, path, _) = agent(done.clone()).await;
    let huge = vec![b'['; 100_000];
    for nonsense in [b"\n".as_slice(), b"{\"request\":\"explode\"}\n", &huge] {
        let mut stream = UnixStream::connect(&path).await.unwrap();
        // It may stop to listen before the end.
        drop(stream.write_all(nonsense).await);
        let mut answer = Vec::new();
        if stream.read_to_end(&mut answer).await.is_ok() && !answer.is_empty() {
            let answer: Answer = serde_json::from_slice(&answer).unwrap();
            assert_eq!(answer, Answer::Refused(Refusal::NotUnderstood));
        }
    }
    assert_eq!(ask(&path, &Request::Status).await.unwrap(), done);
}

#[test]
fn a_pause_in_mid_print_is_told() {
    let paused = PrinterReport { paused: true, ..report() };
    let told = render(&Answer::Status(status(vec![paused])), Language::English, 1060);
    let line = "paused: nothing is printed after this one; to go on: visorfarm-agent resume ender";
    assert!(told.contains(line), "{told}");
    let told = render(&Answer::Status(status(vec![report()])), Language::English, 1060);
    assert!(!told.contains("paused"), "{told}");
}

#[tokio::test]
async fn an_agent_that_is_stopping_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.sock");
    let door = Door::bind(&path).await.unwrap();
    let (asked, mut requests) = mpsc::channel::<Asked>(1);
    tokio::spawn(door.run(asked));
    // Takes one request, and lets its answer fall.
    tokio::spawn(async move { drop(requests.recv().await) });
    let answer = ask(&path, &Request::Status).await.unwrap();
    assert_eq!(answer, Answer::Refused(Refusal::NotNow));
}

#[tokio::test]
async fn a_socket_that_a_killed_agent_left_is_taken_over_but_not_a_running_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(matches!(ask(&path, &Request::Status).await, Err(AskError::NotRunning { .. })));
    let door = Door::bind(&path).await.unwrap();
    let error = Door::bind(&path).await.unwrap_err();
    let named = format!("as process {}", std::process::id());
    assert!(error.to_string().contains(&named), "{error}");
    drop(door);
    assert!(!path.exists());
    assert!(matches!(ask(&path, &Request::Status).await, Err(AskError::NotRunning { .. })));
}

#[test]
fn what_to_do_next_comes_first() {
    let mut waiting = report();
    waiting.status.activity = Activity::Idle;
    waiting.status.waits_for = Some(WaitsFor::BedClear);
    waiting.last = Some(last());
    (waiting.status.fraction, waiting.status.seconds_left) = (None, None);
    let lease = LeaseId { epoch: Epoch(1), number: 7 };
    let returned = Fact::Returned { lease, why: Return::Disk, note: "9 bytes\u{7}free".into() };
    waiting.happened =
        vec![Happened { at: 940, fact: returned }, Happened { at: 1000, fact: ended() }];
    let answer = Answer::Status(status(vec![waiting]));
    assert_eq!(
        render(&answer, Language::English, 1060),
        "\
Ender 3 in the attic (ender)
  >> take the pieces off the bed, then: visorfarm-agent bed-clear ender
  idle, for 1 min
  for: visors for the hospital
  bed in use, 240 °C / 80 °C
  last plate: 4 × visor-band r3, not counted yet (1-7)
  - 2 min ago: job given back: no room on the disk (9 bytes free)
  - 1 min ago: print finished

Coordinator: connected
visorfarm-agent 0.1.0
"
    );
}

/// What cannot be known is said in the first line of a printer, with the one thing to do next.
#[track_caller]
fn check_unknown(
    waits_for: WaitsFor,
    last: Option<PlateReport>,
    says: [&str; 2],
    to_do: [&str; 2],
) {
    let mut report = PrinterReport { last, ..report() };
    report.status.waits_for = Some(waits_for);
    for (language, (says, to_do)) in
        [Language::English, Language::French].into_iter().zip(says.into_iter().zip(to_do))
    {
        let told = render(&Answer::Status(status(vec![report.clone()])), language, 1060);
        let need = told.lines().nth(1).unwrap();
        assert!(need.starts_with("  >> ") && need.contains(says) && need.contains(to_do), "{told}");
    }
}

#[test]
fn what_nobody_can_know_is_said_with_the_one_thing_to_do() {
    check_unknown(
        WaitsFor::Look,
        Some(last()),
        ["it is not known how the print ended", "on ignore comment l’impression a fini"],
        ["bed-clear ender --good N", "bed-clear ender --good N"],
    );
    check_unknown(
        WaitsFor::Copied,
        Some(last()),
        ["two machines have this agent's identity", "deux machines ont l’identité de cet agent"],
        ["switch one off", "arrêtez\u{2011}en une"],
    );
    check_unknown(
        WaitsFor::BedClear,
        None,
        ["its journal was lost", "son journal a été perdu"],
        ["then: visorfarm-agent bed-clear ender", "puis : visorfarm-agent bed-clear ender"],
    );
    check_unknown(
        WaitsFor::Disk,
        Some(last()),
        ["disk of this machine", "disque de cette machine"],
        ["make room", "libérez de la place"],
    );
}

#[test]
fn a_disk_that_can_only_be_read_is_told_wherever_somebody_asks() {
    let mut report = report();
    report.status.waits_for = Some(WaitsFor::Disk);
    report.status.fault = Some(Cause::ReadOnly.sentence().to_owned());
    let status = Answer::Status(status(vec![report]));
    let refused = Answer::Refused(Refusal::ReadOnly);
    for (language, says, to_do) in [
        (Language::English, "can only be read, so nothing is started", "restart this machine"),
        (
            Language::French,
            "ne peut plus être écrit\u{a0}: rien n’est lancé",
            "redémarrez cette machine",
        ),
    ] {
        let all = [render(&status, language, 1060), render(&refused, language, 1060)];
        for told in all.into_iter().chain([not_running_read_only(language)]) {
            let line = told.lines().find(|line| line.contains(says));
            assert!(line.is_some_and(|line| line.contains(to_do)), "{told}");
            assert!(!told.contains("make room") && !told.contains("libérez"), "{told}");
        }
    }
}

#[tokio::test]
async fn an_agent_that_ends_before_it_answers_is_not_taken_for_another_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.sock");
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        // All of the question: what is left unread would break the connection.
        let mut byte = [0];
        while byte != *b"\n" {
            stream.read_exact(&mut byte).await.unwrap();
        }
    });
    assert!(matches!(ask(&path, &Request::Status).await, Err(AskError::Ended { .. })));
}

fn last() -> PlateReport {
    let lease = LeaseId { epoch: Epoch(1), number: 7 };
    PlateReport {
        lease,
        ordinal: 0,
        plate: plate(),
        end: End::Completed,
        good: None,
        purpose: None,
    }
}

fn plate() -> Plate {
    Plate {
        request: RequestId(1),
        job: visorfarm_protocol::id::JobId(2),
        design: "visor-band".parse().unwrap(),
        revision: "r3".parse().unwrap(),
        profile: "ender3".parse().unwrap(),
        digest: crate::testing::digest(b""),
        pieces: 4,
    }
}

fn ended() -> Fact {
    Fact::Ended {
        lease: LeaseId { epoch: Epoch(1), number: 7 },
        ordinal: 0,
        end: End::Completed,
        plate: plate(),
        seconds: None,
        note: String::new(),
    }
}

#[test]
fn what_is_left_on_the_spool_is_told_and_what_to_do_when_nothing_is() {
    let mut report = report();
    report.status.filament_left_grams = Some(12);
    report.short_of_grams = Some(39);
    let answer = Answer::Status(status(vec![report.clone()]));
    let told = render(&answer, Language::English, 1060);
    let line = "  12 g of filament left; a plate like the last needs 39 g: only smaller ones are \
                asked for\n";
    assert!(told.contains(line), "{told}");
    report.status.waits_for = Some(WaitsFor::Filament);
    let told = render(&Answer::Status(status(vec![report])), Language::French, 1060);
    assert!(told.contains("  >> la bobine est vide : "), "{told}");
    assert!(told.contains("visorfarm-agent spool 750 --printer ender\n"), "{told}");
}

#[test]
fn what_the_farm_wrote_comes_first_and_says_how_to_say_that_it_is_read() {
    let text = "Merci !\u{1b}[2J Ten more by Friday?".to_owned();
    let memo = Memo { memo: MemoId(7), text, at: 1000 };
    let answer = Status { memos: vec![memo], ..status(vec![report()]) };
    let told = render(&Answer::Status(answer), Language::English, 1060);
    let begins = "From your farm (1 min ago) Merci ! [2J Ten more by Friday?\n  >> when you have \
                  read it: visorfarm-agent read\n\nEnder 3 in the attic (ender)\n";
    assert!(told.starts_with(begins), "{told:?}");
}

#[test]
fn a_french_maker_reads_french() {
    let mut answer = status(vec![report()]);
    answer.link = LinkState::Offline { why: "I/O: timed out".to_owned() };
    answer.facts_untold = 3;
    assert_eq!(
        render(&Answer::Status(answer), Language::French, 91_000),
        "\
Ender 3 in the attic (ender)
  imprime, 42 %, encore 1 h 05, depuis 25 h 00
  pour : visors for the hospital
  plateau occupé, 240 °C / 80 °C

Coordinateur : pas connecté : I/O: timed out
3 faits sont gardés jusqu’à ce que le coordinateur les ait reçus
visorfarm-agent 0.1.0
"
    );
}

#[test]
fn a_count_says_which_plate_was_counted() {
    let plate = PlateReport {
        ordinal: 1,
        good: Some(3),
        purpose: Some("CHU\u{1b}[2J".to_owned()),
        ..last()
    };
    let answer = Answer::Counted { printer: printer("ender"), plate: Box::new(plate) };
    for (language, told) in [
        (Language::English, "ender: 4 × visor-band r3, for CHU [2J, 3 of 4 good (1-7.1)\n"),
        (Language::French, "ender : 4 × visor-band r3, pour CHU [2J, 3 bonnes sur 4 (1-7.1)\n"),
    ] {
        assert_eq!(render(&answer, language, 0), told);
    }
    let json = serde_json::to_string(&answer).unwrap();
    assert_eq!(serde_json::from_str::<Answer>(&json).unwrap(), answer);
}

#[test]
fn one_is_not_said_as_several() {
    let ender = || printer("ender");
    for (language, facts, refused) in [
        (
            Language::English,
            ["1 fact is kept", "3 facts are"],
            ["is only 1 piece on", "are only 3 pieces"],
        ),
        (
            Language::French,
            ["1 fait est gardé", "3 faits sont"],
            ["que 1 pièce sur", "que 3 pièces"],
        ),
    ] {
        for (number, (fact, piece)) in [1, 3].into_iter().zip(facts.into_iter().zip(refused)) {
            let told = around::untold(u64::from(number), language);
            assert!(told.contains(fact), "{told}");
            let told = refusals::refusal(&Refusal::TooManyPieces { pieces: number }, language);
            assert!(told.contains(piece), "{told}");
            let look = Refusal::SayHowMany { printer: ender(), pieces: number };
            let told = refusals::refusal(&look, language);
            assert!(!told.contains("1 pieces") && !told.contains("1 pièces"), "{told}");
        }
    }
    let one = PlateReport { plate: Plate { pieces: 1, ..plate() }, good: Some(1), ..last() };
    let counted = [Language::English, Language::French].map(|l| plates::counted(&one, l));
    assert_eq!(counted, ["1 of 1 good", "1 bonne sur 1"]);
}

#[test]
fn one_piece_is_not_said_as_several_in_french() {
    let lease = LeaseId { epoch: Epoch(1), number: 7 };
    for (good, bad, told) in [
        (3, 1, "plateau vidé : 3 bonnes, 1 mauvaise"),
        (1, 0, "plateau vidé : 1 bonne, 0 mauvaise"),
        (0, 4, "plateau vidé : 0 bonne, 4 mauvaises"),
    ] {
        let judged = Fact::Judged { lease, ordinal: 0, good, bad };
        assert_eq!(plates::fact(&judged, Language::French), told);
    }
}

#[test]
fn what_others_wrote_does_not_command_the_terminal() {
    let mut hostile = report();
    hostile.title = "\u{1b}]0;owned\u{7}".to_owned();
    hostile.purpose = Some("\u{1b}[2J\nCoordinator: connected".to_owned());
    hostile.status.fault = Some("\r\u{9b}31m".to_owned());
    let mut answer = status(vec![hostile]);
    answer.link = LinkState::Offline { why: "\u{1b}c".to_owned() };
    let lines = render(&Answer::Status(answer), Language::English, 1060);
    assert!(!lines.chars().any(|c| c.is_control() && c != '\n'), "{lines:?}");
    assert_eq!(lines.matches("\nCoordinator:").count(), 1);
}

#[test]
fn a_maker_is_told_where_the_page_is_and_how_to_open_it() {
    let open = |reach| PageState::Open { url: "http://192.168.1.5:7125".to_owned(), reach };
    let failed = PageState::Failed { listen: "1.2.3.4:80".to_owned(), why: "\u{1b}c".to_owned() };
    for (page, line) in [
        (PageState::Off, "Your page: off, by your settings\n"),
        (PageState::Starting, "Your page: being opened\n"),
        (open(Reach::Machine), "Your page: http://192.168.1.5:7125, on this machine only\n"),
        (open(Reach::Network), "5:7125, with the PIN that `visorfarm-agent page-pin` shows\n"),
        (failed, "Your page: cannot be opened at 1.2.3.4:80:  c\n"),
    ] {
        let answer = Answer::Status(Status { page: Some(page), ..status(Vec::new()) });
        let told = render(&answer, Language::English, 1060);
        assert!(told.contains(line), "{told}");
    }
}

#[test]
fn a_maker_is_told_what_becomes_of_letters() {
    let notices = crate::config::notices::Notices {
        mail: "anne@farm.example".parse().unwrap(),
        about: [About::Beds].into(),
        language: None,
    };
    let wish = notices.wish(Language::English);
    for (farm, says) in [
        (None, "has not said yet"),
        (Some(Letters::None), "the farm sends no letters"),
        (Some(Letters::Unconfirmed), "open the link in the letter"),
        (Some(Letters::Confirmed), "you are told there"),
        (Some(Letters::Ended), "ended by the link"),
        (Some(Letters::Lapsed), "within a day"),
        (Some(Letters::Refused), "does not take this address"),
    ] {
        let letters = Some(Box::new(LettersReport { wish: wish.clone(), farm }));
        let answer = Answer::Status(Status { letters, ..status(Vec::new()) });
        let told = render(&answer, Language::English, 1060);
        let line = told.lines().find(|line| line.starts_with("Letters: anne@farm.example: "));
        assert!(line.unwrap().contains(says), "{told}");
        let french = render(&answer, Language::French, 1060);
        assert!(french.contains("\nCourriels : anne@farm.example : "), "{french}");
        let json = serde_json::to_string(&answer).unwrap();
        assert_eq!(serde_json::from_str::<Answer>(&json).unwrap(), answer);
    }
    let told = render(&Answer::Status(status(Vec::new())), Language::English, 1060);
    assert!(!told.contains("Letters:"), "{told}");
}

#[test]
fn a_status_survives_the_socket() {
    let answer = Answer::Status(status(vec![report()]));
    let json = serde_json::to_string(&answer).unwrap();
    assert_eq!(serde_json::from_str::<Answer>(&json).unwrap(), answer);
}
