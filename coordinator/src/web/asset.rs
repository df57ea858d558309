//! Style, script and icon: our own files, in the program, under addresses that change with their
//! content, so that browsers keep them for ever.

use std::sync::LazyLock;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

use super::Shared;
use super::answer::{At, Failure};

/// A file that pages refer to.
struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
}

/// All of them. Scripts import each other by name.
const FILES: [Asset; 14] = [
    style("style.css", include_str!("../../static/style.css")),
    script("page.js", include_str!("../../static/page.js")),
    script("live.js", include_str!("../../static/live.js")),
    script("lists.js", include_str!("../../static/lists.js")),
    script("stream.js", include_str!("../../static/stream.js")),
    script("sight.js", include_str!("../../static/sight.js")),
    script("strip.js", include_str!("../../static/strip.js")),
    script("renew.js", include_str!("../../static/renew.js")),
    script("rows.js", include_str!("../../static/rows.js")),
    script("say.js", include_str!("../../static/say.js")),
    script("bell.js", include_str!("../../static/bell.js")),
    script("notices.js", include_str!("../../static/notices.js")),
    script("wall.js", include_str!("../../static/wall.js")),
    Asset { name: "icon.svg", kind: "image/svg+xml", text: include_str!("../../static/icon.svg") },
];

/// The addresses of the files that pages name.
#[derive(Debug)]
pub(super) struct Assets {
    pub(super) style: String,
    pub(super) script: String,
    pub(super) wall: String,
    pub(super) icon: String,
}

/// The addresses, made once. All files share one hash, so that a script that did not change itself
/// still gets the new version of what it imports.
pub(super) static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let mut hasher = Sha256::new();
    for file in &FILES {
        hasher.update(file.text.as_bytes());
    }
    let digest = visorfarm_protocol::digest::Digest(hasher.finalize().into()).to_string();
    // 64 bits tell our few versions apart.
    let address = |name: &str| format!("/static/{}/{name}", &digest[..16]);
    Assets {
        style: address("style.css"),
        script: address("page.js"),
        wall: address("wall.js"),
        icon: address("icon.svg"),
    }
});

const fn style(name: &'static str, text: &'static str) -> Asset {
    Asset { name, kind: "text/css; charset=utf-8", text }
}

const fn script(name: &'static str, text: &'static str) -> Asset {
    Asset { name, kind: "text/javascript; charset=utf-8", text }
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/static/{hash}/{name}", get(serve))
}

/// Open to everyone: the login page needs them. An old address gets the present file.
async fn serve(At((_hash, name)): At<(String, String)>) -> Result<Response, Failure> {
    let asset = FILES.iter().find(|asset| asset.name == name);
    let Some(asset) = asset else {
        return Err(Failure::missing("there is no such file: load the page again"));
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, asset.text).into_response())
}
