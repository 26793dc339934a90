//! The names of the objects that a deployment is about.

use std::{collections::BTreeMap, fmt::Display};

use protegrity::pim::{ApplicationUid, DataElementUid, DataStoreUid, MaskUid, PolicyUid, RoleUid};
use serde::{Deserialize, Serialize};

/// Names by uid. An object that the cluster does not list is shown with its uid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// The data stores.
    pub data_stores: BTreeMap<DataStoreUid, String>,
    /// The policies.
    pub policies: BTreeMap<PolicyUid, String>,
    /// The trusted applications.
    pub applications: BTreeMap<ApplicationUid, String>,
    /// The roles.
    pub roles: BTreeMap<RoleUid, String>,
    /// The data elements.
    pub data_elements: BTreeMap<DataElementUid, String>,
    /// The masks.
    pub masks: BTreeMap<MaskUid, String>,
}

impl Names {
    /// These names, and those of other objects from there.
    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        fn add<K: Ord + Clone>(names: &mut BTreeMap<K, String>, others: &BTreeMap<K, String>) {
            for (uid, name) in others {
                names.entry(uid.clone()).or_insert_with(|| name.clone());
            }
        }
        add(&mut self.data_stores, &other.data_stores);
        add(&mut self.policies, &other.policies);
        add(&mut self.applications, &other.applications);
        add(&mut self.roles, &other.roles);
        add(&mut self.data_elements, &other.data_elements);
        add(&mut self.masks, &other.masks);
        self
    }

    /// The name of a data store.
    #[must_use]
    pub fn data_store(&self, uid: &DataStoreUid) -> String {
        name(&self.data_stores, uid)
    }

    /// The name of a policy.
    #[must_use]
    pub fn policy(&self, uid: &PolicyUid) -> String {
        name(&self.policies, uid)
    }

    /// The name of a trusted application.
    #[must_use]
    pub fn application(&self, uid: &ApplicationUid) -> String {
        name(&self.applications, uid)
    }

    /// The name of a role.
    #[must_use]
    pub fn role(&self, uid: &RoleUid) -> String {
        name(&self.roles, uid)
    }

    /// The name of a data element.
    #[must_use]
    pub fn data_element(&self, uid: &DataElementUid) -> String {
        name(&self.data_elements, uid)
    }

    /// The name of a mask.
    #[must_use]
    pub fn mask(&self, uid: &MaskUid) -> String {
        name(&self.masks, uid)
    }

    /// The names of policies.
    #[must_use]
    pub fn all_policies<'a>(&self, uids: impl IntoIterator<Item = &'a PolicyUid>) -> Vec<String> {
        uids.into_iter().map(|uid| self.policy(uid)).collect()
    }

    /// The names of trusted applications.
    #[must_use]
    pub fn all_applications<'a>(&self, uids: impl IntoIterator<Item = &'a ApplicationUid>) -> Vec<String> {
        uids.into_iter().map(|uid| self.application(uid)).collect()
    }
}

fn name<K: Ord + Display>(names: &BTreeMap<K, String>, uid: &K) -> String {
    let known = names.get(uid).filter(|name| !name.is_empty());
    known.cloned().unwrap_or_else(|| format!("uid {uid}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_without_a_name_is_shown_with_its_uid() {
        let names = Names {
            policies: [("1".into(), "CARDS".to_owned()), ("2".into(), String::new())].into(),
            ..Names::default()
        };
        let all = names.all_policies(&["1".into(), "2".into(), "3".into()]);
        assert_eq!(all, ["CARDS", "uid 2", "uid 3"]);
    }
}
