//! Style, script, icons and the manifest: our own files, in the program.

use super::reply::Reply;
use crate::local::render::Language;

/// One of our files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asset {
    Style,
    Script,
    Bell,
    Notices,
    Icon,
    /// For phones that take no drawings as icons.
    Picture,
    Manifest,
}

impl Asset {
    pub(super) fn at(path: &str) -> Option<Self> {
        match path {
            "/style.css" => Some(Self::Style),
            "/page.js" => Some(Self::Script),
            "/bell.js" => Some(Self::Bell),
            "/notices.js" => Some(Self::Notices),
            "/icon.svg" => Some(Self::Icon),
            "/icon.png" => Some(Self::Picture),
            "/manifest.webmanifest" => Some(Self::Manifest),
            _ => None,
        }
    }

    pub(super) fn reply(self, language: Language) -> Reply {
        let style = include_str!("../../static/style.css");
        let script = include_str!("../../static/page.js");
        let bell = include_str!("../../static/bell.js");
        let notices = include_str!("../../static/notices.js");
        let icon = include_str!("../../static/icon.svg");
        let picture = include_bytes!("../../static/icon.png");
        match self {
            Self::Style => Reply::file("text/css; charset=utf-8", style),
            Self::Script => Reply::file("text/javascript; charset=utf-8", script),
            Self::Bell => Reply::file("text/javascript; charset=utf-8", bell),
            Self::Notices => Reply::file("text/javascript; charset=utf-8", notices),
            Self::Icon => Reply::file("image/svg+xml", icon),
            Self::Picture => Reply::file("image/png", picture.as_slice()),
            Self::Manifest => Reply::file("application/manifest+json", manifest(language)),
        }
    }
}

/// Returns what a phone needs to put the page among its apps.
fn manifest(language: Language) -> String {
    let name = language.pick("My printers", "Mes imprimantes");
    serde_json::json!({
        "name": name,
        "short_name": name,
        "lang": language.code(),
        "start_url": "/",
        "display": "standalone",
        "background_color": "#f3f5f7",
        "theme_color": "#0b6e63",
        "icons": [
            { "src": "/icon.svg", "type": "image/svg+xml", "sizes": "any" },
            { "src": "/icon.png", "type": "image/png", "sizes": "192x192" },
        ],
    })
    .to_string()
}
