//! The state that a review showed, compared with the state now: what is deployed, and everything that goes to the protectors
//! with the policies.

use std::collections::BTreeMap;

use protegrity::pim::{DataStoreUid, Member, MemberType, Object, Role, RoleMode, RoleUid, Rule, SourceUid};
use serde::{Deserialize, Serialize};

use super::{DeployStores, Deployed, Objects, Rules, StoreDeployment};
use crate::baseline::digest;

/// A part of the state that a review shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Part {
    /// What the data stores have.
    Deployed,
    /// The rules of the policies.
    Rules,
    /// The masks of the rules.
    Masks,
    /// The data elements of the rules.
    DataElements,
    /// The roles of the rules, without their members.
    Roles,
    /// The members of the roles of the rules.
    Members,
}

impl Part {
    /// All of them, in the order of a [`Review::fingerprint`](super::Review::fingerprint).
    pub const ALL: [Self; 6] = [
        Self::Deployed,
        Self::Rules,
        Self::Masks,
        Self::DataElements,
        Self::Roles,
        Self::Members,
    ];

    /// The name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deployed => "deployed",
            Self::Rules => "rules",
            Self::Masks => "masks",
            Self::DataElements => "elements",
            Self::Roles => "roles",
            Self::Members => "members",
        }
    }

    /// The part of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Deployed => "what is deployed",
            Self::Rules => "a rule",
            Self::Masks => "a mask",
            Self::DataElements => "a data element",
            Self::Roles => "a role",
            Self::Members => "the membership of a role",
        }
    }
}

/// What has changed, in words that begin a sentence or follow others: "a rule and a mask have changed".
#[must_use]
pub fn changed_words(parts: &[Part]) -> String {
    let words: Vec<_> = parts.iter().map(|part| part.words()).collect();
    match words.as_slice() {
        [] => "the deployment is another one".to_owned(),
        [one] => format!("{one} has changed"),
        [others @ .., last] => format!("{} and {last} have changed", others.join(", ")),
    }
}

/// The state that a review showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reviewed {
    /// What each data store had.
    pub(super) deployed: BTreeMap<DataStoreUid, Deployed>,
    /// What was configured.
    pub(super) configured: Digests,
}

/// A digest of each object that goes to the protectors, by its part and its uid: of the rules of each policy, and of what
/// they name.
pub(super) type Digests = BTreeMap<Part, BTreeMap<String, String>>;

/// The digests of the rules of policies, and of the objects that the rules in `used` name.
pub(super) fn digests(
    rules: &Rules,
    used: &[&Rule],
    objects: &Objects,
    members: &BTreeMap<RoleUid, Vec<Member>>,
) -> Digests {
    let mut digests = Digests::new();
    let of_policies = rules
        .iter()
        .map(|(policy, rules)| (policy.to_string(), of_rules(rules)));
    digests.insert(Part::Rules, of_policies.collect());
    let mut add = |part: Part, uid: &str, digest: &dyn Fn() -> String| {
        let of_part = digests.entry(part).or_default();
        if !of_part.contains_key(uid) {
            of_part.insert(uid.to_owned(), digest());
        }
    };
    for rule in used {
        if let Some(mask) = &rule.mask {
            add(Part::Masks, mask.as_str(), &|| {
                digest(&found(&objects.masks, mask.as_str()))
            });
        }
        let (element, role) = (rule.data_element.as_str(), rule.role.as_str());
        add(Part::DataElements, element, &|| {
            digest(&found(&objects.data_elements, element))
        });
        add(Part::Roles, role, &|| {
            digest(&found(&objects.roles, role).map(of_role))
        });
        if let Some(members) = members.get(&rule.role) {
            add(Part::Members, role, &|| of_members(members));
        }
    }
    digests
}

fn found<'a, T: Object>(objects: &'a [T], uid: &str) -> Option<&'a T> {
    objects.iter().find(|object| object.uid() == uid)
}

fn of_rules(rules: &[Rule]) -> String {
    let mut rules: Vec<_> = rules.iter().map(|rule| (rule.key(), rule)).collect();
    rules.sort_by_key(|(key, _)| *key);
    digest(&rules)
}

