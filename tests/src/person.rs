//! Somebody with an account, who is logged in.

use anyhow::{Context, Result, ensure};
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{RequestBuilder, Url};

use crate::coordinator::Coordinator;

/// A person's browser.
#[derive(Debug)]
pub struct Person<'a> {
    coordinator: &'a Coordinator,
    session: String,
}

impl Coordinator {
    /// Makes an account, and logs its person in.
    pub async fn person(&self, name: &str) -> Result<Person<'_>> {
        let said = self.command("users", &["add", name]).await?;
        let password = said.split_whitespace().last().context("no password was printed")?;
        let mut person = Person { coordinator: self, session: String::new() };
        let login = person.form("/login", &[("name", name), ("password", password)])?;
        // The answer leads on to a page; the session comes with it.
        let answer = login.send().await.context("the coordinator does not answer")?;
        let cookie = answer.headers().get(SET_COOKIE).context("the password is not taken")?;
        let cookie = cookie.to_str().context("an odd cookie")?;
        cookie.split(';').next().unwrap_or_default().clone_into(&mut person.session);
        Ok(person)
    }
}

impl Person<'_> {
    /// Sends a form.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Result<()> {
        self.done(self.form(path, fields)?).await
    }

    fn form(&self, path: &str, fields: &[(&str, &str)]) -> Result<RequestBuilder> {
        let page = format!("{}{path}", self.coordinator.origin());
        let url = Url::parse_with_params(&page, fields).context("an odd address")?;
        let form = url.query().unwrap_or_default().to_owned();
        let kind = "application/x-www-form-urlencoded";
        Ok(self.coordinator.http.post(page).header("Content-Type", kind).body(form))
    }

    async fn done(&self, request: RequestBuilder) -> Result<()> {
        let answer = request.header(COOKIE, &self.session).send().await;
        let status = answer.context("the coordinator does not answer")?.status();
        ensure!(status.is_success() || status.is_redirection(), "it is refused: {status}");
        Ok(())
    }
}
