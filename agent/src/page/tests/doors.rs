//! Over a real socket: who is let in, and what is done for them.

use std::net::SocketAddr;
use std::path::PathBuf;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use visorfarm_protocol::id::RequestId;
use visorfarm_protocol::letters::Letters;
use visorfarm_protocol::message::Fact;

use super::super::{Page, Surroundings};
use super::*;
use crate::clock::Clock;
use crate::config::page::Listen;
use crate::local::render::Language;
use crate::local::{Answer, Asked, Happened, LettersReport, PageState, Request, Status, Tally};
use crate::state_dir::StateDir;

const SETTINGS: &str = "\
[[printer]]
name = \"attic\"
octoprint = \"http://localhost:5000\"
profile = \"ender3\" # mine
";

/// A page with an agent behind it whose printer is as told.
struct Bench {
    folder: TempDir,
    page: Page,
    address: SocketAddr,
    asked: mpsc::UnboundedReceiver<Request>,
    _agent: JoinSet<()>,
}

impl Bench {
    async fn open(listen: &str, report: PrinterReport) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("agent.toml"), SETTINGS).unwrap();
        let (asks, requests) = mpsc::channel(1);
        let (seen, asked) = mpsc::unbounded_channel();
        let mut agent = JoinSet::new();
        let config = folder.path().join("agent.toml");
        agent.spawn(act_as_agent(requests, report, seen, config.clone()));
        let state = StateDir::open(&folder.path().join("state")).unwrap();
        let surroundings = Surroundings { asks, state, config, clock: Clock::start() };
        let page = Page::open(Listen::At(listen.parse().unwrap()), surroundings);
        let address = loop {
            match page.state() {
                PageState::Open { url, .. } => {
                    let (_, port) = url.rsplit_once(':').unwrap();
                    break SocketAddr::from(([127, 0, 0, 1], port.parse().unwrap()));
                }
                PageState::Starting => tokio::task::yield_now().await,
                other @ (PageState::Off | PageState::Failed { .. }) => panic!("{other:?}"),
            }
        };
        Self { folder, page, address, asked, _agent: agent }
    }

    /// On this machine only, with a finished plate on the bed.
    async fn on_machine() -> Self {
        Self::open("127.0.0.1:0", waiting(End::Completed)).await
    }

    /// Sends bytes as they are, and returns all that comes back.
    async fn send(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8(answer).unwrap()
    }

    async fn get(&self, path: &str, more: &str) -> String {
        let host = self.address;
        self.send(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n").as_bytes()).await
    }

    async fn post(&self, path: &str, form: &str, more: &str) -> String {
        let (host, length) = (self.address, form.len());
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n"
        );
        self.send(format!("{head}{more}\r\n{form}").as_bytes()).await
    }

    /// As a browser sends a form of this page.
    async fn own_form(&self, path: &str, form: &str) -> String {
        self.post(path, form, &format!("Origin: http://{}\r\n", self.address)).await
    }

    /// Returns what was asked besides how everything is.
    fn said(&mut self) -> Vec<Request> {
        let mut said = Vec::new();
        while let Ok(request) = self.asked.try_recv() {
            said.extend(Some(request).filter(|request| *request != Request::Status));
        }
        said
    }

    fn pin(&self) -> String {
        StateDir::open(&self.folder.path().join("state")).unwrap().page_pass().unwrap().pin
    }
}

/// Answers as an agent does whose watcher reads the settings at once.
async fn act_as_agent(
    mut requests: mpsc::Receiver<Asked>,
    mut report: PrinterReport,
    seen: mpsc::UnboundedSender<Request>,
    config: PathBuf,
) {
    while let Some((request, reply)) = requests.recv().await {
        let answer = if request == Request::Status {
            let settings = crate::config::Config::load(&config).unwrap();
            let consent = settings.printers.first().map(crate::config::PrinterConfig::consent);
            report.card.as_mut().unwrap().consent = consent;
            let wish = settings.notices.map(|notices| notices.wish(Language::English));
            let report_of = |wish| Box::new(LettersReport { wish, farm: Some(Letters::None) });
            let letters = wish.map(report_of);
            Answer::Status(Status { letters, ..status(vec![report.clone()]) })
        } else {
            Answer::Done { printers: Vec::new() }
        };
        drop(seen.send(request));
        drop(reply.send(answer));
    }
}

#[track_caller]
fn has_status(answer: &str, status: u16) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
}

