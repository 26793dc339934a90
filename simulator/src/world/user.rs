//! A user and its two shapes on the wire.

use super::{Broken, PasswordPolicy, password::Password};
use serde::Serialize;
use std::{collections::BTreeSet, sync::Arc};
use uuid::Uuid;

/// How many passwords of a user a policy's history can reach back.
const KEPT_PASSWORDS: usize = 24;

/// A user. The user name is lower case, as Keycloak stores it.
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
    /// The groups' ids, the other side of the groups' members; only `membership` writes either.
    pub(super) groups: Vec<Uuid>,
    /// The present password first, then the earlier ones; empty when the user has none.
    pub(crate) passwords: Vec<Password>,
    /// Keycloak's required action `UPDATE_PASSWORD`, set by a temporary password.
    pub(crate) update_password: bool,
    /// Wrong passwords in a row, and when the last one was, for the lock-out.
    pub(crate) failures: u32,
    pub(crate) last_failure: u64,
}

/// What a user begins with.
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

    /// Sets a password that the policy allows. A temporary one leaves `UPDATE_PASSWORD` pending.
    pub(crate) fn set_password(
        &mut self,
        policy: &PasswordPolicy,
        password: &str,
        temporary: bool,
    ) -> Result<(), Broken> {
        policy.check(self, password)?;
        self.give_password(password);
        self.update_password = temporary;
        Ok(())
    }

    /// Sets a password without asking the policy: a fixture's.
    pub(crate) fn give_password(&mut self, password: &str) {
        self.passwords.insert(0, Password::of(self.id, password));
        self.passwords.truncate(KEPT_PASSWORDS);
    }

    pub(crate) fn has_password(&self, password: &str) -> bool {
        self.passwords.first() == Some(&Password::of(self.id, password))
    }

    /// Enabling a user resets the count of wrong passwords (notes, section 7).
    pub(crate) fn set_enabled(&mut self, enabled: bool) {
        self.enabled = enabled;
        if enabled {
            self.failures = 0;
        }
    }

    /// A row of the list: `attributes`, no roles (reference, line 1068).
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

    /// The user by itself: roles and groups, no `attributes` (reference, line 1250).
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

/// Whether a text can be an email at all.
pub(crate) fn is_email(text: &str) -> bool {
    let bare = !text.contains(char::is_whitespace);
    bare && text
        .split_once('@')
        .is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty() && !domain.contains('@'))
}
