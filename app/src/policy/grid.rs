//! The rules of a policy as a grid: roles in columns, data elements in rows, a page of them at a time.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use operations::{
    characters::folded,
    policy::{PolicyRules, name_of},
};
use protegrity::pim::{DataElementUid, PolicyUid, RoleUid, Rule};
use url::form_urlencoded::Serializer;

use super::rule_words::{full, short};
use crate::{
    context::RequestContext,
    links,
    ui::{EmptyState, PageLinks, counted, grouped},
};

/// How many data elements a page shows: a column for each of 60 roles makes each of them long.
const ROWS: usize = 25;

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GridQuery {
    /// Part of the roles' names.
    role: String,
    /// Part of the data elements' names.
    element: String,
    /// Whether roles and data elements without a rule are shown too.
    all: bool,
    /// From 1.
    page: usize,
}

/// The part of the grid that a page shows.
#[derive(Debug, Default, PartialEq, Eq)]
struct Grid {
    roles: Vec<(RoleUid, String)>,
    elements: Vec<(DataElementUid, String)>,
    /// The data elements on all pages.
    matching: usize,
    page: usize,
    pages: usize,
}

impl GridQuery {
    pub fn of(context: &RequestContext) -> Self {
        let text = |key| {
            let value = context.query_value(key).unwrap_or_default();
            value.trim().chars().take(200).collect::<String>()
        };
        Self {
            role: text("role"),
            element: text("element"),
            all: text("all") == "true",
            page: text("page").parse().unwrap_or(1),
        }
    }

    fn is_narrowed(&self) -> bool {
        !self.role.is_empty() || !self.element.is_empty()
    }

    fn href(&self, policy: &str, page: usize) -> String {
        let mut query = Serializer::new(String::new());
        let texts = [("role", &self.role), ("element", &self.element)];
        query.extend_pairs(texts.iter().filter(|(_, value)| !value.is_empty()));
        if self.all {
            query.append_pair("all", "true");
        }
        query.append_pair("page", &page.to_string());
        format!("{policy}?{}", query.finish())
    }
}

impl Grid {
    fn of(known: &PolicyRules, query: &GridQuery) -> Self {
        let rules = || known.rules.iter();
        let roles: BTreeSet<_> = if query.all {
            let listed = known.roles.iter().map(|role| &role.uid);
            listed.chain(rules().map(|rule| &rule.role)).collect()
        } else {
            rules().map(|rule| &rule.role).collect()
        };
        let elements: BTreeSet<_> = if query.all {
            let listed = known.data_elements.iter().map(|element| &element.uid);
            listed.chain(rules().map(|rule| &rule.data_element)).collect()
        } else {
            rules().map(|rule| &rule.data_element).collect()
        };
        let roles = roles
            .into_iter()
            .map(|uid| (uid.clone(), name_of(&known.roles, uid.as_str())));
        let elements = elements
            .into_iter()
            .map(|uid| (uid.clone(), name_of(&known.data_elements, uid.as_str())));
        let (roles, mut elements) = (by_name(roles, &query.role), by_name(elements, &query.element));
        let matching = elements.len();
        let pages = matching.div_ceil(ROWS).max(1);
        let page = query.page.clamp(1, pages);
        elements = elements.into_iter().skip((page - 1) * ROWS).take(ROWS).collect();
        Self {
            roles,
            elements,
            matching,
            page,
            pages,
        }
    }
}

/// Those whose names contain this, by name.
fn by_name<U>(named: impl Iterator<Item = (U, String)>, part: &str) -> Vec<(U, String)> {
    let part = folded(part);
    let mut named: Vec<_> = named.filter(|(_, name)| folded(name).contains(&part)).collect();
    named.sort_by_cached_key(|(_, name)| folded(name));
    named
}

/// What the cells of a grid lead to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offered {
    /// A pair without a rule, to the form for one.
    pub add: bool,
    /// A rule, to its own page.
    pub open: bool,
}

