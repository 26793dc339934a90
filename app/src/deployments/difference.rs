//! The parts that say what differs, of a review and of the history: lists of names, rules, access.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use operations::deployments::{Access, Difference, Names, RuleChange, Snapshot};
use protegrity::pim::{PolicyUid, Rule};

use crate::{
    policy::{names_in_cell, rule_in_full},
    ui::{Caution, ChangeList, Notice, Table, Tone, readable_time},
};

/// What comes and goes.
pub(super) fn changes<T: Ord + Clone>(
    words: &str,
    difference: &Difference<T>,
    named: impl Fn(&BTreeSet<T>) -> Vec<String>,
) -> AnyView {
    match difference {
        Difference::Known { added, removed } if added.is_empty() && removed.is_empty() => {
            view! { <p>{format!("{words}: no change.")}</p> }.into_any()
        }
        Difference::Known { added, removed } => {
            let (added, removed) = (named(added), named(removed));
            view! { <p>{format!("{words}:")}</p> <ChangeList added removed/> }.into_any()
        }
        Difference::Unknown { after } => {
            let after = match named(after).join(", ") {
                empty if empty.is_empty() => "none".to_owned(),
                names => names,
            };
            let title = format!("{words}: what is added and removed is not known.");
            view! { <Caution title detail=format!("Afterwards the data store has: {after}.")/> }.into_any()
        }
    }
}

/// The most data stores that each sentence names. Of more the names stand once, above the sentences about all of them.
const NAMED_IN_SENTENCE: usize = 3;

/// What is said of the same data stores.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub stores: Vec<String>,
    pub sentences: Vec<String>,
}

/// The sentences about the access on each store. What is the same on several stores is said once: a large policy on many
/// stores gives as many sentences as it has rules.
pub(super) fn groups(
    all: &[(&str, &BTreeSet<Access>)],
    names: &Names,
    sentence: fn(&Access, &Names, &str) -> String,
) -> Vec<Group> {
    // Most stores get the same, and share it: equal sets are found faster than each of their elements.
    let mut distinct: Vec<(&BTreeSet<Access>, Vec<usize>)> = Vec::new();
    for (place, (_, access)) in all.iter().enumerate() {
        let is_same = |known: &BTreeSet<Access>| std::ptr::eq(known, *access) || known == *access;
        match distinct.iter_mut().find(|(known, _)| is_same(known)) {
            Some((_, places)) => places.push(place),
            None => distinct.push((access, vec![place])),
        }
    }
    let mut sets_of: BTreeMap<&Access, Vec<usize>> = BTreeMap::new();
    for (set, (access, _)) in distinct.iter().enumerate() {
        for one in *access {
            sets_of.entry(one).or_default().push(set);
        }
    }
    let mut access_of: BTreeMap<Vec<usize>, Vec<&Access>> = BTreeMap::new();
    for (access, sets) in sets_of {
        access_of.entry(sets).or_default().push(access);
    }
    // In the order of the stores.
    let groups = access_of.into_iter().map(|(sets, access)| {
        let places = sets.into_iter().flat_map(|set| distinct[set].1.iter().copied());
        let places: BTreeSet<_> = places.collect();
        (places, access)
    });
    let groups: BTreeMap<_, _> = groups.collect();
    let group = |(places, mut access): (BTreeSet<usize>, Vec<&Access>)| {
        let mut stores: Vec<_> = places.iter().filter_map(|place| all.get(*place)).collect();
        stores.dedup_by_key(|(name, _)| *name);
        let stores: Vec<_> = stores.into_iter().map(|(name, _)| (*name).to_owned()).collect();
        let on = match stores.len() {
            0..=NAMED_IN_SENTENCE => stores.join(", "),
            count => format!("these {count} data stores"),
        };
        // As the uids are ordered, the names are not.
        let (role, element) = (
            |one: &Access| names.role(&one.role),
            |one: &Access| names.data_element(&one.data_element),
        );
        access.sort_by_cached_key(|one| (one.right.clone(), role(one), element(one)));
        let sentences = access.into_iter().map(|access| sentence(access, names, &on));
        Group {
            sentences: sentences.collect(),
            stores,
        }
    };
    groups.into_iter().map(group).collect()
}

/// The sentences below a heading; nothing where there are none.
pub(super) fn list(title: &'static str, groups: Vec<Group>) -> Option<AnyView> {
    if groups.is_empty() {
        return None;
    }
    let groups = groups.into_iter().map(|group| {
        let Group { stores, sentences } = group;
        let named = (stores.len() > NAMED_IN_SENTENCE).then(|| {
            let stores = format!("On the {} data stores {}:", stores.len(), stores.join(", "));
            view! { <p>{stores}</p> }
        });
        let items = sentences
            .into_iter()
            .map(|sentence| view! { <li>{sentence}</li> });
        view! { {named} <ul class="remarks">{items.collect_view()}</ul> }
    });
    Some(view! { <h3>{title}</h3> {groups.collect_view()} }.into_any())
}

/// The rules of a policy that are others afterwards.
pub(super) fn rule_table(policy: &PolicyUid, changes: &[RuleChange], names: &Names) -> AnyView {
    let in_full = |rules: &[Rule]| {
        if rules.is_empty() {
            return "No rule".to_owned();
        }
        let rules = rules.iter().map(|rule| {
            let mask = rule.mask.as_ref().map(|mask| names.mask(mask));
            rule_in_full(rule, mask.as_deref())
        });
        rules.collect::<Vec<_>>().join(" Beside it: ")
    };
    let rows = changes.iter().map(|change| {
        let (role, element) = (names.role(&change.role), names.data_element(&change.data_element));
        view! {
            <tr>
                <th scope="row"><bdi>{role}</bdi></th>
                <td><bdi>{element}</bdi></td>
                <td class="wraps">{in_full(&change.before)}</td>
                <td class="wraps">{in_full(&change.after)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let label = format!("Rules of {} that differ", names.policy(policy));
    let columns = &["Role", "Data element", "Before", "Afterwards"];
    view! { <Table label columns>{rows}</Table> }.into_any()
}

/// Says that a store was deployed to by other means, and what was deployed from here.
pub(super) fn drift(store: &str, snapshot: &Snapshot, names: &Names) -> AnyView {
    let then = |words: &str, names: Vec<String>| format!("{words}: {}", names_in_cell(Some(&names)));
    let policies = then("policies", names.all_policies(&snapshot.assignment.policies));
    let applications = then(
        "trusted applications",
        names.all_applications(&snapshot.assignment.applications),
    );
    let detail = format!(
        "{} deployed there from this portal at {} – {policies}; {applications}. Since then it was changed by other \
         means.",
        snapshot.by,
        readable_time(snapshot.at.as_millisecond())
    );
    let title = format!("{store} has other content than this portal deployed last.");
    view! { <Notice tone=Tone::Warning title detail standing=true/> }.into_any()
}
