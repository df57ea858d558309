//! What a test asks of a running OctoPrint, without the agent's client in between.

use anyhow::{Context, Result, bail, ensure};
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, Url};
use serde_json::{Value, json};

use super::server::OctoPrint;

/// How often a file was printed, as OctoPrint remembers it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prints {
    pub success: u64,
    pub failure: u64,
}

impl OctoPrint {
    /// Asks for `path` and returns the status with the body; `Null` for a body that is not JSON.
    pub async fn get(&self, path: &str) -> Result<(u16, Value)> {
        self.send(self.http.get(format!("{}{path}", self.url()))).await
    }

    /// Posts JSON to `path` and returns the status with the body.
    pub async fn post(&self, path: &str, body: &Value) -> Result<(u16, Value)> {
        self.send(self.http.post(format!("{}{path}", self.url())).json(body)).await
    }

    /// Deletes `path` and returns the status with the body.
    pub async fn delete(&self, path: &str) -> Result<(u16, Value)> {
        self.send(self.http.delete(format!("{}{path}", self.url()))).await
    }

    /// Posts a command that must be accepted.
    pub async fn command(&self, path: &str, body: &Value) -> Result<()> {
        let (status, answer) = self.post(path, body).await?;
        ensure!((200..300).contains(&status), "{path} refused {body}: {status} {answer}");
        Ok(())
    }

    /// Tells the virtual printer to misbehave; queued behind the line it is busy with.
    pub async fn debug(&self, fault: &str) -> Result<()> {
        self.command("/api/printer/command", &json!({ "command": format!("!!DEBUG:{fault}") }))
            .await
    }

    /// Stores a file the way a person does, and returns the path it got.
    pub async fn upload(&self, name: &str, gcode: impl Into<Vec<u8>>) -> Result<String> {
        let form = Form::new().part("file", Part::bytes(gcode.into()).file_name(name.to_owned()));
        let request = self.http.post(format!("{}/api/files/local", self.url())).multipart(form);
        let (status, answer) = self.send(request).await?;
        match answer["files"]["local"]["path"].as_str() {
            Some(path) if status == 201 => Ok(path.to_owned()),
            Some(_) | None => bail!("upload of {name} was refused: {status} {answer}"),
        }
    }

    /// Selects and prints a stored file the way a person does.
    pub async fn print(&self, path: &str) -> Result<()> {
        let resource = self.resource(path)?;
        self.command(&resource, &json!({ "command": "select", "print": true })).await
    }

    /// How often `path` was printed; zeroes for a file that is not there.
    pub async fn prints(&self, path: &str) -> Result<Prints> {
        let (status, record) = self.get(&self.resource(path)?).await?;
        match status {
            200 => Ok(counted(&record)),
            404 => Ok(Prints::default()),
            other => bail!("the record of {path} was refused: {other} {record}"),
        }
    }

    /// Returns how many prints of all files ended well: what really came off this bed.
    pub async fn successes(&self) -> Result<u64> {
        let (status, listing) = self.get("/api/files?recursive=true").await?;
        ensure!(status == 200, "the list of files was refused: {status} {listing}");
        Ok(successes_below(&listing["files"]))
    }

    fn resource(&self, path: &str) -> Result<String> {
        let mut url = Url::parse(&self.url()).context("the server's address is no URL")?;
        url.path_segments_mut()
            .map_err(|()| anyhow::anyhow!("the server's address has no path"))?
            .extend(["api", "files", "local"])
            .extend(path.split('/'));
        Ok(url.path().to_owned())
    }

    async fn send(&self, request: RequestBuilder) -> Result<(u16, Value)> {
        let response = request
            .header("X-Api-Key", &self.key)
            .send()
            .await
            .context("OctoPrint does not answer")?;
        let status = response.status().as_u16();
        let body = response.bytes().await.context("OctoPrint broke off its answer")?;
        Ok((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
    }
}

fn counted(record: &Value) -> Prints {
    let count = |outcome: &str| record["prints"][outcome].as_u64().unwrap_or(0);
    Prints { success: count("success"), failure: count("failure") }
}

fn successes_below(entries: &Value) -> u64 {
    let entries = entries.as_array().map(Vec::as_slice).unwrap_or_default();
    entries
        .iter()
        .map(|entry| match entry["type"].as_str() {
            // A folder repeats the counts of what is in it.
            Some("folder") => successes_below(&entry["children"]),
            Some(_) | None => counted(entry).success,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successes_are_summed_over_folders() {
        let listing = json!([
            { "name": "a.gcode", "prints": { "success": 2, "failure": 1 } },
            { "name": "visorfarm", "type": "folder", "prints": { "success": 3 }, "children": [
                { "name": "b.gcode", "prints": { "success": 3 } }, { "name": "c.gcode" },
            ] },
        ]);
        assert_eq!(successes_below(&listing), 5);
        assert_eq!(successes_below(&Value::Null), 0);
    }
}
