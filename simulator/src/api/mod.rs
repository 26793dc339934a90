//! The endpoints of the cluster.

mod common;
mod login;
mod passwordpolicy;
mod passwords;
mod roles;
mod users;

pub(crate) use common::Api;

use crate::Simulator;
use axum::Router;

pub(crate) fn routes() -> Router<Simulator> {
    let auth = login::routes()
        .merge(roles::routes())
        .merge(users::routes())
        .merge(passwords::routes())
        .merge(passwordpolicy::routes());
    let common = Api::ALL.into_iter().fold(Router::new(), |router, api| {
        router.nest(api.base(), common::routes(api))
    });
    Router::new()
        .nest(Api::Auth.base(), auth)
        .nest("/api/v1/auth", login::gateway_routes())
        .merge(common)
}
