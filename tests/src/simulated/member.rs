//! A simulated agent of one printer.

use anyhow::Result;
use visorfarm_protocol::enrol::Credentials;
use visorfarm_protocol::id::{PrinterId, ProfileId};
use visorfarm_protocol::message::{Ask, Down, End, Fact, Grant, Hello, Numbered, Up};
use visorfarm_protocol::status::{Activity, Bed, Consent, PrinterCard, PrinterStatus};

use super::connection::Connection;

/// An agent of one printer.
pub(crate) struct Member {
    pub(crate) credentials: Credentials,
    pub(crate) printer: PrinterId,
    profile: ProfileId,
    /// What its maker agrees to, if that is told.
    pub(crate) consent: Option<Consent>,
    /// The lease it holds, once it was granted one.
    pub(crate) grant: Option<Box<Grant>>,
    seq: u64,
}

impl Member {
    pub(crate) fn new(credentials: Credentials, profile: &str) -> Result<Self> {
        let (printer, profile) = ("printer".parse()?, profile.parse()?);
        Ok(Self { credentials, printer, profile, consent: None, grant: None, seq: 0 })
    }

    /// Says hello and waits to be welcomed.
    pub(crate) async fn greet(&self, connection: &mut Connection) -> Result<()> {
        let hello = Hello {
            incarnation: "0123456789abcdef".parse()?,
            session: 1,
            software: "visorfarm-bench".to_owned(),
            epoch: None,
            printers: vec![PrinterCard {
                printer: self.printer.clone(),
                title: format!("printer of {}", self.credentials.agent),
                profile: self.profile.clone(),
                octoprint: Some("1.11.8".to_owned()),
                place: None,
                consent: self.consent.clone(),
            }],
            holds: self.grant.iter().map(|grant| grant.lease).collect(),
            mark: None,
            letters: None,
        };
        connection.say(&Up::Hello(hello)).await?;
        connection.hear_one(|down| matches!(down, Down::Welcome { .. }).then_some(())).await
    }

    /// Asks for work until it is granted, and says that it was started.
    pub(crate) async fn take_work(&mut self, connection: &mut Connection) -> Result<()> {
        let ask = Ask {
            printer: self.printer.clone(),
            ask: 1,
            profile: self.profile.clone(),
            materials: Vec::new(),
            seconds_max: None,
            grams_max: None,
        };
        connection.say(&Up::Ask(ask)).await?;
        let granted = |down| match down {
            Down::Grant(grant) => Some(grant),
            Down::Welcome { .. }
            | Down::Trace(_)
            | Down::Withdraw { .. }
            | Down::Receipt(_)
            | Down::Frozen
            | Down::Memo { .. }
            | Down::Letters { .. } => None,
        };
        let grant = connection.hear_one(granted).await?;
        let facts = vec![Fact::Accepted { lease: grant.lease }, grant.started()];
        self.grant = Some(grant);
        self.tell(connection, facts).await
    }

    /// Tells facts and waits for the receipt.
    pub(crate) async fn tell(
        &mut self,
        connection: &mut Connection,
        facts: Vec<Fact>,
    ) -> Result<()> {
        connection.say(&self.facts(facts)).await?;
        connection.hear_one(|down| matches!(down, Down::Receipt(_)).then_some(())).await
    }

    /// Returns what is told of a plate that was printed to its end.
    pub(crate) fn ended(&self, ordinal: u32) -> Fact {
        self.ended_by(ordinal, End::Completed)
    }

    /// Returns what is told of the plate's end.
    pub(crate) fn ended_by(&self, ordinal: u32, end: End) -> Fact {
        let grant = self.grant.as_ref().expect("only who holds a lease prints");
        Fact::Ended {
            lease: grant.lease,
            ordinal,
            end,
            plate: grant.plate.clone(),
            seconds: Some(3600),
            note: String::new(),
        }
    }

    /// Returns a message of facts, numbered on.
    pub(crate) fn facts(&mut self, facts: Vec<Fact>) -> Up {
        let numbered = facts.into_iter().map(|fact| {
            self.seq += 1;
            Numbered { seq: self.seq, fact }
        });
        Up::Facts { printer: self.printer.clone(), facts: numbered.collect(), teller: None }
    }

    /// Returns what a printing printer says each second; `second` makes each one different.
    pub(crate) fn status(&self, second: u16) -> Up {
        let progress = f32::from(second % 1000) / 1000.0;
        Up::Status {
            printers: vec![PrinterStatus {
                printer: self.printer.clone(),
                activity: Activity::Printing,
                bed: Bed::Occupied,
                waits_for: None,
                lease: self.grant.as_ref().map(|grant| grant.lease),
                fraction: Some(progress),
                seconds_left: Some(3600 - u32::from(second % 3600)),
                nozzle_celsius: Some(f32::from(nozzle_celsius(second))),
                bed_celsius: Some(60.0 + progress),
                filament_left_grams: None,
                fault: None,
            }],
        }
    }
}

/// Returns the temperature that marks `second`'s status: no two within minutes are alike.
pub(crate) fn nozzle_celsius(second: u16) -> u16 {
    100 + second % 300
}
