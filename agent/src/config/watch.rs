//! Reads the settings again when the maker has changed them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tracing::debug;

use super::{Config, ConfigError, read};

/// How often the file is looked at without a hint: network folders and some editors give none.
const RESCAN_EVERY: Duration = Duration::from_secs(30);

/// An editor that replaces a file does so within this time (a guess).
const SETTLES_WITHIN: Duration = Duration::from_millis(200);

/// Watches the file at `path` and sends its settings each time it has changed, right or wrong.
/// The receiver keeps what it has when an error comes. Ends when the receiver is dropped.
#[must_use]
pub fn watch(path: &Path) -> mpsc::Receiver<Result<Config, ConfigError>> {
    let (changes, receiver) = mpsc::channel(1);
    // Read here, so that a change between the caller's own reading and the first tick is seen.
    let seen = read(path).ok();
    tokio::spawn(follow(path.to_owned(), seen, changes));
    receiver
}

async fn follow(
    path: PathBuf,
    mut seen: Option<String>,
    changes: mpsc::Sender<Result<Config, ConfigError>>,
) {
    let (hint, mut hints) = mpsc::channel(1);
    let _watcher = watch_folder(&path, hint);
    let mut rescan = interval(RESCAN_EVERY);
    rescan.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            Some(()) = hints.recv() => {}
            _ = rescan.tick() => {}
            () = changes.closed() => return,
        }
        // Nothing tells when an editor is done; what is read too early is read again by the rescan.
        sleep(SETTLES_WITHIN).await;
        while hints.try_recv().is_ok() {}
        let text = read(&path);
        if text.as_ref().ok() == seen.as_ref() {
            continue;
        }
        let change = match &text {
            Ok(text) => Config::parse(&path, text),
            Err(_) => Config::load(&path),
        };
        seen = text.ok();
        if changes.send(change).await.is_err() {
            return;
        }
    }
}

/// Watches the folder, not the file: editors put another file in its place. A hint that finds one
/// waiting is dropped.
fn watch_folder(path: &Path, hint: mpsc::Sender<()>) -> Option<RecommendedWatcher> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let look = move |event: notify::Result<notify::Event>| {
        // Reading is what we do ourselves.
        if event.is_ok_and(|event| event.kind.is_access()) {
            return;
        }
        match hint.try_send(()) {
            // It is being followed, is about to look anyway, or has ended.
            Ok(()) | Err(TrySendError::Full(()) | TrySendError::Closed(())) => {}
        }
    };
    let watcher = notify::recommended_watcher(look).and_then(|mut watcher| {
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
        Ok(watcher)
    });
    match watcher {
        Ok(watcher) => Some(watcher),
        Err(error) => {
            debug!("Cannot watch {}, looking every {RESCAN_EVERY:?}: {error}", folder.display());
            None
        }
    }
}
