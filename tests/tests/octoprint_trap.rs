//! The agent's client against servers that are not what they should be.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use visorfarm_agent::octoprint::appkeys::{AppKeys, NotAsked};
use visorfarm_agent::octoprint::push::{Lost, PushEvent, watch};
use visorfarm_agent::octoprint::rest::{Rest, RestError, StartError};

const VERSION: &str = r#"{"api":"0.1","server":"1.11.8","text":"OctoPrint 1.11.8"}"#;

/// What OctoPrint's stand-in sends during a start: no status line, nothing else.
const STAND_IN: &str = "Not found";

/// Answers the n-th connection with what `answers` says, and counts the connections.
async fn server(
    answers: impl Fn(usize) -> Vec<u8> + Send + 'static,
) -> (SocketAddr, Arc<AtomicUsize>) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let answer = answers(counted.fetch_add(1, Ordering::SeqCst));
            tokio::spawn(async move {
                let mut request = [0; 4096];
                drop(stream.read(&mut request).await);
                drop(stream.write_all(&answer).await);
                drop(stream.shutdown().await);
            });
        }
    });
    (address, connections)
}

fn http(status: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nLocation: http://127.0.0.1:9/\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn client(address: SocketAddr) -> Rest {
    Rest::new(&format!("http://{address}"), "KEY").unwrap()
}

#[tokio::test]
async fn a_question_survives_the_start_of_the_server() {
    let (address, connections) = server(|n| match n {
        0 | 1 => STAND_IN.into(),
        _ => http("200 OK", VERSION.as_bytes()),
    })
    .await;
    assert_eq!(client(address).version().await.unwrap().number, Some((1, 11, 8)));
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_command_is_sent_once_and_is_unsure_when_no_http_answers_it() {
    let (address, connections) = server(|_| STAND_IN.into()).await;
    let rest = client(address);
    let started = rest.start("visorfarm/a.gcode").await;
    assert!(matches!(started, Err(StartError::Unsure { .. })), "{started:?}");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    let deleted = rest.delete("visorfarm/a.gcode").await;
    assert!(matches!(deleted, Err(RestError::NotHttp { .. })), "{deleted:?}");
    assert_eq!(connections.load(Ordering::SeqCst), 2);
    let asked = rest.version().await;
    assert!(matches!(asked, Err(RestError::NotHttp { .. })), "{asked:?}");
}

#[tokio::test]
async fn a_command_that_met_a_closed_door_is_unsure() {
    let (address, connections) = server(|_| Vec::new()).await;
    let started = client(address).start("visorfarm/a.gcode").await;
    assert!(matches!(started, Err(StartError::Unsure { .. })), "{started:?}");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_answer_is_read_to_a_limit_and_a_redirect_is_not_followed() {
    let (address, _) = server(|_| http("200 OK", &vec![b'['; 5 << 20])).await;
    assert!(matches!(client(address).version().await, Err(RestError::TooLarge)));

    let (address, connections) = server(|_| http("302 Found", b"")).await;
    let told = client(address).version().await;
    assert!(matches!(told, Err(RestError::Refused { status: 302, .. })), "{told:?}");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    let started = client(address).start("a.gcode").await;
    assert!(matches!(started, Err(StartError::Unsure { .. })), "{started:?}");
}

#[tokio::test]
async fn a_json_of_another_shape_is_unreadable() {
    let (address, _) = server(|_| http("200 OK", b"[[[{}]]]")).await;
    let rest = client(address);
    assert!(matches!(rest.version().await, Err(RestError::Unreadable { .. })));
    assert!(matches!(rest.file("a.gcode").await, Err(RestError::Unreadable { .. })));
    assert!(matches!(rest.free_bytes().await, Err(RestError::Unreadable { .. })));
}

#[tokio::test]
async fn a_server_that_is_none_is_told_once_and_keys_are_not_asked_of_it() {
    let (address, connections) = server(|_| http("200 OK", b"{}")).await;
    let (sink, mut events) = mpsc::channel(8);
    let watching = tokio::spawn(watch(client(address), sink));
    assert_eq!(events.recv().await, Some(PushEvent::Lost(Lost::Garbled)));
    let heard = timeout(Duration::from_secs(20), async {
        while connections.load(Ordering::SeqCst) < 3 {
            tokio::task::yield_now().await;
        }
    });
    heard.await.expect("the watcher tries again");
    assert!(events.try_recv().is_err(), "the same loss was told twice");
    drop(events);
    watching.await.unwrap();

    let asked = AppKeys::new(&format!("http://{address}")).unwrap().ask("agent", None).await;
    assert!(matches!(asked, Err(NotAsked::NotSupported)), "{asked:?}");
}
