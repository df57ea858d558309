//! The screen on a wall: large figures, the strip, what just came off a bed. Whoever has its link
//! sees it without logging in, so that it names nobody: no maker, no printer, no requester.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{Frame, home, page};
use crate::clock::Timestamp;
use crate::web::Shared;
use crate::web::answer::{At, Failure};
use crate::web::caller::Admin;
use crate::web::text::Language;
use crate::web::view::View;

/// As many as one reads from afar.
const FINISHED_SHOWN: u32 = 6;

#[derive(Template)]
#[template(path = "wall.html")]
struct Wall {
    frame: Frame,
    view: View,
    cells: Vec<&'static str>,
    finished: Vec<Finished>,
}

/// A plate that came off a bed.
struct Finished {
    pieces: u32,
    design: String,
    at: u64,
    when: String,
}

#[derive(Template)]
#[template(path = "wall_link.html")]
struct Made {
    frame: Frame,
    link: String,
}

/// Makes the link, and shows it the only time.
pub(super) async fn make(
    State(app): State<Shared>,
    Admin(caller): Admin,
    t: Language,
) -> Result<Response, Failure> {
    let token = app.account(|accounts, _| accounts.make_wall_token()).await?;
    let link = format!("{}/wall/{token}", app.site.origin);
    let frame = Frame::new(&app, t, Some(caller), "/statistics").alerting(&app.view());
    Ok(page(StatusCode::CREATED, &Made { frame, link }))
}

pub(super) async fn show(
    State(app): State<Shared>,
    t: Language,
    At(token): At<String>,
) -> Result<Response, Failure> {
    if !app.account(move |accounts, _| accounts.is_wall_token(&token)).await? {
        let sentence =
            "this link of the wall is not good any more: make a new one on the page Statistics";
        let french = "ce lien du mur ne vaut plus : créez-en un autre sur la page Statistiques";
        return Err(Failure::new(StatusCode::FORBIDDEN, sentence).in_french(french));
    }
    let view = app.view();
    let finished = app.blocking(|app| app.site.history.finished(FINISHED_SHOWN)).await?;
    let shown = |(at, pieces, design): (u64, u32, String)| Finished {
        pieces,
        design,
        at,
        when: t.clock(&Timestamp(at), &view.at),
    };
    let wall = Wall {
        finished: finished.into_iter().map(shown).collect(),
        cells: home::cells(&view),
        frame: Frame::new(&app, t, None, "/"),
        view,
    };
    Ok(page(StatusCode::OK, &wall))
}
