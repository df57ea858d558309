//! Letters to makers: the one that asks whether an address is the maker's, and what agents are told of it.

use std::time::Duration;

use tracing::{info, warn};
use visorfarm_protocol::id::AgentId;
use visorfarm_protocol::letters::Letters;
use visorfarm_protocol::message::Down;

use super::language;
use super::letter::{self, Links};
use crate::accounts::{Confirming, Unsent};
use crate::web::{App, Shared};

/// How long a mail server that took no letter is left alone.
const AGAIN_AFTER: Duration = Duration::from_mins(15);

/// Sends the confirming letters that are due, and tells the agents whose letters nobody confirmed.
pub(super) async fn confirm(app: &Shared) {
    let looked = app.account(|accounts, now| {
        Ok((accounts.lapse_letters(now)?, accounts.confirming_letters(now)?))
    });
    let (lapsed, due) = match looked.await {
        Ok(looked) => looked,
        Err(failure) => return warn!("No maker is asked by letter: {}", failure.sentence),
    };
    for agent in lapsed {
        answer(app, &agent, Letters::Lapsed).await;
    }
    for letter in due {
        send(app, letter).await;
    }
}

async fn send(app: &Shared, due: Confirming) {
    let Some(carrier) = &app.site.carrier else { return };
    let confirm = format!("{}/letters/confirm?code={}", app.site.origin, due.code);
    let links = Links { confirm, end: end_link(app, &due.ends) };
    let letter = letter::confirming_maker(language(&due.language), &app.site.farm, &links);
    let agent = due.agent.clone();
    let Err(error) = carrier.send(&due.address, letter).await else {
        return info!(%agent, "Asked by letter whether an address is that of the maker of {agent}");
    };
    let why = error.without_address();
    warn!(%agent, "A letter that asks the maker of {agent} is not delivered: {why}");
    let for_ever = error.is_for_ever();
    let kept = app.account(move |accounts, now| {
        let why = if for_ever { Unsent::Refused } else { Unsent::Until(now + AGAIN_AFTER) };
        accounts.unsent(&due, why)
    });
    match kept.await {
        Ok(()) if for_ever => answer(app, &agent, Letters::Refused).await,
        Ok(()) => {}
        Err(failure) => warn!("It cannot be tried again: {}", failure.sentence),
    }
}

/// Returns the link that ends letters.
pub(super) fn end_link(app: &App, ends: &str) -> String {
    format!("{}/letters/end?code={ends}", app.site.origin)
}

/// Tells an agent how the letters to its maker stand. One that is away says hello again.
pub(in crate::web) async fn answer(app: &App, agent: &AgentId, state: Letters) {
    if let Some(broker) = &app.site.broker {
        broker.publish(agent, &Down::Letters { state }).await;
    }
}
