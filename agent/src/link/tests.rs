use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::{Epoch, LeaseId};
use visorfarm_protocol::message::{FACTS_PER_MESSAGE_MAX, Fact, Numbered};

use super::*;
use crate::testing::{Authority, acceptor, membership, written_by_coordinators};

const SOON: Duration = Duration::from_secs(20);

const CONNECT: u8 = 0x10;
const PUBLISH: u8 = 0x30;
const SUBSCRIBE: u8 = 0x80;
const DISCONNECT: u8 = 0xe0;

/// A link and the broker that it connects to.
struct Bench {
    listener: TcpListener,
    outgoing: mpsc::Sender<Up>,
    incoming: mpsc::Receiver<Incoming>,
    run: JoinHandle<()>,
}

impl Bench {
    async fn new() -> Self {
        Self::with("mqtt", None).await
    }

    async fn with(scheme: &str, pin: Option<Digest>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let path = if scheme == "ws" { "/mqtt" } else { "" };
        let port = listener.local_addr().unwrap().port();
        let broker = format!("{scheme}://localhost:{port}{path}");
        // One that does not exist yet is left out.
        let brokers = ["quic://farm.example".to_owned(), broker];
        let link = Link::new(membership("http://localhost", pin, &brokers)).unwrap();
        let link = Link { backoff: Backoff::brief(), ..link };
        let (outgoing, received) = mpsc::channel(8);
        let (heard, incoming) = mpsc::channel(8);
        let run = tokio::spawn(link.run(received, heard));
        Self { listener, outgoing, incoming, run }
    }

    async fn accept(&self) -> Peer {
        let (stream, _) = timeout(SOON, self.listener.accept()).await.unwrap().unwrap();
        Peer { stream }
    }

    async fn news(&mut self) -> Incoming {
        timeout(SOON, self.incoming.recv()).await.expect("news soon").expect("the link runs")
    }

    /// Brings the link online.
    async fn online(&mut self) -> Peer {
        let mut broker = self.accept().await;
        broker.welcome().await;
        assert_eq!(self.news().await, Incoming::Online);
        broker
    }
}

