//! SAML providers: by alias, with their mappers and the users linked to them.

use super::{Mapper, SamlConfig};
use crate::refusal::Refusal;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// A provider. The links of users are kept here only, so that they go when it goes.
#[derive(Clone, Debug)]
pub(crate) struct Provider {
    pub(crate) alias: String,
    pub(crate) display_name: String,
    pub(crate) enabled: bool,
    pub(crate) config: SamlConfig,
    pub(crate) mappers: Vec<Mapper>,
    links: HashMap<Uuid, IdentityLink>,
}

/// Who a user is at a provider (reference, line 1006).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct IdentityLink {
    /// The user's id there.
    pub user_id: String,
    /// The user's name there.
    pub user_name: String,
}

impl IdentityLink {
    /// A user who has the same id and name there.
    pub(crate) fn both(text: &str) -> Self {
        Self {
            user_id: text.to_owned(),
            user_name: text.to_owned(),
        }
    }
}

impl Provider {
    pub(crate) fn new(alias: String, display_name: String, enabled: bool, config: SamlConfig) -> Self {
        Self {
            alias,
            display_name,
            enabled,
            config,
            mappers: Vec::new(),
            links: HashMap::new(),
        }
    }

    /// The provider as the list and the single answer show it (reference, lines 1775 and 1958).
    pub(crate) fn item(&self) -> impl Serialize + '_ {
        Item {
            alias: &self.alias,
            display_name: &self.display_name,
            provider_id: "saml",
            enabled: self.enabled,
            config: &self.config,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    alias: &'a str,
    display_name: &'a str,
    provider_id: &'static str,
    enabled: bool,
    config: &'a SamlConfig,
}

#[derive(Debug, Default)]
pub(crate) struct Providers(BTreeMap<String, Provider>);

impl Providers {
    pub(crate) fn all(&self) -> impl Iterator<Item = &Provider> {
        self.0.values()
    }

    pub(crate) fn get(&self, alias: &str) -> Result<&Provider, Refusal> {
        self.0.get(alias).ok_or_else(not_found)
    }

    pub(crate) fn get_mut(&mut self, alias: &str) -> Result<&mut Provider, Refusal> {
        self.0.get_mut(alias).ok_or_else(not_found)
    }

    pub(crate) fn has(&self, alias: &str) -> bool {
        self.0.contains_key(alias)
    }

    /// Adds a provider whose alias is free.
    pub(crate) fn insert(&mut self, provider: Provider) {
        self.0.insert(provider.alias.clone(), provider);
    }

    pub(crate) fn remove(&mut self, alias: &str) -> Result<Provider, Refusal> {
        self.0.remove(alias).ok_or_else(not_found)
    }

    /// Checks that every one of these is a provider's alias.
    pub(crate) fn check<'a>(&self, aliases: impl IntoIterator<Item = &'a String>) -> Result<(), Refusal> {
        match aliases.into_iter().find(|alias| !self.has(alias)) {
            Some(alias) => Err(Refusal::detail(
                400,
                format!("Identity provider '{alias}' not found"),
            )),
            None => Ok(()),
        }
    }

    /// Gives a user these links and no others.
    pub(crate) fn set_links(&mut self, user: Uuid, links: Vec<(String, IdentityLink)>) {
        for provider in self.0.values_mut() {
            provider.links.remove(&user);
        }
        for (alias, link) in links {
            if let Some(provider) = self.0.get_mut(&alias) {
                provider.links.insert(user, link);
            }
        }
    }

    /// Who a user is at which provider.
    pub(crate) fn links_of(&self, user: Uuid) -> BTreeMap<String, IdentityLink> {
        self.0
            .values()
            .filter_map(|provider| Some((provider.alias.clone(), provider.links.get(&user)?.clone())))
            .collect()
    }
}

fn not_found() -> Refusal {
    Refusal::detail(404, "SAML provider not found")
}
