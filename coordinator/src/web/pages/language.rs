//! The language switch.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;

use crate::web::answer::{Failure, see};
use crate::web::text::{LANGUAGE_COOKIE, Language};

/// The pages to go back to: whatever else a form says leads home.
const PAGES: [&str; 8] =
    ["/", "/printers", "/requests", "/designs", "/makers", "/statistics", "/login", "/join"];

/// The page of the first account, which is nothing without the token in its address.
const SETUP: &str = "/setup?token=";

/// The switch, as a form.
#[derive(Deserialize)]
pub(super) struct Choice {
    language: String,
    back: String,
}

/// Open to everyone: the login page has it, too.
pub(super) async fn choose(form: Result<Form<Choice>, FormRejection>) -> Result<Response, Failure> {
    let Form(Choice { language, back }) = form?;
    let Some(language) = Language::from_code(&language) else {
        return Err(Failure::impossible("the language is one of en, fr"));
    };
    let mut response = see(if leads_to_a_page(&back) { &back } else { "/" });
    let code = language.code();
    let cookie = format!("{LANGUAGE_COOKIE}={code}; Path=/; Max-Age=31536000; SameSite=Lax");
    let cookie = HeaderValue::from_str(&cookie).expect("a code is two letters");
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Returns the way back to the page of the first account.
pub(super) fn back_to_setup(token: &str) -> String {
    format!("{SETUP}{token}")
}

fn leads_to_a_page(back: &str) -> bool {
    let is_token =
        |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    PAGES.contains(&back) || back.strip_prefix(SETUP).is_some_and(is_token)
}
