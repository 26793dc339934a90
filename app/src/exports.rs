//! Lists as files: everything that matches the address, as CSV.

use crate::{access, entra, error::PortalError, groups, roles, saml, users, visit::Visit};

/// The file of this name (see [`crate::routes::EXPORTS`]) for the query of the address. `None` when there
/// is no such file.
///
/// # Errors
/// What the cluster says, in words for the person.
pub async fn export(visit: &Visit, file: &str) -> Option<Result<String, PortalError>> {
    Some(match file {
        "users.csv" => users::export(visit).await,
        "groups.csv" => groups::export(visit).await,
        "roles.csv" => roles::export(visit).await,
        "access.csv" => access::export(visit).await,
        "saml.csv" => saml::export(visit).await,
        "entra-import.csv" => entra::export(visit).await,
        _ => return None,
    })
}