#[tokio::test]
async fn the_page_says_where_letters_go_and_what_the_farm_says_to_that() {
    let bench = Bench::on_machine().await;
    assert!(!bench.get("/", "").await.contains("Letters to"));
    let settings = format!("{SETTINGS}\n[notices]\nmail = \"anne@farm.example\"\n");
    std::fs::write(bench.folder.path().join("agent.toml"), settings).unwrap();
    let page = bench.get("/", "").await;
    assert!(page.contains("Letters to anne@farm.example: the farm sends no letters."), "{page}");
    let page = bench.get("/printers/attic", "").await;
    let (_, told) = page.split_once("What the farm may see").unwrap();
    assert!(told.contains("the address for your letters"), "{told}");
}

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
async fn a_form_of_another_page_does_nothing() {
    let mut bench = Bench::on_machine().await;
    for more in ["", "Origin: null\r\n", "Origin: http://evil.example\r\n"] {
        for path in [
            "/clear/attic",
            "/pause/attic",
            "/spool/attic",
            "/read/1",
            "/settings/attic",
            "/language",
            "/pin",
        ] {
            has_status(&bench.post(path, "plate=1000-7&hours=08:00-09:00", more).await, 403);
        }
    }
    assert_eq!(bench.said(), []);
    let settings = std::fs::read_to_string(bench.folder.path().join("agent.toml")).unwrap();
    assert_eq!(settings, SETTINGS);
}

