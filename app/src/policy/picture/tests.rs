//! Properties of the picture, over worlds of any size.

use std::collections::{BTreeMap, BTreeSet};

use operations::deployments::{Deployed, State};
use proptest::{collection::vec, prelude::*};
use protegrity::pim::{Application, DataElement, DataStore, DataStoreUid, Policy, Role, Rule};

use super::*;

/// The size of a world, its rules as (policy, role, data element), its deployments as (store, policy), and the stores
/// of its applications. A store of which it is not known what it has is among `unknown`.
#[derive(Clone, Debug, Default)]
struct World {
    roles: usize,
    elements: usize,
    policies: usize,
    stores: usize,
    rules: Vec<(usize, usize, usize)>,
    deployed: Vec<(usize, usize)>,
    applications: Vec<Option<usize>>,
    unknown: BTreeSet<usize>,
}

fn uid<U: From<String>>(number: usize) -> U {
    U::from(number.to_string())
}

impl World {
    fn connections(&self) -> Connections {
        let mut rules: BTreeMap<PolicyUid, Vec<Rule>> = (0..self.policies)
            .map(|policy| (uid(policy), Vec::new()))
            .collect();
        for (policy, role, element) in &self.rules {
            if let Some(of_policy) = rules.get_mut(&uid::<PolicyUid>(*policy)) {
                of_policy.push(Rule {
                    role: uid(*role),
                    data_element: uid(*element),
                    ..Rule::default()
                });
            }
        }
        let mut deployed: BTreeMap<_, _> = (0..self.stores)
            .map(|store| (uid(store), Deployed::nothing()))
            .collect();
        for (store, policy) in &self.deployed {
            if let Some(has) = deployed.get_mut(&uid::<DataStoreUid>(*store)) {
                has.policies.get_or_insert_default().insert(uid(*policy));
            }
        }
        for (application, store) in self.applications.iter().enumerate() {
            if let Some(has) = store.and_then(|store| deployed.get_mut(&uid::<DataStoreUid>(store))) {
                has.applications.get_or_insert_default().insert(uid(application));
            }
        }
        for store in self.unknown.iter().filter(|store| **store < self.stores) {
            deployed.insert(uid(*store), Deployed::default());
        }
        Connections {
            roles: made(self.roles, |number| Role {
                uid: uid(number),
                name: format!("ROLE_{number:02}"),
                ..Role::default()
            }),
            data_elements: made(self.elements, |number| DataElement {
                uid: uid(number),
                name: format!("DE_{number:03}"),
                ..DataElement::default()
            }),
            state: State {
                data_stores: made(self.stores, |number| DataStore {
                    uid: uid(number),
                    name: format!("STORE_{number:02}"),
                    ..DataStore::default()
                }),
                policies: made(self.policies, |number| Policy {
                    uid: uid(number),
                    name: format!("POLICY_{number:02}"),
                    ..Policy::default()
                }),
                applications: made(self.applications.len(), |number| Application {
                    uid: uid(number),
                    name: format!("APP_{number:02}"),
                    ..Application::default()
                }),
                deployed,
            },
            rules,
        }
    }
}

fn made<T>(count: usize, make: impl Fn(usize) -> T) -> Vec<T> {
    (0..count).map(make).collect()
}

/// Worlds whose rules and deployments also name what the cluster does not list.
fn any_world() -> impl Strategy<Value = World> {
    let sizes = (0..40_usize, 0..60_usize, 0..20_usize, 0..25_usize);
    let parts = (
        vec((0..21_usize, 0..42_usize, 0..62_usize), 0..150),
        vec((0..25_usize, 0..21_usize), 0..60),
        vec(proptest::option::of(0..25_usize), 0..25),
        proptest::collection::btree_set(0..25_usize, 0..4),
    );
    (sizes, parts).prop_map(|(sizes, (rules, deployed, applications, unknown))| World {
        roles: sizes.0,
        elements: sizes.1,
        policies: sizes.2,
        stores: sizes.3,
        rules,
        deployed,
        applications,
        unknown,
    })
}

