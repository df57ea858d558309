//! What is typed, and what the commands do that are not `serve`.

mod people;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use visorfarm_protocol::enrol::Invite;
use visorfarm_protocol::id::FarmId;

use self::people::{Tokens, Users};
use crate::accounts::{Accounts, Role};
use crate::clock::Clock;
use crate::serving::Serving;
use crate::store::{self, Store};

/// Decides which printer prints what, and counts what came off the beds.
#[derive(Debug, Parser)]
#[command(
    name = "visorfarm-coordinator",
    version,
    after_help = "Exit codes: 0 fine; 1 not as wished; 2 wrong usage; 70 the database failed."
)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a farm: pages, API, G-code and the MQTT broker, until Ctrl-C
    Serve(ServeArgs),
    /// Make a single-use invite for a maker's agent and print the link
    Invite {
        #[command(flatten)]
        data: Data,
        /// Whom it is for, for your own list
        #[arg(default_value = "a maker")]
        title: String,
        /// For how many hours it can be used
        #[arg(long, default_value_t = 72, value_parser = clap::value_parser!(u64).range(1..=24 * 90))]
        hours: u64,
    },
    /// Make a bearer token for the JSON API and print it
    Token {
        #[command(flatten)]
        data: Data,
        /// What it is for, for your own list
        #[arg(default_value = "a script")]
        title: String,
        /// What it may do
        #[arg(long, value_enum, default_value_t = GivenRole::Dispatcher)]
        role: GivenRole,
    },
    /// List the tokens, or revoke one
    Tokens {
        #[command(flatten)]
        data: Data,
        #[command(subcommand)]
        what: Option<Tokens>,
    },
    /// List the accounts of people, or change them
    Users {
        #[command(flatten)]
        data: Data,
        #[command(subcommand)]
        what: Option<Users>,
    },
    /// Check every invariant of the database by SQL, offline or while serving; exits with 1 if one
    /// does not hold
    Check {
        #[command(flatten)]
        data: Data,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Copy the database to a new file, offline or while serving
    ///
    /// It holds all that is counted. Keep the folders `tls` (whom agents trust) and `gcode` of the data
    /// folder with it: they change only when a certificate or a file of yours does.
    Backup {
        #[command(flatten)]
        data: Data,
        /// The file to make
        file: PathBuf,
    },
    /// Put a copy in the place of the database, while no coordinator serves
    ///
    /// What was there is kept in a folder beside it. The farm begins a new epoch: all agents tell again
    /// what happened since the copy was made, and nothing is counted twice.
    Restore {
        #[command(flatten)]
        data: Data,
        /// A file that `backup` made
        file: PathBuf,
    },
    /// Print completions for a shell
    Completions {
        /// Which one
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, clap::Args)]
struct Data {
    /// The farm's folder: database, certificates, G-code, drop folder of designs
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "VISORFARM_DATA",
        default_value = "visorfarm-data"
    )]
    data: PathBuf,
}