#[tokio::test]
async fn a_name_that_is_not_ours_leads_nowhere() {
    let bench = Bench::on_machine().await;
    for host in ["evil.example", "localhost.evil.example:7125", "192.168.1.5:7125"] {
        let answer = bench.send(format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await;
        has_status(&answer, 421);
        assert!(!answer.contains("attic"), "{answer}");
    }
    let nameless = bench.send(b"GET / HTTP/1.0\r\n\r\n").await;
    assert!(nameless.starts_with("HTTP/1.0 421 "), "{nameless}");
}

#[tokio::test]
async fn every_answer_says_what_a_browser_must_not_do() {
    let bench = Bench::on_machine().await;
    for path in [
        "/",
        "/printers/attic",
        "/card",
        "/style.css",
        "/page.js",
        "/notices.js",
        "/manifest.webmanifest",
        "/nowhere",
    ] {
        let answer = bench.get(path, "").await;
        for line in [
            "content-security-policy: default-src 'none';",
            "x-content-type-options: nosniff",
            "x-frame-options: DENY",
            "connection: close",
        ] {
            assert!(answer.contains(line), "{path}: {answer}");
        }
    }
}

#[tokio::test]
async fn what_is_no_request_of_ours_is_refused() {
    let mut bench = Bench::on_machine().await;
    has_status(&bench.get("/nowhere", "").await, 404);
    has_status(&bench.get("/printers/garage", "").await, 404);
    has_status(&bench.get("/pause/attic", "").await, 405);
    has_status(&bench.get("/", &format!("X: {}\r\n", "x".repeat(20_000))).await, 431);
    let long = format!("plate={}", "x".repeat(100_000));
    has_status(&bench.own_form("/clear/attic", &long).await, 413);
    let host = bench.address;
    let json = format!(
        "POST /pause/attic HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\
         Content-Type: text/plain\r\nContent-Length: 0\r\n\r\n"
    );
    has_status(&bench.send(json.as_bytes()).await, 415);
    has_status(&bench.send(b"nonsense\r\n\r\n").await, 400);
    assert_eq!(bench.said(), []);
}

#[tokio::test(start_paused = true)]
async fn who_only_holds_the_line_is_gone_and_others_are_served() {
    let bench = Bench::on_machine().await;
    let mut held = Vec::new();
    for _ in 0..40 {
        let mut stream = TcpStream::connect(bench.address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: ").await.unwrap();
        held.push(stream);
    }
    has_status(&bench.get("/", "").await, 200);
}

#[tokio::test]
async fn from_the_network_only_the_pin_opens() {
    let bench = Bench::open("0.0.0.0:0", waiting(End::Completed)).await;
    let answer = bench.get("/clear/attic", "").await;
    has_status(&answer, 303);
    assert!(answer.contains("location: /pin?back=/clear/attic\r\n"), "{answer}");
    assert!(!answer.contains("Ender"), "{answer}");
    has_status(&bench.own_form("/clear/attic", "plate=1000-7&good=4").await, 303);
    has_status(&bench.get("/style.css", "").await, 200);
    has_status(&bench.get("/pin?back=/clear/attic", "").await, 200);

    let wrong = bench.own_form("/pin", "pin=&back=/clear/attic").await;
    has_status(&wrong, 303);
    assert!(wrong.contains("location: /pin?refused=wrong&back=/clear/attic\r\n"), "{wrong}");
    for _reload in 0..10 {
        let again = bench.get("/pin?refused=wrong&back=/clear/attic", "").await;
        assert!(again.contains("This is not the PIN."), "{again}");
    }
    let right = format!("pin={}&back=%2Fclear%2Fattic", bench.pin());
    let answer = bench.own_form("/pin", &right).await;
    has_status(&answer, 303);
    assert!(answer.contains("location: /clear/attic\r\n"), "{answer}");
    let (_, cookie) = answer.split_once("set-cookie: ").unwrap();
    assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{answer}");
    let (kept, _) = cookie.split_once(';').unwrap();
    let kept = format!("Cookie: a=b; {kept}\r\n");
    has_status(&bench.get("/clear/attic", &kept).await, 200);

    let state = StateDir::open(&bench.folder.path().join("state")).unwrap();
    state.renew_page_pass().unwrap();
    has_status(&bench.get("/clear/attic", &kept).await, 303);
}

#[tokio::test]
async fn a_pin_cannot_be_guessed_for_long() {
    let bench = Bench::open("0.0.0.0:0", idle()).await;
    let wrong = if bench.pin() == "000000" { "pin=000001" } else { "pin=000000" };
    for _ in 0..5 {
        has_status(&bench.own_form("/pin", wrong).await, 303);
    }
    let right = format!("pin={}", bench.pin());
    let answer = bench.own_form("/pin", &right).await;
    assert!(answer.contains("location: /pin?refused=wrong&back=/\r\n"), "{answer}");
    assert!(!answer.contains("set-cookie"), "{answer}");
    let told = bench.get("/pin?refused=wrong&back=/", "").await;
    assert!(told.contains("Too many wrong PINs: try again in "), "{told}");
}

#[tokio::test]
async fn a_page_shows_the_latest_first_however_much_was_printed() {
    let mut busy = idle();
    busy.printed = (1..=20)
        .map(|request| Tally {
            request: RequestId(request),
            purpose: Some(format!("hospital {request}")),
            design: "visor-band".parse().unwrap(),
            plates: 2_000,
            pieces: 8_000,
            good: 7_900,
            bad: 100,
        })
        .collect();
    let fact = Fact::Accepted { lease: lease(7) };
    busy.happened = vec![Happened { at: 0, fact }; 20];
    let bench = Bench::open("127.0.0.1:0", busy).await;
    let page = bench.get("/printers/attic", "").await;
    for (part, first, folded) in
        [("-printed", "<tr><th scope=\"row\"", 15), ("-happened", "<li>", 15)]
    {
        let (_, part) = page.split_once(&format!("data-part=\"{part}\"")).unwrap();
        let (part, _) = part.split_once("</section>").unwrap();
        let (shown, rest) = part.split_once("<details>").unwrap();
        assert_eq!((shown.matches(first).count(), rest.matches(first).count()), (5, folded));
    }
    let places = ["hospital 20", "hospital 16", "<details>", "hospital 15", "hospital 1 "];
    let places = places.map(|text| page.find(text).unwrap_or_else(|| panic!("no {text}: {page}")));
    assert!(places.is_sorted(), "{places:?}");
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

#[tokio::test]
async fn the_language_is_the_browsers_until_it_is_switched() {
    let bench = Bench::on_machine().await;
    let french = "Accept-Language: fr-FR,en\r\n";
    assert!(bench.get("/", french).await.contains("Le plateau est vide"));
    let answer = bench.own_form("/language", "language=en&back=%2Fcard").await;
    assert!(answer.contains("location: /card\r\n"), "{answer}");
    assert!(answer.contains("set-cookie: visorfarm-language=en;"), "{answer}");
    let chosen = format!("{french}Cookie: visorfarm-language=en\r\n");
    assert!(bench.get("/", &chosen).await.contains("The bed is clear"));
}

#[tokio::test]
async fn a_card_has_a_code_only_where_a_phone_can_follow_it() {
    let bench = Bench::on_machine().await;
    let card = bench.get("/card", "").await;
    assert!(
        card.contains("listen = &#34;0.0.0.0:7125&#34;")
            || card.contains("listen = \"0.0.0.0:7125\""),
        "{card}"
    );
    assert!(!card.contains("<svg"), "{card}");
}

#[tokio::test]
async fn the_page_moves_when_its_maker_says_so() {
    let bench = Bench::on_machine().await;
    bench.page.listen(Listen::Off);
    let closed = async {
        while bench.page.state() != PageState::Off {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), closed).await.unwrap();
    assert!(TcpStream::connect(bench.address).await.is_err());
}
