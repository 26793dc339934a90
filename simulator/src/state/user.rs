//! [`User`], and its two representations in the API.

use super::{PasswordPolicy, password::Password};
use crate::refusal::PolicyViolation;
use serde::Serialize;
use std::{collections::BTreeSet, sync::Arc};
use uuid::Uuid;

/// The most passwords that the history of a policy covers.
const MAX_PASSWORD_HISTORY: usize = 24;

/// A user. The user name is in lower case, as in Keycloak.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) username: Arc<str>,
    pub(crate) email: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) enabled: bool,
    pub(crate) email_verified: bool,
    pub(crate) created: Option<u64>,
    pub(crate) roles: Vec<String>,
    /// The groups' ids, the other side of the groups' members; only the module `membership` writes either.
    pub(super) groups: Vec<Uuid>,
    /// The present password and then the earlier ones; empty for a user without a password.
    pub(crate) passwords: Vec<Password>,
    /// Keycloak's required action `UPDATE_PASSWORD`, which a temporary password sets.
    pub(crate) update_password: bool,
    /// The number of consecutive wrong passwords, for the lock-out.
    pub(crate) failures: u32,
    /// The time of the last wrong password, in milliseconds since 1970.
    pub(crate) last_failure: u64,
}

/// The fields of a new user.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewUser {
    pub(crate) username: String,
    pub(crate) email: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) enabled: bool,
    pub(crate) email_verified: bool,
    pub(crate) created: Option<u64>,
    pub(crate) roles: Vec<String>,
}

impl User {
    pub(crate) fn new(id: Uuid, new: NewUser) -> Self {
        Self {
            id,
            username: new.username.into(),
            email: new.email,
            first_name: new.first_name,
            last_name: new.last_name,
            enabled: new.enabled,
            email_verified: new.email_verified,
            created: new.created,
            roles: new.roles,
            groups: Vec::new(),
            passwords: Vec::new(),
            update_password: false,
            failures: 0,
            last_failure: 0,
        }
    }

    /// Sets a password if the policy allows it. A temporary password leaves `UPDATE_PASSWORD` pending.
    pub(crate) fn set_password(
        &mut self,
        policy: &PasswordPolicy,
        password: &str,
        temporary: bool,
    ) -> Result<(), PolicyViolation> {
        policy.check(self, password)?;
        self.set_password_unchecked(password);
        self.update_password = temporary;
        Ok(())
    }

    /// Sets a password that the policy need not allow, for the seed.
    pub(crate) fn set_password_unchecked(&mut self, password: &str) {
        self.passwords.insert(0, Password::hash(self.id, password));
        self.passwords.truncate(MAX_PASSWORD_HISTORY);
    }

    pub(crate) fn has_password(&self, password: &str) -> bool {
        self.passwords.first() == Some(&Password::hash(self.id, password))
    }

    /// Enabling a user resets the count of wrong passwords (notes, section 7).
    pub(crate) fn set_enabled(&mut self, enabled: bool) {
        self.enabled = enabled;
        if enabled {
            self.failures = 0;
        }
    }

    /// A row of the list, with `attributes` and without roles (reference, line 1068).
    pub(crate) fn row(&self) -> impl Serialize + '_ {
        Row {
            username: &self.username,
            email: self.email.as_deref(),
            first_name: self.first_name.as_deref(),
            last_name: self.last_name.as_deref(),
            enabled: self.enabled,
            id: self.id,
            created_timestamp: self.created,
            attributes: None,
            email_verified: self.email_verified,
        }
    }

    /// The detail response, with roles and groups and without `attributes` (reference, line 1250).
    pub(crate) fn item<'a>(&'a self, groups: BTreeSet<&'a str>) -> impl Serialize + 'a {
        Item {
            id: self.id,
            username: &self.username,
            first_name: self.first_name.as_deref(),
            last_name: self.last_name.as_deref(),
            email: self.email.as_deref(),
            email_verified: self.email_verified,
            enabled: self.enabled,
            created_timestamp: self.created,
            groups,
            roles: &self.roles,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    username: &'a str,
    email: Option<&'a str>,
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    enabled: bool,
    id: Uuid,
    created_timestamp: Option<u64>,
    attributes: Option<()>,
    email_verified: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    id: Uuid,
    username: &'a str,
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    email: Option<&'a str>,
    email_verified: bool,
    enabled: bool,
    created_timestamp: Option<u64>,
    groups: BTreeSet<&'a str>,
    roles: &'a [String],
}

/// Whether a text has the form of an email address.
pub(crate) fn is_email(text: &str) -> bool {
    let has_no_space = !text.contains(char::is_whitespace);
    has_no_space
        && text
            .split_once('@')
            .is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty() && !domain.contains('@'))
}
