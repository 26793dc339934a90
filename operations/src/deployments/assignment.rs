//! The policies and trusted applications of a data store: those that it shall have, and those that it has.

use std::collections::{BTreeMap, BTreeSet};

use protegrity::pim::{ApplicationUid, DataStoreUid, Deployment, DeploymentInfo, PolicyUid};
use serde::{Deserialize, Serialize};

/// What a data store shall have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The policies.
    pub policies: BTreeSet<PolicyUid>,
    /// The trusted applications.
    pub applications: BTreeSet<ApplicationUid>,
}

/// What a data store has, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployed {
    /// The policies; `None` where they are not known.
    pub policies: Option<BTreeSet<PolicyUid>>,
    /// The trusted applications; `None` where they are not known.
    pub applications: Option<BTreeSet<ApplicationUid>>,
}

impl Assignment {
    /// The body of the deployment.
    #[must_use]
    pub fn to_deployment(&self, store: &DataStoreUid) -> Deployment {
        Deployment {
            data_store: store.clone(),
            policies: self.policies.iter().cloned().collect(),
            applications: self.applications.iter().cloned().collect(),
        }
    }
}

impl From<&Assignment> for Deployed {
    fn from(assignment: &Assignment) -> Self {
        Self {
            policies: Some(assignment.policies.clone()),
            applications: Some(assignment.applications.clone()),
        }
    }
}

impl Deployed {
    /// A store without anything.
    #[must_use]
    pub fn nothing() -> Self {
        Self::from(&Assignment::default())
    }

    /// Whether it is known to be exactly this.
    #[must_use]
    pub fn is(&self, assignment: &Assignment) -> bool {
        *self == Self::from(assignment)
    }

    /// Whether a part of it is not known.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.policies.is_none() || self.applications.is_none()
    }
}

/// What each of these stores has. One that the cluster does not list has nothing; where its answer has another shape,
/// nothing is known.
pub(super) fn deployed_by_store<'a>(
    info: Option<&DeploymentInfo>,
    stores: impl IntoIterator<Item = &'a DataStoreUid>,
) -> BTreeMap<DataStoreUid, Deployed> {
    let listed = info.and_then(DeploymentInfo::stores);
    let start = match listed {
        Some(_) => Deployed::nothing(),
        None => Deployed::default(),
    };
    let mut by_store: BTreeMap<_, _> = stores
        .into_iter()
        .map(|uid| (uid.clone(), start.clone()))
        .collect();
    let mut seen = BTreeSet::new();
    for row in listed.into_iter().flatten() {
        let has = Deployed {
            policies: row.policies.as_ref().map(|uids| uids.iter().cloned().collect()),
            applications: row
                .applications
                .as_ref()
                .map(|uids| uids.iter().cloned().collect()),
        };
        // Two rows of one store contradict each other, or complete each other: which one is not documented.
        let is_first = seen.insert(&row.data_store);
        let has = if is_first { has } else { Deployed::default() };
        by_store.insert(row.data_store.clone(), has);
    }
    by_store
}

#[cfg(test)]
mod tests {
    use protegrity::pim::DeployedStore;
    use serde_json::json;

    use super::*;

    fn row(store: &str, policies: Option<&[&str]>) -> DeployedStore {
        DeployedStore {
            data_store: store.into(),
            policies: policies.map(|uids| uids.iter().map(|uid| (*uid).into()).collect()),
            applications: Some(Vec::new()),
            ..DeployedStore::default()
        }
    }

    fn policies(info: Option<&DeploymentInfo>, store: &str) -> Option<Vec<String>> {
        let by_store = deployed_by_store(info, [&"1".into(), &"2".into()]);
        let policies = by_store[&DataStoreUid::from(store)].policies.as_ref()?;
        Some(policies.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_not_known_is_not_taken_for_nothing() {
        assert_eq!(policies(None, "1"), None);
        let other = DeploymentInfo::from(json!({"status": "OK"}));
        assert_eq!(policies(Some(&other), "1"), None);
        let rows = DeploymentInfo::Stores(vec![row("1", None)]);
        assert_eq!(policies(Some(&rows), "1"), None);
        assert_eq!(policies(Some(&rows), "2"), Some(Vec::new()));
        let twice = DeploymentInfo::Stores(vec![row("1", Some(&["7"])), row("1", Some(&["8"]))]);
        assert_eq!(policies(Some(&twice), "1"), None);
        let once = DeploymentInfo::Stores(vec![row("1", Some(&["7", "8", "7"]))]);
        assert_eq!(
            policies(Some(&once), "1"),
            Some(vec!["7".to_owned(), "8".to_owned()])
        );
    }

    #[test]
    fn an_incomplete_answer_is_no_assignment() {
        let nothing = Assignment::default();
        assert!(Deployed::nothing().is(&nothing));
        assert!(!Deployed::default().is(&nothing));
        assert!(Deployed::default().is_incomplete());
    }
}
