//! What people and scripts see of the farm: one snapshot, from which every page, stream and API
//! answer is made, so that no two of them show different numbers for one thing.

use serde::Serialize;
use utoipa::ToSchema;
use visorfarm_protocol::digest::Digest;
use visorfarm_protocol::id::{
    AgentId, DesignId, Epoch, JobId, LeaseId, MemoId, PrinterId, ProfileId, RequestId, RevisionId,
};
use visorfarm_protocol::message::End;
use visorfarm_protocol::status::{Activity, Bed, Consent, WaitsFor};

use super::{
    Channel, Day, Dispatcher, JobState, Lease, LeaseState, Memo, Printer, PrinterKey, Priority,
    Rank, Request, RequestState, Slice, Terms,
};
use crate::clock::Timestamp;

/// After how long an agent counts as silent. Agents speak every 10 s: four heartbeats.
pub(super) const SILENT_AFTER_MILLIS: u64 = 40_000;

/// The whole farm at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Board {
    /// When.
    #[schema(value_type = u64)]
    pub at: Timestamp,
    /// Which life of the database.
    #[schema(value_type = u32)]
    pub epoch: Epoch,
    /// The sums over all requests.
    pub totals: Numbers,
    /// Things agents said that cannot be, since the beginning.
    pub anomalies: u64,
    /// Newest first.
    pub requests: Vec<RequestRow>,
    /// By agent and name.
    pub printers: Vec<PrinterRow>,
    /// Jobs that are not over.
    pub jobs: Vec<JobRow>,
    /// By design, newest revision first.
    pub revisions: Vec<RevisionRow>,
    /// Memos to makers: those that are not read, and the last of those that are, oldest first.
    pub memos: Vec<MemoRow>,
    /// Which agent may fetch which file: the holder of a live lease on it.
    #[serde(skip)]
    pub fetchable: Vec<(AgentId, Digest)>,
}

/// The numbers of a request or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Numbers {
    /// Pieces asked for.
    pub wanted: i64,
    /// Pieces on plates that printers hold: granted, printing or unknown.
    pub in_flight: u64,
    /// Pieces that came off a bed.
    pub printed: i64,
    /// Of these, looked at and to be used.
    pub good: i64,
    /// Of these, looked at and thrown away.
    pub bad: i64,
    /// Good pieces that reached the requester.
    pub delivered: i64,
    /// Pieces still to be given to a printer.
    pub outstanding: u64,
    /// Pieces printed or in flight beyond what was asked for.
    pub surplus: u64,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RequestRow {
    /// Its number.
    #[schema(value_type = u64)]
    pub id: RequestId,
    /// The object.
    #[schema(value_type = String)]
    pub design: DesignId,
    /// Only this version, if the requester insists.
    #[schema(value_type = Option<String>)]
    pub revision: Option<RevisionId>,
    /// Who needs it and where.
    pub title: String,
    /// `open` or `cancelled`.
    #[schema(value_type = String)]
    pub state: RequestState,
    /// When it was taken, in milliseconds since 1970.
    #[schema(value_type = u64)]
    pub at: Timestamp,
    /// How pressing it is.
    pub priority: Priority,
    /// The last day on which it is of use.
    #[schema(value_type = Option<String>)]
    pub due: Option<Day>,
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: Numbers,
}

