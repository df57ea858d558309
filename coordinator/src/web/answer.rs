//! What is answered when something is not as wished: one sentence that names the thing and the
//! next step, as JSON to programs and as a page to people.

use axum::Json;
use axum::extract::rejection::{FormRejection, JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::BODY_BYTES_MAX;
use crate::accounts::{EnrolRefused, StoreFailed};
use crate::brain::Stopping;
use crate::dispatch::{Answer, Refused};
use crate::store::history::HistoryFailed;

/// An error, as programs get it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ErrorBody {
    /// What is wrong and what to do.
    #[schema(example = "there is no request 7")]
    pub(super) error: String,
}

/// Why there is no other answer.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) status: StatusCode,
    pub(super) sentence: String,
    /// The same for a page in French, if somebody wrote it.
    pub(super) french: Option<String>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into(), french: None }
    }

    /// The request is not written as this address takes it.
    pub(super) fn unreadable(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, sentence)
    }

    /// The request is well written and asks for something that cannot be.
    pub(super) fn impossible(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, sentence)
    }

    pub(super) fn missing(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, sentence)
    }

    /// Our own fault: the cause goes to the log, not to whoever asked.
    fn ours(error: &dyn std::error::Error) -> Self {
        let mut causes = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            causes = format!("{causes}: {cause}");
            source = cause.source();
        }
        tracing::error!("Could not answer: {causes}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("{error}; the log says more"))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = Json(ErrorBody { error: self.sentence.clone() });
        let mut response = (self.status, body).into_response();
        // For the layer that shows it to people as a page.
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreFailed> for Failure {
    fn from(error: StoreFailed) -> Self {
        Self::ours(&error)
    }
}

impl From<HistoryFailed> for Failure {
    fn from(error: HistoryFailed) -> Self {
        Self::ours(&error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::ours(&error)
    }
}

impl From<Stopping> for Failure {
    fn from(stopping: Stopping) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, format!("{stopping}: try again in a moment"))
    }
}

impl From<EnrolRefused> for Failure {
    fn from(refused: EnrolRefused) -> Self {
        match refused {
            EnrolRefused::Store(error) => error.into(),
            EnrolRefused::Unknown | EnrolRefused::Used | EnrolRefused::Expired => {
                Self::new(StatusCode::FORBIDDEN, refused.to_string())
                    .in_french("cette invitation n’est plus valable")
            }
        }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let status = match refused {
            Refused::Pieces { .. }
            | Refused::Title { .. }
            | Refused::Memo { .. }
            | Refused::Design { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Refused::Revision { .. } | Refused::Request { .. } => StatusCode::NOT_FOUND,
            Refused::Withdrawn { .. }
            | Refused::Changed { .. }
            | Refused::Delivery { .. }
            | Refused::NotFrozen { .. }
            | Refused::NotFailed { .. }
            | Refused::Unread { .. }
            | Refused::Lease { .. } => StatusCode::CONFLICT,
        };
        Self::new(status, refused.to_string()).in_french(refused.french())
    }
}

impl From<JsonRejection> for Failure {
    fn from(rejection: JsonRejection) -> Self {
        let status = rejection.status();
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            let kibibytes = BODY_BYTES_MAX / 1024;
            return Self::new(status, format!("the body has more than {kibibytes} KiB"));
        }
        let text = rejection.body_text();
        Self::new(status, format!("the body cannot be read: {}", in_words(plain(&text))))
    }
}

impl From<FormRejection> for Failure {
    fn from(rejection: FormRejection) -> Self {
        let status = rejection.status();
        Self::new(status, format!("the form cannot be read: {}", plain(&rejection.body_text())))
            .in_french("un champ manque ou est mal rempli : revenez en arrière et vérifiez-les")
    }
}

impl From<QueryRejection> for Failure {
    fn from(rejection: QueryRejection) -> Self {
        let text = rejection.body_text();
        Self::unreadable(format!("the part after ? cannot be read: {}", plain(&text)))
            .in_french("cette adresse ne peut pas être lue : ce qui suit le point d’interrogation est mal écrit")
    }
}

/// Says the extractor's words without its preamble.
fn plain(text: &str) -> &str {
    text.rsplit_once("target type: ").map_or(text, |(_, cause)| cause)
}

/// Says what a parser expected as people call it.
fn in_words(text: &str) -> String {
    let whole = ["i64", "i32", "u64", "u32"];
    whole.into_iter().fold(text.to_owned(), |text, kind| {
        text.replace(&format!("expected {kind}"), "expected a whole number")
    })
}

/// Turns the dispatcher's answer into ours.
pub(super) fn granted(answer: Answer) -> Result<Answer, Failure> {
    match answer {
        Answer::Refused(refused) => Err(refused.into()),
        Answer::Done | Answer::Opened(_) | Answer::Later => Ok(answer),
    }
}

/// A JSON body whose errors are ours.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let Json(body) = Json::from_request(request, state).await?;
        Ok(Self(body))
    }
}

/// The parts of a path, whose errors are ours.
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        state: &S,
    ) -> Result<Self, Failure> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(path)) => Ok(Self(path)),
            Err(error) => Err(Failure::missing(format!("there is no such address: {error}"))),
        }
    }
}

/// A query whose errors are ours.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        state: &S,
    ) -> Result<Self, Failure> {
        let Query(asked) = Query::from_request_parts(parts, state).await?;
        Ok(Self(asked))
    }
}

pub(super) async fn not_found(uri: Uri) -> Response {
    let shown: String = uri.path().chars().take(100).collect();
    Failure::missing(format!("there is nothing at {shown}: see /api/v1/openapi.json"))
        .into_response()
}

pub(super) async fn wrong_method(method: Method, uri: Uri) -> Response {
    let shown: String = uri.path().chars().take(100).collect();
    let sentence = format!("{shown} does not take {method}: see /api/v1/openapi.json");
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, sentence).into_response()
}

/// Sends a browser on after a form was taken.
pub(super) fn see(place: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}
