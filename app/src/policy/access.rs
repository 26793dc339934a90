//! `/policy/access`: which role may do what with which data element, as it is configured and as it is deployed.

use std::collections::BTreeMap;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::policy::{self, AccessBasis, AccessRow, Deployed, Sight, name_of};
use protegrity::pim::{DataElementUid, Object, PolicyUid, ProtectionMethod};

use super::{WORKBENCH, rule_words::in_full};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    links,
    ui::{Badge, Caution, Column, EmptyState, LinkButton, List, ListState, Page, Tone},
};

/// The list.
const ACCESS: &str = "/policy/access";

/// A row with its names.
#[derive(Clone, Debug)]
struct Row {
    role_name: String,
    element_name: String,
    store_name: String,
    masks: String,
    policies: Vec<(PolicyUid, String)>,
    access: AccessRow,
}

/// Names by uid: thousands of rows look them up.
struct Names<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Names<'a> {
    fn of<T: Object>(objects: &'a [T]) -> Self {
        Self(
            objects
                .iter()
                .map(|object| (object.uid(), object.name()))
                .collect(),
        )
    }

    fn get(&self, uid: &str) -> String {
        self.0
            .get(uid)
            .map_or_else(|| format!("uid {uid}"), |name| (*name).to_owned())
    }
}

fn rows(basis: &AccessBasis) -> Vec<Row> {
    let (roles, elements) = (Names::of(&basis.roles), Names::of(&basis.data_elements));
    let (stores, policies) = (Names::of(&basis.data_stores), Names::of(&basis.policies));
    let masks = Names::of(&basis.masks);
    let named = |row: AccessRow| Row {
        role_name: roles.get(row.role.as_str()),
        element_name: elements.get(row.element.as_str()),
        store_name: match &row.deployed {
            Deployed::On(store) | Deployed::Unknown(Some(store)) => stores.get(store.as_str()),
            Deployed::Nowhere => "None".to_owned(),
            Deployed::Unknown(None) => "Not known".to_owned(),
        },
        masks: {
            let masks = row.effective.masks.iter().map(|mask| match mask {
                Some(mask) => masks.get(mask.as_str()),
                None => "none".to_owned(),
            });
            let names = masks.collect::<Vec<_>>().join(", ");
            if names == "none" { String::new() } else { names }
        },
        policies: row
            .policies
            .iter()
            .map(|policy| (policy.clone(), policies.get(policy.as_str())))
            .collect(),
        access: row,
    };
    let mut rows: Vec<_> = policy::access(basis).into_iter().map(named).collect();
    rows.sort_by_cached_key(|row| {
        let names = [&row.element_name, &row.role_name, &row.store_name];
        names.map(Clone::clone)
    });
    rows
}

fn sight(sight: Sight) -> (Tone, &'static str, &'static str) {
    match sight {
        Sight::InClear => (Tone::Warning, "clear", "In clear"),
        Sight::Masked => (Tone::Info, "masked", "Masked"),
        Sight::MasksDiffer => (Tone::Bad, "differ", "Masks differ"),
        Sight::Nothing => (Tone::Good, "nothing", "Nothing"),
        Sight::Unknown => (Tone::Bad, "unknown", "Not known"),
    }
}

fn state(deployed: &Deployed) -> (Tone, &'static str, &'static str) {
    match deployed {
        Deployed::On(_) => (Tone::Good, "yes", "Deployed"),
        Deployed::Nowhere => (Tone::Neutral, "no", "Configured only"),
        Deployed::Unknown(_) => (Tone::Warning, "unknown", "Not known"),
    }
}

fn store_uid(row: &Row) -> &str {
    match &row.access.deployed {
        Deployed::On(store) | Deployed::Unknown(Some(store)) => store.as_str(),
        Deployed::Nowhere | Deployed::Unknown(None) => "",
    }
}

