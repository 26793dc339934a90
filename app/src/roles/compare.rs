//! `/roles/compare?a=&b=`: what two roles have in common, and what only one of them grants.

use leptos::prelude::*;
use operations::roles::{self, GrantedBy, by_area};
use protegrity::{Role, RoleName};

use super::list::load;
use crate::{
    answer::PageResult,
    context::RequestContext,
    links,
    ui::{Badge, Choice, EmptyState, Page, Section, SelectField, Table, Tone},
};

/// `/roles/compare`
pub async fn compare(context: RequestContext) -> PageResult {
    let roles = load(&context).await?;
    let chosen = |key| context.query_value(key).unwrap_or_default();
    let (a, b) = (chosen("a"), chosen("b"));
    let result = if a.is_empty() || b.is_empty() {
        view! { <EmptyState title="Choose two roles" hint="Their permissions are then shown side by side."/> }
            .into_any()
    } else {
        let find = |name: &str| roles::find(&roles, &RoleName::from(name)).cloned();
        view! { <Difference a=find(&a)? b=find(&b)?/> }.into_any()
    };
    let body = view! {
        <form class="form compare" method="get" action="/roles/compare">
            <SelectField name="a" label="One role" choices=choices(&roles) value=a/>
            <SelectField name="b" label="Another role" choices=choices(&roles) value=b/>
            <button type="submit" class="button primary">"Compare"</button>
        </form>
        {result}
    };
    Ok(Page::new("Compare roles", body)
        .crumb("Roles", "/roles")
        .lead("What two roles have in common, and what only one of them grants."))
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
    let permissions = roles::compare(&a, &b);
    let count = |wanted| permissions.iter().filter(|(_, by)| *by == wanted).count();
    let summary = format!(
        "Both grant {}, only {} grants {}, only {} grants {}.",
        count(GrantedBy::Both),
        a.name,
        count(GrantedBy::First),
        b.name,
        count(GrantedBy::Second)
    );
    let badge = |by| match by {
        GrantedBy::Both => view! { <Badge tone=Tone::Neutral text="Both"/> },
        GrantedBy::First => view! { <Badge tone=Tone::Info text=format!("Only {}", a.name)/> },
        GrantedBy::Second => view! { <Badge tone=Tone::Warning text=format!("Only {}", b.name)/> },
    };
    let mut rows = Vec::new();
    for (area, permissions) in by_area(permissions, |(name, _)| name.as_str()) {
        for (name, by) in permissions {
            rows.push(view! {
                <tr>
                    <th scope="row"><code>{name.to_string()}</code></th>
                    <td>{area}</td>
                    <td>{badge(by)}</td>
                </tr>
            });
        }
    }
    let table = if rows.is_empty() {
        view! { <EmptyState title="No permissions" hint="Neither of these roles grants anything."/> }
            .into_any()
    } else {
        let columns = &["Permission", "Area", "Granted by"];
        view! { <Table label="Permissions of both roles" columns>{rows}</Table> }.into_any()
    };
    let link = |name: &RoleName| view! { <a href=links::role(name)><bdi>{name.to_string()}</bdi></a> };
    view! {
        <Section title="Permissions">
            <p>{link(&a.name)}" and "{link(&b.name)}". "{summary}</p>
            {table}
        </Section>
    }
    .into_any()
}