/// The rules with what narrows them.
#[component]
pub(super) fn RuleGrid(known: PolicyRules, query: GridQuery, offered: Offered) -> impl IntoView {
    let policy = links::policy(&known.policy.uid);
    let (clear, grid) = (policy.clone(), Grid::of(&known, &query));
    let is_empty = grid.roles.is_empty() || grid.elements.is_empty();
    let content = match (is_empty, query.is_narrowed()) {
        (true, true) => view! {
            <EmptyState title="No rules match" hint="Try fewer letters, or show those without a rule too.">
                <a class="button" href=clear>"Clear the search"</a>
            </EmptyState>
        }
        .into_any(),
        (true, false) => view! {
            <EmptyState title="No rules" hint="Nobody gets anything by this policy. Begin with “Add a rule”."/>
        }
        .into_any(),
        (false, _) => view! { {table(&known, &grid, offered)}{footer(&grid, &query, &policy)} }.into_any(),
    };
    view! { <div class="list">{search(&query, policy)}{content}</div> }.into_any()
}

fn search(query: &GridQuery, policy: String) -> AnyView {
    let field = |name: &'static str, label: &'static str, value: &String| {
        view! {
            <label class="list-filter">
                <span>{label}</span>
                <input type="search" name=name value=value.clone() maxlength="200" autocomplete="off"/>
            </label>
        }
    };
    view! {
        <form class="list-search" method="get" action=policy role="search" aria-label="Rules">
            {field("element", "Search data elements", &query.element)}
            {field("role", "Search roles", &query.role)}
            <label class="check-line">
                <input type="checkbox" name="all" value="true" checked=query.all/>
                "Also those without a rule"
            </label>
            <button type="submit" class="button">"Show"</button>
        </form>
    }
    .into_any()
}