fn check_layout(diagram: &Diagram) -> Result<(), TestCaseError> {
    let places = layout(diagram);
    prop_assert_eq!(places.boxes.len(), diagram.nodes.len());
    let covers = |corner: &layout::Point, other: &layout::Point| {
        corner.x.abs_diff(other.x) < BOX_WIDTH && corner.y.abs_diff(other.y) < BOX_HEIGHT
    };
    for (at, corner) in places.boxes.iter().enumerate() {
        prop_assert!(corner.x + BOX_WIDTH <= places.width && corner.y + BOX_HEIGHT <= places.height);
        for other in &places.boxes[at + 1..] {
            prop_assert!(!covers(corner, other), "{:?} and {:?}", corner, other);
        }
    }
    for ((from, to), line) in diagram.edges.iter().zip(&places.lines) {
        for (node, end) in [(from, line.from), (to, line.to)] {
            let corner = places.boxes[*node];
            let is_at_side = end.x == corner.x || end.x == corner.x + BOX_WIDTH;
            prop_assert!(is_at_side && end.y > corner.y && end.y < corner.y + BOX_HEIGHT);
        }
        // No line crosses a column: it would look as if it ended at one of its boxes.
        let gap = line.from.x.abs_diff(line.to.x);
        prop_assert!(gap < BOX_WIDTH, "{:?}", line);
    }
    Ok(())
}

/// The pairs that the list says, and the objects that it names.
fn said(diagram: &Diagram) -> (BTreeSet<(usize, usize)>, BTreeSet<usize>) {
    let groups = entries(diagram);
    let rows = || groups.iter().flat_map(|(_, rows)| rows);
    let pairs = rows().flat_map(|(node, joined)| {
        let others = joined.iter().flat_map(|(_, others)| others);
        others.map(move |other| (*node, *other))
    });
    let pairs: BTreeSet<_> = pairs.collect();
    let named = rows()
        .map(|(node, _)| *node)
        .chain(pairs.iter().map(|(_, other)| *other));
    let named = named.collect();
    (pairs, named)
}

