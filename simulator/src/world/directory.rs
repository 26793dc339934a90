//! All users: by id, by name, and in the order of their names without sorting for a page.

use super::User;
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

#[derive(Debug, Default)]
pub(crate) struct Directory {
    by_id: HashMap<Uuid, User>,
    /// Sorted, so that a page is a slice and a name is found by halves.
    names: Vec<(Arc<str>, Uuid)>,
    /// Keycloak refuses an email that another user has; they are kept in lower case.
    emails: HashMap<String, Uuid>,
}

impl Directory {
    /// Takes users whose names and emails are all different.
    pub(crate) fn of(users: Vec<User>) -> Self {
        let mut names: Vec<_> = users
            .iter()
            .map(|user| (Arc::clone(&user.username), user.id))
            .collect();
        names.sort_unstable();
        let emails = users
            .iter()
            .filter_map(|user| Some((user.email.clone()?, user.id)))
            .collect();
        let by_id = users.into_iter().map(|user| (user.id, user)).collect();
        Self { by_id, names, emails }
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<&User> {
        self.by_id.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: Uuid) -> Option<&mut User> {
        self.by_id.get_mut(&id)
    }

    pub(crate) fn id_of(&self, username: &str) -> Option<Uuid> {
        self.position(username).ok().map(|at| self.names[at].1)
    }

    /// The user who has this email.
    pub(crate) fn owner_of(&self, email: &str) -> Option<Uuid> {
        self.emails.get(email).copied()
    }

    /// Adds a user whose name and email are free.
    pub(crate) fn insert(&mut self, user: User) {
        if let Err(at) = self.position(&user.username) {
            self.names.insert(at, (Arc::clone(&user.username), user.id));
        }
        self.emails
            .extend(user.email.clone().map(|email| (email, user.id)));
        self.by_id.insert(user.id, user);
    }

    /// Gives a user another email that is free, or none.
    pub(crate) fn set_email(&mut self, id: Uuid, email: Option<String>) {
        let Some(user) = self.by_id.get_mut(&id) else {
            return;
        };
        if let Some(old) = &user.email {
            self.emails.remove(old);
        }
        self.emails.extend(email.clone().map(|email| (email, id)));
        user.email = email;
    }

    pub(crate) fn remove(&mut self, id: Uuid) -> Option<User> {
        let user = self.by_id.remove(&id)?;
        if let Ok(at) = self.position(&user.username) {
            self.names.remove(at);
        }
        if let Some(email) = &user.email {
            self.emails.remove(email);
        }
        Some(user)
    }

    /// At most `max` users in the order of their names, after the `first` ones.
    pub(crate) fn page(&self, first: usize, max: usize) -> impl Iterator<Item = &User> {
        let from = first.min(self.names.len());
        let to = from.saturating_add(max).min(self.names.len());
        self.names[from..to]
            .iter()
            .filter_map(|(_, id)| self.by_id.get(id))
    }

    /// A deleted role leaves every user that had it.
    pub(crate) fn forget_role(&mut self, name: &str) {
        for user in self.by_id.values_mut() {
            user.roles.retain(|role| role != name);
        }
    }

    fn position(&self, username: &str) -> Result<usize, usize> {
        self.names.binary_search_by(|(name, _)| (**name).cmp(username))
    }
}
