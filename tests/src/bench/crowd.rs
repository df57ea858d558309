//! Many simulated agents at once.

use anyhow::{Context, Result};
use futures_util::{StreamExt, TryStreamExt, stream};
use visorfarm_protocol::enrol::Credentials;

use super::farm::Farm;
use super::plate::Plate;
use crate::simulated::connection::Connection;
use crate::simulated::member::Member;

/// Agents that join at a time; the storm is measured elsewhere.
const JOINING_AT_ONCE: usize = 20;

/// Enrols `count` agents, connects them, and lets each take one plate that nobody else holds.
pub(super) async fn at_work(
    farm: &Farm,
    count: usize,
    plate: &Plate,
) -> Result<Vec<(Member, Connection)>> {
    farm.ask_for(plate, count as u64 * u64::from(plate.pieces)).await?;
    let credentials = farm.enrol(count).await.context("the agents did not join")?;
    let members =
        stream::iter(credentials).map(|credentials| at_work_one(farm, credentials, plate));
    members.buffer_unordered(JOINING_AT_ONCE).try_collect().await
}

async fn at_work_one(
    farm: &Farm,
    credentials: Credentials,
    plate: &Plate,
) -> Result<(Member, Connection)> {
    let mut connection = Connection::open(&farm.broker(), &credentials).await?;
    let mut member = Member::new(credentials, plate.profile)?;
    member.greet(&mut connection).await?;
    member.take_work(&mut connection).await?;
    Ok((member, connection))
}
