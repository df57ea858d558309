//! Waiting for what must come true, with a limit and a reason: no test sleeps and hopes.

use std::time::Duration;

use anyhow::{Result, anyhow};
use tokio::time::{Instant, sleep};

/// How often a condition is looked at. A look costs a few milliseconds of the machine that also
/// runs what is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Returns what `look` finds, as soon as it finds something. A look that fails is repeated: servers
/// that are killed and started again do not answer for a while.
pub async fn until<T>(
    what: &str,
    within: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + within;
    loop {
        let failed = match look().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if deadline < Instant::now() {
            let late = format!("after {within:?} still not: {what}");
            return Err(match failed {
                Some(error) => error.context(late),
                None => anyhow!(late),
            });
        }
        sleep(LOOK_EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_ends_with_the_first_find_and_survives_failures() {
        let mut looks = 0;
        let found = until("third look", Duration::from_secs(1), async || {
            looks += 1;
            match looks {
                1 => Err(anyhow!("not yet up")),
                2 => Ok(None),
                look => Ok(Some(look)),
            }
        });
        assert_eq!(found.await.unwrap(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_late_with_the_reason() {
        let never = async || Err::<Option<()>, _>(anyhow!("connection refused"));
        let error = until("an answer", Duration::from_secs(1), never).await.unwrap_err();
        assert_eq!(format!("{error:#}"), "after 1s still not: an answer: connection refused");
    }
}
