//! The plain content of a resilient package: what the protectors of a data store need. The product's own format is not
//! public.

use super::{Assignment, Collection, Entry, Repository, Role};
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl Repository {
    /// The policies of an assignment with the roles, data elements, masks and alphabets of their rules, and its trusted
    /// applications.
    pub(super) fn package_content(&self, assignment: &Assignment) -> Value {
        let policies: Vec<_> = listed(&self.policies, &assignment.policies).collect();
        let applied = || policies.iter().flat_map(|policy| &policy.object.rules);
        let roles: BTreeSet<_> = applied().map(|rule| &rule.role).collect();
        let data_elements: BTreeSet<_> = applied().map(|rule| &rule.data_element).collect();
        let data_elements: Vec<_> = listed(&self.data_elements, data_elements).collect();
        let parameter = |name| {
            let methods = data_elements.iter().map(|element| &element.object.method);
            methods.filter_map(move |method| method.reference(name))
        };
        let masks: BTreeSet<_> = applied()
            .map(|rule| rule.mask.as_str())
            .chain(parameter("maskUid"))
            .collect();
        let alphabets: BTreeSet<_> = parameter("alphabetUid").collect();
        let policies = policies.iter().map(
            |policy| json!({ "uid": policy.uid, "name": policy.object.name, "rules": policy.object.rules }),
        );
        json!({
            "dataStore": assignment.data_store,
            "policies": policies.collect::<Vec<_>>(),
            "roles": listed(&self.roles, roles).map(role).collect::<Vec<_>>(),
            "dataElements": data_elements,
            "masks": listed(&self.masks, masks).collect::<Vec<_>>(),
            "alphabets": listed(&self.alphabets, alphabets).collect::<Vec<_>>(),
            "applications": listed(&self.applications, &assignment.applications).collect::<Vec<_>>(),
        })
    }
}

/// The objects of these uids. An unknown uid, such as that of no mask, is left out.
fn listed<T>(
    collection: &Collection<T>,
    uids: impl IntoIterator<Item = impl AsRef<str>>,
) -> impl Iterator<Item = &Entry<T>> {
    uids.into_iter().filter_map(|uid| collection.get(uid.as_ref()))
}

fn role(role: &Entry<Role>) -> Value {
    json!({
        "uid": role.uid,
        "name": role.object.name,
        "allowAll": role.object.allow_all,
        "members": role.object.members,
    })
}