/// A printer.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PrinterRow {
    /// The agent that drives it.
    #[schema(value_type = String)]
    pub agent: AgentId,
    /// Its name there.
    #[schema(value_type = String)]
    pub printer: PrinterId,
    /// What its maker calls it.
    pub title: String,
    /// What G-code must be sliced for.
    #[schema(value_type = String)]
    pub profile: ProfileId,
    /// The version of its OctoPrint.
    pub octoprint: Option<String>,
    /// Where it stands, as its maker says.
    pub place: Option<String>,
    /// What its maker agrees to.
    #[schema(value_type = Option<Object>)]
    pub consent: Option<Consent>,
    /// How it can be reached.
    pub link: Link,
    /// What it was doing when last heard.
    #[schema(value_type = Option<String>)]
    pub activity: Option<Activity>,
    /// What stands on its bed.
    #[schema(value_type = Option<String>)]
    pub bed: Option<Bed>,
    /// Why it asks for no work.
    #[schema(value_type = Option<String>)]
    pub waits_for: Option<WaitsFor>,
    /// The plate it holds.
    pub plate: Option<PlateRow>,
    /// How far the print is, from 0 to 1.
    pub fraction: Option<f32>,
    /// OctoPrint's estimate of what is left, in seconds.
    pub seconds_left: Option<u32>,
    /// Nozzle temperature in degrees Celsius.
    pub nozzle_celsius: Option<f32>,
    /// Bed temperature in degrees Celsius.
    pub bed_celsius: Option<f32>,
    /// What is left on its spool, in grams, if its maker said what was on it.
    pub filament_left_grams: Option<u32>,
    /// What is wrong, in the words of the printer or OctoPrint.
    pub fault: Option<String>,
    /// When its agent was last heard, in milliseconds since 1970.
    #[schema(value_type = Option<u64>)]
    pub heard: Option<Timestamp>,
    /// Pieces that the ledger counts from it.
    pub printed: i64,
    /// How its last print ended.
    pub last: Option<LastRow>,
    /// When its maker last said how many pieces of a plate are good, in milliseconds since 1970.
    #[schema(value_type = Option<u64>)]
    pub judged: Option<Timestamp>,
}

/// How a printer's last print ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LastRow {
    /// Under which lease.
    #[schema(value_type = String)]
    pub lease: LeaseId,
    /// Which print under it.
    pub ordinal: u32,
    /// `completed`, `failed`, `cancelled` or `unknown`.
    #[schema(value_type = String)]
    pub end: End,
    /// What was said about it.
    pub note: String,
    /// When it was counted, in milliseconds since 1970.
    #[schema(value_type = u64)]
    pub at: Timestamp,
    /// When a person said to have seen that it failed, in milliseconds since 1970.
    #[schema(value_type = Option<u64>)]
    pub seen: Option<Timestamp>,
}

/// How a printer's agent can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// It spoke a moment ago.
    Live,
    /// Its connection is gone, or it has been silent for longer than it should.
    Silent,
    /// It has not been heard of since the coordinator started.
    Unheard,
}

/// The plate that a printer holds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PlateRow {
    /// Under which lease.
    #[schema(value_type = String)]
    pub lease: LeaseId,
    /// For which request.
    #[schema(value_type = Option<u64>)]
    pub request: Option<RequestId>,
    /// Which job of it.
    #[schema(value_type = Option<u64>)]
    pub job: Option<JobId>,
    /// The object.
    #[schema(value_type = String)]
    pub design: DesignId,
    /// Its version.
    #[schema(value_type = String)]
    pub revision: RevisionId,
    /// What the G-code is sliced for.
    #[schema(value_type = String)]
    pub profile: ProfileId,
    /// The file.
    #[schema(value_type = String)]
    pub digest: Digest,
    /// Pieces on it.
    pub pieces: u32,
    /// Where the lease is.
    #[schema(value_type = String)]
    pub state: LeaseState,
    /// Whether its agent lost its memory, and knows nothing of it any more.
    pub forgotten: bool,
}

/// A job that is not over.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JobRow {
    /// Its number.
    #[schema(value_type = u64)]
    pub id: JobId,
    /// For which request.
    #[schema(value_type = u64)]
    pub request: RequestId,
    /// Its current lease; none while it is queued.
    #[schema(value_type = Option<String>)]
    pub lease: Option<LeaseId>,
}

