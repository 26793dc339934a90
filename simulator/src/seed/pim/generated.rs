//! Generated objects of Policy Management, for lists of any length.

use super::{data_elements::element, rights};
use crate::{
    PimObjects,
    state::pim::{Collection, DataStore, NO_MASK, Policy, Repository, Role, RoleMode, Rule},
};
use serde_json::json;

/// Adds objects. Their names end with their uids, so that a second call adds other ones.
pub(crate) fn add_objects(pim: &mut Repository, objects: PimObjects) {
    for _ in 0..objects.roles {
        pim.roles.push(Role {
            name: next_name("ROLE", &pim.roles),
            description: None,
            mode: RoleMode::Manual,
            allow_all: false,
            members: Collection::default(),
        });
    }
    for _ in 0..objects.data_elements {
        let name = next_name("DE", &pim.data_elements);
        let parameters = json!({ "tokenizer": "SLT_1_3", "fromLeft": 0, "fromRight": 0 });
        pim.data_elements
            .push(element(name, "Generated", "alphaNumericToken", parameters));
    }
    for _ in 0..objects.data_stores {
        let name = next_name("STORE", &pim.data_stores);
        pim.data_stores.push(DataStore::new(name, None, false));
    }
    if objects.rules > 0 {
        let policy = Policy {
            name: next_name("POLICY", &pim.policies),
            description: None,
            template: rights(""),
            rules: rules(pim).take(objects.rules as usize).collect(),
        };
        pim.policies.push(policy);
    }
}

fn next_name<T>(kind: &str, objects: &Collection<T>) -> String {
    format!("{kind}_{:04}", objects.len() + 1)
}

/// A rule for every pair of a role and a data element.
fn rules(pim: &Repository) -> impl Iterator<Item = Rule> {
    let pairs = pim
        .data_elements
        .iter()
        .flat_map(|element| pim.roles.iter().map(move |role| (role, element)));
    pairs.map(|(role, element)| Rule {
        role: role.uid.clone(),
        mask: NO_MASK.to_owned(),
        data_element: element.uid.clone(),
        no_access_operation: None,
        permission: rights("u"),
    })
}
