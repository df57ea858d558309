//! Every route with every kind of credentials.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use crate::site::{Got, Site};

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    Nothing,
    Reader,
    Dispatcher,
    Admin,
    Agent,
}
use Needs::{Admin, Agent, Dispatcher, Nothing, Reader};

const API: [(&str, &str, Needs); 32] = [
    ("get", "/farm", Reader),
    ("get", "/requests", Reader),
    ("post", "/requests", Dispatcher),
    ("get", "/requests/{id}", Reader),
    ("post", "/requests/{id}/cancel", Dispatcher),
    ("post", "/requests/{id}/rank", Dispatcher),
    ("post", "/requests/{id}/deliveries", Dispatcher),
    ("get", "/printers", Reader),
    ("get", "/printers/{agent}/{printer}/camera", Reader),
    ("get", "/jobs", Reader),
    ("get", "/leases", Reader),
    ("post", "/leases/{id}/abandon", Dispatcher),
    ("post", "/prints/{print}/seen", Dispatcher),
    ("get", "/outcomes", Reader),
    ("get", "/ledger", Reader),
    ("get", "/anomalies", Reader),
    ("get", "/designs", Reader),
    ("post", "/designs", Dispatcher),
    ("post", "/designs/{design}/{revision}/withdraw", Dispatcher),
    ("get", "/agents", Reader),
    ("post", "/agents/{agent}/revoke", Admin),
    ("post", "/agents/{agent}/release", Dispatcher),
    ("post", "/agents/{agent}/memos", Dispatcher),
    ("get", "/memos", Reader),
    ("get", "/invites", Admin),
    ("post", "/invites", Admin),
    ("post", "/enrol", Nothing),
    ("get", "/openapi.json", Nothing),
    // Outside the API.
    ("get", "//live", Reader),
    ("get", "//gcode/{digest}", Agent),
    ("put", "//camera/{printer}", Agent),
    ("get", "//mqtt", Nothing),
];

const PAGES: [(&str, &str, Needs); 44] = [
    ("get", "/", Reader),
    ("get", "/printers", Reader),
    ("get", "/printers/at/0", Reader),
    ("get", "/printers/at/0/name", Reader),
    ("get", "/printers/nobody/one", Reader),
    ("get", "/requests", Reader),
    ("get", "/requests/1", Reader),
    ("post", "/requests", Dispatcher),
    ("post", "/requests/1/cancel", Dispatcher),
    ("get", "/requests/1/rank", Nothing),
    ("post", "/requests/1/rank", Dispatcher),
    ("post", "/leases/1-1/abandon", Dispatcher),
    ("post", "/prints/1-1-0/seen", Dispatcher),
    ("post", "/agents/nobody/release", Dispatcher),
    ("get", "/plates/1-1/label", Reader),
    ("get", "/plates/1-1/code.svg", Reader),
    ("get", "/designs", Reader),
    ("post", "/designs", Dispatcher),
    ("post", "/designs/visor/r1/channel", Dispatcher),
    ("post", "/designs/visor/r1/withdraw", Dispatcher),
    ("get", "/makers", Reader),
    ("get", "/makers/invites", Nothing),
    ("post", "/makers/invites", Admin),
    ("post", "/makers/invites/1/withdraw", Admin),
    ("post", "/makers/agents/nobody/memos", Dispatcher),
    ("post", "/makers/agents/nobody/revoke", Admin),
    ("get", "/statistics", Reader),
    ("get", "/sheets/printers.csv", Reader),
    ("get", "/sheets/requests/1/plates.csv", Reader),
    ("get", "/sheets/printers/nobody/one/log.csv", Reader),
    ("get", "/notices", Reader),
    ("post", "/notices", Reader),
    ("post", "/notices/stop", Reader),
    ("get", "/notices/confirm?code=x", Nothing),
    ("get", "/wall", Nothing),
    ("post", "/wall", Admin),
    ("get", "/wall/guess", Nothing),
    ("get", "/login", Nothing),
    ("post", "/login", Nothing),
    ("post", "/logout", Nothing),
    ("get", "/setup?token=x", Nothing),
    ("post", "/setup", Nothing),
    ("get", "/join", Nothing),
    ("post", "/language", Nothing),
];

