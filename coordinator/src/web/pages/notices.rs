//! Whom the farm tells by letter, and about what: each person for themselves.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{Frame, page};
use crate::accounts::{Notice, NoticeRefused, UserId};
use crate::web::Shared;
use crate::web::answer::{Failure, see};
use crate::web::caller::{Caller, Reader};
use crate::web::post::{self, About, NoCarrier};
use crate::web::text::Language;

/// The form, as it was filled in; boxes that are not ticked are not sent.
#[derive(Debug, Deserialize)]
pub(super) struct Wished {
    address: String,
    results: Option<String>,
    beds: Option<String>,
    stuck: Option<String>,
    requests: Option<String>,
}

#[derive(Template)]
#[template(path = "notices.html")]
struct Notices {
    frame: Frame,
    /// Whether there is a mail server.
    carried: bool,
    notice: Option<Notice>,
    /// What stands in the form.
    address: String,
    choices: Vec<Choice>,
}

struct Choice {
    about: About,
    ticked: bool,
}

impl Wished {
    fn about(&self) -> Vec<String> {
        let ticked = |about: &About| match about {
            About::Results => self.results.is_some(),
            About::Beds => self.beds.is_some(),
            About::Stuck => self.stuck.is_some(),
            About::Requests => self.requests.is_some(),
        };
        About::ALL.into_iter().filter(ticked).map(|about| about.code().to_owned()).collect()
    }
}

pub(super) async fn show(
    State(app): State<Shared>,
    Reader(caller): Reader,
    t: Language,
) -> Result<Response, Failure> {
    Ok(page(StatusCode::OK, &notices(&app, t, caller).await?))
}

async fn notices(app: &Shared, t: Language, caller: Caller) -> Result<Notices, Failure> {
    let user = person(&caller)?;
    let notice = app.account(move |accounts, _| accounts.notice(user)).await?;
    let ticked = |about: About| {
        notice.as_ref().is_none_or(|notice| notice.about.iter().any(|word| word == about.code()))
    };
    let choice = |about| Choice { about, ticked: ticked(about) };
    Ok(Notices {
        carried: app.site.carrier.is_some(),
        choices: About::ALL.map(choice).into(),
        frame: Frame::new(app, t, Some(caller), "/notices").alerting(&app.view()),
        address: notice.as_ref().map_or_else(String::new, |notice| notice.address.clone()),
        notice,
    })
}

/// Takes the form that says what a person wants to be told; shows it again with what is wrong.
pub(super) async fn save(
    State(app): State<Shared>,
    Reader(caller): Reader,
    t: Language,
    form: Result<Form<Wished>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(wished) = form?;
    match put(&app, t, person(&caller)?, &wished).await {
        Ok(()) => Ok(see("/notices")),
        Err(failure) => {
            let mut again = notices(&app, t, caller).await?;
            let about = wished.about();
            for choice in &mut again.choices {
                choice.ticked = about.iter().any(|word| word == choice.about.code());
            }
            again.address = wished.address;
            again.frame.notice = Some(failure.told(t));
            Ok(page(failure.status, &again))
        }
    }
}

/// Takes down what a person wants to be told, and sends a code to an address that is not confirmed.
async fn put(app: &Shared, t: Language, user: UserId, wished: &Wished) -> Result<(), Failure> {
    let wish = Notice {
        user,
        address: wished.address.trim().to_owned(),
        about: wished.about(),
        language: t.code().to_owned(),
        confirmed: false,
    };
    if app.site.carrier.is_none() {
        return Err(no_carrier(&NoCarrier::None));
    }
    post::check_address(&wish.address).map_err(|error| no_carrier(&error))?;
    let (kept, now) = (wish.clone(), app.site.clock.now());
    let code = app.blocking(move |app| app.site.accounts.want_letters(&kept, now)).await?;
    if let Some(code) = code {
        post::confirm(app, &wish, &code).await.map_err(|error| no_carrier(&error))?;
    }
    Ok(())
}

pub(super) async fn stop(
    State(app): State<Shared>,
    Reader(caller): Reader,
) -> Result<Response, Failure> {
    let user = person(&caller)?;
    app.account(move |accounts, _| accounts.stop_letters(user)).await?;
    Ok(see("/notices"))
}

fn person(caller: &Caller) -> Result<UserId, Failure> {
    let sentence = "letters go to people with an account: log in";
    caller.user.ok_or_else(|| Failure::new(StatusCode::CONFLICT, sentence))
}

fn no_carrier(error: &NoCarrier) -> Failure {
    let status = match error {
        NoCarrier::Address { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        NoCarrier::None | NoCarrier::Server => StatusCode::CONFLICT,
        NoCarrier::Refused(_) | NoCarrier::Unwritable(_) => StatusCode::BAD_GATEWAY,
    };
    let french = match error {
        NoCarrier::Address { .. } => "ce n’est pas une adresse de courriel",
        NoCarrier::None | NoCarrier::Server => "ce coordinateur n’a pas de serveur de courriel",
        NoCarrier::Refused(_) | NoCarrier::Unwritable(_) => {
            "le serveur de courriel n’a pas pris le courriel : vérifiez l’adresse"
        }
    };
    Failure::new(status, error.to_string()).in_french(french)
}

impl From<NoticeRefused> for Failure {
    fn from(refused: NoticeRefused) -> Self {
        let status = match &refused {
            NoticeRefused::Address => StatusCode::UNPROCESSABLE_ENTITY,
            NoticeRefused::TooSoon => StatusCode::TOO_MANY_REQUESTS,
            NoticeRefused::Code => StatusCode::FORBIDDEN,
            NoticeRefused::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let french = match &refused {
            NoticeRefused::Address => "ce n’est pas une adresse de courriel",
            NoticeRefused::TooSoon => "un courriel vient d’y être envoyé : attendez un peu",
            NoticeRefused::Code => "ce lien ne vaut plus : demandez-en un autre",
            NoticeRefused::Store(_) => {
                "le coordinateur ne peut pas l’écrire : son journal en dit plus"
            }
        };
        Self::new(status, refused.to_string()).in_french(french)
    }
}