/// What decides who belongs to a role, beside its members.
fn of_role(role: &Role) -> (&str, Option<&str>, Option<bool>) {
    (
        &role.name,
        role.mode.as_ref().map(RoleMode::as_str),
        role.allow_all,
    )
}

fn of_members(members: &[Member]) -> String {
    fn fields(member: &Member) -> (&str, Option<&str>, Option<&str>) {
        let source = member.source.as_ref().map(SourceUid::as_str);
        let kind = member.kind.as_ref().map(MemberType::as_str);
        (&member.name, source, kind)
    }
    let mut members: Vec<_> = members.iter().map(fields).collect();
    members.sort_unstable();
    digest(&members)
}

/// Identifies what a review showed: one digest of the deployment, and one of each part of the state.
pub(super) fn fingerprint(stores: &[StoreDeployment], reviewed: &Reviewed) -> String {
    let of_part = |part| match part {
        Part::Deployed => digest(&reviewed.deployed),
        part => digest(&reviewed.configured.get(&part)),
    };
    let parts = Part::ALL.into_iter().map(of_part);
    let all: Vec<_> = std::iter::once(digest(&stores)).chain(parts).collect();
    all.join(FINGERPRINT_SEPARATOR)
}

const FINGERPRINT_SEPARATOR: &str = "-";

/// The parts in which two fingerprints differ, none where the deployments do; `None` where they are the same. Other rules
/// name other objects, so that nothing is said of those where the rules differ.
pub(super) fn differing(one: &str, other: &str) -> Option<Vec<Part>> {
    if one == other {
        return None;
    }
    let (one, other) = (
        one.split(FINGERPRINT_SEPARATOR),
        other.split(FINGERPRINT_SEPARATOR),
    );
    let (one, other): (Vec<_>, Vec<_>) = (one.collect(), other.collect());
    let differs = |place: usize| one.get(place) != other.get(place);
    if one.len() != other.len() || differs(0) {
        return Some(Vec::new());
    }
    let parts = Part::ALL.into_iter().enumerate();
    let parts = parts
        .filter(|(place, _)| differs(place + 1))
        .map(|(_, part)| part);
    let mut parts: Vec<_> = parts.collect();
    if parts.contains(&Part::Rules) {
        parts.retain(|part| *part <= Part::Rules);
    }
    Some(parts)
}

impl DeployStores {
    /// The parts that are not as they were reviewed, apart from what this deployment itself has done.
    pub(super) fn changed(
        &self,
        deployed: &BTreeMap<DataStoreUid, Deployed>,
        configured: &Digests,
    ) -> Vec<Part> {
        let is_done = |uid: &DataStoreUid, now: &Deployed| {
            let tried = self.tried.iter().find(|store| store.uid == *uid);
            tried.is_some_and(|store| now.is(&store.wanted))
        };
        let is_same_store = |(uid, now): (&DataStoreUid, &Deployed)| {
            self.reviewed.deployed.get(uid) == Some(now) || is_done(uid, now)
        };
        let is_same = deployed.len() == self.reviewed.deployed.len() && deployed.iter().all(is_same_store);
        self.changed_parts(is_same, configured)
    }

    /// The parts that are not as they were reviewed, of one store and the policies that it gets.
    pub(super) fn changed_of_store(
        &self,
        store: &StoreDeployment,
        now: &Deployed,
        configured: &Digests,
    ) -> Vec<Part> {
        let is_same = self.reviewed.deployed.get(&store.uid) == Some(now);
        self.changed_parts(is_same, configured)
    }

    fn changed_parts(&self, are_stores_same: bool, configured: &Digests) -> Vec<Part> {
        let stores = (!are_stores_same).then_some(Part::Deployed);
        let is_changed = |(part, digests): &(&Part, &BTreeMap<String, String>)| {
            let reviewed = self.reviewed.configured.get(part);
            let is_same = |(uid, digest): (&String, &String)| {
                match reviewed.and_then(|reviewed| reviewed.get(uid)) {
                    Some(reviewed) => reviewed == digest,
                    // Only other rules name another object, and only another role has other members to compare.
                    None => **part != Part::Rules,
                }
            };
            !digests.iter().all(is_same)
        };
        let configured = configured.iter().filter(is_changed).map(|(part, _)| *part);
        stores.into_iter().chain(configured).collect()
    }
}