fn path(route: &str) -> String {
    let filled = route
        .replace("{id}", "7")
        .replace("{design}", "visor")
        .replace("{revision}", "r9")
        .replace("{agent}", "nobody")
        .replace("{printer}", "one")
        .replace("{digest}", &"0".repeat(64));
    match filled.strip_prefix('/') {
        Some(outside) if outside.starts_with('/') => outside.to_owned(),
        _ => format!("/api/v1{filled}"),
    }
}

fn let_in(got: &Got) -> bool {
    got.status != StatusCode::UNAUTHORIZED
        && !(got.status == StatusCode::FORBIDDEN && got.text().contains("needs the role"))
}

async fn check(site: &Site, method: &str, path: &str, needs: Needs) {
    let everyone = [
        ("nobody", String::new()),
        ("reader", site.reader.clone()),
        ("dispatcher", site.dispatcher.clone()),
        ("admin", site.admin.clone()),
        ("agent", site.basic()),
        ("a guess", "visorfarm_guess".to_owned()),
    ];
    for (who, token) in everyone {
        let got = match method {
            // The stream does not end; that it began is enough.
            "get" if path == "/live" => {
                let request = crate::site::bearer(axum::http::Method::GET, path, &token);
                let request = request.body(axum::body::Body::empty()).unwrap();
                let response =
                    tower::ServiceExt::oneshot(site.router.clone(), request).await.unwrap();
                let (parts, _) = response.into_parts();
                Got { status: parts.status, headers: parts.headers, bytes: Vec::new() }
            }
            "get" => site.get(&token, path).await,
            "put" => site.put_bytes(&token, path, b"{}").await,
            _ => site.post(&token, path, "{}").await,
        };
        let may = match needs {
            Nothing => true,
            Reader => ["reader", "dispatcher", "admin"].contains(&who),
            Dispatcher => ["dispatcher", "admin"].contains(&who),
            Admin => who == "admin",
            Agent => who == "agent",
        };
        assert_eq!(let_in(&got), may, "{method} {path} by {who}: {got:?}");
        if !may {
            let role = matches!(who, "reader" | "dispatcher") && needs != Agent;
            let status = if role { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED };
            assert_eq!(got.status, status, "{method} {path} by {who}");
            assert!(path == "/live" || !got.error().is_empty());
        }
    }
}

#[tokio::test]
async fn every_route_asks_who_it_is() {
    let site = Site::new();
    for (method, route, needs) in API {
        check(&site, method, &path(route), needs).await;
    }
    for (method, path, needs) in PAGES {
        check(&site, method, path, needs).await;
    }
}

#[tokio::test]
async fn the_description_has_every_route_and_no_other() {
    let site = Site::new();
    let described = site.get("", "/api/v1/openapi.json").await.json();
    let mut there = BTreeSet::new();
    for (path, methods) in described["paths"].as_object().unwrap() {
        for (method, described) in methods.as_object().unwrap() {
            there.insert((method.clone(), path.clone()));
            let guarded = described.get("security").is_some();
            let refusals = ["401", "403"].map(|status| described["responses"].get(status));
            assert!(!guarded || refusals.iter().all(Option::is_some), "{method} {path}");
        }
    }
    let ours = API.iter().filter(|(_, path, _)| !path.starts_with("//"));
    let ours = ours.filter(|(_, path, _)| *path != "/openapi.json");
    let ours = ours.map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()));
    assert_eq!(there, ours.collect());
}

#[tokio::test]
async fn every_answer_says_what_browsers_must_not_do() {
    let site = Site::new();
    for path in ["/login", "/nowhere", "/api/v1/farm", "/api/v1/openapi.json"] {
        let got = site.get("", path).await;
        let policy = got.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(got.headers["x-content-type-options"], "nosniff");
        assert_eq!(got.headers["referrer-policy"], "no-referrer");
        assert_eq!(got.headers["cache-control"], "no-store", "{path}");
    }
}

#[tokio::test]
async fn another_sites_form_is_refused() {
    let site = Site::new();
    for (name, value, status) in [
        ("sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
        ("origin", "https://evil.example", StatusCode::FORBIDDEN),
        ("origin", "http://127.0.0.1:8080", StatusCode::SEE_OTHER),
        ("sec-fetch-site", "same-origin", StatusCode::SEE_OTHER),
    ] {
        let request = crate::site::bearer(axum::http::Method::POST, "/language", "")
            .header(name, value)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from("language=fr&back=/"))
            .unwrap();
        assert_eq!(site.send(request).await.status, status, "{name}: {value}");
    }
}
