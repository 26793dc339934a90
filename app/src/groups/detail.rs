//! `/groups/{id}`: one group, its members, and what its roles give them.

use std::sync::Arc;

use gate::{Action, Target};
use leptos::prelude::*;
use protegrity::{Group, Role, RoleName};
use server_fn::ServerFn;

use super::{
    DeleteGroup,
    actions::members_mark,
    group_id, has_member, kind,
    members::{Members, MembersTable},
    path,
};
use crate::{
    error::{ErrorKind, PortalError},
    left::SureFields,
    roles,
    shell::{Frame, failed, param},
    ui::{
        Caution, CheckField, ConfirmDialog, Copyable, DescriptionList, Detail, DialogButton, EmptyState,
        ErrorState, LinkButton, PageHeader, Section, Table, TextField, grouped,
    },
    visit::{Visit, visit},
};

/// What the page shows.
struct Shown {
    group: Group,
    members: Members,
    /// The cluster's roles, where this person may read them.
    catalogue: Result<Arc<Vec<Role>>, PortalError>,
}

/// `/groups/{id}`
#[component]
pub fn GroupPage() -> impl IntoView {
    let visit = visit();
    let id = param("id");
    view! {
        <Frame area="/groups">
            <p class="back"><a href="/groups">"Groups"</a></p>
            {Suspend::new(async move {
                match load(&visit, &id).await {
                    Ok(shown) => view! { <GroupView visit shown/> }.into_any(),
                    Err(error) => failed(&visit, "Group", error, visit.path.clone()),
                }
            })}
        </Frame>
    }
    .into_any()
}

/// The group and the roles, asked for at the same time, and then who the members are.
async fn load(visit: &Visit, id: &str) -> Result<Shown, PortalError> {
    let id = group_id(id)?;
    let passage = visit.open(Action::SeeGroup, Target::named("group", &id))?;
    let (group, catalogue) = futures::join!(
        passage.group(&id),
        roles::catalogue(visit, &passage, Action::ListRoles)
    );
    let group = group.map_err(|error| visit.explain(Action::SeeGroup, &error))?;
    Ok(Shown {
        members: Members::of(visit, &passage, &group).await,
        group,
        catalogue,
    })
}

#[component]
fn GroupView(visit: Visit, shown: Shown) -> impl IntoView {
    let Shown {
        group,
        members,
        catalogue,
    } = shown;
    let lead = group.description.clone().filter(|about| !about.is_empty());
    let edit = format!("{}/edit", path(&group.id));
    let list = view! { <MembersTable group=group.clone() members/> }.into_any();
    let (may_not_edit, may_not_delete) = (
        visit.denied(Action::UpdateGroup),
        visit.denied(Action::DeleteGroup),
    );
    view! {
        <PageHeader title=group.name.clone() lead>
            <LinkButton label="Edit" href=edit denied=may_not_edit/>
            <DialogButton label="Delete" dialog="delete-dialog" danger=true denied=may_not_delete/>
        </PageHeader>
        <Details group=group.clone()/>
        <Section title="Members">{list}</Section>
        <Roles group=group.clone() catalogue/>
        <DeleteDialog visit group/>
    }
    .into_any()
}

#[component]
fn Details(group: Group) -> impl IntoView {
    let or_dash = |text: Option<String>| {
        text.filter(|text| !text.is_empty())
            .unwrap_or_else(|| "—".to_owned())
    };
    let members = or_dash(
        group
            .members
            .as_ref()
            .map(|members| grouped(members.len() as u64)),
    );
    let (kind, about) = (or_dash(kind(&group)), or_dash(group.description));
    view! {
        <Section title="Details">
            <DescriptionList>
                <Detail label="Name"><bdi>{group.name}</bdi></Detail>
                <Detail label="Description"><bdi>{about}</bdi></Detail>
                <Detail label="Type">{kind}</Detail>
                <Detail label="Members">{members}</Detail>
                <Detail label="ID"><Copyable text=group.id.to_string() label="the id"/></Detail>
            </DescriptionList>
        </Section>
    }
    .into_any()
}

