//! Letters to people about what needs a person, while nobody looks at a page. Who wants which is
//! each person's choice; what is due is decided by the [`Desk`], which knows neither clock nor network.

mod carrier;
mod desk;
mod letter;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tracing::{info, warn};

pub use self::carrier::{Carrier, NoCarrier};
pub(super) use self::desk::About;
use self::desk::{Desk, Due};
use super::text::Language;
use super::{App, Shared};
use crate::accounts::Notice;

/// How often the desk looks: what stands for two minutes is told a moment later.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Sends letters as long as the pages are served. Returns at once where there is no carrier.
pub(super) fn start(app: &Shared) {
    if app.site.carrier.is_some() {
        tokio::spawn(run(Arc::downgrade(app)));
    }
}

async fn run(app: std::sync::Weak<App>) {
    let mut desk = Desk::default();
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        let Some(app) = app.upgrade() else { return };
        let readers = match app.account(|accounts, _| accounts.notices()).await {
            Ok(readers) => readers,
            Err(failure) => {
                warn!("Nobody is told by letter: {}", failure.sentence);
                continue;
            }
        };
        let view = app.view();
        for due in desk.look(view.at, &view.alerts, &readers) {
            send(&app, &mut desk, due).await;
        }
    }
}

async fn send(app: &App, desk: &mut Desk, due: Due) {
    let Some(carrier) = &app.site.carrier else { return };
    let language = language(&due.reader);
    let letter = letter::about(language, &app.site.farm, &app.site.origin, &due.alerts);
    match carrier.send(&due.reader.address, letter).await {
        Ok(()) => info!("Told a person of {} things by letter", due.alerts.len()),
        Err(error) => {
            warn!("A letter is not taken by the mail server, and is tried again: {error}");
            desk.failed(&due);
        }
    }
}

fn language(reader: &Notice) -> Language {
    Language::from_code(&reader.language).unwrap_or(Language::English)
}

/// Says why letters cannot be sent to `address`.
pub(super) fn check_address(address: &str) -> Result<(), NoCarrier> {
    carrier::mailbox(address).map(drop)
}

/// Sends the code that confirms an address.
pub(super) async fn confirm(app: &App, reader: &Notice, code: &str) -> Result<(), NoCarrier> {
    let Some(carrier) = &app.site.carrier else { return Err(NoCarrier::None) };
    let link = format!("{}/notices/confirm?code={code}", app.site.origin);
    carrier.send(&reader.address, letter::confirming(language(reader), &app.site.farm, &link)).await
}
