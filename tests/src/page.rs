//! What a person reads on the farm's pages.

use anyhow::{Context, Result};

use crate::coordinator::Coordinator;
use crate::rows::PrinterRow;

/// What the farm's page on a printer says, in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrinterPage {
    /// What the printer does, in a word or two.
    pub doing: String,
    /// What a person should do next, if somebody should.
    pub advice: Option<String>,
}

impl Coordinator {
    /// Reads the page on a printer.
    pub async fn printer_page(&self, row: &PrinterRow) -> Result<PrinterPage> {
        let page = self.open(&format!("/printers/{}/{}", row.agent, row.printer)).await?;
        let page = page.text().await.context("the coordinator broke off its page")?;
        let doing = between(&page, "data-word=\"doing\">", "<");
        Ok(PrinterPage {
            doing: doing.context("the page does not say what the printer does")?,
            advice: between(&page, "<p class=\"advice\">", "<"),
        })
    }
}

fn between(text: &str, begin: &str, end: &str) -> Option<String> {
    let (_, rest) = text.split_once(begin)?;
    let (found, _) = rest.split_once(end)?;
    Some(found.replace("&#39;", "'"))
}