/// How to serve.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    #[command(flatten)]
    data: Data,
    /// The farm's name in topics, fixed by the first start
    #[arg(long, default_value = "visors")]
    pub(crate) farm: FarmId,
    /// Where to serve pages, API, G-code, and MQTT over WebSocket
    #[arg(long, value_name = "ADDR", default_value = "0.0.0.0:8443")]
    pub(crate) http: SocketAddr,
    /// Where to serve MQTT
    #[arg(long, value_name = "ADDR", default_value = "0.0.0.0:8883")]
    pub(crate) mqtt: SocketAddr,
    /// A name or address that agents and people reach this machine by; the first one stands in
    /// links, all of them in the certificate
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Vec<String>,
    /// Serve without encryption; only on loopback addresses
    #[arg(long, conflicts_with_all = ["tls_chain", "tls_key"])]
    pub(crate) plain: bool,
    /// A certificate chain in PEM, server first, instead of the coordinator's own
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_chain: Option<PathBuf>,
    /// The private key of that chain
    #[arg(long, value_name = "FILE", requires = "tls_chain")]
    pub(crate) tls_key: Option<PathBuf>,
    /// The mail server that takes letters to people: `smtps://USER:PASSWORD@HOST`, or
    /// `smtp://HOST?tls=required`
    ///
    /// Other programs of this machine see what is typed: the variable keeps the password to yourself.
    #[arg(
        long,
        value_name = "URL",
        env = "VISORFARM_MAIL_SERVER",
        hide_env_values = true,
        requires = "mail_from"
    )]
    pub(crate) mail_server: Option<String>,
    /// The address that letters come from
    #[arg(long, value_name = "ADDRESS", env = "VISORFARM_MAIL_FROM")]
    pub(crate) mail_from: Option<String>,
    /// The largest G-code file that is taken, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 512)]
    pub(crate) gcode_max_mib: u64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GivenRole {
    /// Everything, invites and agents too
    Admin,
    /// Ask for pieces, publish, withdraw
    Dispatcher,
    /// Read
    Reader,
}

impl From<GivenRole> for Role {
    fn from(given: GivenRole) -> Self {
        match given {
            GivenRole::Admin => Self::Admin,
            GivenRole::Dispatcher => Self::Dispatcher,
            GivenRole::Reader => Self::Reader,
        }
    }
}

impl ServeArgs {
    /// Returns the data folder.
    pub(crate) fn folder(&self) -> &PathBuf {
        &self.data.data
    }
}

/// Carries out what was typed. Returns whether all was as wished.
pub async fn run(args: Args) -> anyhow::Result<bool> {
    match args.command {
        Command::Serve(serve) => crate::serve::serve(serve).await.map(|()| true),
        Command::Invite { data, title, hours } => {
            let serving = Serving::read(&data.data)?;
            let valid = Duration::from_hours(hours);
            let token = accounts(&data)?.make_invite(&title, valid, Clock::new().now())?;
            say(&Invite { origin: serving.origin, token, pin: serving.pin }.to_string())
        }
        Command::Token { data, title, role } => {
            say(&accounts(&data)?.make_token(&title, role.into(), Clock::new().now())?)
        }
        Command::Tokens { data, what } => people::tokens(&data, what.as_ref()),
        Command::Users { data, what } => people::users(&data, what),
        Command::Check { data, json } => check(&data, json),
        Command::Backup { data, file } => {
            Store::backup(&data.data, &file)?;
            say(&format!("Copied to {}", file.display()))
        }
        Command::Restore { data, file } => {
            match Store::restore(&data.data, &file, Clock::new().now())? {
                Some(kept) => say(&format!("Restored; what was there is in {}", kept.display())),
                None => say("Restored"),
            }
        }
        Command::Completions { shell } => {
            let mut command = Args::command();
            let name = command.get_name().to_owned();
            clap_complete::generate(shell, &mut command, name, &mut io::stdout());
            Ok(true)
        }
    }
}

fn accounts(data: &Data) -> anyhow::Result<Accounts> {
    let path = data.data.join(store::FILE_NAME);
    anyhow::ensure!(path.exists(), "there is no farm in {}: see --data", data.data.display());
    Ok(Accounts::open(&path)?)
}

fn check(data: &Data, json: bool) -> anyhow::Result<bool> {
    let broken = store::check(&data.data)?;
    if json {
        say(&serde_json::to_string_pretty(&broken)?)?;
    } else if broken.is_empty() {
        say("Every invariant holds.")?;
    } else {
        for found in &broken {
            say(&format!("Broken: {}: {}", found.invariant, found.found))?;
        }
    }
    Ok(broken.is_empty())
}

fn say(line: &str) -> anyhow::Result<bool> {
    writeln!(io::stdout(), "{line}").context("cannot write the answer")?;
    Ok(true)
}
