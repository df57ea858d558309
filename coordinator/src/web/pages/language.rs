//! The language switch.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;

use crate::web::answer::{Failure, see};
use crate::web::text::{LANGUAGE_COOKIE, Language};

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

/// Says whether an address leads to a page of ours: a path, and neither another site after two
/// strokes nor anything that a browser would read as such.
pub(super) fn leads_to_a_page(back: &str) -> bool {
    let plain = back.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    plain && back.starts_with('/') && !back.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_no_other_site() {
        for (back, leads) in [
            ("/", true),
            ("/printers?state=person&sort=name&q=%C3%A9", true),
            ("/requests/7", true),
            ("/setup?token=a-b_c", true),
            ("", false),
            ("printers", false),
            ("https://evil.example/", false),
            ("//evil.example/", false),
            ("/\\evil.example/", false),
            ("/\t/evil.example/", false),
            ("/a\r\nSet-Cookie: b=c", false),
        ] {
            assert_eq!(leads_to_a_page(back), leads, "{back:?}");
        }
    }
}
