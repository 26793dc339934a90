//! What is configured in policy management: each kind by itself, and all of it together.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use gate::{Operation, OperationError};
use protegrity::pim::{
    Alphabet, Application, DataElement, DataStore, DataStoreUid, DeploymentInfo, ExportKey, Mask, Member,
    Policy, PolicyUid, Role, RoleUid, Rule, Source,
};

use super::workbench::explained;
use crate::Error;

/// How many lists are read at a time.
const AT_ONCE: usize = 4;

/// Everything that is configured, as it was read one list after the other.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    /// Where members come from.
    pub sources: Vec<Source>,
    /// The roles.
    pub roles: Vec<Role>,
    /// The members of each role.
    pub members: BTreeMap<RoleUid, Vec<Member>>,
    /// The masks.
    pub masks: Vec<Mask>,
    /// The alphabets.
    pub alphabets: Vec<Alphabet>,
    /// The data elements.
    pub data_elements: Vec<DataElement>,
    /// The policies.
    pub policies: Vec<Policy>,
    /// The rules of each policy.
    pub rules: BTreeMap<PolicyUid, Vec<Rule>>,
    /// The data stores.
    pub data_stores: Vec<DataStore>,
    /// The export keys of each data store.
    pub export_keys: BTreeMap<DataStoreUid, Vec<ExportKey>>,
    /// The trusted applications.
    pub applications: Vec<Application>,
    /// What each data store has; `None` where the cluster's answer could not be read.
    pub deployed: Option<DeploymentInfo>,
}

/// Defines a function that reads one list of policy management.
macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident($($of:ident: $uid:ty)?) -> $row:ty;)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Errors
            /// The cluster's error; a refusal in words where policy management is missing or not initialised.
            pub async fn $name(operation: &Operation $(, $of: &$uid)?) -> Result<$row, Error> {
                let read = operation.read(|cluster| async move { cluster.pim().$name($($of)?).await });
                read.await.map_err(explained)
            }
        )*
    };
}

lists! {
    /// The member sources (`GET /pim/sources`).
    sources() -> Vec<Source>;
    /// The roles (`GET /pim/roles`).
    roles() -> Vec<Role>;
    /// The members of a role (`GET /pim/roles/{uid}/members`).
    members(role: RoleUid) -> Vec<Member>;
    /// The masks (`GET /pim/masks`).
    masks() -> Vec<Mask>;
    /// The alphabets (`GET /pim/alphabets`).
    alphabets() -> Vec<Alphabet>;
    /// The data elements (`GET /pim/dataelements`).
    data_elements() -> Vec<DataElement>;
    /// The policies (`GET /pim/policies`).
    policies() -> Vec<Policy>;
    /// The rules of a policy (`GET /pim/policies/{uid}/rules`).
    rules(policy: PolicyUid) -> Vec<Rule>;
    /// The data stores (`GET /pim/datastores`).
    data_stores() -> Vec<DataStore>;
    /// The export keys of a data store (`GET /pim/datastores/{uid}/export/keys`).
    export_keys(store: DataStoreUid) -> Vec<ExportKey>;
    /// The trusted applications (`GET /pim/applications`).
    applications() -> Vec<Application>;
}

/// What each data store has (`GET /pim/deploy`); `None` where the cluster's answer could not be read.
///
/// # Errors
/// When the session has ended.
pub async fn deployed_or_unknown(operation: &Operation) -> Result<Option<DeploymentInfo>, Error> {
    read_deployed(operation, OperationError::ends_session).await
}

/// The same for a caller that can wait while the cluster asks for that.
///
/// # Errors
/// When the session has ended, or the cluster asks to wait.
pub(crate) async fn deployed_or_pause(operation: &Operation) -> Result<Option<DeploymentInfo>, Error> {
    read_deployed(operation, |error| error.ends_session() || error.pause().is_some()).await
}

async fn read_deployed(
    operation: &Operation,
    is_reported: impl FnOnce(&OperationError) -> bool,
) -> Result<Option<DeploymentInfo>, Error> {
    let read = operation.read(|cluster| async move { cluster.pim().deployments().await });
    match read.await {
        Ok(deployed) => Ok(Some(deployed)),
        Err(error) if is_reported(&error) => Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, "what is deployed could not be read");
            Ok(None)
        }
    }
}

/// Everything that is configured.
///
/// # Errors
/// As for the lists: without one of them the rest would be misleading. Only what is deployed may be missing.
pub async fn configuration(operation: &Operation) -> Result<Configuration, Error> {
    let (sources, roles, masks, alphabets) = futures::try_join!(
        sources(operation),
        roles(operation),
        masks(operation),
        alphabets(operation),
    )?;
    let (data_elements, policies, applications, data_stores) = futures::try_join!(
        data_elements(operation),
        policies(operation),
        applications(operation),
        data_stores(operation),
    )?;
    let deployed = deployed_or_unknown(operation).await?;
    Ok(Configuration {
        members: members_of(operation, &roles).await?,
        rules: rules_of(
            operation,
            policies.iter().map(|policy| policy.uid.clone()).collect(),
        )
        .await?,
        export_keys: export_keys_of(operation, &data_stores).await?,
        sources,
        roles,
        masks,
        alphabets,
        data_elements,
        policies,
        data_stores,
        applications,
        deployed,
    })
}

/// The members of each of these roles.
///
/// # Errors
/// As for the lists.
pub async fn members_of(
    operation: &Operation,
    roles: &[Role],
) -> Result<BTreeMap<RoleUid, Vec<Member>>, Error> {
    let uids = roles.iter().map(|role| role.uid.clone()).collect();
    let members_of = of_each(uids, |role| async move {
        let rows = members(operation, &role).await?;
        Ok((role, rows))
    });
    members_of.await
}

/// The rules of each of these policies.
///
/// # Errors
/// As for the lists.
pub async fn rules_of(
    operation: &Operation,
    policies: Vec<PolicyUid>,
) -> Result<BTreeMap<PolicyUid, Vec<Rule>>, Error> {
    let rules_of = of_each(policies, |policy| async move {
        let rows = rules(operation, &policy).await?;
        Ok((policy, rows))
    });
    rules_of.await
}

/// The export keys of each of these data stores.
///
/// # Errors
/// As for the lists.
pub async fn export_keys_of(
    operation: &Operation,
    stores: &[DataStore],
) -> Result<BTreeMap<DataStoreUid, Vec<ExportKey>>, Error> {
    let uids = stores.iter().map(|store| store.uid.clone()).collect();
    let keys_of = of_each(uids, |store| async move {
        let rows = export_keys(operation, &store).await?;
        Ok((store, rows))
    });
    keys_of.await
}

/// Reads a list of each object, a few at a time.
async fn of_each<K: Ord, T, F>(objects: Vec<K>, read: impl Fn(K) -> F) -> Result<BTreeMap<K, Vec<T>>, Error>
where
    F: Future<Output = Result<(K, Vec<T>), Error>>,
{
    let lists = stream::iter(objects).map(read).buffer_unordered(AT_ONCE);
    lists.try_collect().await
}