/// The group's roles with what each grants.
#[component]
fn Roles(group: Group, catalogue: Result<Arc<Vec<Role>>, PortalError>) -> impl IntoView {
    let held = group.roles.clone().unwrap_or_default();
    if held.is_empty() {
        let (title, hint) = match group.roles {
            Some(_) => ("No roles", "Members of this group get nothing through it."),
            None => (
                "Roles not told",
                "The cluster does not say which roles this group has.",
            ),
        };
        return view! { <Section title="Roles"><EmptyState title hint/></Section> }.into_any();
    }
    let (catalogue, error) = match catalogue {
        Ok(catalogue) => (catalogue, None),
        Err(error) => (Arc::default(), Some(error)),
    };
    let rows = held.into_iter().map(|name| {
        let role = catalogue.iter().find(|role| role.name == name).cloned();
        view! { <RoleRow name role/> }
    });
    let rows = rows.collect_view();
    view! {
        <Section title="Roles">
            {error.map(|error| view! { <ErrorState error/> })}
            <Table label="Roles and what they grant" columns=&["Role", "What it is for", "Grants"]>{rows}</Table>
        </Section>
    }
    .into_any()
}

#[component]
fn RoleRow(name: RoleName, role: Option<Role>) -> impl IntoView {
    let (about, grants) = match &role {
        Some(role) => {
            let names: Vec<_> = role.permissions.iter().map(ToString::to_string).collect();
            (role.description.clone().unwrap_or_default(), names.join(", "))
        }
        None => (String::new(), "not known".to_owned()),
    };
    let title = match role {
        Some(_) => view! { <a href=roles::path(&name)><bdi>{name.to_string()}</bdi></a> }.into_any(),
        None => view! { <bdi>{name.to_string()}</bdi> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{title}</th>
            <td class="wraps">{if about.is_empty() { "—".to_owned() } else { about }}</td>
            <td class="wraps">{grants}</td>
        </tr>
    }
    .into_any()
}

#[component]
fn DeleteDialog(visit: Visit, group: Group) -> impl IntoView {
    if visit.denied(Action::DeleteGroup).is_some() {
        return None;
    }
    let form = DeleteGroup::url();
    let fields = visit.fields(form);
    let error = visit
        .failed(form)
        .map(|failed| failed.error.clone())
        .filter(|error| error.kind == ErrorKind::Invalid);
    let has_roles = group.roles.as_ref().is_none_or(|roles| !roles.is_empty());
    Some(view! {
        <ConfirmDialog
            id="delete-dialog"
            title=format!("Delete {}?", group.name)
            action=form
            confirm="Delete"
            danger=true
            hidden=vec![
                ("id", group.id.to_string()),
                ("seen_members", members_mark(group.members.as_deref().unwrap_or_default())),
            ]
            error=error.clone()
        >
            <p>
                "The group is gone for good. Its members stay as users"
                {has_roles.then_some(" and lose the roles that they have through it")}"."
            </p>
            <DeleteMembers visit group ticked=fields.flag("delete_members", false) typed=fields.text("typed", "")
                error=error.clone()/>
            <SureFields error/>
        </ConfirmDialog>
    })
}

/// The way to delete the members' accounts as well: two fields, so that it does not happen by a slip.
#[component]
fn DeleteMembers(
    visit: Visit,
    group: Group,
    ticked: bool,
    typed: String,
    error: Option<PortalError>,
) -> impl IntoView {
    let members = group.members.unwrap_or_default();
    let many = match members.len() {
        0 => return None,
        1 => "the account of its 1 member".to_owned(),
        many => format!("the accounts of its {} members", grouped(many as u64)),
    };
    if let Some(denied) = visit.denied(Action::DeleteUser) {
        let words = format!(
            "Its members' accounts cannot be deleted with it. {}",
            denied.reason()
        );
        return Some(view! { <p class="muted">{words}</p> }.into_any());
    }
    let own = visit
        .visitor
        .as_ref()
        .is_some_and(|visitor| has_member(&members, &visitor.profile.user_name));
    Some(
        view! {
            <CheckField name="delete_members" label=format!("Delete {many} as well") checked=ticked
                id_prefix="delete-" error=error.clone()/>
            {own.then(|| view! { <Caution title="You are one of them: your own account would be deleted."/> })}
            <TextField name="typed" label="To delete the members too, type the name of the group" value=typed
                id_prefix="delete-" error/>
        }
        .into_any(),
    )
}
