//! [`Essentials`]: the organisations with everything they own.

mod azure;
mod domain;
mod organization;
mod package;
mod provider;
mod sender_lists;
mod user;

pub(super) use azure::{AzureSettings, ROLES, SYNC_FREQUENCIES};
pub(super) use domain::Domain;
pub(super) use organization::{Group, Organization, Trial, names};
pub(super) use package::{FEATURES, PACKAGES, REPLAY, has_feature, title};
pub(super) use provider::{IdentityProvider, LoginSettings, MfaSettings, certificate};
pub(super) use sender_lists::{SenderLists, is_sender};
pub(super) use user::{USER_TYPES, User, Users};

use super::{
    ProofpointSettings,
    account::{self, Account},
};
use axum::http::HeaderMap;
use std::collections::{BTreeMap, HashMap};

/// The state that a reset restores.
pub struct Essentials {
    pub(super) settings: ProofpointSettings,
    organizations: BTreeMap<u32, Organization>,
    /// The organisation of each domain, in lower case.
    by_domain: HashMap<String, u32>,
    last_id: u32,
}

impl Essentials {
    pub(super) fn new() -> Self {
        Self {
            settings: ProofpointSettings::default(),
            organizations: BTreeMap::new(),
            by_domain: HashMap::new(),
            last_id: 100_000,
        }
    }

    /// A new id of an organisation or user.
    pub(super) fn new_id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }

    /// Adds an organisation and makes its domains known.
    pub(super) fn add(&mut self, organization: Organization) {
        let eid = organization.eid;
        let names = organization.domains.iter().map(|domain| domain.name.clone());
        self.by_domain.extend(names.map(|name| (name, eid)));
        self.organizations.insert(eid, organization);
    }

    /// The organisation of any of its domains, in any case.
    pub(super) fn find(&self, domain: &str) -> Option<&Organization> {
        self.get(*self.by_domain.get(&domain.to_ascii_lowercase())?)
    }

    pub(super) fn get(&self, eid: u32) -> Option<&Organization> {
        self.organizations.get(&eid)
    }

    pub(super) fn get_mut(&mut self, eid: u32) -> Option<&mut Organization> {
        self.organizations.get_mut(&eid)
    }

    pub(super) fn organizations(&self) -> impl Iterator<Item = &Organization> {
        self.organizations.values()
    }

    /// Adds a domain to an organisation. The caller has checked that no organisation has it.
    pub(super) fn add_domain(&mut self, eid: u32, domain: Domain) {
        self.by_domain.insert(domain.name.clone(), eid);
        if let Some(organization) = self.organizations.get_mut(&eid) {
            organization.domains.push(domain);
        }
    }

    pub(super) fn remove_domain(&mut self, eid: u32, name: &str) {
        self.by_domain.remove(name);
        if let Some(organization) = self.organizations.get_mut(&eid) {
            organization.domains.retain(|domain| domain.name != name);
        }
    }

    /// The ids of an organisation and of those above it, itself first.
    pub(super) fn ancestry(&self, eid: u32) -> Vec<&Organization> {
        let first = self.get(eid);
        std::iter::successors(first, |organization| self.get(organization.parent?)).collect()
    }

    /// Whether an organisation is this one or below it.
    pub(super) fn is_within(&self, eid: u32, top: u32) -> bool {
        self.ancestry(eid)
            .iter()
            .any(|organization| organization.eid == top)
    }

    /// The user with a primary address or alias, in any organisation.
    pub(super) fn user_of_address(&self, address: &str) -> Option<&User> {
        self.organizations
            .values()
            .find_map(|organization| organization.users.of_address(address))
    }

    /// The account of the headers, if the password is its own and it is active.
    pub(super) fn authenticate(&self, headers: &HeaderMap) -> Option<Account> {
        let header = |name| headers.get(name)?.to_str().ok();
        let (email, password) = (header(account::USER)?, header(account::PASSWORD)?);
        let mut organizations = self.organizations.values();
        let (organization, user) =
            organizations.find_map(|organization| Some((organization, organization.users.get(email)?)))?;
        let is_known = user.is_active && user.password.as_deref() == Some(password);
        is_known.then(|| Account {
            eid: organization.eid,
            email: user.primary_email.clone(),
            kind: user.kind,
            is_read_only: user.is_read_only,
        })
    }
}
