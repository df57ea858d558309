//! The broker from outside: real clients on real sockets, with our hand on the commit.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

mod farm;
mod pinned;

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, State, WebSocketUpgrade};
use rumqttc::{
    ConnectionError, LastWill, MqttOptions, Packet, PublishOptions, QoS, SubscribeReasonCode,
    Transport,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use visorfarm_coordinator::accounts::Accounts;
use visorfarm_coordinator::broker::{self, BindError, Bridge, Health, Inbound, Reach, Settings};
use visorfarm_coordinator::clock::Clock;
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::message::{Down, MESSAGE_BYTES_MAX};
use visorfarm_protocol::topic::down_filter;

use farm::{Client, Farm, facts, farm_id, loopback, options, status, up, welcome, within};
use pinned::pinned;

#[tokio::test]
async fn only_an_agent_with_its_secret_comes_in() {
    let farm = Farm::open().await;
    let (agent, secret) = farm.enrol();
    let (other, _) = farm.enrol();
    let refused = async |options: MqttOptions| match Client::start(options).connack().await {
        Err(ConnectionError::ConnectionRefused(_)) => {}
        came => panic!("expected a refusal, got {came:?}"),
    };
    refused(farm.options(agent.as_str(), "wrong")).await;
    refused(farm.options(other.as_str(), &secret)).await;
    refused(farm.options("nobody", &secret)).await;
    refused(farm.options("Not A Name", &secret)).await;
    let mut anonymous = farm.options(agent.as_str(), "");
    anonymous.clear_auth();
    refused(anonymous).await;
    let mut two_names = farm.options(agent.as_str(), &secret);
    two_names.set_credentials(other.as_str(), secret.clone());
    refused(two_names).await;

    farm.connect(&agent, &secret).await;
    let now = Clock::new().now();
    farm.accounts.revoke(&agent, now).unwrap();
    refused(farm.options(agent.as_str(), &secret)).await;
}

#[tokio::test]
async fn a_puback_comes_only_after_the_commit() {
    let mut farm = Farm::open().await;
    let (agent, secret) = farm.enrol();
    let mut client = farm.connect(&agent, &secret).await;
    client.publish(&up(&agent, "facts"), facts().write()).await;
    let held = farm.delivery().await;
    assert_eq!(held.inbound, Inbound::Message { agent: agent.clone(), message: facts() });

    // Another agent's whole way there and back: time enough for a PUBACK that did not wait.
    let (second, secret) = farm.enrol();
    let mut other = farm.connect(&second, &secret).await;
    other.publish(&up(&second, "facts"), facts().write()).await;
    farm.commit_next().await;
    other.puback().await;
    assert!(client.events.try_recv().is_err(), "nothing was committed yet");

    held.committed.send(()).unwrap();
    client.puback().await;
}

#[tokio::test]
async fn what_is_not_committed_ends_the_connection() {
    let mut farm = Farm::open().await;
    let (agent, secret) = farm.enrol();
    let mut client = farm.connect(&agent, &secret).await;
    client.publish(&up(&agent, "facts"), facts().write()).await;
    drop(farm.delivery().await);
    client.ended().await;

    let mut again = farm.connect(&agent, &secret).await;
    again.publish(&up(&agent, "facts"), facts().write()).await;
    farm.commit_next().await;
    again.puback().await;
}

#[tokio::test]
async fn a_heartbeat_may_go_unacknowledged() {
    let mut farm = Farm::open().await;
    let (agent, secret) = farm.enrol();
    let client = farm.connect(&agent, &secret).await;
    for _ in 0..3 {
        let options = PublishOptions::at_most_once();
        client.client.publish(up(&agent, "status"), status().write(), options).await.unwrap();
    }
    for _ in 0..3 {
        let delivery = farm.delivery().await;
        assert_eq!(delivery.inbound, Inbound::Message { agent: agent.clone(), message: status() });
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_and_acknowledged() {
    let mut farm = Farm::open().await;
    let (agent, secret) = farm.enrol();
    let mut client = farm.connect(&agent, &secret).await;
    let cases: [(&str, Vec<u8>); 7] = [
        ("facts", Vec::new()),
        ("facts", b"\xff\xfe not JSON".to_vec()),
        ("facts", br#"{"v":1,"kind":"facts"}"#.to_vec()),
        ("gossip", br#"{"v":1,"kind":"gossip"}"#.to_vec()),
        ("status", br#"{"v":9,"kind":"status","printers":[]}"#.to_vec()),
        ("facts", status().write()),
        ("facts", vec![b' '; MESSAGE_BYTES_MAX + 1]),
    ];
    for (kind, sent) in cases {
        client.publish(&up(&agent, kind), sent.clone()).await;
        let Inbound::Quarantined { agent: from, topic, payload, why } = farm.commit_next().await
        else {
            panic!("{kind} was read");
        };
        assert_eq!((from, topic), (agent.clone(), up(&agent, kind)));
        assert_eq!(payload, sent[..sent.len().min(4096)]);
        assert!(!why.is_empty());
        client.puback().await;
    }
}

#[tokio::test]
async fn a_packet_over_the_limit_ends_its_connection_only() {
    let mut farm = Farm::open().await;
    let (agent, secret) = farm.enrol();
    let (second, second_secret) = farm.enrol();
    let mut other = farm.connect(&second, &second_secret).await;
    let mut client = farm.connect(&agent, &secret).await;
    client.publish(&up(&agent, "facts"), vec![b' '; 4 * MESSAGE_BYTES_MAX]).await;
    client.ended().await;

    other.publish(&up(&second, "facts"), facts().write()).await;
    let message = Inbound::Message { agent: second, message: facts() };
    assert_eq!(farm.commit_next().await, message, "nothing of the large one came through");
    other.puback().await;
}

#[tokio::test]
async fn no_agent_speaks_for_another() {
    let mut farm = Farm::open().await;
    let (agent, secret) = farm.enrol();
    let (victim, victims_secret) = farm.enrol();
    let mut client = farm.connect(&agent, &secret).await;
    let mut victims = farm.connect(&victim, &victims_secret).await;
    let filter = down_filter(&farm_id(), &victim);
    assert!(matches!(victims.subscribe(&filter).await, SubscribeReasonCode::Success(_)));

    let foreign = [
        up(&victim, "facts"),
        format!("visorfarm/1/lyon/down/{victim}/grant"),
        format!("visorfarm/1/lyon/down/{agent}/grant"),
        format!("visorfarm/1/nice/up/{agent}/facts"),
        format!("visorfarm/1/lyon/up/{agent}/facts/more"),
        "$SYS/brokers".to_owned(),
        "elsewhere".to_owned(),
    ];
    for topic in &foreign {
        client.publish(topic, facts().write()).await;
        // Unacknowledged, it would come again for ever.
        client.puback().await;
    }
    let options = PublishOptions::at_least_once().retained();
    client.client.publish(up(&agent, "facts"), facts().write(), options).await.unwrap();
    client.puback().await;

    for _ in 0..=foreign.len() {
        let noted = farm.commit_next().await;
        assert!(
            matches!(&noted, Inbound::Quarantined { agent: of, .. } if *of == agent),
            "{noted:?}"
        );
    }

    // What comes next is the first that came through.
    client.publish(&up(&agent, "status"), status().write()).await;
    let message = Inbound::Message { agent: agent.clone(), message: status() };
    assert_eq!(farm.commit_next().await, message);
    assert_eq!(farm.broker.publish(&victim, &welcome()).await, Reach::Agent);
    let Packet::Publish(heard) = victims.next().await.unwrap() else { panic!("it was published") };
    assert_eq!(Down::read(&heard.payload).unwrap(), welcome());
}

#[tokio::test]
async fn no_agent_hears_another() {
    let farm = Farm::open().await;
    let (agent, secret) = farm.enrol();
    let (victim, _) = farm.enrol();
    let mut client = farm.connect(&agent, &secret).await;
    for filter in [
        "#".to_owned(),
        "+/+/+/+/+/+".to_owned(),
        "$SYS/#".to_owned(),
        "visorfarm/1/lyon/down/+/+".to_owned(),
        down_filter(&farm_id(), &victim),
        format!("visorfarm/1/lyon/up/{agent}/+"),
        format!("$share/g/{}", down_filter(&farm_id(), &agent)),
    ] {
        assert_eq!(client.subscribe(&filter).await, SubscribeReasonCode::Failure, "{filter}");
    }
    assert_eq!(farm.broker.publish(&victim, &welcome()).await, Reach::Nobody);
    let own = client.subscribe(&down_filter(&farm_id(), &agent)).await;
    assert_eq!(own, SubscribeReasonCode::Success(QoS::AtLeastOnce));
    assert_eq!(farm.broker.publish(&agent, &welcome()).await, Reach::Agent);
    assert!(matches!(client.next().await, Ok(Packet::Publish(_))));
}

#[tokio::test]
async fn a_will_for_another_is_refused() {
    let farm = Farm::open().await;
    let (agent, secret) = farm.enrol();
    let (victim, _) = farm.enrol();
    let wills = [
        (format!("visorfarm/1/lyon/down/{victim}/grant"), false, false),
        (up(&victim, "status"), false, false),
        (up(&agent, "status"), true, false),
        (up(&agent, "status"), false, true),
    ];
    for (topic, retain, admitted) in wills {
        let mut options = farm.options(agent.as_str(), &secret);
        options.set_last_will(LastWill::new(topic, status().write(), QoS::AtLeastOnce, retain));
        assert_eq!(Client::start(options).connack().await.is_ok(), admitted);
    }
}

#[tokio::test]
async fn a_second_connection_takes_over_and_the_agent_is_not_gone() {
    let mut farm = Farm::open().await;
    let (agent, secret) = farm.enrol();
    let mut first = farm.connect(&agent, &secret).await;
    let mut second = farm.connect(&agent, &secret).await;
    first.ended().await;
    second.publish(&up(&agent, "facts"), facts().write()).await;
    let came = || Inbound::Connected { agent: agent.clone() };
    let mut hints = Vec::new();
    let message = loop {
        let delivery = within(farm.intake.recv()).await.unwrap();
        if matches!(delivery.inbound, Inbound::Message { .. }) {
            break delivery;
        }
        hints.push(delivery.inbound);
    };
    message.committed.send(()).unwrap();
    second.puback().await;
    // The old connection may be heard to end in between, but never after the new one began.
    assert_eq!(hints.first(), Some(&came()));
    assert_eq!(hints.last(), Some(&came()));

    farm.broker.kick(&agent).await;
    second.ended().await;
    let gone = within(farm.intake.recv()).await.unwrap().inbound;
    assert_eq!(gone, Inbound::Disconnected { agent });
}

#[tokio::test]
async fn a_stuck_commit_does_not_keep_its_agent_out() {
    let mut farm = Farm::open().await;
    let (agent, secret) = farm.enrol();
    let mut first = farm.connect(&agent, &secret).await;
    first.publish(&up(&agent, "facts"), facts().write()).await;
    let stuck = farm.delivery().await;

    // rmqtt gives the old connection five seconds.
    let mut second = farm.connect(&agent, &secret).await;
    let filter = down_filter(&farm_id(), &agent);
    assert!(matches!(second.subscribe(&filter).await, SubscribeReasonCode::Success(_)));
    drop(stuck);
    first.ended().await;
    // The old one's end was heard after the new one's beginning, and takes nothing from it.
    second.publish(&up(&agent, "status"), status().write()).await;
    let mut hints = Vec::new();
    loop {
        let delivery = within(farm.intake.recv()).await.unwrap();
        if matches!(delivery.inbound, Inbound::Message { .. }) {
            delivery.committed.send(()).unwrap();
            break;
        }
        hints.push(delivery.inbound);
    }
    assert_eq!(hints, [Inbound::Connected { agent: agent.clone() }]);
    second.puback().await;
    assert_eq!(farm.broker.publish(&agent, &welcome()).await, Reach::Agent);
    assert!(matches!(second.next().await, Ok(Packet::Publish(_))));
}

#[tokio::test]
async fn a_full_intake_makes_agents_wait_and_loses_nothing() {
    const EACH: usize = 10;
    let mut farm = Farm::with_intake(1).await;
    let agents: Vec<_> = (0..5).map(|_| farm.enrol()).collect();
    let mut clients = Vec::new();
    for (agent, secret) in &agents {
        let connecting = Client::start(farm.options(agent.as_str(), secret));
        clients.push((agent.clone(), connecting));
    }
    for (agent, client) in &clients {
        for _ in 0..EACH {
            client.publish(&up(agent, "facts"), facts().write()).await;
        }
    }
    for _ in 0..EACH * agents.len() {
        farm.commit_next().await;
    }
    for (_, client) in &mut clients {
        client.connack().await.unwrap();
        for _ in 0..EACH {
            client.puback().await;
        }
    }
}

#[tokio::test]
async fn two_hundred_agents_come_at_once() {
    let mut farm = Farm::open().await;
    let agents: Vec<_> = (0..200).map(|_| farm.enrol()).collect();
    let mut clients: Vec<_> = agents
        .iter()
        .map(|(agent, secret)| (agent, Client::start(farm.options(agent.as_str(), secret))))
        .collect();
    for (agent, client) in &clients {
        client.publish(&up(agent, "facts"), facts().write()).await;
    }
    let mut heard = Vec::new();
    for _ in 0..agents.len() {
        let Inbound::Message { agent, .. } = farm.commit_next().await else {
            panic!("what was sent can be read");
        };
        heard.push(agent);
    }
    for (_, client) in &mut clients {
        client.connack().await.unwrap();
        client.puback().await;
    }
    heard.sort();
    let mut sent: Vec<_> = agents.into_iter().map(|(agent, _)| agent).collect();
    sent.sort();
    assert_eq!(heard, sent);
    assert_eq!(*farm.broker.health().borrow(), Health::Accepting);
}

#[tokio::test]
async fn it_restarts_on_the_same_port_with_agents_connected() {
    let farm = Farm::open().await;
    let (agent, secret) = farm.enrol();
    let mut client = farm.connect(&agent, &secret).await;
    let address = farm.broker.mqtt_addr().unwrap();
    let dir = farm.close().await;
    client.ended().await;

    let mut farm = Farm::open_in(dir, address, 64).await;
    let mut client = farm.connect(&agent, &secret).await;
    client.publish(&up(&agent, "facts"), facts().write()).await;
    farm.commit_next().await;
    client.puback().await;
}

#[tokio::test]
async fn unencrypted_mqtt_is_for_this_machine_only() {
    let dir = tempfile::tempdir().unwrap();
    let accounts = Arc::new(Accounts::open(&dir.path().join("farm.db")).unwrap());
    let settings = Settings { farm: farm_id(), mqtt: Some(([0, 0, 0, 0], 0).into()), mqtts: None };
    let bound = broker::bind(settings, accounts, mpsc::channel(1).0).await;
    assert!(matches!(bound, Err(BindError::Plain { .. })));
}

#[tokio::test]
async fn mqtt_5_is_refused() {
    let farm = Farm::open().await;
    let (agent, secret) = farm.enrol();
    let mut body = b"\x00\x04MQTT\x05\xc2\x00\x1e\x00".to_vec();
    for text in [agent.as_str(), agent.as_str(), &secret] {
        body.extend([0, u8::try_from(text.len()).unwrap()]);
        body.extend(text.as_bytes());
    }
    let mut stream = TcpStream::connect(farm.broker.mqtt_addr().unwrap()).await.unwrap();
    stream.write_all(&[0x10, u8::try_from(body.len()).unwrap()]).await.unwrap();
    stream.write_all(&body).await.unwrap();
    let mut connack = [0; 4];
    within(stream.read_exact(&mut connack)).await.unwrap();
    assert_eq!((connack[0], connack[3]), (0x20, 0x87), "not authorized: {connack:x?}");
}

#[tokio::test]
async fn with_tls_the_pin_decides() {
    let mut farm = Farm::open().await;
    let (agent, secret) = farm.enrol();
    let address = farm.broker.mqtts_addr().unwrap();
    // One that never says a word holds nobody up.
    let _silent = TcpStream::connect(address).await.unwrap();
    let dial = |pin| {
        let target = MqttOptions::new(agent.as_str(), ("localhost", address.port()));
        let mut options = options(agent.as_str(), &secret, target);
        options.set_transport(Transport::tls_with_config(pinned(pin)));
        Client::start(options)
    };
    let refused = dial(Digest([7; 32])).connack().await;
    assert!(matches!(refused, Err(ConnectionError::Tls(_))), "{refused:?}");

    let mut client = dial(farm.pin);
    client.connack().await.unwrap();
    client.publish(&up(&agent, "facts"), facts().write()).await;
    farm.commit_next().await;
    client.puback().await;
}

#[tokio::test]
async fn a_websocket_carries_it_too() {
    let mut farm = Farm::open().await;
    let (agent, secret) = farm.enrol();
    let address = serve_http(farm.broker.bridge()).await;
    let target = rumqttc::Broker::websocket(format!("ws://{address}/mqtt")).unwrap();
    let dial = |secret| {
        let mut options =
            options(agent.as_str(), secret, MqttOptions::new(agent.as_str(), target.clone()));
        options.set_transport(Transport::ws());
        Client::start(options)
    };
    let refused = dial("wrong").connack().await;
    assert!(matches!(refused, Err(ConnectionError::ConnectionRefused(_))), "{refused:?}");

    let mut client = dial(&secret);
    client.connack().await.unwrap();
    let filter = down_filter(&farm_id(), &agent);
    assert!(matches!(client.subscribe(&filter).await, SubscribeReasonCode::Success(_)));
    // Larger than what is carried at a time.
    client.publish(&up(&agent, "facts"), vec![b' '; MESSAGE_BYTES_MAX + 1]).await;
    assert!(matches!(farm.commit_next().await, Inbound::Quarantined { .. }));
    client.puback().await;
    assert_eq!(farm.broker.publish(&agent, &welcome()).await, Reach::Agent);
    assert!(matches!(client.next().await, Ok(Packet::Publish(_))));
    farm.broker.kick(&agent).await;
    client.ended().await;
}

async fn serve_http(bridge: Bridge) -> SocketAddr {
    let mqtt = async |State(bridge): State<Bridge>,
                      ConnectInfo(peer): ConnectInfo<SocketAddr>,
                      upgrade: WebSocketUpgrade| bridge.upgrade(upgrade, peer);
    let app = axum::Router::new().route("/mqtt", axum::routing::any(mqtt)).with_state(bridge);
    let listener = TcpListener::bind(loopback()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(axum::serve(listener, service).into_future());
    address
}
