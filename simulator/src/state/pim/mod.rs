//! [`Repository`]: the objects of Policy Management, and what is deployed.

mod alphabet;
mod application;
mod collection;
mod data_element;
mod data_store;
mod deployment;
mod export_key;
mod mask;
mod package;
mod policy;
mod rights;
mod role;
mod source;

pub(crate) use alphabet::{Alphabet, CodeRange};
pub(crate) use application::Application;
pub(crate) use collection::{Collection, Entry, Object};
pub(crate) use data_element::{AES_256_CBC, DataElement, Method};
pub(crate) use data_store::DataStore;
pub use deployment::DeployedStore;
pub(crate) use deployment::{Assignment, Deployment};
pub(crate) use export_key::{ExportKey, KeyAlgorithm};
pub(crate) use mask::{Mask, NO_MASK};
pub(crate) use policy::{NoAccess, Policy, Rule};
pub(crate) use rights::{Audit, Operations, Rights};
pub(crate) use role::{Member, MemberKind, Role, RoleMode};
pub(crate) use source::{FileConnection, Source, SourceKind};

use super::ClusterState;
use crate::refusal::Refusal;

/// The policy repository, which `/init` creates (reference, line 2939).
#[derive(Clone, Debug, Default)]
pub(crate) struct Repository {
    pub(crate) sources: Collection<Source>,
    pub(crate) roles: Collection<Role>,
    pub(crate) masks: Collection<Mask>,
    pub(crate) alphabets: Collection<Alphabet>,
    pub(crate) data_elements: Collection<DataElement>,
    pub(crate) policies: Collection<Policy>,
    pub(crate) data_stores: Collection<DataStore>,
    pub(crate) applications: Collection<Application>,
}

impl ClusterState {
    /// The policy repository, once it is initialized.
    pub(crate) fn pim(&self) -> Result<&Repository, Refusal> {
        self.pim.as_ref().ok_or_else(not_initialized)
    }

    /// The policy repository, once it is initialized.
    pub(crate) fn pim_mut(&mut self) -> Result<&mut Repository, Refusal> {
        self.pim.as_mut().ok_or_else(not_initialized)
    }

    /// Creates an empty policy repository unless there is one.
    pub(crate) fn initialize_pim(&mut self) -> Result<(), Refusal> {
        if self.pim.is_some() {
            return Err(Refusal::detail(409, "The policy repository already exists"));
        }
        self.pim = Some(Repository::default());
        Ok(())
    }
}

/// The product's answer is not public. 409 would read as "already exists".
fn not_initialized() -> Refusal {
    Refusal::detail(400, "Policy Management is not initialized")
}

impl Repository {
    /// Adds a data element whose alphabet or mask exists.
    pub(crate) fn create_data_element(
        &mut self,
        element: DataElement,
    ) -> Result<&Entry<DataElement>, Refusal> {
        if let Some(uid) = element.method.reference("alphabetUid") {
            self.alphabets.referenced(uid)?;
        }
        if let Some(uid) = element.method.reference("maskUid") {
            self.masks.referenced(uid)?;
        }
        self.data_elements.create(element)
    }

    /// Adds members to a role. Each comes from a source that exists.
    pub(crate) fn add_members(&mut self, role: &str, members: Vec<Member>) -> Result<&Role, Refusal> {
        let role = self.roles.find_mut(role)?;
        for member in &members {
            self.sources.referenced(&member.source)?;
        }
        role.add_members(members)?;
        Ok(role)
    }

    /// Adds a rule.
    pub(crate) fn add_rule(&mut self, policy: &str, rule: Rule) -> Result<(), Refusal> {
        self.policies.find(policy)?;
        self.check_rule(&rule)?;
        self.policies.find_mut(policy)?.add_rule(rule)
    }

    /// Replaces the rule that has this role and data element.
    pub(crate) fn change_rule(&mut self, policy: &str, rule: Rule) -> Result<(), Refusal> {
        self.check_rule(&rule)?;
        let present = self.policies.find_mut(policy)?.rule_mut(&rule.uid())?;
        *present = rule;
        Ok(())
    }

    /// Checks that the role, data element and mask of a rule exist. A data element of AES-256-CBC refuses
    /// `PROTECTED_VALUE` (notes, section 3).
    fn check_rule(&self, rule: &Rule) -> Result<(), Refusal> {
        self.roles.referenced(&rule.role)?;
        let element = &self.data_elements.referenced(&rule.data_element)?.object;
        if rule.mask != NO_MASK {
            self.masks.referenced(&rule.mask)?;
        }
        let is_cbc = element.method.key == AES_256_CBC;
        if is_cbc && rule.no_access_operation == Some(NoAccess::ProtectedValue) {
            let text = format!(
                "PROTECTED_VALUE is not supported for data element '{}'",
                element.name
            );
            return Err(Refusal::detail(400, text));
        }
        Ok(())
    }

    /// Adds a data store. Only one is the default; the text does not say that the store exists, which it does not.
    pub(crate) fn create_data_store(&mut self, store: DataStore) -> Result<&Entry<DataStore>, Refusal> {
        let present = self.data_stores.iter().find(|entry| entry.object.default);
        let is_new = self.data_stores.by_name(&store.name).is_none();
        if let Some(present) = present.filter(|_| is_new && store.default) {
            let text = format!("Data store '{}' is the default", present.object.name);
            return Err(Refusal::detail(400, text));
        }
        self.data_stores.create(store)
    }

    /// Adds an export key. Its fingerprint names one data store, so no other store has it.
    pub(crate) fn add_export_key(
        &mut self,
        store: &str,
        key: ExportKey,
    ) -> Result<&Entry<ExportKey>, Refusal> {
        self.data_stores.find(store)?;
        let fingerprint = key.fingerprint.as_str();
        if self.export_key(fingerprint).is_some() {
            let text = format!("Export key '{fingerprint}' already exists");
            return Err(Refusal::detail(409, text));
        }
        Ok(self.data_stores.find_mut(store)?.export_keys.push(key))
    }

    /// The export key of a fingerprint, with or without colons, and its data store.
    pub(crate) fn export_key(&self, fingerprint: &str) -> Option<(&DataStore, &ExportKey)> {
        self.data_stores.iter().find_map(|store| {
            let mut keys = store.object.export_keys.iter().map(|entry| &entry.object);
            let key = keys.find(|key| key.fingerprint.matches(fingerprint))?;
            Some((&store.object, key))
        })
    }
}
