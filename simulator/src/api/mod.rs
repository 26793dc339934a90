//! The endpoints of the cluster.

mod common;
mod entra_config;
mod entra_import;
mod entra_search;
mod groups;
mod links;
mod login;
mod mappers;
mod paging;
mod passwordpolicy;
mod passwords;
mod pim;
mod roles;
mod rps;
mod saml;
mod users;

use crate::{Simulator, api_name::Api, refusal::Refusal};
use axum::Router;

pub(crate) fn routes() -> Router<Simulator> {
    let auth = login::routes()
        .merge(roles::routes())
        .merge(users::routes())
        .merge(passwords::routes())
        .merge(groups::routes())
        .merge(saml::routes())
        .merge(mappers::routes())
        .merge(passwordpolicy::routes())
        .merge(entra_config::routes())
        .merge(entra_search::routes())
        .merge(entra_import::routes());
    let common = Api::ALL.into_iter().fold(Router::new(), |router, api| {
        router.nest(api.base(), common::routes(api))
    });
    Router::new()
        .nest(Api::Auth.base(), auth)
        .nest(Api::Pim.base(), pim::routes())
        .nest(Api::Rps.base(), rps::routes())
        .nest("/api/v1/auth", login::gateway_routes())
        .merge(common)
        .fallback(|| async { Refusal::detail(404, "Not Found") })
        .method_not_allowed_fallback(|| async { Refusal::detail(405, "Method Not Allowed") })
}