/// A text of the farm's people to a maker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MemoRow {
    /// Its number.
    #[schema(value_type = u64)]
    pub id: MemoId,
    /// To whose agent.
    #[schema(value_type = String)]
    pub agent: AgentId,
    /// What it says.
    pub text: String,
    /// When it was written, in milliseconds since 1970.
    #[schema(value_type = u64)]
    pub at: Timestamp,
    /// When its maker said to have read it, in milliseconds since 1970.
    #[schema(value_type = Option<u64>)]
    pub read: Option<Timestamp>,
}

/// A revision.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RevisionRow {
    /// Of which design.
    #[schema(value_type = String)]
    pub design: DesignId,
    /// Which one.
    #[schema(value_type = String)]
    pub revision: RevisionId,
    /// How far it is proven.
    pub channel: Channel,
    /// When it was published, in milliseconds since 1970.
    #[schema(value_type = u64)]
    pub at: Timestamp,
    /// Its G-code.
    pub slices: Vec<SliceRow>,
}

/// G-code of a revision for a printer profile.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SliceRow {
    /// What it is sliced for.
    #[schema(value_type = String)]
    pub profile: ProfileId,
    /// The file.
    #[serde(flatten)]
    pub slice: Slice,
}

impl Board {
    /// Returns the G-code that may be started for a request.
    pub(crate) fn eligible(&self, request: &RequestRow) -> impl Iterator<Item = &SliceRow> {
        let may = |row: &&RevisionRow| {
            row.design == request.design
                && match (&request.revision, row.channel) {
                    (_, Channel::Withdrawn) => false,
                    (Some(only), _) => *only == row.revision,
                    (None, channel) => channel != Channel::Prototype,
                }
        };
        self.revisions.iter().filter(may).flat_map(|row| &row.slices)
    }
}

impl PrinterRow {
    /// Returns what its maker asks of G-code.
    pub(crate) fn terms(&self) -> Terms<'_> {
        let consent = self.consent.as_ref();
        Terms {
            profile: &self.profile,
            materials: consent.map_or(&[], |consent| consent.materials.as_slice()),
            seconds_max: consent.and_then(|consent| consent.seconds_max),
            grams_max: self.filament_left_grams,
        }
    }
}

impl RequestRow {
    /// Returns how pressing it is.
    #[must_use]
    pub fn rank(&self) -> Rank {
        Rank { priority: self.priority, due: self.due }
    }
}

impl Dispatcher {
    /// Returns the farm as it is at `now`.
    #[must_use]
    pub fn board(&self, now: Timestamp) -> Board {
        let requests: Vec<_> =
            self.requests.values().rev().map(|request| self.request_row(request)).collect();
        let mut totals = Numbers::default();
        for row in &requests {
            totals.add(&row.numbers);
        }
        let job_row = |(id, job): (&JobId, &super::Job)| JobRow {
            id: *id,
            request: job.request,
            lease: match job.state {
                JobState::Queued => None,
                JobState::Leased(lease) => Some(lease),
            },
        };
        let fetchable = |(key, lease): (&PrinterKey, &LeaseId)| {
            (key.agent.clone(), self.leases[lease].plate.digest)
        };
        Board {
            at: now,
            epoch: self.epoch,
            totals,
            anomalies: self.anomalies,
            requests,
            printers: self
                .printers
                .iter()
                .map(|(key, printer)| self.printer_row(now, key, printer))
                .collect(),
            jobs: self.jobs.iter().map(job_row).collect(),
            revisions: self.revision_rows(),
            memos: self.memos.all().map(memo_row).collect(),
            fetchable: self.held.iter().map(fetchable).collect(),
        }
    }

    fn request_row(&self, request: &Request) -> RequestRow {
        let in_flight = self.in_flight(request.id);
        let sums = request.sums;
        RequestRow {
            id: request.id,
            design: request.design.clone(),
            revision: request.revision.clone(),
            title: request.title.clone(),
            state: request.state,
            at: request.at,
            priority: request.rank.priority,
            due: request.rank.due,
            numbers: Numbers {
                wanted: sums.wanted,
                in_flight,
                printed: sums.printed,
                good: sums.good,
                bad: sums.bad,
                delivered: sums.delivered,
                outstanding: sums.outstanding(in_flight),
                surplus: sums.surplus(in_flight),
            },
        }
    }

