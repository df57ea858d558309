//! Puts a serving coordinator together: opens what it needs, connects the edges to the brain, and
//! ends in order.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use axum_server::tls_rustls::RustlsConfig;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::{error, info};
use visorfarm_protocol::message::Up;

use crate::accounts::Accounts;
use crate::brain::{Brain, Outgoing};
use crate::broker::{self, Broker, Delivery, Inbound};
use crate::cli::ServeArgs;
use crate::clock::Clock;
use crate::dispatch::Event;
use crate::intake::{Intake, Places};
use crate::serving::Serving;
use crate::store::history::History;
use crate::store::{self, Hold, Store};
use crate::tls::{Given, Identity};
use crate::web::{self, Carrier, WebState};
use crate::wishes::{Clerk, Post, Wishes};

/// Messages to agents that wait to be sent. What does not fit is sent again when it is asked for.
const OUTGOING_MAX: usize = 65_536;

/// Messages from agents that wait for the brain. A full queue makes agents wait, nothing is lost.
const INTAKE_MAX: usize = 4_096;

const MIB: u64 = 1 << 20;

/// Serves until the process is told to stop.
pub(crate) async fn serve(args: ServeArgs) -> anyhow::Result<()> {
    let folder = args.folder().clone();
    prepare(&folder)?;
    let _hold = Hold::take(&folder)?;
    let clock = Arc::new(Clock::new());
    let now = clock.now();
    let identity = identity(&args, &folder, &clock)?;
    let (store, dispatcher) = Store::open(&folder, &args.farm, now)?;
    let accounts = Arc::new(Accounts::open(&folder.join(store::FILE_NAME))?);

    let http = bind(args.http)?;
    let (intake, deliveries) = mpsc::channel(INTAKE_MAX);
    let listens = broker::Settings {
        farm: args.farm.clone(),
        mqtt: identity.is_none().then_some(args.mqtt),
        mqtts: identity.as_ref().map(|identity| (args.mqtt, identity.mqtt_config())),
    };
    let (broker, mqtt) = broker::bind(listens, Arc::clone(&accounts), intake).await?;
    let serving = serving(&args, http.local_addr()?, &broker, identity.as_ref());

    let (outgoing, to_send) = mpsc::channel(OUTGOING_MAX);
    let brain = Brain::start(dispatcher, store, Arc::clone(&clock), outgoing);
    let places = Places {
        designs: folder.join("designs"),
        gcode: folder.join("gcode"),
        bytes_max: args.gcode_max_mib.saturating_mul(MIB),
    };
    let drop_folder = Intake::open(brain.clone(), Arc::clone(&clock), places.clone())?;
    let site = WebState {
        farm: args.farm.clone(),
        brain: brain.clone(),
        accounts: Arc::clone(&accounts),
        clock: Arc::clone(&clock),
        history: History::open(&folder)?,
        intake: drop_folder.clone(),
        gcode: places.gcode,
        broker: Some(broker.clone()),
        brokers: serving.brokers.clone(),
        origin: serving.origin.clone(),
        pin: serving.pin,
        carrier: carrier(&args)?,
    };

    let mut tasks = JoinSet::new();
    let (wishes, to_note) = Wishes::channel();
    let post = if args.mail_server.is_some() { Post::Carried } else { Post::None };
    let clerk = Clerk { accounts: Arc::clone(&accounts), clock, broker: broker.clone(), post };
    tasks.spawn(clerk.run(to_note));
    tasks.spawn(take_in(deliveries, brain, wishes));
    tasks.spawn(send_out(to_send, broker));
    tasks.spawn(drop_folder.run());
    let handle = axum_server::Handle::new();
    let pages = web::router(site).into_make_service_with_connect_info::<SocketAddr>();
    let web = serve_pages(http, identity.as_ref(), handle.clone(), pages);
    serving.write(&folder)?;
    announce(&args, &serving, &accounts, now)?;

    let stop = stop_signal();
    tokio::select! {
        () = mqtt.run(stop) => info!("Stopping"),
        ended = web => ended.context("the pages stopped being served")?,
    }
    handle.graceful_shutdown(Some(std::time::Duration::from_secs(2)));
    Ok(())
}

