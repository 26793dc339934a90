//! The endpoints of Proofpoint Essentials.

mod authentication;
mod azure;
mod billing;
mod domains;
mod licensing;
mod me;
mod numbers;
mod organizations;
mod products;
mod reporting;
mod sender_lists;
mod stats;
mod users;

use super::{ProofpointSimulator, failure::Failure};
use axum::{
    Router,
    routing::{MethodRouter, get, put},
};

/// Every address has a second form with a slash at the end.
pub(super) fn routes() -> Router<ProofpointSimulator> {
    let routes = table()
        .into_iter()
        .fold(Router::new(), |router, (path, methods)| {
            router
                .route(path, methods.clone())
                .route(&format!("{path}/"), methods)
        });
    Router::new()
        .nest("/api/v1", routes)
        .fallback(|| async { Failure::new(404, "not found", "") })
        .method_not_allowed_fallback(|| async { Failure::new(405, "method not allowed", "") })
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
fn table() -> Vec<(&'static str, MethodRouter<ProofpointSimulator>)> {
    vec![
        ("/me", get(me::me)),
        ("/endpoints/{domain}", get(me::endpoints)),
        (
            "/orgs/{domain}",
            get(organizations::read).patch(organizations::update),
        ),
        (
            "/orgs/{domain}/orgs",
            get(organizations::children).post(organizations::create),
        ),
        ("/orgs/{domain}/users", get(users::list).post(users::create)),
        (
            "/orgs/{domain}/users/{user}",
            get(users::read).put(users::update).delete(users::delete),
        ),
        ("/orgs/{domain}/domains", get(domains::list).post(domains::create)),
        (
            "/orgs/{domain}/domains/{name}",
            get(domains::read).put(domains::update).delete(domains::delete),
        ),
        (
            "/orgs/{domain}/domains/{name}/verification-code",
            get(domains::verification_code),
        ),
        (
            "/orgs/{domain}/domains/{name}/verify/{method}",
            put(domains::verify),
        ),
        (
            "/orgs/{domain}/licensing",
            get(licensing::read).put(licensing::update),
        ),
        ("/orgs/{domain}/package", put(licensing::set_package)),
        (
            "/orgs/{domain}/features",
            get(licensing::features).put(licensing::set_features),
        ),
        (
            "/orgs/{domain}/sender-lists",
            get(sender_lists::read)
                .post(sender_lists::add)
                .patch(sender_lists::replace)
                .delete(sender_lists::remove),
        ),
        (
            "/orgs/{domain}/users/{user}/sender-lists",
            get(sender_lists::read_of_user)
                .post(sender_lists::add_to_user)
                .patch(sender_lists::replace_of_user)
                .delete(sender_lists::remove_from_user),
        ),
        (
            "/orgs/{domain}/groups/{group}/sender-lists",
            get(sender_lists::read_of_group)
                .post(sender_lists::add_to_group)
                .patch(sender_lists::replace_of_group)
                .delete(sender_lists::remove_from_group),
        ),
        (
            "/orgs/{domain}/settings/azure",
            get(azure::read).put(azure::update),
        ),
        (
            "/orgs/{domain}/settings/azure/exemptions",
            get(azure::exemptions)
                .post(azure::exempt)
                .put(azure::exempt)
                .delete(azure::clear_exemptions),
        ),
        (
            "/orgs/{domain}/settings/azure/exemptions/{user}",
            axum::routing::delete(azure::remove_exemption),
        ),
        (
            "/orgs/{domain}/authentication/settings/mfa",
            get(authentication::mfa),
        ),
        (
            "/orgs/{domain}/authentication/settings/login",
            get(authentication::login),
        ),
        (
            "/orgs/{domain}/authentication/settings/idps",
            get(authentication::providers),
        ),
        (
            "/orgs/{domain}/authentication/settings/idps/{id}",
            get(authentication::provider),
        ),
        ("/orgs/{domain}/products", get(products::list_all)),
        ("/orgs/{domain}/products/{label}", get(products::read)),
        ("/reporting/{domain}/{period}", get(reporting::both)),
        (
            "/reporting/{domain}/{period}/{direction}",
            get(reporting::one_direction),
        ),
        ("/stats/{domain}/partner", get(stats::one)),
        ("/stats/{domain}/partner/orgs", get(stats::with_children)),
        ("/billing/{domain}", get(billing::one)),
        ("/billing/{domain}/orgs", get(billing::with_children)),
    ]
}
