//! What tests and the demo ask of a running coordinator, by its API.

use anyhow::{Context, Result, ensure};
use reqwest::{RequestBuilder, Url};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use visorfarm_protocol::id::RequestId;

use crate::coordinator::Coordinator;
use crate::rows::{
    AnomalyRow, Designs, EntryKind, EntryRow, FarmRow, LeaseRow, MemoRow, OutcomeRow, Page,
    PrinterRow, RequestRow,
};

impl Coordinator {
    /// Asks for pieces of a design.
    pub async fn request(&self, design: &str, pieces: i64) -> Result<RequestId> {
        let new = json!({ "design": design, "pieces": pieces, "title": "the hospital" });
        let (status, answer) = self.post("/requests", &new).await?;
        ensure!(status == 201, "the request for {pieces} was refused: {status} {answer}");
        let row: RequestRow = serde_json::from_value(answer).context("an odd request")?;
        Ok(row.id)
    }

    /// Returns the farm as a whole.
    pub async fn farm(&self) -> Result<FarmRow> {
        self.get("/farm").await
    }

    /// Returns the requests, oldest first.
    pub async fn requests(&self) -> Result<Vec<RequestRow>> {
        self.list("/requests").await
    }

    /// Returns the printers, by agent and name.
    pub async fn printers(&self) -> Result<Vec<PrinterRow>> {
        self.list("/printers").await
    }

    /// Returns the leases, oldest first.
    pub async fn leases(&self) -> Result<Vec<LeaseRow>> {
        self.list("/leases").await
    }

    /// Returns how prints ended, oldest first.
    pub async fn outcomes(&self) -> Result<Vec<OutcomeRow>> {
        self.list("/outcomes").await
    }

    /// Returns the lines of the ledger, oldest first.
    pub async fn ledger(&self) -> Result<Vec<EntryRow>> {
        self.list("/ledger").await
    }

    /// Returns what was written to makers, oldest first.
    pub async fn memos(&self) -> Result<Vec<MemoRow>> {
        self.list("/memos").await
    }

    /// Asks for something and returns only the status.
    pub async fn status_of(&self, path: &str) -> Result<u16> {
        Ok(self.get_as(&self.token, path).await?.0)
    }

    /// Returns what agents said that cannot be.
    pub async fn anomalies(&self) -> Result<Vec<AnomalyRow>> {
        self.list("/anomalies").await
    }

    /// Returns the published designs, and what is wrong in the drop folder.
    pub async fn published(&self) -> Result<Designs> {
        self.get("/designs").await
    }

    /// Returns the sum of all lines of one kind in the ledger.
    pub async fn ledger_sum(&self, kind: EntryKind) -> Result<i64> {
        let entries = self.ledger().await?;
        Ok(entries.iter().filter(|entry| entry.kind == kind).map(|entry| entry.pieces).sum())
    }

    /// Posts JSON and returns the status with the body; `Null` for a body that is not JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Result<(u16, Value)> {
        self.send(self.http.post(self.at(path)).json(body), &self.token).await
    }

    /// Asks with a token of the caller's and returns the status with the body.
    pub async fn get_as(&self, token: &str, path: &str) -> Result<(u16, Value)> {
        self.send(self.http.get(self.at(path)), token).await
    }

    /// Sends a form as a browser does, and returns the status with the page.
    pub async fn submit(&self, page: &str, fields: &[(&str, &str)]) -> Result<(u16, String)> {
        let url = Url::parse_with_params(page, fields).context("an odd address")?;
        let form = url.query().unwrap_or_default().to_owned();
        let kind = "application/x-www-form-urlencoded";
        let request = self.http.post(page).header("Content-Type", kind).body(form);
        let response = request.send().await.context("the coordinator does not answer")?;
        let status = response.status().as_u16();
        Ok((status, response.text().await.context("the coordinator broke off its answer")?))
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let (status, body) = self.get_as(&self.token, path).await?;
        ensure!(status == 200, "{path} was refused: {status} {body}");
        serde_json::from_value(body).with_context(|| format!("{path} has an odd answer"))
    }

    /// Reads a list to its end, page by page.
    async fn list<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        let mut after = 0;
        loop {
            let page: Page<T> = self.get(&format!("{path}?limit=1000&after={after}")).await?;
            rows.extend(page.items);
            match page.next {
                Some(next) => after = next,
                None => return Ok(rows),
            }
        }
    }

    fn at(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.origin)
    }

    async fn send(&self, request: RequestBuilder, token: &str) -> Result<(u16, Value)> {
        let response = request.bearer_auth(token).send().await;
        let response = response.context("the coordinator does not answer")?;
        let status = response.status().as_u16();
        let body = response.bytes().await.context("the coordinator broke off its answer")?;
        Ok((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
    }
}