    fn printer_row(&self, now: Timestamp, key: &PrinterKey, printer: &Printer) -> PrinterRow {
        let heard = self.heard.get(&key.agent);
        let link = match heard {
            None => Link::Unheard,
            Some(heard)
                if heard.connected && now.0.saturating_sub(heard.at.0) < SILENT_AFTER_MILLIS =>
            {
                Link::Live
            }
            Some(_) => Link::Silent,
        };
        let status = printer.status.as_ref();
        PrinterRow {
            agent: key.agent.clone(),
            printer: key.printer.clone(),
            title: printer.card.title.clone(),
            profile: printer.card.profile.clone(),
            octoprint: printer.card.octoprint.clone(),
            place: printer.card.place.clone(),
            consent: printer.card.consent.clone(),
            link,
            activity: status.map(|status| status.activity),
            bed: status.map(|status| status.bed),
            waits_for: if self.is_frozen(&key.agent) {
                Some(WaitsFor::Copied)
            } else {
                status.and_then(|status| status.waits_for)
            },
            plate: self.held.get(key).map(|lease| plate_row(&self.leases[lease], printer)),
            fraction: status.and_then(|status| status.fraction),
            seconds_left: status.and_then(|status| status.seconds_left),
            nozzle_celsius: status.and_then(|status| status.nozzle_celsius),
            bed_celsius: status.and_then(|status| status.bed_celsius),
            filament_left_grams: status.and_then(|status| status.filament_left_grams),
            fault: status.and_then(|status| status.fault.clone()),
            heard: heard.map(|heard| heard.at),
            printed: printer.printed,
            last: printer.last.as_ref().map(|last| LastRow {
                lease: last.lease,
                ordinal: last.ordinal,
                end: last.end,
                note: last.note.clone(),
                at: last.at,
                seen: self.seen.get(&(last.lease, last.ordinal)).map(|seen| seen.at),
            }),
            judged: printer.judged,
        }
    }

    fn revision_rows(&self) -> Vec<RevisionRow> {
        let mut rows = Vec::new();
        for (design, revisions) in self.catalogue.designs() {
            for (name, revision) in revisions {
                let slices = revision.slices.iter().map(|(profile, slice)| SliceRow {
                    profile: profile.clone(),
                    slice: slice.clone(),
                });
                rows.push(RevisionRow {
                    design: design.clone(),
                    revision: name.clone(),
                    channel: revision.channel,
                    at: revision.at,
                    slices: slices.collect(),
                });
            }
        }
        rows.sort_by_key(|row| (row.design.clone(), std::cmp::Reverse(row.at)));
        rows
    }
}

fn memo_row(memo: &Memo) -> MemoRow {
    let Memo { id, agent, text, at, read } = memo.clone();
    MemoRow { id, agent, text, at, read }
}

fn plate_row(lease: &Lease, printer: &Printer) -> PlateRow {
    PlateRow {
        lease: lease.id,
        request: lease.request,
        job: lease.job,
        design: lease.plate.design.clone(),
        revision: lease.plate.revision.clone(),
        profile: lease.plate.profile.clone(),
        digest: lease.plate.digest,
        pieces: lease.plate.pieces,
        state: lease.state,
        forgotten: printer.forgot == Some(lease.id),
    }
}

impl Numbers {
    fn add(&mut self, other: &Self) {
        self.wanted += other.wanted;
        self.in_flight += other.in_flight;
        self.printed += other.printed;
        self.good += other.good;
        self.bad += other.bad;
        self.delivered += other.delivered;
        self.outstanding += other.outstanding;
        self.surplus += other.surplus;
    }
}
