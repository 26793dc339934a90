//! Users: creating, changing, locking, unlocking and deleting them, and giving them new passwords.

mod account;
mod edit;
mod form;

use std::sync::Arc;

use gate::{Operation, Permission, Target};
use protegrity::{Group, SamlProvider, User, permissions as known};

pub use self::{
    account::{NAME_TAKEN, choose_password, create, delete, lock, new_user, reset_password, unlock},
    edit::{Saved, UserChange, change_of, edit},
    form::{DetailsForm, EditUserForm, LinkRow, MAX_NAME_LENGTH, NewUserForm, UserDetails},
};
use crate::{Services, saml};

/// Whether the caller may read groups, as far as is known.
pub fn may_see_groups(operation: &Operation) -> bool {
    !operation.lacks(Permission::protegrity(known::GROUP_VIEWER))
}

/// The groups that the caller can see, for a user who may be in one; `None` where they may not or cannot be read. They
/// are not asked for when the user is in none.
pub async fn visible_groups(
    services: &Services,
    operation: &Operation,
    user: &User,
) -> Option<Arc<Vec<Group>>> {
    if user.groups.as_ref().is_some_and(Vec::is_empty) {
        return Some(Arc::default());
    }
    if !may_see_groups(operation) {
        return None;
    }
    match services.directory.groups(operation, false).await {
        Ok(listing) => Some(listing.groups),
        Err(error) => {
            tracing::warn!(%error, "the groups of a user could not be read");
            None
        }
    }
}

/// The SAML providers that a user can be linked to; `None` where they may not or cannot be read.
pub async fn saml_providers(operation: &Operation) -> Option<Vec<SamlProvider>> {
    saml::providers(operation)
        .await
        .inspect_err(|error| tracing::debug!(%error, "the SAML providers could not be read"))
        .ok()
}

/// The user as the audit log names it.
fn target(user: &User) -> Target {
    Target::user(&user.id).with_name(user.username.clone())
}
