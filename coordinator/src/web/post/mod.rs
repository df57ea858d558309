//! Letters to people about what needs a person, while nobody looks at a page. Who wants which is
//! each person's choice; what is due is decided by the [`Desk`], which knows neither clock nor network.

mod carrier;
mod desk;
mod letter;
mod maker;

use std::collections::BTreeMap;
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
use crate::accounts::{Accounts, Addressee, Notice, StoreFailed, Told};

/// How often the desk looks: what stands for two minutes is told a moment later.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Sends letters as long as the pages are served. Returns at once where there is no carrier.
pub(super) fn start(app: &Shared) {
    if app.site.carrier.is_some() {
        tokio::spawn(run(Arc::downgrade(app)));
    }
}

async fn run(app: std::sync::Weak<App>) {
    let mut open = None;
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
        if open.is_none() {
            open = begin(&app).await;
        }
        let Some((desk, kept)) = &mut open else { continue };
        let view = app.view();
        for due in desk.look(view.at, &view.alerts, &readers) {
            send(&app, desk, due).await;
        }
        keep(&app, desk, kept).await;
    }
}

/// What was taken down of what everybody was told.
type Kept = BTreeMap<Addressee, Told>;

/// Opens the desk where the last run left it.
async fn begin(app: &Shared) -> Option<(Desk, Kept)> {
    match app.account(|accounts, _| accounts.told()).await {
        Ok(told) => Some((Desk::new(app.site.clock.now(), told.clone()), told)),
        Err(failure) => {
            warn!("Nobody is told by letter: {}", failure.sentence);
            None
        }
    }
}

/// Takes down what is different: after the letters went, so that a crash between the two tells twice what would
/// else be told to nobody.
async fn keep(app: &Shared, desk: &Desk, kept: &mut Kept) {
    let now = desk.told();
    let gone = kept.keys().filter(|who| !now.contains_key(*who)).map(|who| (who.clone(), None));
    let new = now.iter().filter(|(who, told)| kept.get(*who) != Some(*told));
    let new = new.map(|(who, told)| (who.clone(), Some(told.clone())));
    let changes: Vec<_> = gone.chain(new).collect();
    if changes.is_empty() {
        return;
    }
    match app.account(move |accounts, _| accounts.keep_told(&changes)).await {
        Ok(()) => kept.clone_from(now),
        Err(failure) => warn!("A restart would tell again by letter: {}", failure.sentence),
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
