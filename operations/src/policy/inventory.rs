//! How many objects there are of each kind, and how far the cluster is on the way to its first deployment.

use gate::Operation;
use protegrity::pim::{DataStore, DataStoreUid, DeploymentInfo, PolicyUid, Role, RoleUid};

use super::configuration::{
    alphabets, applications, data_elements, deployed_or_unknown, export_keys, masks, members, policies,
    roles, rules, sources,
};
use crate::Error;

/// What there is, without the objects themselves.
#[expect(clippy::struct_excessive_bools, reason = "each answers one step of the guide")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The number of member sources.
    pub sources: usize,
    /// The number of roles.
    pub roles: usize,
    /// The number of masks.
    pub masks: usize,
    /// The number of alphabets.
    pub alphabets: usize,
    /// The number of data elements.
    pub data_elements: usize,
    /// The number of policies.
    pub policies: usize,
    /// The number of trusted applications.
    pub applications: usize,
    /// The number of data stores.
    pub data_stores: usize,
    /// The first role, as far as roles are listed.
    pub first_role: Option<RoleUid>,
    /// The first policy.
    pub first_policy: Option<PolicyUid>,
    /// The first data store.
    pub first_data_store: Option<DataStoreUid>,
    /// Whether there are roles, and every user belongs to each of them.
    pub takes_all_users: bool,
    /// Whether a role has a member, or every user belongs to it: the vendor's own example makes such a role.
    pub has_members: bool,
    /// Whether a policy has a rule.
    pub has_rules: bool,
    /// Whether a data store has an export key. It is not asked for once a policy is deployed.
    pub has_export_keys: bool,
    /// Whether a data store is known to have a policy.
    pub is_deployed: bool,
}

/// Reads the lists, where the data stores have been read. Members and rules are read up to the first one: a call for each
/// role and policy would make the page slow where there are many.
///
/// # Errors
/// The cluster's error for a list. Where it does not say what is deployed, that is not known.
pub async fn inventory(operation: &Operation, data_stores: &[DataStore]) -> Result<Inventory, Error> {
    let (sources, roles, masks, alphabets) = futures::try_join!(
        sources(operation),
        roles(operation),
        masks(operation),
        alphabets(operation),
    )?;
    let (data_elements, policies, applications, deployed) = futures::try_join!(
        data_elements(operation),
        policies(operation),
        applications(operation),
        deployed_or_unknown(operation),
    )?;
    let is_deployed = is_deployed(deployed.as_ref());
    let takes_all = |role: &Role| role.allow_all == Some(true);
    let role_uids = roles.iter().map(|role| &role.uid);
    let policy_uids = policies.iter().map(|policy| &policy.uid);
    let store_uids = data_stores
        .iter()
        .map(|store| &store.uid)
        .filter(|_| !is_deployed);
    let has_open_role = roles.iter().any(takes_all);
    let (has_members, has_rules, has_export_keys) = futures::try_join!(
        any_has(role_uids.filter(|_| !has_open_role), |role| members(
            operation, role
        )),
        any_has(policy_uids, |policy| rules(operation, policy)),
        any_has(store_uids, |store| export_keys(operation, store)),
    )?;
    Ok(Inventory {
        sources: sources.len(),
        roles: roles.len(),
        masks: masks.len(),
        alphabets: alphabets.len(),
        data_elements: data_elements.len(),
        policies: policies.len(),
        applications: applications.len(),
        data_stores: data_stores.len(),
        first_role: roles.first().map(|role| role.uid.clone()),
        first_policy: policies.first().map(|policy| policy.uid.clone()),
        first_data_store: data_stores.first().map(|store| store.uid.clone()),
        takes_all_users: !roles.is_empty() && roles.iter().all(takes_all),
        has_members: has_members || has_open_role,
        has_rules,
        has_export_keys,
        is_deployed,
    })
}

/// Whether the list of one of these objects has a row, read one after the other up to the first that has.
async fn any_has<'a, U: AsRef<str> + 'a, T, F>(
    objects: impl Iterator<Item = &'a U>,
    list: impl Fn(&'a U) -> F,
) -> Result<bool, Error>
where
    F: Future<Output = Result<Vec<T>, Error>>,
{
    // An object without a uid has no address.
    for object in objects.filter(|uid| !uid.as_ref().is_empty()) {
        if !list(object).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_deployed(deployed: Option<&DeploymentInfo>) -> bool {
    let stores = deployed.and_then(DeploymentInfo::stores).into_iter().flatten();
    let mut policies = stores.filter_map(|store| store.policies.as_ref());
    policies.any(|policies| !policies.is_empty())
}

#[cfg(test)]
mod tests {
    use protegrity::pim::DeployedStore;

    use super::*;

    #[test]
    fn a_store_that_was_cleared_or_is_not_known_has_no_policy() {
        let store = |policies: Option<&[&str]>| DeployedStore {
            policies: policies.map(|uids| uids.iter().map(|uid| (*uid).into()).collect()),
            ..DeployedStore::default()
        };
        let info = |policies| DeploymentInfo::Stores(vec![store(None), store(Some(&[])), store(policies)]);
        assert!(!is_deployed(None));
        assert!(!is_deployed(Some(&info(None))));
        assert!(!is_deployed(Some(&info(Some(&[])))));
        assert!(is_deployed(Some(&info(Some(&["1"])))));
    }
}