fn columns() -> Vec<Column<Row>> {
    vec![
        Column::text("role", "Role", |row: &Row| row.role_name.as_str()),
        Column::text("element", "Data element", |row: &Row| row.element_name.as_str())
            .link(|row| links::who_sees(&row.access.element)),
        Column::text("store", "Data store", |row: &Row| row.store_name.as_str()),
        Column::computed("sight", "Sees", |row: &Row| {
            sight(row.access.effective.sight()).2.to_owned()
        })
        .cell(|row| {
            let (tone, _, text) = sight(row.access.effective.sight());
            view! { <Badge tone text/> }.into_any()
        }),
        Column::computed("access", "May", |row: &Row| {
            row.access
                .effective
                .access()
                .map_or_else(|| "not known".to_owned(), in_full)
        }),
        Column::text("mask", "Mask", |row: &Row| row.masks.as_str()),
        Column::computed("no_access", "Without access", |row: &Row| {
            let words = row.access.effective.no_access.iter().map(policy::no_access_words);
            words.collect::<Vec<_>>().join(", ")
        }),
        Column::computed("deployed", "Deployment", |row: &Row| {
            state(&row.access.deployed).2.to_owned()
        })
        .cell(|row| {
            let (tone, _, text) = state(&row.access.deployed);
            view! { <Badge tone text/> }.into_any()
        }),
        Column::computed("policies", "Policies", |row: &Row| {
            let names = row.policies.iter().map(|(_, name)| name.as_str());
            names.collect::<Vec<_>>().join(", ")
        })
        .cell(|row| {
            let links = row.policies.iter().enumerate().map(|(at, (uid, name))| {
                let separator = (at > 0).then_some(", ");
                view! { {separator}<a href=links::policy(uid)><bdi>{name.clone()}</bdi></a> }
            });
            links.collect_view().into_any()
        }),
    ]
}

fn list(basis: &AccessBasis) -> List<Row> {
    fn choices<T: Object>(objects: &[T]) -> Vec<(String, String)> {
        let mut choices: Vec<_> = objects
            .iter()
            .map(|object| (object.uid().to_owned(), object.name().to_owned()))
            .collect();
        choices.sort_by_cached_key(|(_, name)| name.to_lowercase());
        choices
    }
    let sights = [
        Sight::InClear,
        Sight::Masked,
        Sight::Nothing,
        Sight::MasksDiffer,
        Sight::Unknown,
    ];
    let sights = sights.map(sight).map(|(_, key, words)| (key, words));
    let states = [
        ("yes", "Deployed"),
        ("no", "Configured only"),
        ("unknown", "Not known"),
    ];
    List::new(ACCESS, ("access right", "access rights"), columns())
        .filter(
            "element",
            "Data element",
            choices(&basis.data_elements),
            |row: &Row, uid| row.access.element.as_str() == uid,
        )
        .filter("role", "Role", choices(&basis.roles), |row: &Row, uid| {
            row.access.role.as_str() == uid
        })
        .filter(
            "store",
            "Data store",
            choices(&basis.data_stores),
            |row: &Row, uid| store_uid(row) == uid,
        )
        .filter("sight", "Sees", sights, |row: &Row, key| {
            sight(row.access.effective.sight()).1 == key
        })
        .filter("deployed", "Deployment", states, |row: &Row, key| {
            state(&row.access.deployed).1 == key
        })
        .exported()
}

async fn read(context: &RequestContext) -> Result<AccessBasis, PortalError> {
    let operation = context.begin(Action::ViewPolicy, Target::portal()).await?;
    Ok(AccessBasis::read(&operation).await?)
}

/// `/policy/access`
pub async fn access(context: RequestContext) -> PageResult {
    let basis = read(&context).await?;
    let list = list(&basis).empty(view! {
        <EmptyState title="No rules" hint="Nobody may do anything with data: no policy has a rule.">
            <LinkButton label="See the policies" href="/policy/policies"/>
        </EmptyState>
    });
    let state = list.state(&context.query);
    let rows = rows(&basis);
    let notes = notes(&basis, &rows, &state);
    let page = list.page(rows, &state);
    let content = view! {
        {notes}
        {list.view(&state, &page)}
        <p class="muted">
            "The rules are those that are configured now. A policy that was changed since its deployment is in force as it \
             was then; the cluster does not say which are."
        </p>
    };
    Ok(Page::new("Data access", content).crumb("Policy", WORKBENCH).lead(
        "Which role may protect, re-protect and unprotect which data element, and on which data store.",
    ))
}

