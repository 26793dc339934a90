//! Who may do what with which data, and where: the rules of the policies, put together as a data store has them.
//!
//! The cluster lists rules by policy and deployments by data store; what it does not say stays unknown. The rules are
//! those that are configured now: a policy that was changed since its deployment is in force as it was then (notes
//! section 9), and no documented call tells the difference.

use std::collections::{BTreeMap, BTreeSet};

use gate::Operation;
use protegrity::pim::{
    DataElement, DataElementUid, DataStore, DataStoreUid, DeploymentInfo, Mask, MaskUid, NoAccessOperation,
    Object, Operations, Policy, PolicyUid, Role, RoleUid, Rule,
};

use super::configuration::{
    data_elements, data_stores, deployed_or_unknown, masks, policies, roles, rules_of,
};
use crate::Error;

/// What the access is put together from.
#[derive(Clone, Debug, Default)]
pub struct AccessBasis {
    /// The roles.
    pub roles: Vec<Role>,
    /// The masks.
    pub masks: Vec<Mask>,
    /// The data elements.
    pub data_elements: Vec<DataElement>,
    /// The policies.
    pub policies: Vec<Policy>,
    /// The rules of each policy.
    pub rules: BTreeMap<PolicyUid, Vec<Rule>>,
    /// The data stores.
    pub data_stores: Vec<DataStore>,
    /// What each data store has; `None` where the cluster's answer could not be read.
    pub deployed: Option<DeploymentInfo>,
}

/// Where a row holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deployed {
    /// On this data store.
    On(DataStoreUid),
    /// On no data store: it is configured only.
    Nowhere,
    /// Perhaps on this data store, or where none is named on any: the cluster does not say.
    Unknown(Option<DataStoreUid>),
}

/// What a role sees of a value when it is unprotected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// The value.
    InClear,
    /// The value behind a mask.
    Masked,
    /// Rules of several policies unprotect it with different masks, or one of them without. What the cluster makes of it
    /// for one role is not documented; for the roles of one user it revokes unprotect (notes section 3).
    MasksDiffer,
    /// Nothing of it: the role may not unprotect it.
    Nothing,
    /// The cluster does not say what a rule permits.
    Unknown,
}

/// What one role may do with one data element by all rules that are about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    /// What one of the rules permits.
    pub permitted: Operations,
    /// Whether every rule says what it permits.
    pub is_known: bool,
    /// The masks of the rules that permit unprotect, `None` for a rule without one.
    pub masks: BTreeSet<Option<MaskUid>>,
    /// What those without access get.
    pub no_access: BTreeSet<NoAccessOperation>,
}

/// One row of the access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRow {
    /// The role.
    pub role: RoleUid,
    /// The data element.
    pub element: DataElementUid,
    /// Where.
    pub deployed: Deployed,
    /// The policies whose rules these are.
    pub policies: Vec<PolicyUid>,
    /// What the role may do there.
    pub effective: Effective,
}

impl AccessBasis {
    /// Reads it.
    ///
    /// # Errors
    /// The cluster's error. What is deployed alone may be missing.
    pub async fn read(operation: &Operation) -> Result<Self, Error> {
        let (roles, masks, data_elements) =
            futures::try_join!(roles(operation), masks(operation), data_elements(operation))?;
        let (policies, data_stores, deployed) = futures::try_join!(
            policies(operation),
            data_stores(operation),
            deployed_or_unknown(operation)
        )?;
        Ok(Self {
            rules: rules_of(
                operation,
                policies.iter().map(|policy| policy.uid.clone()).collect(),
            )
            .await?,
            roles,
            masks,
            data_elements,
            policies,
            data_stores,
            deployed,
        })
    }

    /// The policies that the cluster lists on data stores and not among the policies: what they permit is unknown.
    pub fn unlisted(&self) -> Vec<(DataStoreUid, PolicyUid)> {
        let stores = self.deployed.iter().filter_map(DeploymentInfo::stores).flatten();
        let pairs = stores.flat_map(|store| {
            let policies = store.policies.iter().flatten();
            policies.map(|policy| (store.data_store.clone(), policy.clone()))
        });
        pairs
            .filter(|(_, policy)| !self.rules.contains_key(policy))
            .collect()
    }

