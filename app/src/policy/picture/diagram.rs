//! What the picture shows: objects and the lines between them, before anything has a place.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use operations::{
    characters::folded,
    policy::{Connections, name_of},
    text::{counted, grouped},
};
use protegrity::pim::PolicyUid;

use crate::{
    links,
    policy::object::{APPLICATIONS, DATA_ELEMENTS, DATA_STORES, POLICIES, ROLES},
};

/// A kind of objects in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Role,
    Policy,
    DataElement,
    DataStore,
    Application,
}

/// A box of the picture: an object, or those of its kind that have no box of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub kind: Kind,
    /// The object's name, whole.
    pub name: String,
    /// What the box says below it; may be empty.
    pub detail: String,
    /// Whether it stands for all objects of its kind that have no box.
    pub is_rest: bool,
    /// Where it leads; nothing where the cluster does not list the object.
    pub href: Option<String>,
}

/// The objects and the lines between them. A line joins a policy with a role, a data element or a data store, or a data
/// store with a trusted application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Diagram {
    pub nodes: Vec<Node>,
    /// From the one that has the other: places in `nodes`.
    pub edges: BTreeSet<(usize, usize)>,
    /// The roles and data elements that no rule names, where the picture is of all policies.
    pub unused: Vec<(Kind, usize)>,
    /// The data stores of which it is not known what they have.
    pub unknown: Vec<String>,
}

/// How many objects of a kind have a box of their own in the picture of all policies, and of one.
const MAX_OF_ALL: usize = 12;
const MAX_OF_ONE: usize = 30;

impl Kind {
    pub const ALL: [Self; 5] = [
        Self::Role,
        Self::Policy,
        Self::DataElement,
        Self::DataStore,
        Self::Application,
    ];

    /// Its name, for several.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Role => ROLES.title,
            Self::Policy => "Policies",
            Self::DataElement => DATA_ELEMENTS.title,
            Self::DataStore => DATA_STORES.title,
            Self::Application => APPLICATIONS.title,
        }
    }

    /// The list of its objects.
    pub const fn list(self) -> &'static str {
        match self {
            Self::Role => ROLES.list,
            Self::Policy => POLICIES.list,
            Self::DataElement => DATA_ELEMENTS.list,
            Self::DataStore => DATA_STORES.list,
            Self::Application => APPLICATIONS.list,
        }
    }

    /// One and several of it, in a sentence.
    pub const fn nouns(self) -> (&'static str, &'static str) {
        match self {
            Self::Role => ("role", "roles"),
            Self::Policy => ("policy", "policies"),
            Self::DataElement => ("data element", "data elements"),
            Self::DataStore => ("data store", "data stores"),
            Self::Application => ("trusted application", "trusted applications"),
        }
    }

    /// The class of its boxes.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Role => "picture-role",
            Self::Policy => "picture-policy",
            Self::DataElement => "picture-element",
            Self::DataStore => "picture-store",
            Self::Application => "picture-application",
        }
    }
}

/// An object by its uid.
type Key = (Kind, String);

/// All objects and lines, before those that are too many are put together.
#[derive(Default)]
struct Graph {
    nodes: BTreeMap<Key, Node>,
    edges: BTreeSet<(Key, Key)>,
}

impl Graph {
    fn add(&mut self, kind: Kind, uid: &str, name: String, detail: String, href: Option<String>) -> Key {
        // Objects without a uid are told apart by their names.
        let id = if uid.is_empty() {
            format!(" {name}")
        } else {
            uid.to_owned()
        };
        let key = (kind, id);
        let node = Node {
            kind,
            name,
            detail,
            is_rest: false,
            href,
        };
        self.nodes.entry(key.clone()).or_insert(node);
        key
    }

    fn join(&mut self, from: &Key, to: &Key) {
        self.edges.insert((from.clone(), to.clone()));
    }
}

