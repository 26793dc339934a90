//! Where an object of policy management is used: the policies, data elements, roles and data stores that name it.

use std::collections::{BTreeMap, BTreeSet};

use gate::Operation;
use protegrity::pim::{
    ApplicationUid, DataElement, DataStoreUid, Item, Member, PolicyUid, ProtectionMethod, Role, RoleUid,
    Rule, SourceUid,
};

use super::{
    Connections,
    configuration::{data_elements, members_of, roles},
    name_of,
};
use crate::{
    Error,
    deployments::{self, State},
    text::counted,
};

/// An object with its name.
pub type Named = (Item, String);

/// One object that uses another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// What uses it.
    pub by: Named,
    /// How, in words; the objects complete them.
    pub how: String,
    /// What it uses it for, or with.
    pub objects: Vec<Named>,
}

/// All uses of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Those that are known.
    pub known: Vec<Use>,
    /// The data stores of which it is not known whether they use it.
    pub unknown: Vec<String>,
}

/// Reads where an object is used.
///
/// # Errors
/// The cluster's error for a list. Where it does not say what is deployed, that is among the unknown.
pub async fn uses(operation: &Operation, item: &Item) -> Result<Uses, Error> {
    Ok(match item {
        Item::Alphabet(_) => in_data_elements(item, &data_elements(operation).await?),
        Item::Source(uid) => {
            let roles = roles(operation).await?;
            let members = members_of(operation, &roles).await?;
            in_roles(uid, &roles, &members)
        }
        Item::Role(_) | Item::DataElement(_) | Item::Mask(_) => {
            in_policies(item, &Connections::read(operation, None).await?)
        }
        Item::Policy(_) | Item::Application(_) | Item::DataStore(_) => {
            in_deployments(item, &deployments::state(operation).await?)
        }
        // They have no pages, and nothing names them.
        Item::Member(..) | Item::Rule(..) | Item::ExportKey(..) => Uses::default(),
    })
}

/// The data elements whose method names this alphabet or mask.
fn in_data_elements(item: &Item, elements: &[DataElement]) -> Uses {
    let names = |element: &&DataElement| match (&element.method, item) {
        (Some(ProtectionMethod::Token(_, options)), Item::Alphabet(uid)) => {
            options.alphabet.as_ref() == Some(uid)
        }
        (Some(ProtectionMethod::NoEncryption(options)), Item::Mask(uid)) => {
            options.mask.as_ref() == Some(uid)
        }
        _ => false,
    };
    let how = match item {
        Item::Alphabet(_) => "Its tokens are made of these characters",
        _ => "Its values are shown behind this mask",
    };
    let known = elements.iter().filter(names).map(|element| Use {
        by: (Item::DataElement(element.uid.clone()), element.name.clone()),
        how: how.to_owned(),
        objects: Vec::new(),
    });
    Uses {
        known: known.collect(),
        unknown: Vec::new(),
    }
}

/// The roles with members of this source.
fn in_roles(source: &SourceUid, roles: &[Role], members: &BTreeMap<RoleUid, Vec<Member>>) -> Uses {
    let known = roles.iter().filter_map(|role| {
        let members = members.get(&role.uid)?.iter();
        let count = members
            .filter(|member| member.source.as_ref() == Some(source))
            .count();
        (count > 0).then(|| Use {
            by: (Item::Role(role.uid.clone()), role.name.clone()),
            how: format!("Has {} of it", counted(count, ("member", "members"))),
            objects: Vec::new(),
        })
    });
    Uses {
        known: known.collect(),
        unknown: Vec::new(),
    }
}

