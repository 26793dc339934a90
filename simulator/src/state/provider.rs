//! [`Providers`]: the SAML providers by alias, each with its mappers and linked users.

use super::{Mapper, SamlConfig};
use crate::refusal::Refusal;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// A provider. The users' links are part of it, so that removing the provider removes them.
#[derive(Clone, Debug)]
pub(crate) struct Provider {
    pub(crate) alias: String,
    pub(crate) display_name: String,
    pub(crate) enabled: bool,
    pub(crate) config: SamlConfig,
    pub(crate) mappers: Vec<Mapper>,
    links: HashMap<Uuid, IdentityLink>,
}

/// A user's identity at a provider (reference, line 1006).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct IdentityLink {
    /// The user's id at the provider.
    pub user_id: String,
    /// The user's name at the provider.
    pub user_name: String,
}

impl IdentityLink {
    /// A link whose id and name are the same.
    pub(crate) fn with_name(name: &str) -> Self {
        Self {
            user_id: name.to_owned(),
            user_name: name.to_owned(),
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

    /// The provider as the list and the detail response show it (reference, lines 1775 and 1958).
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

    pub(crate) fn contains(&self, alias: &str) -> bool {
        self.0.contains_key(alias)
    }

    /// Adds a provider with an unused alias.
    pub(crate) fn insert(&mut self, provider: Provider) {
        self.0.insert(provider.alias.clone(), provider);
    }

    pub(crate) fn remove(&mut self, alias: &str) -> Result<Provider, Refusal> {
        self.0.remove(alias).ok_or_else(not_found)
    }

    /// Checks that a provider of each alias exists.
    pub(crate) fn check<'a>(&self, aliases: impl IntoIterator<Item = &'a String>) -> Result<(), Refusal> {
        match aliases.into_iter().find(|alias| !self.contains(alias)) {
            Some(alias) => Err(Refusal::detail(
                400,
                format!("Identity provider '{alias}' not found"),
            )),
            None => Ok(()),
        }
    }

    /// Replaces the links of a user.
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

    /// The links of a user, by the provider's alias.
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
