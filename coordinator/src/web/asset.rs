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

const STYLE: Asset = Asset {
    name: "style.css",
    kind: "text/css; charset=utf-8",
    text: include_str!("../../static/style.css"),
};
const SCRIPT: Asset = Asset {
    name: "live.js",
    kind: "text/javascript; charset=utf-8",
    text: include_str!("../../static/live.js"),
};
const ICON: Asset =
    Asset { name: "icon.svg", kind: "image/svg+xml", text: include_str!("../../static/icon.svg") };

/// The addresses of the files.
#[derive(Debug)]
pub(super) struct Assets {
    pub(super) style: String,
    pub(super) script: String,
    pub(super) icon: String,
}

/// The addresses, made once.
pub(super) static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets {
    style: STYLE.address(),
    script: SCRIPT.address(),
    icon: ICON.address(),
});

impl Asset {
    fn address(&self) -> String {
        let digest: [u8; 32] = Sha256::digest(self.text.as_bytes()).into();
        let digest = visorfarm_protocol::digest::Digest(digest).to_string();
        // 64 bits tell our few versions apart.
        format!("/static/{}/{}", &digest[..16], self.name)
    }
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/static/{hash}/{name}", get(serve))
}

/// Open to everyone: the login page needs them. An old address gets the present file.
async fn serve(At((_hash, name)): At<(String, String)>) -> Result<Response, Failure> {
    let asset = [STYLE, SCRIPT, ICON].into_iter().find(|asset| asset.name == name);
    let Some(asset) = asset else {
        return Err(Failure::missing("there is no such file: load the page again"));
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, asset.text).into_response())
}
