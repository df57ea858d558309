//! What is done to revisions by forms: published, brought into another channel, withdrawn.

use axum::Form;
use axum::extract::multipart::MultipartRejection;
use axum::extract::rejection::FormRejection;
use axum::extract::{Multipart, State};
use axum::response::Response;
use serde::Deserialize;
use visorfarm_protocol::text::quote;

use super::{Query, code, designs};
use crate::clock::Timestamp;
use crate::dispatch::{Channel, Event, Publication};
use crate::web::Shared;
use crate::web::answer::{At, Failure, granted, see};
use crate::web::api::{Fields, take_upload};
use crate::web::caller::{Dispatcher, Reader};
use crate::web::pages::page;
use crate::web::text::Language;

/// What was typed into the form of an upload.
#[derive(Default)]
pub(in crate::web::pages) struct Typed(Fields);

impl Typed {
    /// Returns what stands in a field; nothing in a form that nobody filled in.
    pub(in crate::web::pages) fn of(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    pub(in crate::web::pages) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Returns the address of the page on which it is said what was done to a revision.
fn done(design: &str, revision: &str, channel: Channel) -> String {
    let done = code(channel);
    format!("/designs?of={design}/{revision}&done={done}#{design}-{revision}")
}

/// Publishes one file from the form; shows the page again with what is wrong.
pub(in crate::web::pages) async fn publish(
    State(app): State<Shared>,
    _: Dispatcher,
    Reader(caller): Reader,
    t: Language,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Failure> {
    let form = form.map_err(|rejection| {
        Failure::new(rejection.status(), format!("the upload cannot be read: {rejection}"))
    })?;
    let mut fields = Fields::new();
    match take_upload(&app.site.intake, form, &mut fields).await {
        Ok(_slice) => Ok(see("/designs")),
        Err(failure) => {
            let mut again = designs(&app, t, caller, Query::default()).await?;
            again.uploaded = Typed(fields);
            again.frame.notice = Some(failure.told(t));
            Ok(page(failure.status, &again))
        }
    }
}

/// How far a revision is proven, as a form.
#[derive(Deserialize)]
pub(in crate::web::pages) struct Move {
    channel: Channel,
}

/// Moves a revision to another channel, with what it has.
pub(in crate::web::pages) async fn promote(
    State(app): State<Shared>,
    _: Dispatcher,
    At((design, revision)): At<(String, String)>,
    form: Result<Form<Move>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(Move { channel }) = form?;
    if channel == Channel::Withdrawn {
        return Err(Failure::impossible("a revision is withdrawn by its own form, with a reason"));
    }
    let board = app.site.brain.board();
    let mut rows = board.revisions.iter();
    let known = rows.find(|row| row.design.as_str() == design && row.revision.as_str() == revision);
    let Some(known) = known else {
        return Err(Failure::missing(format!("design {design} has no revision {revision}")));
    };
    let slices = Publication { channel, at: Timestamp(known.at.0), slices: Vec::new() };
    let (design, revision) = (known.design.clone(), known.revision.clone());
    let place = done(design.as_str(), revision.as_str(), channel);
    granted(app.site.brain.put(Event::Published { design, revision, slices }).await?)?;
    Ok(see(&place))
}

/// Why a revision is withdrawn, as a form.
#[derive(Deserialize)]
pub(in crate::web::pages) struct Withdrawal {
    why: String,
}

pub(in crate::web::pages) async fn withdraw(
    State(app): State<Shared>,
    _: Dispatcher,
    At((design, revision)): At<(String, String)>,
    form: Result<Form<Withdrawal>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(Withdrawal { why }) = form?;
    let place = done(&design, &revision, Channel::Withdrawn);
    let event = Event::RevisionWithdrawn {
        design: design.parse().map_err(|e| Failure::missing(format!("{e}")))?,
        revision: revision.parse().map_err(|e| Failure::missing(format!("{e}")))?,
        why: quote(why.trim()),
    };
    granted(app.site.brain.put(event).await?)?;
    Ok(see(&place))
}