#[cfg(test)]
mod tests {
    use protegrity::pim::{DataElement, Mask, Operations};

    use super::*;
    use crate::{
        deployments::{Assignment, access::tests::rule},
        jobs::Command,
    };

    /// The digests of these rules, of what they name, and of the members of the role `a`.
    fn configured(rules: &Rules, objects: &Objects, members: &[&str]) -> Digests {
        let member = |name: &&str| Member {
            name: (*name).to_owned(),
            ..Member::default()
        };
        let members = members.iter().map(member).collect();
        let used: Vec<_> = rules.values().flatten().collect();
        digests(rules, &used, objects, &[("a".into(), members)].into())
    }

    fn of_rules_alone(rules: &Rules) -> Digests {
        configured(rules, &Objects::default(), &[])
    }

    /// The objects that [`rules`] name.
    fn objects() -> Objects {
        Objects {
            roles: vec![Role {
                uid: "a".into(),
                ..Role::default()
            }],
            data_elements: vec![DataElement {
                uid: "x".into(),
                ..DataElement::default()
            }],
            masks: vec![Mask {
                uid: "m".into(),
                ..Mask::default()
            }],
        }
    }

    fn has(policies: &[&str]) -> Assignment {
        Assignment {
            policies: policies.iter().map(|uid| (*uid).into()).collect(),
            ..Assignment::default()
        }
    }

    fn rules(access: Operations) -> Rules {
        [(
            "p".into(),
            vec![rule("a", "x", None, Some(access)), rule("b", "x", None, None)],
        )]
        .into()
    }

    fn state(stores: &[(&str, &[&str])]) -> BTreeMap<DataStoreUid, Deployed> {
        let stores = stores.iter();
        stores
            .map(|(uid, policies)| ((*uid).into(), Deployed::from(&has(policies))))
            .collect()
    }

    fn command() -> DeployStores {
        let store = |uid: &str| StoreDeployment {
            uid: uid.into(),
            name: uid.to_owned(),
            wanted: has(&["p"]),
        };
        DeployStores {
            reason: "a test".to_owned(),
            stores: vec![store("1"), store("2")],
            tried: Vec::new(),
            fingerprint: String::new(),
            approved: None,
            reviewed: Reviewed {
                deployed: state(&[("1", &[]), ("2", &["q"]), ("3", &[])]),
                configured: of_rules_alone(&rules(Operations::ALL)),
            },
        }
    }

    #[test]
    fn a_state_that_has_changed_is_not_the_reviewed_one() {
        let check = |stores: &[(&str, &[&str])], access, expected: &[Part]| {
            let changed = command().changed(&state(stores), &of_rules_alone(&rules(access)));
            assert_eq!(changed, expected, "{stores:?}");
        };
        check(&[("1", &[]), ("2", &["q"]), ("3", &[])], Operations::ALL, &[]);
        check(
            &[("1", &[]), ("2", &["q"]), ("3", &[])],
            Operations::NONE,
            &[Part::Rules],
        );
        check(
            &[("1", &[]), ("2", &["q"]), ("3", &["q"])],
            Operations::ALL,
            &[Part::Deployed],
        );
        check(
            &[("1", &["p"]), ("2", &["q"]), ("3", &[])],
            Operations::ALL,
            &[Part::Deployed],
        );
        check(&[("1", &[]), ("2", &["q"])], Operations::ALL, &[Part::Deployed]);
        check(
            &[("1", &[]), ("2", &["q"]), ("3", &[]), ("4", &[])],
            Operations::ALL,
            &[Part::Deployed],
        );
    }

