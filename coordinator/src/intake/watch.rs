//! The loop that looks at the drop folder. What the operating system tells is a hint that only
//! makes it look sooner; the look every few seconds is the truth.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use notify::{RecursiveMode, Watcher};
use tokio::sync::mpsc;
use visorfarm_gcode::Sentence;

use super::folder::{Look, Pair, Stamp, look};
use super::keep::{Arriving, blocking, cannot};
use super::label::LABEL_BYTES_MAX;
use super::{Intake, Label, NotALabel, NotTaken, Places, Unfit};
use crate::dispatch::{Refused, Slice};

/// How often the folder is looked at without a hint.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// The time between two looks at least: a file that is still being copied changes in it.
const SETTLE: Duration = Duration::from_secs(1);

/// How far a file is on its way in.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Progress {
    /// Seen once.
    Fresh,
    /// Seen changing.
    Growing,
    /// Published.
    Taken,
    /// Looked at and not taken.
    Wrong(Sentence),
    /// Not taken for a reason that lies elsewhere: tried again.
    Blocked(Sentence),
}

/// What is known of the drop folder, by path as shown.
#[derive(Debug, Default)]
pub(super) struct Known {
    files: BTreeMap<String, (Stamp, Progress)>,
}

/// Watches the drop folder for ever.
pub(super) async fn watch(intake: &Intake) {
    let (tell, mut told) = mpsc::channel(1);
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading is what we do ourselves.
        if !event.is_ok_and(|event| event.kind.is_access()) {
            // Full means that a hint waits already.
            tell.try_send(()).ok();
        }
    });
    let designs = &intake.places().designs;
    let watching = watcher.and_then(|mut watcher| {
        watcher.watch(designs, RecursiveMode::Recursive)?;
        Ok(watcher)
    });
    if let Err(error) = &watching {
        tracing::warn!("Looking at the drop folder every 3 s only: {error}");
    }
    let mut known = Known::default();
    loop {
        known.look_again(intake).await;
        // Nothing tells that a copy is whole: a file that is the same at two looks is.
        tokio::time::sleep(SETTLE).await;
        if known.is_any_on_its_way() {
            continue;
        }
        // Without a watcher the channel is closed and tells nothing, at once.
        let hint = async {
            if told.recv().await.is_none() {
                std::future::pending::<()>().await;
            }
        };
        tokio::time::timeout(LOOK_EVERY, hint).await.ok();
    }
}

impl Known {
    /// Says whether the next look may find that a file has settled.
    fn is_any_on_its_way(&self) -> bool {
        let mut files = self.files.values();
        files.any(|(_, progress)| matches!(progress, Progress::Fresh | Progress::Growing))
    }

    /// Looks once: takes what has settled, and notes what is wrong.
    pub(super) async fn look_again(&mut self, intake: &Intake) {
        let designs = intake.places().designs.clone();
        let Look { pairs, misplaced, .. } = blocking(move || look(&designs)).await;
        self.files.retain(|name, _| pairs.contains_key(name));
        for (name, pair) in pairs {
            let progress = match self.files.remove(&name) {
                None => Progress::Fresh,
                Some((stamp, _)) if stamp != pair.stamp => Progress::Growing,
                Some((_, Progress::Fresh | Progress::Growing | Progress::Blocked(_))) => {
                    intake.settled(&pair).await
                }
                Some((_, known @ (Progress::Taken | Progress::Wrong(_)))) => known,
            };
            self.files.insert(name, (pair.stamp, progress));
        }
        let mut wrong = misplaced;
        for (name, (_, progress)) in &self.files {
            let problem = match progress {
                Progress::Fresh | Progress::Taken => continue,
                Progress::Growing => Sentence {
                    english: "still growing: it is taken once it stays the same".to_owned(),
                    french: "grandit encore : il est pris dès qu'il ne change plus".to_owned(),
                },
                Progress::Wrong(problem) | Progress::Blocked(problem) => problem.clone(),
            };
            wrong.insert(name.clone(), problem);
        }
        intake.now_wrong(wrong);
    }
}

impl Intake {
    /// Takes a file that did not change between two looks.
    async fn settled(&self, pair: &Pair) -> Progress {
        match self.take_pair(pair).await {
            Ok(()) => Progress::Taken,
            Err(error @ (NotTaken::Disk { .. } | NotTaken::Stopping(_))) => {
                Progress::Blocked(error.tell())
            }
            Err(error) => Progress::Wrong(error.tell()),
        }
    }

    async fn take_pair(&self, pair: &Pair) -> Result<(), NotTaken> {
        let (copied, places) = (pair.clone(), self.places().clone());
        let (slice, label) = blocking(move || read(&copied, &places)).await?;
        let digest = slice.digest;
        match self.publish(&pair.address, &label, slice).await {
            // It was published before it was withdrawn: there is nothing to mend.
            Err(NotTaken::Refused(Refused::Withdrawn { .. }))
                if self.has(&pair.address, digest) =>
            {
                Ok(())
            }
            published => published,
        }
    }
}

/// Reads both files and keeps the G-code. Blocks for the disk.
fn read(pair: &Pair, places: &Places) -> Result<(Slice, Label), NotTaken> {
    let profile = &pair.address.profile;
    let Some(mark) = pair.stamp.gcode else {
        return Err(Unfit::NoGcode { profile: profile.clone() }.into());
    };
    if pair.stamp.label.is_none() {
        return Err(Unfit::NoLabel { profile: profile.clone() }.into());
    }
    if places.bytes_max < mark.bytes {
        return Err(Unfit::too_large(places.bytes_max).into());
    }
    let label = read_label(&pair.label)?;
    let source = File::open(&pair.gcode).map_err(|source| cannot(&pair.gcode, source))?;
    let mut arriving = Arriving::begin(&places.gcode, profile.clone(), places.bytes_max)?;
    arriving.copy(source, &pair.gcode)?;
    let arrived = arriving.complete()?;
    let slice = arrived.slice(&label);
    arrived.keep(&slice)?;
    Ok((slice, label))
}

fn read_label(path: &Path) -> Result<Label, NotTaken> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LABEL_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|source| cannot(path, source))?;
    let text = String::from_utf8(bytes).ok().filter(|text| text.len() as u64 <= LABEL_BYTES_MAX);
    let text = text.ok_or_else(|| Unfit::from(NotALabel::NotText))?;
    Ok(Label::parse(&text).map_err(Unfit::from)?)
}
