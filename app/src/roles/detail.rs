//! `/roles/{name}`: one role, what it grants, and who has it.

use gate::{Action, OperationError, Target};
use leptos::prelude::*;
use operations::{
    access::Person,
    merge::listed,
    roles::{self, Holders, UserHolders, by_area, included, may_sign_in},
};
use protegrity::{Group, Permission, PermissionName, Role};
use server_fn::ServerFn;

use super::{DeleteRole, NoSignIn, list::sign_in_badge, role_name};
use crate::{
    answer::PageResult,
    context::RequestContext,
    links,
    ui::{
        ConfirmationFields, Copyable, DeleteDialog, DescriptionList, Detail, DialogButton, EmptyState,
        ErrorState, LinkButton, Page, Section, Table, TextField, counted, grouped,
    },
};

/// More users than this are left to the access review.
const MAX_SHOWN: usize = 50;

/// `/roles/{name}`
pub async fn detail(context: RequestContext) -> PageResult {
    let name = role_name(context.param("name"))?;
    let operation = context.begin(Action::ViewRole, Target::of("role", &name)).await?;
    let services = &context.services;
    let (role, permissions, holders) = futures::join!(
        roles::look_up(services, &operation, &name),
        roles::permissions(&operation),
        roles::holders(services, &operation, &name)
    );
    let role = role?;
    let dialog = delete_dialog(&context, &role, &holders);
    let actions = view! {
        <LinkButton label="Compare" href=links::compare_role(&name)/>
        <LinkButton label="Edit" href=links::edit(&links::role(&name)) denied=context.denied(Action::UpdateRole)/>
        <DialogButton label="Delete" dialog="delete-dialog" danger=true denied=context.denied(Action::DeleteRole)/>
    }
    .into_any();
    let description = role.description.clone().filter(|text| !text.is_empty());
    let permissions = view! { <Permissions role=role.clone() permissions/> };
    let body = view! {
        {(!may_sign_in(&role)).then(|| view! { <NoSignIn/> })}
        <Details role=role.clone()/>
        <Section title="Permissions">{permissions}</Section>
        {dialog}
        <WhoHasIt context role holders/>
    };
    let mut page = Page::new(name.to_string(), body)
        .crumb("Roles", "/roles")
        .actions(actions);
    if let Some(description) = description {
        page = page.lead(description);
    }
    Ok(page)
}

#[component]
fn Details(role: Role) -> impl IntoView {
    let sign_in = sign_in_badge(&role);
    let description = role.description.filter(|text| !text.is_empty());
    view! {
        <Section title="Details">
            <DescriptionList>
                <Detail label="Name"><Copyable text=role.name.to_string() label="the name"/></Detail>
                <Detail label="Description"><bdi>{description.unwrap_or_else(|| "—".to_owned())}</bdi></Detail>
                <Detail label="Permissions">{role.permissions.len()}</Detail>
                <Detail label="May sign in">{sign_in}</Detail>
            </DescriptionList>
        </Section>
    }
    .into_any()
}

/// What the role grants, area by area, and what that includes.
#[component]
fn Permissions(role: Role, permissions: Result<Vec<Permission>, OperationError>) -> impl IntoView {
    if role.permissions.is_empty() {
        return view! { <EmptyState title="No permissions" hint="This role grants nothing."/> }.into_any();
    }
    let describe = |name: &PermissionName| match &permissions {
        Ok(listed) => match listed.iter().find(|permission| permission.name == *name) {
            Some(permission) => permission.description.clone().unwrap_or_default(),
            None => "Unknown: the cluster does not list this permission.".to_owned(),
        },
        Err(_) => String::new(),
    };
    let mut rows = Vec::new();
    for (area, names) in by_area(&role.permissions, |name| name.as_str()) {
        for name in names {
            rows.push(view! {
                <tr>
                    <th scope="row"><code>{name.to_string()}</code></th>
                    <td>{area}</td>
                    <td class="wraps">{describe(name)}</td>
                </tr>
            });
        }
    }
    let included = included(&role);
    view! {
        {permissions.err().map(|error| view! { <ErrorState error=error.into()/> })}
        <Table label="What the role grants" columns=&["Permission", "Area", "Description"]>{rows}</Table>
        {(!included.is_empty()).then(|| {
            let names = included.into_iter().map(|name| view! { <code>{name}</code> " " }).collect_view();
            view! { <p class="muted">"Included in these: " {names}</p> }
        })}
    }
    .into_any()
}

