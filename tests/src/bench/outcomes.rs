//! How many outcomes a second a coordinator takes in for good: through TLS, broker, dispatcher and
//! ledger, each acknowledged only after a commit that is on the disk.
//!
//! Each message tells of as many plates as one may, and each agent of as many as it may in an hour:
//! they are repetitions of its lease's print, which count like any other. Each is an outcome and a
//! ledger entry of its own.

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use tokio::time::Instant;
use visorfarm_coordinator::dispatch::Kind;
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

/// As many as a message may tell.
const OUTCOMES_PER_MESSAGE: u32 = 32;
const _: () = assert!(OUTCOMES_PER_MESSAGE as usize == FACTS_PER_MESSAGE_MAX);

/// Messages of one agent: the repetitions that it may tell of in an hour.
const MESSAGES: u32 = Kind::Repeat.max() / OUTCOMES_PER_MESSAGE;

const OUTCOMES_PER_SECOND: f64 = 20_000.0;

/// What one agent told.
struct Told {
    outcomes: u64,
    acknowledged: Samples,
}

pub(super) async fn measure(pace: Pace, programs: &Programs) -> Result<Vec<Figure>> {
    let agents = pace.pick(1_000, 100);
    let farm = Farm::start(programs).await?;
    let crowd = crowd::at_work(&farm, agents, &Plate::quick()).await?;
    let (memory_before, cpu_before) = (farm.process.memory("VmRSS")?, farm.process.cpu()?);

    let began = Instant::now();
    let tellers =
        crowd.into_iter().map(|(member, connection)| tokio::spawn(tell(member, connection)));
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
        "{agents} agents, {OUTCOMES_PER_MESSAGE} outcomes a message, each waits for its PUBACK; \
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

/// Tells of repetitions, one message after the other; then waits for the receipts.
async fn tell(mut member: Member, mut connection: Connection) -> Result<Told> {
    let mut told = Told { outcomes: 0, acknowledged: Samples::default() };
    let mut ordinal = 1;
    for _ in 0..MESSAGES {
        let next = ordinal + OUTCOMES_PER_MESSAGE;
        let ends = (ordinal..next).map(|ordinal| member.ended(ordinal)).collect();
        let message = member.facts(ends);
        ordinal = next;
        let sent = Instant::now();
        connection.say(&message).await?;
        told.acknowledged.push(sent.elapsed());
    }
    told.outcomes = u64::from(ordinal - 1);
    let mut receipted = 0;
    while receipted < told.outcomes {
        receipted += connection
            .hear_one(|down| match down {
                Down::Receipt(receipt) => Some(receipt.seqs.len() as u64),
                Down::Welcome { .. }
                | Down::Grant(_)
                | Down::Trace(_)
                | Down::Withdraw { .. }
                | Down::Frozen
                | Down::Memo { .. }
                | Down::Letters { .. } => None,
            })
            .await?;
    }
    ensure!(receipted == told.outcomes, "{receipted} receipts for {}", told.outcomes);
    Ok(told)
}
