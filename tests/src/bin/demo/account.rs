//! The first account of the farm, made as its owner would: by the one-time link.

use anyhow::{Context, Result, ensure};
use visorfarm_tests::coordinator::Coordinator;

/// The name to log in with.
pub(crate) const NAME: &str = "demo";

/// Makes the account and returns its password.
pub(crate) async fn make_first(coordinator: &Coordinator) -> Result<String> {
    let link = coordinator.setup_link().await?;
    let (page, token) = link.split_once("?token=").context("an odd link to the first account")?;
    let mut random = [0; 8];
    getrandom::fill(&mut random).context("the system has no randomness")?;
    let password = format!("visors-{:016x}", u64::from_ne_bytes(random));
    let fields = [("token", token), ("name", NAME), ("password", &password)];
    let (status, answer) = coordinator.submit(page, &fields).await?;
    ensure!(status == 303, "the first account was refused: {status} {answer}");
    Ok(password)
}
