//! `/roles/compare?a=&b=`: what two roles have in common, and what only one of them grants.

use std::collections::BTreeSet;

use gate::Action;
use leptos::prelude::*;
use protegrity::{PermissionName, Role, RoleName};

use super::{areas::by_area, find, list::load, path};
use crate::{
    error::PortalError,
    shell::{Frame, fail_page, failed},
    ui::{Badge, Choice, EmptyState, ErrorState, PageHeader, Section, SelectField, Table, Tone},
    visit::{Visit, visit},
};

/// Which of two roles grants a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    OnlyA,
    OnlyB,
    Both,
}

/// Every permission that one of them grants, with which of them does, by name.
fn compare<'a>(a: &'a Role, b: &'a Role) -> Vec<(&'a PermissionName, By)> {
    let all: BTreeSet<_> = a.permissions.iter().chain(&b.permissions).collect();
    let by = |name: &PermissionName| match (a.permissions.contains(name), b.permissions.contains(name)) {
        (true, true) => By::Both,
        (true, false) => By::OnlyA,
        _ => By::OnlyB,
    };
    all.into_iter().map(|name| (name, by(name))).collect()
}

/// `/roles/compare`
#[component]
pub fn CompareRolesPage() -> impl IntoView {
    let visit = visit();
    view! {
        <Frame area="/roles">
            <p class="back"><a href="/roles">"Roles"</a></p>
            <PageHeader title="Compare roles" lead="What two roles have in common, and what only one of them grants."/>
            {Suspend::new(async move {
                match load(&visit, Action::ListRoles).await {
                    Ok(roles) => view! { <Comparison visit roles/> }.into_any(),
                    Err(error) => failed(&visit, "", error, visit.address()),
                }
            })}
        </Frame>
    }
    .into_any()
}

#[component]
fn Comparison(visit: Visit, roles: Vec<Role>) -> impl IntoView {
    let asked = |key| visit.query_value(key).unwrap_or_default();
    let (a, b) = (asked("a"), asked("b"));
    let result = match (a.as_str(), b.as_str()) {
        ("", _) | (_, "") => view! {
            <EmptyState title="Choose two roles" hint="Their permissions are then shown side by side."/>
        }
        .into_any(),
        (a, b) => match both(&roles, a, b) {
            Ok((a, b)) => view! { <Difference a b/> }.into_any(),
            Err(error) => {
                fail_page(&visit, &error);
                view! { <ErrorState error/> }.into_any()
            }
        },
    };
    view! {
        <form class="form compare" method="get" action="/roles/compare">
            <SelectField name="a" label="One role" choices=choices(&roles) value=a/>
            <SelectField name="b" label="Another role" choices=choices(&roles) value=b/>
            <button type="submit" class="button primary">"Compare"</button>
        </form>
        {result}
    }
    .into_any()
}

fn both(roles: &[Role], a: &str, b: &str) -> Result<(Role, Role), PortalError> {
    Ok((find(roles, a)?, find(roles, b)?))
}

fn choices(roles: &[Role]) -> Vec<Choice> {
    let names = roles
        .iter()
        .map(|role| Choice::new(role.name.as_str(), role.name.as_str()));
    std::iter::once(Choice::new("", "Choose a role"))
        .chain(names)
        .collect()
}

#[component]
fn Difference(a: Role, b: Role) -> impl IntoView {
    let rows = compare(&a, &b);
    let count = |wanted: By| rows.iter().filter(|(_, by)| *by == wanted).count();
    let summary = format!(
        "Both grant {}, only {} grants {}, only {} grants {}.",
        count(By::Both),
        a.name,
        count(By::OnlyA),
        b.name,
        count(By::OnlyB)
    );
    let badge = |by: By| match by {
        By::Both => view! { <Badge tone=Tone::Neutral text="Both"/> },
        By::OnlyA => view! { <Badge tone=Tone::Info text=format!("Only {}", a.name)/> },
        By::OnlyB => view! { <Badge tone=Tone::Warning text=format!("Only {}", b.name)/> },
    };
    let rows = by_area(rows.iter().copied(), |(name, _)| name.as_str())
        .into_iter()
        .flat_map(|(area, rows)| rows.into_iter().map(move |row| (area, row)))
        .map(|(area, (name, by))| {
            view! {
                <tr>
                    <th scope="row"><code>{name.to_string()}</code></th>
                    <td>{area.title()}</td>
                    <td>{badge(by)}</td>
                </tr>
            }
        });
    let rows = rows.collect_view();
    view! {
        <Section title="Permissions">
            <p><RoleLink name=a.name.clone()/>" and "<RoleLink name=b.name.clone()/>". "{summary}</p>
            {if rows.is_empty() {
                view! { <EmptyState title="No permissions" hint="Neither of these roles grants anything."/> }.into_any()
            } else {
                view! { <Table label="Permissions of both roles" columns=&["Permission", "Area", "Granted by"]>{rows}</Table> }
                    .into_any()
            }}
        </Section>
    }
    .into_any()
}

#[component]
fn RoleLink(name: RoleName) -> impl IntoView {
    view! { <a href=path(&name)><bdi>{name.to_string()}</bdi></a> }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn role(permissions: impl IntoIterator<Item = String>) -> Role {
        Role {
            name: "r".into(),
            description: None,
            composite: true,
            permissions: permissions.into_iter().map(PermissionName::from).collect(),
        }
    }

    proptest! {
        #[test]
        fn each_permission_is_told_once_and_the_other_way_round_it_is_the_other_role(
            a in proptest::collection::btree_set("[a-d]{1,2}", 0..6),
            b in proptest::collection::btree_set("[a-d]{1,2}", 0..6),
        ) {
            let (one, other) = (role(a.clone()), role(b.clone()));
            let told: Vec<_> = compare(&one, &other).iter().map(|(name, by)| (name.to_string(), *by)).collect();
            prop_assert_eq!(told.len(), a.union(&b).count());
            for (name, by) in &told {
                prop_assert_eq!(*by == By::Both, a.contains(name) && b.contains(name));
                prop_assert_eq!(*by == By::OnlyA, !b.contains(name));
            }
            let mirrored: Vec<_> = compare(&other, &one)
                .iter()
                .map(|(name, by)| (name.to_string(), match by { By::OnlyA => By::OnlyB, By::OnlyB => By::OnlyA, By::Both => By::Both }))
                .collect();
            prop_assert_eq!(told, mirrored);
        }
    }
}
