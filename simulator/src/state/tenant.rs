//! [`Tenant`]: the users and groups of an Entra ID tenant, with the searches for them.

use crate::refusal::Refusal;
use serde::Serialize;

/// A user as the searches show it (reference, line 2644).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntraUser {
    pub(crate) user_principal_name: String,
    pub(crate) email: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
}

/// A group as the search shows it (reference, line 2772).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntraGroup {
    pub(crate) id: String,
    pub(crate) display_name: String,
    /// The members, as indices of the tenant's users.
    #[serde(skip)]
    pub(crate) members: Vec<usize>,
}

/// Users and groups in the order of the search results.
#[derive(Debug, Default)]
pub(crate) struct Tenant {
    pub(crate) users: Vec<EntraUser>,
    pub(crate) groups: Vec<EntraGroup>,
}

impl EntraUser {
    /// Whether a field of the user contains the text, which is in lower case.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let others = [&self.email, &self.first_name, &self.last_name];
        let mut all = others.into_iter().flatten().chain([&self.user_principal_name]);
        all.any(|field| field.to_lowercase().contains(text))
    }
}

impl EntraGroup {
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.display_name.to_lowercase().contains(text)
    }
}

impl Tenant {
    /// The group of an id, which is "case-sensitive and must be an exact match" (reference, line 2792).
    pub(crate) fn group(&self, id: &str) -> Result<&EntraGroup, Refusal> {
        self.groups
            .iter()
            .find(|group| group.id == id)
            .ok_or_else(|| Refusal::detail(404, "Entra ID group not found"))
    }

    pub(crate) fn members<'a>(&'a self, group: &'a EntraGroup) -> impl Iterator<Item = &'a EntraUser> {
        group.members.iter().filter_map(|index| self.users.get(*index))
    }

    /// The user of a principal name; without one, the user of an email.
    pub(crate) fn user(&self, principal_name: Option<&str>, email: Option<&str>) -> Option<&EntraUser> {
        let is = |field: Option<&str>, value: &str| {
            field.is_some_and(|field| field.to_lowercase() == value.to_lowercase())
        };
        self.users.iter().find(|user| match (principal_name, email) {
            (Some(name), _) => is(Some(&user.user_principal_name), name),
            (None, Some(email)) => is(user.email.as_deref(), email),
            (None, None) => false,
        })
    }
}