impl Diagram {
    /// The picture of one policy, or of all.
    pub fn of(known: &Connections, chosen: Option<&PolicyUid>) -> Self {
        let mut graph = Graph::default();
        add_policies(&mut graph, known, chosen);
        let unknown = add_stores(&mut graph, known, chosen);
        let most = if chosen.is_some() { MAX_OF_ONE } else { MAX_OF_ALL };
        let mut diagram = Self::fitted(&graph, most, |kind| match (kind, chosen) {
            (Kind::Role | Kind::DataElement, Some(policy)) => links::policy(policy),
            _ => kind.list().to_owned(),
        });
        diagram.unknown = unknown;
        if chosen.is_none() {
            diagram.unused = unused(known);
        }
        diagram
    }

    /// Of each kind at most so many boxes, the last of which stands for the rest.
    fn fitted(graph: &Graph, most: usize, rest_page: impl Fn(Kind) -> String) -> Self {
        let mut diagram = Self::default();
        let mut places = BTreeMap::new();
        let mut lines: BTreeMap<&Key, usize> = BTreeMap::new();
        for (from, to) in &graph.edges {
            *lines.entry(from).or_default() += 1;
            *lines.entry(to).or_default() += 1;
        }
        for kind in Kind::ALL {
            let of_kind = graph.nodes.iter().filter(|((of_node, _), _)| *of_node == kind);
            let mut of_kind: Vec<_> = of_kind.collect();
            let by_name = |(key, node): &(&Key, &Node)| (folded(&node.name), (*key).clone());
            // Those with the most lines have a box of their own.
            of_kind.sort_by_cached_key(|row| (Reverse(lines.get(row.0).copied()), by_name(row)));
            let shown = if of_kind.len() > most {
                most - 1
            } else {
                of_kind.len()
            };
            let rest = of_kind.split_off(shown);
            of_kind.sort_by_cached_key(by_name);
            for (key, node) in of_kind {
                places.insert(key.clone(), diagram.nodes.len());
                diagram.nodes.push(node.clone());
            }
            if rest.is_empty() {
                continue;
            }
            let (one, many) = kind.nouns();
            let noun = if rest.len() == 1 { one } else { many };
            let name = format!("and {} other {noun}", grouped(rest.len() as u64));
            let place = diagram.nodes.len();
            places.extend(rest.into_iter().map(|(key, _)| (key.clone(), place)));
            diagram.nodes.push(Node {
                kind,
                name,
                detail: String::new(),
                is_rest: true,
                href: Some(rest_page(kind)),
            });
        }
        let ends = graph.edges.iter();
        let ends = ends.filter_map(|(from, to)| Some((*places.get(from)?, *places.get(to)?)));
        diagram.edges = ends.collect();
        diagram
    }

    /// The objects of a kind that this one has, or that have it, by place.
    pub fn joined(&self, node: usize, kind: Kind) -> Vec<usize> {
        let others = self.edges.iter().filter_map(|(from, to)| match node {
            _ if *from == node => Some(*to),
            _ if *to == node => Some(*from),
            _ => None,
        });
        let mut others: Vec<_> = others.filter(|other| self.nodes[*other].kind == kind).collect();
        others.sort_unstable();
        others
    }

    /// The boxes of a kind, by place.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = usize> {
        let places = self.nodes.iter().enumerate();
        places.filter_map(move |(place, node)| (node.kind == kind).then_some(place))
    }
}

