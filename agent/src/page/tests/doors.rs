//! Over a real socket: who is let in.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::bench::{Bench, SETTINGS, has_status};
use super::*;
use crate::config::page::Listen;
use crate::local::PageState;
use crate::state_dir::StateDir;

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
        "/bell.js",
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
