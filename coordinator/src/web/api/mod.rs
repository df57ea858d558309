//! The JSON API, one file per noun, described by `/api/v1/openapi.json`.

mod agents;
mod anomalies;
mod designs;
mod enrol;
mod farm;
mod invites;
mod jobs;
mod leases;
mod ledger;
mod memos;
mod outcomes;
mod paging;
mod printers;
mod requests;
mod upload;

use axum::routing::{get, post};
use axum::{Json, Router};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, Ref, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use super::Shared;

pub(super) use self::agents::revoke as revoke_agent;
pub(super) use self::invites::make as make_invite;
pub(super) use self::leases::take_sight;
pub(super) use self::memos::write as write_memo;
pub(super) use self::upload::{Fields, take as take_upload};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/openapi.json", get(describe))
        .route("/farm", get(farm::show))
        .route("/requests", get(requests::list).post(requests::create))
        .route("/requests/{id}", get(requests::show))
        .route("/requests/{id}/cancel", post(requests::cancel))
        .route("/requests/{id}/rank", post(requests::rank))
        .route("/requests/{id}/deliveries", post(requests::deliver))
        .route("/printers", get(printers::list))
        .route("/printers/{agent}/{printer}/camera", get(printers::camera))
        .route("/jobs", get(jobs::list))
        .route("/leases", get(leases::list))
        .route("/leases/{id}/abandon", post(leases::abandon))
        .route("/prints/{print}/seen", post(leases::see))
        .route("/outcomes", get(outcomes::list))
        .route("/ledger", get(ledger::list))
        .route("/anomalies", get(anomalies::list))
        .merge(designs::routes())
        .route("/agents", get(agents::list))
        .route("/agents/{agent}/revoke", post(agents::revoke_one))
        .route("/agents/{agent}/release", post(agents::release))
        .route("/agents/{agent}/memos", post(memos::create))
        .route("/memos", get(memos::list))
        .route("/invites", get(invites::list).post(invites::create))
        .route("/enrol", post(enrol::enrol))
}

/// Open to everyone: it says what can be asked, and nothing about this farm.
async fn describe() -> Json<utoipa::openapi::OpenApi> {
    Json(Described::openapi())
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "visorfarm coordinator",
        description = "Requests, prints and counts of one farm. Every error is JSON with one \
                       sentence in `error`. Lists are read page by page: pass `next` as `after`."
    ),
    servers((url = "/api/v1")),
    paths(
        farm::show,
        requests::list,
        requests::create,
        requests::show,
        requests::cancel,
        requests::rank,
        requests::deliver,
        printers::list,
        printers::camera,
        jobs::list,
        leases::list,
        leases::abandon,
        leases::see,
        outcomes::list,
        ledger::list,
        anomalies::list,
        designs::list,
        designs::upload,
        designs::withdraw,
        agents::list,
        agents::revoke_one,
        agents::release,
        memos::list,
        memos::create,
        invites::list,
        invites::create,
        enrol::enrol,
    ),
    modifiers(&Keys, &Refusals)
)]
struct Described;

struct Keys;

impl Modify for Keys {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-visorfarm")));
        components.add_security_scheme("session", cookie);
    }
}

/// The refusals that every address with a key has in common.
struct Refusals;

impl Modify for Refusals {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        for item in openapi.paths.paths.values_mut() {
            let methods = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
            let guarded = methods.into_iter().flatten().filter(|method| method.security.is_some());
            for method in guarded {
                for (status, why) in
                    [("401", "No valid token or session."), ("403", "Another role.")]
                {
                    let body = Content::new(Some(Ref::from_schema_name("ErrorBody")));
                    let refusal = ResponseBuilder::new()
                        .description(why)
                        .content("application/json", body)
                        .build();
                    let responses = &mut method.responses.responses;
                    responses.entry(status.to_owned()).or_insert_with(|| refusal.into());
                }
            }
        }
    }
}