/// Makes the data folder, readable by its owner only: it holds keys.
fn prepare(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

fn identity(args: &ServeArgs, folder: &Path, clock: &Clock) -> anyhow::Result<Option<Identity>> {
    if args.plain {
        for address in [args.http, args.mqtt] {
            if !address.ip().is_loopback() {
                bail!("--plain serves passwords in the clear: {address} is no loopback address");
            }
        }
        return Ok(None);
    }
    let given = args.tls_chain.clone().zip(args.tls_key.clone());
    let given = given.map(|(chain, key)| Given { chain, key });
    let dir = folder.join("tls");
    let identity = Identity::load_or_make(&dir, &args.host, given.as_ref(), clock.now())?;
    Ok(Some(identity))
}

fn carrier(args: &ServeArgs) -> anyhow::Result<Option<Carrier>> {
    let Some((server, from)) = args.mail_server.as_ref().zip(args.mail_from.as_ref()) else {
        return Ok(None);
    };
    Ok(Some(Carrier::new(server, from)?))
}

fn bind(address: SocketAddr) -> anyhow::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address)
        .with_context(|| format!("cannot serve pages on {address}: does another program?"))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Returns what agents and people are told of where to find us.
fn serving(
    args: &ServeArgs,
    http: SocketAddr,
    broker: &Broker,
    identity: Option<&Identity>,
) -> Serving {
    let host = args.host.first().cloned().unwrap_or_else(|| own_name(http));
    let at = |scheme: &str, port: u16| format!("{scheme}://{host}:{port}");
    let mqtt = broker.mqtts_addr().or_else(|| broker.mqtt_addr()).map(|address| address.port());
    let (web, direct, socket) = match identity {
        Some(_) => ("https", "mqtts", "wss"),
        None => ("http", "mqtt", "ws"),
    };
    let direct = mqtt.map(|port| at(direct, port));
    let socket = format!("{}/mqtt", at(socket, http.port()));
    Serving {
        origin: at(web, http.port()),
        pin: identity.map(Identity::pin),
        brokers: direct.into_iter().chain([socket]).collect(),
    }
}

/// Returns a name for this machine that works at least on it: the address served on, or
/// `localhost` where that is all addresses.
fn own_name(address: SocketAddr) -> String {
    match address.ip() {
        _ if address.ip().is_unspecified() => "localhost".to_owned(),
        std::net::IpAddr::V6(ip) => format!("[{ip}]"),
        ip @ std::net::IpAddr::V4(_) => ip.to_string(),
    }
}

async fn serve_pages(
    listener: std::net::TcpListener,
    identity: Option<&Identity>,
    handle: axum_server::Handle<SocketAddr>,
    pages: axum::extract::connect_info::IntoMakeServiceWithConnectInfo<axum::Router, SocketAddr>,
) -> std::io::Result<()> {
    match identity {
        Some(identity) => {
            let tls = RustlsConfig::from_config(identity.server_config());
            axum_server::from_tcp_rustls(listener, tls)?.handle(handle).serve(pages).await
        }
        None => axum_server::from_tcp(listener)?.handle(handle).serve(pages).await,
    }
}

fn announce(
    args: &ServeArgs,
    serving: &Serving,
    accounts: &Accounts,
    now: crate::clock::Timestamp,
) -> anyhow::Result<()> {
    info!("Serving the farm {} at {}", args.farm, serving.origin);
    for broker in &serving.brokers {
        info!("Agents connect to {broker}");
    }
    if args.host.is_empty() && !args.http.ip().is_loopback() {
        info!(
            "Links say {}: give --host NAME if agents reach this machine by another name",
            serving.origin
        );
    }
    if let Some(token) = accounts.first_admin_link(now)? {
        info!(
            "Nobody can log in yet. Make the first account here, within a day, once: {}/setup?token={token}",
            serving.origin
        );
    }
    Ok(())
}

/// Hands everything that agents say to the brain, in order.
async fn take_in(mut deliveries: mpsc::Receiver<Delivery>, brain: Brain, wishes: Wishes) {
    while let Some(Delivery { inbound, committed }) = deliveries.recv().await {
        let taken = match inbound {
            Inbound::Message { agent, mut message } => {
                if let Up::Hello(hello) = &mut message {
                    wishes.take_out(&agent, hello);
                }
                brain.hear(agent, message, committed).await
            }
            Inbound::Quarantined { agent, topic, why, .. } => {
                let note = format!("a message under {topic} is not taken: {why}");
                // It is acknowledged at once: told again, it would be as unreadable.
                committed.send(()).ok();
                brain.tell(Event::Quarantined { agent, note }).await
            }
            Inbound::Connected { agent } => {
                brain.tell(Event::Connection { agent, connected: true }).await
            }
            Inbound::Disconnected { agent } => {
                brain.tell(Event::Connection { agent, connected: false }).await
            }
        };
        if taken.is_err() {
            error!("Nobody takes in what agents say any more");
            return;
        }
    }
}

async fn send_out(mut messages: mpsc::Receiver<Outgoing>, broker: Broker) {
    while let Some((agent, message)) = messages.recv().await {
        // Whoever is away asks again when it comes back.
        broker.publish(&agent, &message).await;
    }
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be listened for");
    let mut interrupt = signal(SignalKind::interrupt()).expect("signals can be listened for");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
