//! [`Directory`]: the users by id, by name and by email. It keeps the names sorted, so that a page needs no sorting.

use super::User;
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

#[derive(Debug, Default)]
pub(crate) struct Directory {
    by_id: HashMap<Uuid, User>,
    /// Sorted, so that a page is a slice and a binary search finds a name.
    names: Vec<(Arc<str>, Uuid)>,
    /// In lower case. Keycloak refuses an email that another user has.
    emails: HashMap<String, Uuid>,
}

impl Directory {
    /// A directory of users whose names and emails are all different.
    pub(crate) fn new(users: Vec<User>) -> Self {
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

    pub(crate) fn id_by_name(&self, username: &str) -> Option<Uuid> {
        self.position(username).ok().map(|index| self.names[index].1)
    }

    /// The user with this email.
    pub(crate) fn id_by_email(&self, email: &str) -> Option<Uuid> {
        self.emails.get(email).copied()
    }

    /// Adds a user with an unused name and email.
    pub(crate) fn insert(&mut self, user: User) {
        if let Err(index) = self.position(&user.username) {
            self.names.insert(index, (Arc::clone(&user.username), user.id));
        }
        self.emails
            .extend(user.email.clone().map(|email| (email, user.id)));
        self.by_id.insert(user.id, user);
    }

    /// Replaces a user's email by an unused one, or removes it.
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
        if let Ok(index) = self.position(&user.username) {
            self.names.remove(index);
        }
        if let Some(email) = &user.email {
            self.emails.remove(email);
        }
        Some(user)
    }

    /// At most `max` users sorted by name, after the `first` ones.
    pub(crate) fn page(&self, first: usize, max: usize) -> impl Iterator<Item = &User> {
        let from = first.min(self.names.len());
        let to = from.saturating_add(max).min(self.names.len());
        self.names[from..to]
            .iter()
            .filter_map(|(_, id)| self.by_id.get(id))
    }

    /// Removes a role from every user.
    pub(crate) fn remove_role(&mut self, name: &str) {
        for user in self.by_id.values_mut() {
            user.roles.retain(|role| role != name);
        }
    }

    fn position(&self, username: &str) -> Result<usize, usize> {
        self.names.binary_search_by(|(name, _)| (**name).cmp(username))
    }
}