    /// The places with the policies that hold there together.
    fn places(&self) -> Vec<(Deployed, Vec<PolicyUid>)> {
        let each = |place: &Deployed| {
            let policies = self.rules.keys();
            let alone = policies.map(|policy| (place.clone(), vec![policy.clone()]));
            alone.collect::<Vec<_>>()
        };
        let Some(stores) = self.deployed.as_ref().and_then(DeploymentInfo::stores) else {
            return each(&Deployed::Unknown(None));
        };
        let mut places = Vec::new();
        for store in stores {
            match &store.policies {
                Some(policies) => places.push((Deployed::On(store.data_store.clone()), policies.clone())),
                None => places.extend(each(&Deployed::Unknown(Some(store.data_store.clone())))),
            }
        }
        let on_some: BTreeSet<_> = places
            .iter()
            .flat_map(|(_, policies)| policies)
            .cloned()
            .collect();
        let nowhere = each(&Deployed::Nowhere).into_iter();
        places
            .extend(nowhere.filter(|(_, policies)| policies.iter().all(|policy| !on_some.contains(policy))));
        places
    }
}

/// What each role may do with each data element: by data store where policies are deployed, by policy elsewhere.
pub fn access(basis: &AccessBasis) -> Vec<AccessRow> {
    let mut rows = Vec::new();
    for (deployed, policies) in basis.places() {
        let rules_of = |policy| basis.rules.get(policy).into_iter().flatten();
        let mut sources: BTreeMap<_, Vec<PolicyUid>> = BTreeMap::new();
        for policy in &policies {
            for rule in rules_of(policy) {
                let sources = sources.entry(rule.key()).or_default();
                if !sources.contains(policy) {
                    sources.push(policy.clone());
                }
            }
        }
        let effective = effective_access(policies.iter().flat_map(rules_of));
        rows.extend(effective.into_iter().map(|(key, effective)| AccessRow {
            policies: sources.remove(&key).unwrap_or_default(),
            role: key.0.clone(),
            element: key.1.clone(),
            deployed: deployed.clone(),
            effective,
        }));
    }
    rows
}

/// What these rules together permit to each role with each data element: what one of them permits is permitted.
pub(crate) fn effective_access<'a>(
    rules: impl IntoIterator<Item = &'a Rule>,
) -> BTreeMap<(&'a RoleUid, &'a DataElementUid), Effective> {
    let mut effective = BTreeMap::new();
    for rule in rules {
        let known = effective.entry(rule.key()).or_insert_with(Effective::nothing);
        known.add(rule);
    }
    effective
}

impl Effective {
    fn nothing() -> Self {
        Self {
            permitted: Operations::NONE,
            is_known: true,
            masks: BTreeSet::new(),
            no_access: BTreeSet::new(),
        }
    }

    fn add(&mut self, rule: &Rule) {
        self.no_access.insert(rule.no_access());
        let Some(permission) = rule.permission else {
            self.is_known = false;
            return;
        };
        self.permitted = union(self.permitted, permission.access);
        if permission.access.un_protect {
            self.masks.insert(rule.mask.clone());
        }
    }

    /// What the role may do; `None` where a rule does not say it.
    #[must_use]
    pub fn access(&self) -> Option<Operations> {
        self.is_known.then_some(self.permitted)
    }

    /// What the role sees.
    #[must_use]
    pub fn sight(&self) -> Sight {
        let mut masks = self.masks.iter();
        match (self.is_known, masks.next(), masks.next()) {
            (false, ..) => Sight::Unknown,
            (true, None, _) => Sight::Nothing,
            (true, Some(None), None) => Sight::InClear,
            (true, Some(Some(_)), None) => Sight::Masked,
            (true, Some(_), Some(_)) => Sight::MasksDiffer,
        }
    }
}

fn union(one: Operations, other: Operations) -> Operations {
    Operations {
        protect: one.protect || other.protect,
        re_protect: one.re_protect || other.re_protect,
        un_protect: one.un_protect || other.un_protect,
    }
}

/// What a user without access gets instead of a value, in words.
pub fn no_access_words(operation: &NoAccessOperation) -> String {
    match operation {
        NoAccessOperation::NullValue => "null".to_owned(),
        NoAccessOperation::ProtectedValue => "the protected value".to_owned(),
        NoAccessOperation::Exception => "an error".to_owned(),
        NoAccessOperation::Other(word) => word.clone(),
    }
}

/// The name of the object of this uid, or the uid where the cluster does not list it.
pub fn name_of<T: Object>(objects: &[T], uid: &str) -> String {
    let found = objects.iter().find(|object| object.uid() == uid);
    found.map_or_else(|| format!("uid {uid}"), |object| object.name().to_owned())
}

#[cfg(test)]
mod tests;
