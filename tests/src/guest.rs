//! A printer of the farm that does at once what a test says, with no maker and no OctoPrint behind it.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use visorfarm_protocol::enrol::{Credentials, Invite};
use visorfarm_protocol::message::{End, Fact, Up};
use visorfarm_protocol::status::{Activity, Bed, Consent, PrinterStatus};

use crate::coordinator::Coordinator;
use crate::simulated::connection::{Broker, Connection};
use crate::simulated::member::Member;

/// The head of a picture of 640 by 480 points: what browsers make of it is not asked.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xE0";

/// A printer with a connection of its own. Dropping it lets it fall silent.
pub struct Guest {
    member: Member,
    connection: Connection,
}

impl Guest {
    /// Joins the farm as `title`, with a printer that takes G-code for `profile` and shows pictures, and
    /// begins to print what it is given.
    pub async fn join(farm: &Coordinator, title: &str, profile: &str) -> Result<Self> {
        let (status, invite) = farm.post("/invites", &json!({ "title": title })).await?;
        ensure!(status < 300, "nobody is invited: {status} {invite}");
        let link = invite["link"].as_str().context("the invite has no link")?;
        let invite: Invite = link.parse()?;
        let enrolment = json!({ "token": invite.token, "title": title });
        let (status, joined) = farm.post("/enrol", &enrolment).await?;
        ensure!(status < 300, "nobody joins: {status} {joined}");
        let credentials: Credentials = serde_json::from_value(joined).context("odd credentials")?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, farm.ports().mqtt));
        let mut connection =
            Connection::open(&Broker { address, trusts: None }, &credentials).await?;
        let consent = Consent { camera: true, ..Consent::default() };
        let mut member = Member::new(credentials, profile)?;
        member.consent = Some(consent);
        member.greet(&mut connection).await?;
        member.take_work(&mut connection).await?;
        Ok(Self { member, connection })
    }

    /// Says that it prints, in a second that tells this word from others.
    pub async fn prints(&self, second: u16) -> Result<()> {
        self.connection.say(&self.member.status(second)).await
    }

    /// Ends its print so.
    pub async fn ends(&mut self, end: End) -> Result<()> {
        let ended = self.member.ended_by(0, end);
        self.member.tell(&mut self.connection, vec![ended]).await
    }

    /// Its maker says how many pieces of the plate are good.
    pub async fn judges(&mut self, good: u32) -> Result<()> {
        let grant = self.member.grant.as_ref().context("it was given nothing")?;
        let bad = grant.plate.pieces.checked_sub(good).context("there are not so many pieces")?;
        let judged = Fact::Judged { lease: grant.lease, ordinal: 0, good, bad };
        self.member.tell(&mut self.connection, vec![judged]).await
    }

    /// Says that it stands still with a clear bed.
    pub async fn rests(&self) -> Result<()> {
        self.says(Activity::Idle, Bed::Clear).await
    }

    /// Says that its printer reports a fault in mid-print.
    pub async fn faults(&self) -> Result<()> {
        self.says(Activity::Faulted, Bed::Occupied).await
    }

    async fn says(&self, activity: Activity, bed: Bed) -> Result<()> {
        let status = PrinterStatus {
            printer: self.member.printer.clone(),
            activity,
            bed,
            waits_for: None,
            lease: None,
            fraction: None,
            seconds_left: None,
            nozzle_celsius: Some(23.0),
            bed_celsius: None,
            filament_left_grams: None,
            fault: None,
        };
        self.connection.say(&Up::Status { printers: vec![status] }).await
    }

    /// Sends what its camera sees.
    pub async fn sees(&self, farm: &Coordinator) -> Result<()> {
        let Credentials { agent, secret, .. } = &self.member.credentials;
        let to = format!("{}/camera/{}", farm.origin(), self.member.printer);
        let picture = farm.http.put(to).basic_auth(agent, Some(secret)).body(PICTURE);
        let status = picture.send().await.context("the coordinator does not answer")?.status();
        ensure!(status.is_success(), "the picture is not taken: {status}");
        Ok(())
    }
}
