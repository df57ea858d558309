//! How many outcomes a second a coordinator takes in for good: through TLS, broker, dispatcher and
//! ledger, each acknowledged only after a commit that is on the disk.
//!
//! Each message tells of as many plates as one may. They were printed under leases that were given
//! after the copy was made from which the farm is restored: so many plates are told at once only then.
//! Each is a lease, an outcome and a ledger entry of its own.

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use tokio::time::{Duration, Instant};
use visorfarm_protocol::id::LeaseId;
use visorfarm_protocol::message::{Down, FACTS_PER_MESSAGE_MAX};

use super::Pace;
use super::crowd;
use super::farm::Farm;
use super::figure::{Figure, Goal};
use super::plate::Plate;
use super::process::megabytes;
use super::programs::Programs;
use super::samples::Samples;
use crate::simulated::connection::Connection;
use crate::simulated::member::Member;

/// Enough to fill every commit while the last one runs.
const AGENTS: usize = 50;

/// As many as a message may tell.
const OUTCOMES_PER_MESSAGE: u64 = FACTS_PER_MESSAGE_MAX as u64;

/// Between the first lease numbers of two agents: more than one tells of.
const LEASES_APART: u64 = 1 << 32;

const OUTCOMES_PER_SECOND: f64 = 20_000.0;

/// What one agent told.
struct Told {
    outcomes: u64,
    acknowledged: Samples,
}

pub(super) async fn measure(pace: Pace, programs: &Programs) -> Result<Vec<Figure>> {
    let window = pace.pick(Duration::from_secs(20), Duration::from_secs(5));
    let farm = Farm::start(programs).await?;
    let crowd = crowd::at_work(&farm, AGENTS, &Plate::quick()).await?;
    let farm = farm.restore_copy().await?;
    let crowd = try_join_all(crowd.into_iter().map(|(member, _)| come_back(&farm, member))).await?;
    let (memory_before, cpu_before) = (farm.process.memory("VmRSS")?, farm.process.cpu()?);

    let began = Instant::now();
    let tellers = crowd
        .into_iter()
        .zip(1..)
        .map(|(back, number)| tokio::spawn(tell(back, number * LEASES_APART, began + window)));
    let (mut outcomes, mut acknowledged) = (0, Samples::default());
    for told in try_join_all(tellers).await? {
        let Told { outcomes: more, acknowledged: samples } = told?;
        outcomes += more;
        acknowledged.extend(samples);
    }
    let took = began.elapsed();
    let cpu =
        100.0 * farm.process.cpu()?.saturating_sub(cpu_before).as_secs_f64() / took.as_secs_f64();
    let memory = farm.process.memory("VmRSS")?.saturating_sub(memory_before);
    farm.check_printed(outcomes * u64::from(Plate::quick().pieces)).await?;

    let messages = acknowledged.len();
    let how = format!(
        "{AGENTS} agents, {OUTCOMES_PER_MESSAGE} outcomes a message, each waits for its PUBACK; \
         {:.1} s, {outcomes} outcomes in {messages} messages, all counted, check clean",
        took.as_secs_f64()
    );
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let (rate, each) = (outcomes as f64 / took.as_secs_f64(), memory as f64 / outcomes as f64);
    let millis = |percent| acknowledged.percentile(percent).as_secs_f64() * 1e3;
    let also = "same run".to_owned();
    Ok(vec![
        Figure::new("outcomes, durable", rate, "1/s", how).goal(Goal::AtLeast(OUTCOMES_PER_SECOND)),
        Figure::new("outcomes: PUBACK, p50", millis(50), "ms", also.clone()),
        Figure::new("outcomes: PUBACK, p99", millis(99), "ms", also.clone()),
        Figure::new("outcomes: coordinator's CPU", cpu, "%", also.clone()),
        Figure::new("outcomes: RSS grown", megabytes(memory), "MB", also.clone()),
        Figure::new("outcomes: RSS grown for each", each, "bytes", also),
    ])
}

async fn come_back(farm: &Farm, member: Member) -> Result<(Member, Connection)> {
    let mut connection = Connection::open(&farm.broker(), &member.credentials).await?;
    member.greet(&mut connection).await?;
    Ok((member, connection))
}

/// Tells of plates under the leases from number `first` on, one message after the other, until `end`;
/// then waits for the receipts.
async fn tell(
    (mut member, mut connection): (Member, Connection),
    first: u64,
    end: Instant,
) -> Result<Told> {
    let mut told = Told { outcomes: 0, acknowledged: Samples::default() };
    let epoch = member.grant().lease.epoch;
    while Instant::now() < end {
        let next = first + told.outcomes;
        let numbers = next..next + OUTCOMES_PER_MESSAGE;
        let leases = numbers.map(|number| LeaseId { epoch, number });
        let ends = leases.map(|lease| member.ended_under(lease)).collect();
        let message = member.facts(ends);
        told.outcomes += OUTCOMES_PER_MESSAGE;
        let sent = Instant::now();
        connection.say(&message).await?;
        told.acknowledged.push(sent.elapsed());
    }
    let mut receipted = 0;
    while receipted < told.outcomes {
        receipted += connection
            .hear_one(|down| match down {
                Down::Receipt(receipt) => Some(receipt.seqs.len() as u64),
                Down::Welcome { .. } | Down::Grant(_) | Down::Withdraw { .. } => None,
            })
            .await?;
    }
    ensure!(receipted == told.outcomes, "{receipted} receipts for {}", told.outcomes);
    Ok(told)
}