/// What the list cannot say by itself: where its answer may lack something.
fn notes(basis: &AccessBasis, rows: &[Row], state: &ListState) -> AnyView {
    let element = state
        .filters
        .get("element")
        .map(|uid| DataElementUid::from(uid.as_str()));
    let is_about = |row: &&Row| {
        element
            .as_ref()
            .is_none_or(|element| row.access.element == *element)
    };
    let open = |row: &Row| matches!(row.access.effective.sight(), Sight::Unknown | Sight::MasksDiffer);
    let asks_for_clear = state.filters.get("sight").is_some_and(|key| key == "clear");
    let open = if asks_for_clear {
        rows.iter().filter(is_about).filter(|row| open(row)).count()
    } else {
        0
    };
    let unlisted: Vec<_> = basis
        .unlisted()
        .into_iter()
        .map(|(store, policy)| format!("uid {policy} on {}", name_of(&basis.data_stores, store.as_str())))
        .collect();
    let is_in_clear = element.as_ref().and_then(|element| {
        let mut elements = basis.data_elements.iter();
        let found = elements.find(|row| row.uid == *element)?;
        matches!(found.method, Some(ProtectionMethod::NoEncryption(_))).then(|| found.name.clone())
    });
    let is_unread = basis
        .deployed
        .as_ref()
        .is_none_or(|deployed| deployed.stores().is_none());
    view! {
        {is_unread.then(|| view! {
            <Caution title="What is deployed is not known."
                detail="The cluster did not say it in a way that can be read. The rules below are as they are configured."/>
        })}
        {(!unlisted.is_empty()).then(|| view! {
            <Caution title="Data stores have policies that the cluster does not list: what they permit is not known."
                detail=unlisted.join(", ")/>
        })}
        {(open > 0).then(|| view! {
            <Caution title="Others may see it in clear too."
                detail=format!("For {open} access rights it is not known, or masks differ: choose these under “Sees”.")/>
        })}
        {is_in_clear.map(|name| view! {
            <Caution title=format!("{name} does not encrypt.")
                detail="Every user who can read the stored value sees it in clear, whatever the rules say."/>
        })}
    }
    .into_any()
}

/// All rows that match the address's search, as CSV.
pub async fn export_access(context: RequestContext) -> Result<String, PortalError> {
    let basis = read(&context).await?;
    Ok(list(&basis).export(rows(&basis), &context.query))
}

#[cfg(test)]
mod tests {
    use protegrity::pim::{
        DataElement, DataStore, DeployedStore, DeploymentInfo, Mask, Operations, Permission, Policy, Role,
        Rule,
    };

    use super::*;

    fn basis() -> AccessBasis {
        let rule = |role: &str, element: &str, mask: Option<&str>| Rule {
            role: role.into(),
            data_element: element.into(),
            mask: mask.map(Into::into),
            permission: Some(Permission {
                access: Operations {
                    un_protect: true,
                    ..Operations::NONE
                },
                audit: None,
            }),
            ..Rule::default()
        };
        let role = |uid: &str, name: &str| Role {
            uid: uid.into(),
            name: name.to_owned(),
            ..Role::default()
        };
        let element = |uid: &str, name: &str| DataElement {
            uid: uid.into(),
            name: name.to_owned(),
            ..DataElement::default()
        };
        let policy = |uid: &str, name: &str| Policy {
            uid: uid.into(),
            name: name.to_owned(),
            ..Policy::default()
        };
        AccessBasis {
            roles: vec![role("1", "SUPPORT"), role("2", "ANALYST")],
            data_elements: vec![element("1", "DE_SSN"), element("2", "DE_CITY")],
            masks: vec![Mask {
                uid: "7".into(),
                name: "LAST_4".to_owned(),
                ..Mask::default()
            }],
            policies: vec![policy("1", "CUSTOMERS"), policy("2", "DRAFT")],
            rules: [
                (
                    "1".into(),
                    vec![
                        rule("1", "1", Some("7")),
                        rule("2", "1", None),
                        rule("1", "2", None),
                    ],
                ),
                ("2".into(), vec![rule("1", "1", None)]),
            ]
            .into(),
            data_stores: vec![DataStore {
                uid: "5".into(),
                name: "PROD".to_owned(),
                ..DataStore::default()
            }],
            deployed: Some(DeploymentInfo::Stores(vec![DeployedStore {
                data_store: "5".into(),
                policies: Some(vec!["1".into()]),
                ..DeployedStore::default()
            }])),
        }
    }

    fn check(query: &str, expected: &str) {
        let basis = basis();
        let file = list(&basis).export(rows(&basis), query);
        let lines: Vec<_> = file.lines().skip(1).collect();
        assert_eq!(lines.join("\n"), expected, "{query}");
    }

    #[test]
    fn one_link_says_who_sees_a_data_element_in_clear_and_where() {
        let link = links::who_sees(&"1".into());
        let (_, query) = link.split_once('?').expect("a query");
        check(
            query,
            "ANALYST,DE_SSN,PROD,In clear,unprotect,,null,Deployed,CUSTOMERS\n\
             SUPPORT,DE_SSN,None,In clear,unprotect,,null,Configured only,DRAFT",
        );
        check(
            "sight=masked",
            "SUPPORT,DE_SSN,PROD,Masked,unprotect,LAST_4,null,Deployed,CUSTOMERS",
        );
        check(
            "store=5&role=1&q=city",
            "SUPPORT,DE_CITY,PROD,In clear,unprotect,,null,Deployed,CUSTOMERS",
        );
        check("deployed=unknown", "");
    }
}