fn table(known: &PolicyRules, grid: &Grid, offered: Offered) -> AnyView {
    let policy = &known.policy.uid;
    let rules = known.by_key();
    let masks: BTreeMap<_, _> = known
        .masks
        .iter()
        .map(|mask| (&mask.uid, mask.name.as_str()))
        .collect();
    let add = |href: String, label: String| {
        offered
            .add
            .then(|| view! { <a class="rule-add" href=href aria-label=label>"Add"</a> })
    };
    let heads = grid.roles.iter().map(|(uid, name)| {
        let add = add(
            links::new_rule(policy, Some(uid), None),
            format!("Add rules for the role {name}"),
        );
        view! { <th scope="col"><bdi>{name.clone()}</bdi>{add}</th> }
    });
    let rows = grid.elements.iter().map(|(element, element_name)| {
        let cells = grid.roles.iter().map(|(role, role_name)| match rules.get(&(role, element)) {
            Some(rules) => view! { <td>{cell(rules, &masks, offered.open.then_some(policy))}</td> }.into_any(),
            None if offered.add => {
                let href = links::new_rule(policy, Some(role), Some(element));
                let label = format!("Add a rule for {role_name} and {element_name}");
                view! { <td><a class="rule-add" href=href aria-label=label>"Add"</a></td> }.into_any()
            }
            None => view! { <td><span aria-hidden="true">"—"</span><span class="visually-hidden">"No rule"</span></td> }
                .into_any(),
        });
        let add = add(
            links::new_rule(policy, None, Some(element)),
            format!("Add rules for the data element {element_name}"),
        );
        view! {
            <tr>
                <th scope="row"><a href=links::who_sees(element)><bdi>{element_name.clone()}</bdi></a>{add}</th>
                {cells.collect_view()}
            </tr>
        }
    });
    view! {
        <div class="table-wrap" role="region" aria-label="Rules by role and data element" tabindex="0">
            <table class="table rule-grid">
                <caption class="visually-hidden">"Rules: a column for each role, a row for each data element"</caption>
                <thead><tr><th scope="col">"Data element"</th>{heads.collect_view()}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The rules of one pair: there is one, unless the cluster takes several. A rule leads to its page where that is below a
/// policy here, and the rule has a uid.
fn cell(
    rules: &[&Rule],
    masks: &BTreeMap<&protegrity::pim::MaskUid, &str>,
    below: Option<&PolicyUid>,
) -> AnyView {
    let rules = rules.iter().map(|rule| {
        let mask = rule.mask.as_ref().map(|uid| match masks.get(uid) {
            Some(name) => (*name).to_owned(),
            None => format!("uid {uid}"),
        });
        let words = view! {
            <span class="rule" aria-hidden="true">{short(rule, mask.as_deref())}</span>
            <span class="visually-hidden">{full(rule, mask.as_deref())}</span>
        };
        match below.zip(rule.uid.as_ref()) {
            Some((policy, uid)) => {
                view! { <a class="rule-open" href=links::rule(policy, uid)>{words}</a> }.into_any()
            }
            None => words.into_any(),
        }
    });
    rules.collect_view().into_any()
}

fn footer(grid: &Grid, query: &GridQuery, policy: &str) -> AnyView {
    let Grid {
        roles,
        matching,
        page,
        pages,
        ..
    } = grid;
    let first = (page - 1) * ROWS + 1;
    let last = first + grid.elements.len() - 1;
    let summary = format!(
        "Data elements {first}–{last} of {}, {}",
        grouped(*matching as u64),
        counted(roles.len(), ("role", "roles"))
    );
    let href = |page| query.href(policy, page);
    view! {
        <div class="list-footer">
            <p class="list-summary">{summary}</p>
            <PageLinks label="Pages of rules" page=*page pages=*pages href/>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use protegrity::pim::{DataElement, Policy, Role};

    use super::*;

    /// So many roles and data elements, and a rule for each of the first pairs.
    fn world(roles: usize, elements: usize, rules: usize) -> PolicyRules {
        let pairs = (0..elements).flat_map(|element| (0..roles).map(move |role| (role, element)));
        PolicyRules {
            policy: Policy {
                uid: "1".into(),
                ..Policy::default()
            },
            rules: pairs
                .take(rules)
                .map(|(role, element)| Rule {
                    role: role.to_string().into(),
                    data_element: element.to_string().into(),
                    ..Rule::default()
                })
                .collect(),
            roles: (0..roles)
                .map(|uid| Role {
                    uid: uid.to_string().into(),
                    name: format!("ROLE_{uid:02}"),
                    ..Role::default()
                })
                .collect(),
            data_elements: (0..elements)
                .map(|uid| DataElement {
                    uid: uid.to_string().into(),
                    name: format!("DE_{uid:03}"),
                    ..DataElement::default()
                })
                .collect(),
            ..PolicyRules::default()
        }
    }

    fn query(role: &str, element: &str, all: bool, page: usize) -> GridQuery {
        GridQuery {
            role: role.to_owned(),
            element: element.to_owned(),
            all,
            page,
        }
    }

    fn check(query: &GridQuery, roles: usize, elements: &[&str], pages: usize) {
        let grid = Grid::of(&world(4, 60, 6), query);
        assert_eq!((grid.roles.len(), grid.pages), (roles, pages), "{query:?}");
        let names: Vec<_> = grid.elements.iter().map(|(_, name)| name.as_str()).collect();
        let ends: Vec<_> = names.first().into_iter().chain(names.last()).copied().collect();
        assert_eq!(ends, elements, "{query:?}");
    }

    #[test]
    fn the_grid_shows_what_has_rules_or_everything_a_page_at_a_time() {
        check(&query("", "", false, 1), 4, &["DE_000", "DE_001"], 1);
        check(&query("", "", true, 1), 4, &["DE_000", "DE_024"], 3);
        check(&query("", "", true, 3), 4, &["DE_050", "DE_059"], 3);
        check(&query("", "", true, 99), 4, &["DE_050", "DE_059"], 3);
        check(&query("role_03", "de_05", true, 1), 1, &["DE_050", "DE_059"], 1);
        check(&query("", "nothing", true, 1), 4, &[], 1);
    }

    #[test]
    fn what_the_cluster_does_not_list_is_shown_by_its_uid() {
        let mut known = world(1, 1, 1);
        known.roles.clear();
        let grid = Grid::of(&known, &GridQuery::default());
        assert_eq!(grid.roles, [("0".into(), "uid 0".to_owned())]);
    }

    #[test]
    fn the_address_of_a_page_keeps_the_search() {
        assert_eq!(
            query("a b", "", true, 1).href("/p", 2),
            "/p?role=a+b&all=true&page=2"
        );
    }

    #[test]
    fn a_large_policy_is_shown_page_by_page() {
        let known = world(60, 300, 2000);
        let query = query("", "", true, 1);
        let owner = Owner::new();
        let offered = Offered {
            add: true,
            open: false,
        };
        let html = owner.with(|| view! { <RuleGrid known query offered/> }.into_view().to_html());
        assert_eq!(html.matches("<th scope=\"row\">").count(), ROWS);
        assert_eq!(html.matches("<td>").count(), ROWS * 60);
    }
}