fn hrefs(html: &str) -> BTreeSet<String> {
    let links = html.split("href=\"").skip(1);
    links
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

fn html(view: AnyView) -> String {
    let owner = Owner::new();
    owner.with(|| view.into_view().to_html())
}

fn assert_names(diagram: &Diagram, kind: Kind, expected: &[&str]) {
    let names: Vec<_> = diagram
        .of_kind(kind)
        .map(|node| diagram.nodes[node].name.as_str())
        .collect();
    assert_eq!(names, expected, "{kind:?}");
}

proptest! {
    #[test]
    fn boxes_do_not_overlap_and_lines_end_at_boxes(world in any_world(), policy in 0..20_usize) {
        let known = world.connections();
        check_layout(&Diagram::of(&known, None))?;
        check_layout(&Diagram::of(&known, Some(&uid(policy))))?;
    }

    #[test]
    fn the_list_says_what_the_drawing_shows(world in any_world(), policy in 0..20_usize) {
        let known = world.connections();
        for chosen in [None, Some(uid(policy))] {
            let diagram = Diagram::of(&known, chosen.as_ref());
            let (pairs, named) = said(&diagram);
            prop_assert_eq!(&pairs, &diagram.edges);
            prop_assert_eq!(named, (0..diagram.nodes.len()).collect());
            // A box for each object, and the links of all of them in the list, where the keyboard reaches them once.
            let drawn = html(drawing(&diagram, &layout(&diagram)));
            prop_assert_eq!(drawn.matches("picture-name").count(), diagram.nodes.len());
            prop_assert_eq!(hrefs(&drawn), BTreeSet::new());
            let links = diagram.nodes.iter().filter_map(|node| node.href.clone());
            prop_assert_eq!(hrefs(&html(list(&diagram))), links.collect::<BTreeSet<_>>());
        }
    }

    #[test]
    fn every_rule_and_deployment_is_in_the_picture(world in any_world()) {
        let known = world.connections();
        let diagram = Diagram::of(&known, None);
        let place = |kind: Kind, name: &str| {
            let mut own = diagram.of_kind(kind).filter(|node| diagram.nodes[*node].name == name);
            own.next().or_else(|| diagram.of_kind(kind).last())
        };
        for (policy, role, _) in world.rules.iter().filter(|(policy, ..)| *policy < world.policies) {
            let role_name = if *role < world.roles {
                format!("ROLE_{role:02}")
            } else {
                format!("uid {role}")
            };
            let from = place(Kind::Policy, &format!("POLICY_{policy:02}"));
            let to = place(Kind::Role, &role_name);
            prop_assert!(diagram.edges.contains(&(from.expect("a policy"), to.expect("a role"))));
        }
    }
}

#[test]
fn what_is_too_much_is_one_box_that_leads_to_the_rest() {
    let world = World {
        roles: 60,
        elements: 300,
        policies: 1,
        stores: 40,
        rules: (0..2000).map(|at| (0, at % 60, at % 300)).collect(),
        ..World::default()
    };
    let known = world.connections();
    let all = Diagram::of(&known, None);
    assert!(all.nodes.len() <= 12 * 5, "{}", all.nodes.len());
    let last = |diagram: &Diagram, kind| {
        let node = diagram.of_kind(kind).last().expect("a box");
        let node = &diagram.nodes[node];
        (node.name.clone(), node.href.clone().unwrap_or_default())
    };
    let check = |diagram: &Diagram, kind, name: &str, href: &str| {
        assert_eq!(last(diagram, kind), (name.to_owned(), href.to_owned()));
    };
    check(
        &all,
        Kind::DataElement,
        "and 289 other data elements",
        "/policy/data-elements",
    );
    check(
        &all,
        Kind::DataStore,
        "and 29 other data stores",
        "/policy/data-stores",
    );
    let drawn = html(drawing(&all, &layout(&all)));
    assert!(
        drawn.contains(">and 289 other<") && drawn.contains(">data elements<"),
        "{drawn}"
    );
    let one = Diagram::of(&known, Some(&uid(0)));
    check(&one, Kind::Role, "and 31 other roles", "/policy/policies/0");
    assert_names(&one, Kind::DataStore, &[]);
}

#[test]
fn what_many_policies_name_has_a_box_before_what_one_names() {
    let of_one = (0..30).map(|element| (0, 0, element));
    let of_all = (0..4).map(|policy| (policy, 0, 29));
    let world = World {
        roles: 1,
        elements: 30,
        policies: 4,
        rules: of_one.chain(of_all).collect(),
        ..World::default()
    };
    let diagram = Diagram::of(&world.connections(), None);
    let names: Vec<_> = diagram
        .of_kind(Kind::DataElement)
        .map(|node| diagram.nodes[node].name.as_str())
        .collect();
    assert_eq!(names.len(), 12);
    assert_eq!(names[9..], ["DE_009", "DE_029", "and 19 other data elements"]);
    let places = layout(&diagram);
    let lowest = diagram
        .of_kind(Kind::DataElement)
        .max_by_key(|node| places.boxes[*node].y);
    assert!(diagram.nodes[lowest.expect("a box")].is_rest);
}

#[test]
fn one_policy_is_shown_with_what_belongs_to_it_only() {
    let world = World {
        roles: 3,
        elements: 3,
        policies: 2,
        stores: 3,
        rules: vec![(0, 0, 0), (1, 1, 1), (1, 1, 2)],
        deployed: vec![(0, 0), (0, 1), (1, 0)],
        applications: vec![Some(0), Some(1), None],
        unknown: BTreeSet::from([2]),
    };
    let known = world.connections();
    let one = Diagram::of(&known, Some(&uid(1)));
    assert_names(&one, Kind::Policy, &["POLICY_01"]);
    assert_names(&one, Kind::Role, &["ROLE_01"]);
    assert_names(&one, Kind::DataElement, &["DE_001", "DE_002"]);
    assert_names(&one, Kind::DataStore, &["STORE_00"]);
    assert_names(&one, Kind::Application, &["APP_00"]);
    assert_eq!(one.unknown, ["STORE_02"]);
    let all = Diagram::of(&known, None);
    assert_names(&all, Kind::DataStore, &["STORE_00", "STORE_01", "STORE_02"]);
    assert_names(&all, Kind::Application, &["APP_00", "APP_01", "APP_02"]);
    assert_eq!(all.unused, [(Kind::Role, 1)]);
}

#[test]
fn a_hostile_name_is_shortened_in_the_drawing_and_escaped_everywhere() {
    let mut known = World {
        policies: 1,
        ..World::default()
    }
    .connections();
    let name = format!("<script>alert(1)</script>{}", "x".repeat(10_000));
    known.state.policies[0].name.clone_from(&name);
    let diagram = Diagram::of(&known, None);
    let drawn = html(drawing(&diagram, &layout(&diagram)));
    assert!(
        !drawn.contains("<script") && drawn.contains("&lt;script"),
        "{drawn}"
    );
    let text = drawn.split("picture-name").nth(1).expect("its name");
    assert!(text.contains('…') && text.len() < 500, "{text}");
}