/// The policies with the roles and data elements of their rules.
fn add_policies(graph: &mut Graph, known: &Connections, chosen: Option<&PolicyUid>) {
    let counts = |uid: fn(&protegrity::pim::Rule) -> &str| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for rule in known.rules.values().flatten() {
            *counts.entry(uid(rule)).or_default() += 1;
        }
        counts
    };
    let of_role = counts(|rule| rule.role.as_str());
    let of_element = counts(|rule| rule.data_element.as_str());
    let rules = |count: usize| counted(count, ("rule", "rules"));
    let policies = known.state.policies.iter();
    for policy in policies.filter(|policy| chosen.is_none_or(|chosen| *chosen == policy.uid)) {
        let of_policy = known.rules.get(&policy.uid).map(Vec::as_slice);
        let href = (!policy.uid.is_empty()).then(|| match chosen {
            Some(_) => links::policy(&policy.uid),
            None => links::picture_of(&policy.uid),
        });
        let detail = of_policy.map_or_else(String::new, |of_policy| rules(of_policy.len()));
        let from = graph.add(
            Kind::Policy,
            policy.uid.as_str(),
            policy.name.clone(),
            detail,
            href,
        );
        for rule in of_policy.unwrap_or_default() {
            let uid = rule.role.as_str();
            let is_listed = known.roles.iter().any(|role| role.uid == rule.role);
            let href = is_listed.then(|| ROLES.page(uid));
            let detail = rules(of_role[uid]);
            let role = graph.add(Kind::Role, uid, name_of(&known.roles, uid), detail, href);
            graph.join(&from, &role);

            let uid = rule.data_element.as_str();
            let is_listed = known
                .data_elements
                .iter()
                .any(|element| element.uid == rule.data_element);
            let href = is_listed.then(|| DATA_ELEMENTS.page(uid));
            let detail = rules(of_element[uid]);
            let name = name_of(&known.data_elements, uid);
            let element = graph.add(Kind::DataElement, uid, name, detail, href);
            graph.join(&from, &element);
        }
    }
}

/// The data stores with the policies and trusted applications that they have; for one policy, those that have it.
/// Returned are the names of those of which it is not known.
fn add_stores(graph: &mut Graph, known: &Connections, chosen: Option<&PolicyUid>) -> Vec<String> {
    let state = &known.state;
    let mut unknown = Vec::new();
    let listed = state.data_stores.iter().map(|store| &store.uid);
    let uids: BTreeSet<_> = listed.chain(state.deployed.keys()).collect();
    for uid in uids {
        let has = state.deployed_to(uid);
        let listed = state.data_stores.iter().find(|store| store.uid == *uid);
        let name = name_of(&state.data_stores, uid.as_str());
        if has.is_incomplete() {
            unknown.push(name.clone());
        }
        let policies = has.policies.unwrap_or_default();
        if chosen.is_some_and(|chosen| !policies.contains(chosen)) {
            continue;
        }
        let detail = match listed {
            Some(store) if store.is_default == Some(true) => "Default",
            Some(_) => "",
            None => "Not listed",
        };
        let href = listed
            .filter(|_| !uid.is_empty())
            .map(|_| DATA_STORES.page(uid.as_str()));
        let store = graph.add(Kind::DataStore, uid.as_str(), name, detail.to_owned(), href);
        for policy in policies
            .iter()
            .filter(|policy| chosen.is_none_or(|chosen| chosen == *policy))
        {
            let name = name_of(&state.policies, policy.as_str());
            let policy = graph.add(Kind::Policy, policy.as_str(), name, "Not listed".to_owned(), None);
            graph.join(&policy, &store);
        }
        for application in has.applications.iter().flatten() {
            let application = add_application(graph, known, application.as_str());
            graph.join(&store, &application);
        }
    }
    if chosen.is_none() {
        for application in &state.applications {
            add_application(graph, known, application.uid.as_str());
        }
    }
    unknown
}

fn add_application(graph: &mut Graph, known: &Connections, uid: &str) -> Key {
    let applications = &known.state.applications;
    let listed = applications
        .iter()
        .find(|application| application.uid.as_str() == uid);
    let href = listed.filter(|_| !uid.is_empty()).map(|_| APPLICATIONS.page(uid));
    let program = listed.and_then(|application| application.application_name.clone());
    let name = name_of(applications, uid);
    graph.add(Kind::Application, uid, name, program.unwrap_or_default(), href)
}

/// How many roles and data elements no rule names.
fn unused(known: &Connections) -> Vec<(Kind, usize)> {
    let rules = || known.rules.values().flatten();
    let roles: BTreeSet<_> = rules().map(|rule| &rule.role).collect();
    let elements: BTreeSet<_> = rules().map(|rule| &rule.data_element).collect();
    let roles = known.roles.iter().filter(|role| !roles.contains(&role.uid));
    let elements = known
        .data_elements
        .iter()
        .filter(|element| !elements.contains(&element.uid));
    let counts = [(Kind::Role, roles.count()), (Kind::DataElement, elements.count())];
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}