#[component]
fn WhoHasIt(context: RequestContext, role: Role, holders: Holders) -> impl IntoView {
    let Holders { groups, users } = holders;
    let known_groups = groups.as_deref().unwrap_or_default().to_vec();
    let groups = match groups {
        Err(error) => view! { <ErrorState error=error.into()/> }.into_any(),
        Ok(groups) if groups.is_empty() => view! { <p>"No group has this role."</p> }.into_any(),
        Ok(groups) => view! { <GroupsTable groups/> }.into_any(),
    };
    let sees_review = context.denied(Action::ViewAccess).is_none();
    view! {
        <Section title="Who has this role">
            {groups}
            <UsersTable users groups=known_groups/>
            {sees_review.then(|| view! {
                <p><a href=links::access_by_role(&role.name)>"All users with this role"</a></p>
            })}
        </Section>
    }
    .into_any()
}

#[component]
fn GroupsTable(groups: Vec<Group>) -> impl IntoView {
    let rows = groups.into_iter().map(|group| {
        let members = group
            .members
            .as_ref()
            .map(|members| grouped(members.len() as u64));
        view! {
            <tr>
                <th scope="row"><a href=links::group(&group.id)><bdi>{group.name}</bdi></a></th>
                <td>{members.unwrap_or_else(|| "—".to_owned())}</td>
            </tr>
        }
    });
    view! { <Table label="Groups with this role" columns=&["Group", "Members"]>{rows.collect_view()}</Table> }
}

/// The users, each with the path by which the role is held.
#[component]
fn UsersTable(users: UserHolders, groups: Vec<Group>) -> impl IntoView {
    let remark = |words: &'static str| view! { <p class="muted">{words}</p> }.into_any();
    let (users, unread) = match users {
        UserHolders::Unknown => return remark("You cannot see which users have this role."),
        UserHolders::TooMany => {
            return remark("In a large cluster, the access review lists the users with this role.");
        }
        UserHolders::Scanning => return remark("The users are being read. Reload the page in a moment."),
        UserHolders::Read { users, unread } => (users, unread),
    };
    let count = users.len();
    let rows = users
        .into_iter()
        .take(MAX_SHOWN)
        .map(|(person, via)| user_row(person, via, &groups));
    let rows = rows.collect_view();
    let table = if count == 0 {
        view! { <p>"No user has this role."</p> }.into_any()
    } else {
        view! { <Table label="Users with this role" columns=&["User name", "Name", "Through"]>{rows}</Table> }
            .into_any()
    };
    view! {
        {table}
        {(count > MAX_SHOWN).then(|| format!("These are the first {MAX_SHOWN} of {}.", grouped(count as u64)))}
        {(unread > 0).then(|| view! {
            <p class="muted">{format!("{} could not be read.", counted(unread, ("user", "users")))}</p>
        })}
    }
    .into_any()
}

fn user_row(person: Person, via: Option<String>, groups: &[Group]) -> AnyView {
    let through = match via {
        None => "directly".into_any(),
        Some(via) => match groups.iter().find(|group| group.name == via) {
            Some(group) => view! { "group " <a href=links::group(&group.id)><bdi>{via}</bdi></a> }.into_any(),
            None => view! { "group " <bdi>{via}</bdi> }.into_any(),
        },
    };
    view! {
        <tr>
            <th scope="row"><a href=links::user(&person.id)><bdi>{person.user_name}</bdi></a></th>
            <td><bdi>{person.name}</bdi></td>
            <td>{through}</td>
        </tr>
    }
    .into_any()
}

/// The holders in sentences, before the role is deleted.
fn in_sentences(holders: &Holders) -> String {
    let sentence = |what: &str, names: Option<Vec<&str>>| match names.as_deref() {
        None => format!("The {what}s that have it are unknown."),
        Some([]) => format!("No {what} has it."),
        Some(names) => format!("These {what}s have it: {}.", listed(names)),
    };
    let groups = holders.groups.as_ref().ok();
    let groups = groups.map(|groups| groups.iter().map(|group| group.name.as_str()).collect());
    let users = match &holders.users {
        UserHolders::Read { users, unread } if *unread == 0 || !users.is_empty() => {
            let mut names: Vec<_> = users
                .iter()
                .map(|(person, _)| person.user_name.as_str())
                .collect();
            names.dedup();
            Some(names)
        }
        _ => None,
    };
    format!("{} {}", sentence("group", groups), sentence("user", users))
}

fn delete_dialog(context: &RequestContext, role: &Role, holders: &Holders) -> AnyView {
    let fields = context.fields(DeleteRole::url());
    let (denied, error) = (context.denied(Action::DeleteRole), fields.error());
    let has_holders = !holders.are_none();
    let holders = in_sentences(holders);
    view! {
        <DeleteDialog object=role.name.to_string() action=DeleteRole::url() denied
            hidden=vec![("name", role.name.to_string())] error=error.clone()>
            <p>"Users and groups with this role lose what it grants. A deleted role cannot be restored."</p>
            <p>{holders}</p>
            {has_holders.then(|| view! {
                <TextField name="typed" label="Type the name of the role to go on" value=fields.text("typed", "")
                    id_prefix="delete-" error=error.clone()/>
            })}
            <ConfirmationFields error/>
        </DeleteDialog>
    }
    .into_any()
}