    #[test]
    fn what_the_deployment_has_done_itself_does_not_stop_its_second_try() {
        let second = command().only(&[1]);
        assert_eq!((second.stores.len(), second.tried.len()), (1, 1));
        let all = of_rules_alone(&rules(Operations::ALL));
        let done = state(&[("1", &["p"]), ("2", &["q"]), ("3", &[])]);
        assert_eq!(second.changed(&done, &all), []);
        let not_done = state(&[("1", &[]), ("2", &["q"]), ("3", &[])]);
        assert_eq!(second.changed(&not_done, &all), []);
        let other = state(&[("1", &["r"]), ("2", &["q"]), ("3", &[])]);
        assert_eq!(second.changed(&other, &all), [Part::Deployed]);
    }

    #[test]
    fn a_deployment_is_stored_and_read_again() {
        let command = Command::Deploy(command().only(&[0]));
        let stored = serde_json::to_string(&command).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Command>(&stored).expect("a command"),
            command
        );
        assert_eq!(command.title(), "Deploy to 1");
    }

    #[test]
    fn the_order_of_rules_does_not_count() {
        let one = rules(Operations::ALL);
        let mut other = one.clone();
        for rules in other.values_mut() {
            rules.reverse();
        }
        assert_eq!(of_rules_alone(&one), of_rules_alone(&other));
        assert_ne!(of_rules_alone(&one), of_rules_alone(&rules(Operations::NONE)));
    }

    #[test]
    fn every_object_that_a_rule_names_is_compared() {
        let rules = [("p".into(), vec![rule("a", "x", Some("m"), Some(Operations::ALL))])].into();
        let before = configured(&rules, &objects(), &["ana", "bo"]);
        let check_digests = |now: Digests, expected: &[Part]| {
            let reviewed = |configured| Reviewed {
                deployed: state(&[]),
                configured,
            };
            let command = DeployStores {
                reviewed: reviewed(before.clone()),
                ..command()
            };
            assert_eq!(command.changed(&state(&[]), &now), expected);
            let (before, now) = (
                fingerprint(&[], &command.reviewed),
                fingerprint(&[], &reviewed(now)),
            );
            assert_eq!(differing(&before, &now).unwrap_or_default(), expected);
            assert_eq!(before == now, expected.is_empty());
        };
        let check = |now: &Objects, members: &[&str], expected: &[Part]| {
            check_digests(configured(&rules, now, members), expected);
        };
        check(&objects(), &["bo", "ana"], &[]);
        check(&objects(), &["ana"], &[Part::Members]);
        let mut other = objects();
        other.masks[0].from_left = Some(4);
        check(&other, &["ana", "bo"], &[Part::Masks]);
        let mut other = objects();
        other.data_elements.clear();
        check(&other, &["ana", "bo"], &[Part::DataElements]);
        let mut other = objects();
        other.roles[0].allow_all = Some(true);
        check(&other, &["ana"], &[Part::Roles, Part::Members]);
        // Another rule names another mask, which is no other mask than before.
        let check_rule = |rules: &Rules| {
            check_digests(configured(rules, &objects(), &["ana", "bo"]), &[Part::Rules]);
        };
        check_rule(&[("p".into(), vec![rule("a", "x", Some("n"), Some(Operations::ALL))])].into());
        check_rule(&[("q".into(), Vec::new())].into());
        // What no rule names does not count.
        let mut other = objects();
        other.masks.push(Mask::default());
        check(&other, &["ana", "bo"], &[]);
    }

    #[test]
    fn another_deployment_is_no_change_of_the_state() {
        let (one, other) = (
            fingerprint(&[], &Reviewed::default()),
            fingerprint(&command().stores, &Reviewed::default()),
        );
        assert_eq!(differing(&one, &other), Some(Vec::new()));
        assert_eq!(differing(&one, "x"), Some(Vec::new()));
        assert_eq!(differing(&one, &one), None);
    }

    #[test]
    fn changes_are_said_in_words() {
        let check = |parts: &[Part], expected: &str| assert_eq!(changed_words(parts), expected);
        check(&[], "the deployment is another one");
        check(&[Part::Masks], "a mask has changed");
        check(
            &[Part::Deployed, Part::Rules, Part::Members],
            "what is deployed, a rule and the membership of a role have changed",
        );
        for part in Part::ALL {
            assert_eq!(Part::named(part.name()), Some(part));
        }
    }
}
