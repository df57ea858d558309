//! Takes pictures by a printer's camera and sends them, one at a time, when it is told to.

use tokio::sync::mpsc;
use tracing::warn;
use visorfarm_protocol::id::PrinterId;

use crate::album::Album;
use crate::octoprint::rest::Rest;
use crate::trust::causes;

/// Works until nobody can tell it to. What stands in the way is said once, not every minute.
pub(super) async fn photograph(
    printer: PrinterId,
    rest: Rest,
    album: Album,
    mut orders: mpsc::Receiver<()>,
) {
    let mut before: Option<String> = None;
    while orders.recv().await.is_some() {
        let failed = take(&printer, &rest, &album).await.err();
        if let Some(why) = failed.as_ref().filter(|why| before.as_ref() != Some(*why)) {
            warn!(%printer, "No picture of {printer}: {why}");
        }
        before = failed;
    }
}

async fn take(printer: &PrinterId, rest: &Rest, album: &Album) -> Result<(), String> {
    let picture = rest.picture().await.map_err(|error| told(&error))?;
    album.show(printer, picture).await.map_err(|error| told(&error))
}

fn told(error: &(dyn std::error::Error + 'static)) -> String {
    causes(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
