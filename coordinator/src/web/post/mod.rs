//! Letters to people about what needs a person, while nobody looks at a page. Who wants which is
//! each person's choice; what is due is decided by the [`Desk`], which knows neither clock nor network.

mod carrier;
mod desk;
mod letter;
mod maker;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tracing::{info, warn};

pub use self::carrier::{Carrier, NoCarrier};
pub(super) use self::desk::About;
use self::desk::{Desk, Due, Reader};
pub(super) use self::maker::answer;
use super::text::Language;
use super::{App, Shared};
use crate::accounts::{Accounts, Notice, StoreFailed};

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
        maker::confirm(&app).await;
        let readers = match app.account(|accounts, _| readers(accounts)).await {
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

fn readers(accounts: &Accounts) -> Result<Vec<Reader>, StoreFailed> {
    // Whose bed it is hears of it first.
    let makers = accounts.maker_notices()?.into_iter().map(Reader::Maker);
    Ok(makers.chain(accounts.notices()?.into_iter().map(Reader::Person)).collect())
}

async fn send(app: &App, desk: &mut Desk, due: Due) {
    let Some(carrier) = &app.site.carrier else { return };
    let (farm, origin) = (&app.site.farm, &app.site.origin);
    let (to, letter) = match &due.reader {
        Reader::Person(notice) => {
            let letter = letter::about(language(&notice.language), farm, origin, &due.alerts);
            (&notice.address, letter)
        }
        Reader::Maker(notice) => {
            let (t, end) = (language(&notice.language), maker::end_link(app, &notice.ends));
            (&notice.address, letter::to_maker(t, farm, &due.alerts, &end))
        }
    };
    match carrier.send(to, letter).await {
        Ok(()) => info!("Told a person of {} things by letter", due.alerts.len()),
        Err(error) => {
            warn!("A letter is not delivered, and is tried again: {}", error.without_address());
            desk.failed(&due);
        }
    }
}

fn language(code: &str) -> Language {
    Language::from_code(code).unwrap_or(Language::English)
}

/// Says why letters cannot be sent to `address`.
pub(super) fn check_address(address: &str) -> Result<(), NoCarrier> {
    carrier::mailbox(address).map(drop)
}

/// Sends the code that confirms an address.
pub(super) async fn confirm(app: &App, reader: &Notice, code: &str) -> Result<(), NoCarrier> {
    let Some(carrier) = &app.site.carrier else { return Err(NoCarrier::None) };
    let link = format!("{}/notices/confirm?code={code}", app.site.origin);
    let letter = letter::confirming(language(&reader.language), &app.site.farm, &link);
    carrier.send(&reader.address, letter).await
}
