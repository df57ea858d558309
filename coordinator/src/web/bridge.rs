//! MQTT over WebSocket, for home networks that let only web ports through.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{ConnectInfo, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::any;

use super::Shared;
use super::answer::Failure;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/mqtt", any(upgrade))
}

/// Open to everyone: the broker itself asks for the agent's name and secret.
async fn upgrade(
    State(app): State<Shared>,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    request: WebSocketUpgrade,
) -> Result<Response, Failure> {
    let Some(broker) = &app.site.broker else {
        let sentence = "this coordinator has no broker of its own: ask where its broker is";
        return Err(Failure::new(StatusCode::NOT_FOUND, sentence));
    };
    let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
    let peer = peer.map_or(nowhere, |axum::Extension(ConnectInfo(peer))| peer);
    Ok(broker.bridge().upgrade(request, peer))
}