/// The policies whose rules name this role, data element or mask, the data stores that have such a policy, and the data
/// elements that name the mask.
fn in_policies(item: &Item, known: &Connections) -> Uses {
    let mut uses = match item {
        Item::Mask(_) => in_data_elements(item, &known.data_elements),
        _ => Uses::default(),
    };
    let names_it = |rule: &&Rule| match item {
        Item::Role(uid) => rule.role == *uid,
        Item::DataElement(uid) => rule.data_element == *uid,
        Item::Mask(uid) => rule.mask.as_ref() == Some(uid),
        _ => false,
    };
    let role = |rule: &Rule| {
        let name = name_of(&known.roles, rule.role.as_str());
        (Item::Role(rule.role.clone()), name)
    };
    let element = |rule: &Rule| {
        let name = name_of(&known.data_elements, rule.data_element.as_str());
        (Item::DataElement(rule.data_element.clone()), name)
    };
    let mut policies = BTreeSet::new();
    for (policy, rules) in &known.rules {
        let rules: Vec<_> = rules.iter().filter(names_it).collect();
        if rules.is_empty() {
            continue;
        }
        let mut objects: Vec<_> = match item {
            Item::DataElement(_) => rules.iter().map(|rule| role(rule)).collect(),
            _ => rules.iter().map(|rule| element(rule)).collect(),
        };
        objects.sort_by(|one, other| (&one.1, &one.0).cmp(&(&other.1, &other.0)));
        objects.dedup();
        let how = match item {
            Item::Mask(_) => "Its rules have this mask for",
            Item::DataElement(_) => "Its rules say what is permitted to",
            _ => "Its rules say what is permitted with",
        };
        uses.known.push(Use {
            by: policy_named(policy, &known.state),
            how: how.to_owned(),
            objects,
        });
        policies.insert(policy);
    }
    add_stores(&mut uses, &known.state, |has| {
        let has = has.policies.as_ref()?;
        Some(has.iter().filter(|uid| policies.contains(uid)).cloned().collect())
    });
    uses
}

/// The data stores that have this policy or application; or what this data store has.
fn in_deployments(item: &Item, state: &State) -> Uses {
    let mut uses = Uses::default();
    match item {
        Item::Policy(uid) => add_stores(&mut uses, state, |has| {
            let has = has.policies.as_ref()?;
            Some(has.iter().filter(|policy| *policy == uid).cloned().collect())
        }),
        Item::Application(uid) => {
            for store in stores(state) {
                let Some(applications) = &state.deployed_to(store).applications else {
                    uses.unknown.push(name_of(&state.data_stores, store.as_str()));
                    continue;
                };
                if applications.contains(uid) {
                    uses.known.push(Use {
                        by: store_named(store, state),
                        how: "It may call the protectors there".to_owned(),
                        objects: Vec::new(),
                    });
                }
            }
        }
        Item::DataStore(uid) => {
            let has = state.deployed_to(uid);
            if has.is_incomplete() {
                uses.unknown.push(name_of(&state.data_stores, uid.as_str()));
            }
            let policies = has.policies.iter().flatten().map(|policy| Use {
                by: policy_named(policy, state),
                how: "Is deployed here".to_owned(),
                objects: Vec::new(),
            });
            let applications = has.applications.iter().flatten().map(|application| Use {
                by: application_named(application, state),
                how: "May call the protectors here".to_owned(),
                objects: Vec::new(),
            });
            uses.known.extend(policies.chain(applications));
        }
        _ => {}
    }
    uses
}

/// Adds the data stores that have one of the policies that `of` picks from what each has; `None` is not known.
fn add_stores(uses: &mut Uses, state: &State, of: impl Fn(&deployments::Deployed) -> Option<Vec<PolicyUid>>) {
    for store in stores(state) {
        match of(&state.deployed_to(store)) {
            None => uses.unknown.push(name_of(&state.data_stores, store.as_str())),
            Some(policies) if policies.is_empty() => {}
            Some(policies) => uses.known.push(Use {
                by: store_named(store, state),
                how: "Has deployed".to_owned(),
                objects: policies
                    .iter()
                    .map(|policy| policy_named(policy, state))
                    .collect(),
            }),
        }
    }
}

/// The data stores that the cluster lists, and those that only its deployments name.
fn stores(state: &State) -> BTreeSet<&DataStoreUid> {
    let listed = state.data_stores.iter().map(|store| &store.uid);
    listed.chain(state.deployed.keys()).collect()
}

fn policy_named(uid: &PolicyUid, state: &State) -> Named {
    let name = name_of(&state.policies, uid.as_str());
    (Item::Policy(uid.clone()), name)
}

fn store_named(uid: &DataStoreUid, state: &State) -> Named {
    let name = name_of(&state.data_stores, uid.as_str());
    (Item::DataStore(uid.clone()), name)
}

fn application_named(uid: &ApplicationUid, state: &State) -> Named {
    let name = name_of(&state.applications, uid.as_str());
    (Item::Application(uid.clone()), name)
}

#[cfg(test)]
mod tests {
    use protegrity::pim::{DataStore, Policy};
    use serde_json::json;

    use super::*;
    use crate::deployments::Deployed;

    fn rule(role: &str, element: &str, mask: Option<&str>) -> Rule {
        Rule {
            role: role.into(),
            data_element: element.into(),
            mask: mask.map(Into::into),
            ..Rule::default()
        }
    }

