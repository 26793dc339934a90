//! [`Organization`]: a partner or customer with everything it owns.

use super::{
    AzureSettings, Domain, IdentityProvider, LoginSettings, MfaSettings, SenderLists, Users, has_feature,
    package::{FEATURES, REPLAY},
    user::User,
};
use crate::{
    clock,
    proofpoint::{FeatureValues, Instance, ProofpointSettings, answer::add_sender_lists},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// In place of some packages and types, where the settings ask for unknown values.
const UNKNOWN_PACKAGE: &str = "galaxy_plus";
const UNKNOWN_TYPE: &str = "reseller_pool";

/// A trial of the package.
#[derive(Clone, Copy, Debug)]
pub(in crate::proofpoint) struct Trial {
    /// The days until it ends.
    pub(in crate::proofpoint) days: i64,
}

/// A group of users, for its sender lists.
#[derive(Clone, Debug)]
pub(in crate::proofpoint) struct Group {
    pub(in crate::proofpoint) id: String,
    pub(in crate::proofpoint) name: String,
    pub(in crate::proofpoint) lists: SenderLists,
}

pub(in crate::proofpoint) struct Organization {
    pub(in crate::proofpoint) eid: u32,
    pub(in crate::proofpoint) parent: Option<u32>,
    /// At least one.
    pub(in crate::proofpoint) instances: Vec<Instance>,
    pub(in crate::proofpoint) primary_domain: String,
    pub(in crate::proofpoint) name: String,
    pub(in crate::proofpoint) is_active: bool,
    pub(in crate::proofpoint) kind: &'static str,
    pub(in crate::proofpoint) package: &'static str,
    pub(in crate::proofpoint) trial: Option<Trial>,
    pub(in crate::proofpoint) licenses: u32,
    /// The days until the licences are renewed.
    pub(in crate::proofpoint) renewal_days: i64,
    pub(in crate::proofpoint) www: String,
    pub(in crate::proofpoint) address: String,
    pub(in crate::proofpoint) postcode: String,
    pub(in crate::proofpoint) stateprov: String,
    pub(in crate::proofpoint) country: String,
    pub(in crate::proofpoint) phone: String,
    pub(in crate::proofpoint) external_id: String,
    pub(in crate::proofpoint) billing_method: &'static str,
    pub(in crate::proofpoint) sends_welcome_email: bool,
    /// The address of the administrator that `admin_user` shows.
    pub(in crate::proofpoint) admin: String,
    pub(in crate::proofpoint) domains: Vec<Domain>,
    pub(in crate::proofpoint) outgoing_servers: Vec<String>,
    pub(in crate::proofpoint) users: Users,
    pub(in crate::proofpoint) groups: Vec<Group>,
    pub(in crate::proofpoint) lists: SenderLists,
    /// The features that are on, without that of a number.
    pub(in crate::proofpoint) features: BTreeSet<&'static str>,
    pub(in crate::proofpoint) replay_days: u32,
    pub(in crate::proofpoint) azure: Option<AzureSettings>,
    /// The addresses that the synchronisation leaves alone.
    pub(in crate::proofpoint) exemptions: Vec<String>,
    pub(in crate::proofpoint) mfa: MfaSettings,
    pub(in crate::proofpoint) login: LoginSettings,
    pub(in crate::proofpoint) providers: Vec<IdentityProvider>,
    pub(in crate::proofpoint) has_training: bool,
}

impl Organization {
    /// An organisation of the smallest package that is sold, with one relay domain and no users.
    pub(in crate::proofpoint) fn new(eid: u32, parent: Option<u32>, domain: &str, name: &str) -> Self {
        let mut organization = Self {
            eid,
            parent,
            instances: vec![Instance::Us1],
            primary_domain: domain.to_owned(),
            name: name.to_owned(),
            is_active: true,
            kind: "organization",
            package: "business",
            trial: None,
            licenses: 100,
            renewal_days: 365,
            www: format!("https://www.{domain}"),
            address: "1 Sample Street, Exampletown".to_owned(),
            postcode: "12345".to_owned(),
            stateprov: "CA".to_owned(),
            country: "US".to_owned(),
            phone: "555-0100".to_owned(),
            external_id: String::new(),
            billing_method: "Annual",
            sends_welcome_email: false,
            admin: String::new(),
            domains: vec![Domain::relay(domain)],
            outgoing_servers: vec!["192.0.2.10".to_owned()],
            users: Users::default(),
            groups: Vec::new(),
            lists: SenderLists::default(),
            features: BTreeSet::new(),
            replay_days: 30,
            azure: None,
            exemptions: Vec::new(),
            mfa: MfaSettings {
                is_enabled: true,
                admins_only: false,
            },
            login: LoginSettings {
                allows_local: true,
                allows_azure: true,
                forces_azure: false,
                forced_provider: None,
            },
            providers: Vec::new(),
            has_training: false,
        };
        organization.set_package("business");
        organization
    }

    /// Changes the package: turns its features on, and those outside of it off.
    pub(in crate::proofpoint) fn set_package(&mut self, package: &'static str) {
        self.package = package;
        let names = FEATURES.iter().map(|(name, _)| *name);
        self.features = names
            .filter(|name| *name != REPLAY && has_feature(package, name))
            .collect();
    }

    pub(in crate::proofpoint) fn domain(&self, name: &str) -> Option<&Domain> {
        let mut domains = self.domains.iter();
        domains.find(|domain| domain.name.eq_ignore_ascii_case(name))
    }

    pub(in crate::proofpoint) fn domain_mut(&mut self, name: &str) -> Option<&mut Domain> {
        let mut domains = self.domains.iter_mut();
        domains.find(|domain| domain.name.eq_ignore_ascii_case(name))
    }

    /// The package as in an answer.
    pub(in crate::proofpoint) fn shown_package(&self, settings: &ProofpointSettings) -> &'static str {
        if settings.unknown_values && self.package == "advanced" {
            UNKNOWN_PACKAGE
        } else {
            self.package
        }
    }

    /// The type as in an answer. Partners keep theirs.
    pub(in crate::proofpoint) fn shown_type(&self, settings: &ProofpointSettings) -> &'static str {
        if settings.unknown_values && self.package == "business" && self.kind == "organization" {
            UNKNOWN_TYPE
        } else {
            self.kind
        }
    }

    /// The value of each feature, with the type of the settings.
    pub(in crate::proofpoint) fn features_json(&self, settings: &ProofpointSettings) -> Value {
        let value = |name| match name {
            REPLAY => json!(self.replay_days),
            name => json!(self.features.contains(name)),
        };
        let typed = |value: Value| match settings.features {
            FeatureValues::Text => Value::String(value.to_string()),
            FeatureValues::Typed => value,
        };
        let names = FEATURES.iter().map(|(name, _)| *name);
        let values: Map<_, _> = names.map(|name| (name.to_owned(), typed(value(name)))).collect();
        Value::Object(values)
    }

    pub(in crate::proofpoint) fn licensing_json(&self, settings: &ProofpointSettings) -> Value {
        json!({
            "license_count": self.licenses,
            "package": super::title(self.shown_package(settings)),
            "is_on_trial": self.trial.is_some(),
            "is_beginner_plus": false,
        })
    }

    /// The organisation; `hierarchy` has itself first and then those above it.
    pub(in crate::proofpoint) fn json(&self, settings: &ProofpointSettings, hierarchy: &[&Self]) -> Value {
        let admin = self.users.get(&self.admin);
        let mut value = json!({
            "primary_domain": self.primary_domain,
            "name": self.name,
            "is_active": self.is_active,
            "type": self.shown_type(settings),
            "eid": self.eid,
            "organization_hierarchy": names(hierarchy),
            "licensing_package": self.shown_package(settings),
            "is_on_trial": self.trial.is_some(),
            "user_licenses": self.licenses,
            "active_users": self.users.active(),
            "when_renewal": clock::day(self.renewal_days, '/'),
            "is_beginner_plus": false,
            "is_beginner_plus_enabled": false,
            "www": self.www,
            "address": self.address,
            "postcode": self.postcode,
            "stateprov": self.stateprov,
            "country": self.country,
            "phone": self.phone,
            "external_id": self.external_id,
            "admin_user": admin.map(|admin| User::json(admin, settings)),
            "domains": self.domains.iter().map(Domain::json).collect::<Vec<_>>(),
            "outgoing_servers": self.outgoing_servers,
            "ldap_url": "",
            "ldap_username": "",
            "ldap_basedn": "",
            "is_smtp_discovery_enabled": self.features.contains("smtp_discovery"),
            "account_template_id": null,
            "send_welcome_email": self.sends_welcome_email,
            "odin_capabilities": "none",
            "billing_method": self.billing_method,
        });
        add_sender_lists(settings, &mut value, &self.lists.allowed, &self.lists.blocked);
        value
    }
}

/// A hierarchy as in an answer.
pub(in crate::proofpoint) fn names(hierarchy: &[&Organization]) -> Vec<String> {
    let entry = |organization: &&Organization| format!("{} : '{}'", organization.eid, organization.name);
    hierarchy.iter().map(entry).collect()
}