/// A broker of few words.
struct Peer<S = TcpStream> {
    stream: S,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    /// Reads a packet that is no ping: its kind, and what follows the fixed header.
    async fn read(&mut self) -> (u8, Vec<u8>) {
        loop {
            let kind = timeout(SOON, self.stream.read_u8()).await.unwrap().unwrap();
            let (mut length, mut shift) = (0, 0);
            loop {
                let byte = self.stream.read_u8().await.unwrap();
                length |= usize::from(byte & 0x7f) << shift;
                shift += 7;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            let mut body = vec![0; length];
            self.stream.read_exact(&mut body).await.unwrap();
            if kind != 0xc0 {
                return (kind & 0xf0, body);
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Lets the agent in, and returns what it said of itself.
    async fn welcome(&mut self) -> (Vec<u8>, Vec<u8>) {
        let (kind, connect) = self.read().await;
        assert_eq!(kind, CONNECT);
        self.write(&[0x20, 2, 0, 0]).await;
        let (kind, subscribe) = self.read().await;
        assert_eq!(kind, SUBSCRIBE);
        self.write(&[0x90, 3, subscribe[0], subscribe[1], 1]).await;
        (connect, subscribe)
    }

    /// Reads a message, acknowledges it, and returns its topic and payload.
    async fn message(&mut self) -> (String, Vec<u8>) {
        let (kind, body) = self.read().await;
        assert_eq!(kind, PUBLISH);
        let (topic, rest) = body[2..].split_at(usize::from(u16::from_be_bytes([body[0], body[1]])));
        self.write(&[0x40, 2, rest[0], rest[1]]).await;
        (String::from_utf8(topic.to_vec()).unwrap(), rest[2..].to_vec())
    }

    async fn publish(&mut self, topic: &str, payload: &[u8]) {
        self.write(&packet(topic, payload)).await;
    }
}

/// Publishes what needs no acknowledgement.
fn packet(topic: &str, payload: &[u8]) -> Vec<u8> {
    let mut body = u16::try_from(topic.len()).unwrap().to_be_bytes().to_vec();
    body.extend_from_slice(topic.as_bytes());
    body.extend_from_slice(payload);
    let length = body.len();
    assert!(length < 128 * 128);
    let length = [u8::try_from(length % 128).unwrap() | 0x80, u8::try_from(length / 128).unwrap()];
    [&[PUBLISH], length.as_slice(), &body].concat()
}

fn status() -> Up {
    Up::Status { printers: Vec::new() }
}

fn facts(note_bytes: usize) -> Up {
    let lease = LeaseId { epoch: Epoch(1), number: 1 };
    let note = "x".repeat(note_bytes);
    let why = visorfarm_protocol::message::Return::Late;
    let fact = Fact::Returned { lease, why, note };
    let facts = vec![Numbered { seq: 1, fact }; FACTS_PER_MESSAGE_MAX];
    Up::Facts { printer: "ender".parse().unwrap(), facts, teller: None }
}

fn withdraw(why: &str) -> Down {
    Down::Withdraw {
        printer: "ender".parse().unwrap(),
        lease: LeaseId { epoch: Epoch(1), number: 1 },
        why: why.to_owned(),
        grant: None,
    }
}

#[tokio::test]
async fn it_says_who_it_is_and_subscribes_before_it_is_online() {
    let mut bench = Bench::new().await;
    let mut broker = bench.accept().await;
    let (connect, subscribe) = broker.welcome().await;
    // MQTT 3.1.1, user and password and a clean session, 30 s; client, user, password.
    let said = [b"\0\x04MQTT\x04\xc2\0\x1e\0\x02a7\0\x02a7\0\x06secret".as_slice()].concat();
    assert_eq!(String::from_utf8_lossy(&connect), String::from_utf8_lossy(&said));
    assert!(subscribe.ends_with(b"visorfarm/1/lyon/down/a7/+\x01"), "{subscribe:?}");
    assert_eq!(bench.news().await, Incoming::Online);
}

#[tokio::test]
async fn messages_go_both_ways() {
    let mut bench = Bench::new().await;
    let mut broker = bench.online().await;
    bench.outgoing.send(status()).await.unwrap();
    let (topic, payload) = broker.message().await;
    assert_eq!(topic, "visorfarm/1/lyon/up/a7/status");
    assert_eq!(Up::read(&payload).unwrap(), status());
    broker.publish("visorfarm/1/lyon/down/a7/withdraw", &withdraw("not needed").write()).await;
    assert_eq!(bench.news().await, Incoming::Down(withdraw("not needed")));
}

#[tokio::test]
async fn what_is_not_ours_or_not_readable_is_dropped() {
    let mut bench = Bench::new().await;
    let mut broker = bench.online().await;
    broker.publish("visorfarm/1/lyon/down/a8/withdraw", &withdraw("another's").write()).await;
    broker.publish("visorfarm/1/lyon/up/a7/withdraw", &withdraw("upwards").write()).await;
    broker.publish("visorfarm/1/lyon/down/a7/withdraw", b"{").await;
    broker.publish("visorfarm/1/lyon/down/a7/new", br#"{"v":1,"kind":"new"}"#).await;
    broker.publish("visorfarm/1/lyon/down/a7/withdraw", &withdraw("ours").write()).await;
    assert_eq!(bench.news().await, Incoming::Down(withdraw("ours")));
}

#[tokio::test]
async fn every_message_that_a_coordinator_ever_wrote_is_heard() {
    let mut bench = Bench::new().await;
    let mut broker = bench.online().await;
    for (name, payload) in written_by_coordinators() {
        let message = Down::read(&payload).unwrap();
        let topic = format!("visorfarm/1/lyon/down/a7/{}", message.kind());
        broker.publish(&topic, &payload).await;
        assert_eq!(bench.news().await, Incoming::Down(message), "{name}");
    }
}

#[tokio::test]
async fn a_message_that_would_end_every_connection_is_not_sent() {
    let mut bench = Bench::new().await;
    let mut broker = bench.online().await;
    bench.outgoing.send(facts(4096)).await.unwrap();
    bench.outgoing.send(facts(300)).await.unwrap();
    assert_eq!(broker.message().await.1, facts(300).write());
}

#[tokio::test]
async fn a_broken_connection_is_made_again_and_says_nothing_old() {
    let mut bench = Bench::new().await;
    let mut broker = bench.online().await;
    bench.outgoing.send(facts(1)).await.unwrap();
    // It arrived, but its acknowledgement is never sent.
    assert_eq!(broker.read().await.0, PUBLISH);
    drop(broker);
    assert!(matches!(bench.news().await, Incoming::Offline { .. }));
    let mut broker = bench.accept().await;
    // Nothing is kept that is said too early, however much.
    for _ in 0..100 {
        timeout(SOON, bench.outgoing.send(facts(2))).await.unwrap().unwrap();
    }
    timeout(SOON, bench.outgoing.reserve_many(8)).await.unwrap().unwrap();
    broker.welcome().await;
    assert_eq!(bench.news().await, Incoming::Online);
    bench.outgoing.send(status()).await.unwrap();
    assert_eq!(broker.message().await.0, "visorfarm/1/lyon/up/a7/status");
}

#[tokio::test]
async fn a_refused_password_is_told_and_not_tried_at_once() {
    let mut bench = Bench::new().await;
    let mut broker = bench.accept().await;
    broker.read().await;
    broker.write(&[0x20, 2, 0, 5]).await;
    assert_eq!(bench.news().await, Incoming::Refused);
    let again = timeout(Duration::from_millis(200), bench.listener.accept()).await;
    assert!(again.is_err(), "it came again at once");
    // Whoever talks meanwhile is not held up, and may leave.
    for _ in 0..100 {
        timeout(SOON, bench.outgoing.send(status())).await.unwrap().unwrap();
    }
    drop(bench.outgoing);
    timeout(SOON, bench.run).await.unwrap().unwrap();
}

#[tokio::test]
async fn an_encrypted_broker_must_be_the_pinned_one() {
    let ours = Authority::new("ours");
    let mut bench = Bench::with("mqtts", Some(ours.pin())).await;
    let theirs = Authority::new("theirs");
    let stream = bench.accept().await.stream;
    let forged = acceptor(theirs.sign("localhost", 2025), &theirs).accept(stream).await;
    assert!(forged.is_err());
    let Incoming::Offline { why } = bench.news().await else { panic!("it is online") };
    assert!(why.contains("not the one that the invite was made for"), "{why}");
    let stream = bench.accept().await.stream;
    let stream = acceptor(ours.sign("localhost", 2025), &ours).accept(stream).await.unwrap();
    let mut broker = Peer { stream };
    broker.welcome().await;
    assert_eq!(bench.news().await, Incoming::Online);
}

#[tokio::test]
async fn a_refused_subscription_is_a_refusal() {
    let mut bench = Bench::new().await;
    let mut broker = bench.accept().await;
    broker.read().await;
    broker.write(&[0x20, 2, 0, 0]).await;
    let (_, subscribe) = broker.read().await;
    broker.write(&[0x90, 3, subscribe[0], subscribe[1], 0x80]).await;
    assert_eq!(bench.news().await, Incoming::Refused);
}

#[tokio::test]
async fn a_slow_broker_is_given_a_window_and_no_more() {
    let mut bench = Bench::new().await;
    let mut broker = bench.online().await;
    // The window, the channel to the link, and one that waits.
    for _ in 0..32 + 8 {
        timeout(SOON, bench.outgoing.send(status())).await.unwrap().unwrap();
    }
    let more = timeout(Duration::from_millis(200), bench.outgoing.reserve()).await;
    assert!(more.is_err(), "it took more than its window");
    for _ in 0..32 + 8 {
        broker.message().await;
    }
    timeout(SOON, bench.outgoing.send(status())).await.unwrap().unwrap();
    broker.message().await;
}

#[tokio::test]
async fn it_says_good_bye_after_what_it_was_given() {
    let mut bench = Bench::new().await;
    let mut broker = bench.online().await;
    bench.outgoing.send(status()).await.unwrap();
    drop(bench.outgoing);
    broker.message().await;
    assert_eq!(broker.read().await.0, DISCONNECT);
    timeout(SOON, bench.run).await.unwrap().unwrap();
}

#[tokio::test]
async fn the_reason_for_no_connection_is_told_once() {
    let mut bench = Bench::new().await;
    for _ in 0..3 {
        let mut broker = bench.accept().await;
        broker.read().await;
        // Server unavailable.
        broker.write(&[0x20, 2, 0, 3]).await;
    }
    let mut broker = bench.accept().await;
    broker.welcome().await;
    assert!(matches!(bench.news().await, Incoming::Offline { .. }));
    assert_eq!(bench.news().await, Incoming::Online);
}

#[tokio::test]
async fn a_web_socket_carries_it_past_a_firewall() {
    let mut bench = Bench::with("ws", None).await;
    let stream = bench.accept().await.stream;
    let mut path = String::new();
    #[expect(clippy::result_large_err, reason = "the library wants it so")]
    let callback = |request: &Request, mut response: Response| {
        request.uri().path().clone_into(&mut path);
        let protocol = request.headers()["sec-websocket-protocol"].clone();
        response.headers_mut().insert("sec-websocket-protocol", protocol);
        Ok(response)
    };
    let mut socket = accept_hdr_async(stream, callback).await.unwrap();
    let connect = socket.next().await.unwrap().unwrap().into_data();
    assert_eq!(connect[0], CONNECT);
    socket.send(vec![0x20, 2, 0, 0].into()).await.unwrap();
    let subscribe = socket.next().await.unwrap().unwrap().into_data();
    assert_eq!(subscribe[0] & 0xf0, SUBSCRIBE);
    socket.send(vec![0x90, 3, subscribe[2], subscribe[3], 1].into()).await.unwrap();
    assert_eq!(bench.news().await, Incoming::Online);
    assert_eq!(path, "/mqtt");
}

#[test]
fn a_farm_without_a_broker_for_us_is_an_error() {
    let brokers = ["quic://farm.example".to_owned(), "mqtt://farm.example".to_owned()];
    let error = Link::new(membership("http://localhost", None, &brokers)).unwrap_err();
    assert!(error.to_string().contains("newer visorfarm-agent"), "{error}");
}

#[tokio::test]
async fn an_agent_that_takes_nothing_loses_the_connection_and_hears_the_rest_on_the_next() {
    let mut bench = Bench::new().await;
    let mut broker = bench.online().await;
    // More than all queues hold, until it hangs up.
    let packet = packet("visorfarm/1/lyon/down/a7/withdraw", &withdraw("again").write());
    let flood = timeout(SOON, async { while broker.stream.write_all(&packet).await.is_ok() {} });
    flood.await.expect("the connection ends");
    let mut downs = 0;
    let why = loop {
        match bench.news().await {
            Incoming::Down(_) => downs += 1,
            Incoming::Offline { why } => break why,
            other @ (Incoming::Online | Incoming::Refused) => panic!("{other:?}"),
        }
    };
    assert!(why.contains("more was told"), "{why}");
    assert!((64..200).contains(&downs), "{downs} were kept");
    bench.online().await;
}