    /// CUSTOMERS on PROD with two rules, HR on no data store with one, and a data store that says nothing.
    fn world() -> Connections {
        let policy = |uid: &str, name: &str| Policy {
            uid: uid.into(),
            name: name.to_owned(),
            ..Policy::default()
        };
        let store = |uid: &str, name: &str| DataStore {
            uid: uid.into(),
            name: name.to_owned(),
            ..DataStore::default()
        };
        let has = Deployed {
            policies: Some(["1".into()].into()),
            applications: Some(["4".into()].into()),
        };
        let rules = vec![rule("1", "1", Some("5")), rule("2", "1", None)];
        Connections {
            roles: Vec::new(),
            data_elements: vec![
                DataElement::from(
                    json!({"uid": "1", "name": "DE_SSN", "numericToken": {"alphabetUid": "6"}}),
                ),
                DataElement::from(json!({"uid": "2", "name": "DE_NOTES", "noEnc": {"maskUid": "5"}})),
            ],
            state: State {
                data_stores: vec![store("1", "PROD"), store("2", "TEST"), store("3", "DEV")],
                policies: vec![policy("1", "CUSTOMERS"), policy("2", "HR")],
                applications: Vec::new(),
                deployed: [
                    ("1".into(), has),
                    ("2".into(), Deployed::default()),
                    ("3".into(), Deployed::nothing()),
                ]
                .into(),
            },
            rules: [("1".into(), rules), ("2".into(), vec![rule("1", "2", None)])].into(),
        }
    }

    /// Each use as "who: how: objects".
    fn words(uses: &Uses) -> Vec<String> {
        let words = uses.known.iter().map(|used| {
            let objects: Vec<_> = used.objects.iter().map(|(_, name)| name.as_str()).collect();
            format!("{}: {}: {}", used.by.1, used.how, objects.join(", "))
        });
        words.collect()
    }

    #[test]
    fn rules_and_deployments_are_uses_of_what_they_name() {
        let check = |item: Item, expected: &[&str]| {
            let uses = in_policies(&item, &world());
            assert_eq!(words(&uses), expected, "{item:?}");
            assert_eq!(uses.unknown, ["TEST"], "{item:?}");
        };
        check(
            Item::Role("1".into()),
            &[
                "CUSTOMERS: Its rules say what is permitted with: DE_SSN",
                "HR: Its rules say what is permitted with: DE_NOTES",
                "PROD: Has deployed: CUSTOMERS",
            ],
        );
        check(
            Item::DataElement("1".into()),
            &[
                "CUSTOMERS: Its rules say what is permitted to: uid 1, uid 2",
                "PROD: Has deployed: CUSTOMERS",
            ],
        );
        check(
            Item::Mask("5".into()),
            &[
                "DE_NOTES: Its values are shown behind this mask: ",
                "CUSTOMERS: Its rules have this mask for: DE_SSN",
                "PROD: Has deployed: CUSTOMERS",
            ],
        );
        check(Item::Role("9".into()), &[]);
    }

    #[test]
    fn what_a_data_store_has_is_a_use_both_ways() {
        let state = world().state;
        let check = |item: Item, expected: &[&str], unknown: &[&str]| {
            let uses = in_deployments(&item, &state);
            assert_eq!(words(&uses), expected, "{item:?}");
            assert_eq!(uses.unknown, unknown, "{item:?}");
        };
        let prod = [
            "CUSTOMERS: Is deployed here: ",
            "uid 4: May call the protectors here: ",
        ];
        check(Item::DataStore("1".into()), &prod, &[]);
        check(Item::DataStore("2".into()), &[], &["TEST"]);
        check(Item::DataStore("3".into()), &[], &[]);
        check(
            Item::Policy("1".into()),
            &["PROD: Has deployed: CUSTOMERS"],
            &["TEST"],
        );
        check(Item::Policy("2".into()), &[], &["TEST"]);
        let application = ["PROD: It may call the protectors there: "];
        check(Item::Application("4".into()), &application, &["TEST"]);
    }

    #[test]
    fn alphabets_are_used_by_tokens_and_sources_by_roles() {
        let uses = in_data_elements(&Item::Alphabet("6".into()), &world().data_elements);
        assert_eq!(
            words(&uses),
            ["DE_SSN: Its tokens are made of these characters: "]
        );
        let role = Role {
            uid: "1".into(),
            name: "ANALYST".to_owned(),
            ..Role::default()
        };
        let member = |source: &str| Member {
            source: Some(source.into()),
            ..Member::default()
        };
        let members = [("1".into(), vec![member("7"), member("8"), member("7")])].into();
        let uses = in_roles(&"7".into(), &[role], &members);
        assert_eq!(words(&uses), ["ANALYST: Has 2 members of it: "]);
    }
}
