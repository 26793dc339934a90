//! `/roles/{name}`: one role, what it grants, and who has it.

use gate::{Action, Target};
use leptos::prelude::*;
use protegrity::{Group, Permission, Role, permissions as known};
use server_fn::ServerFn;

use super::{
    DeleteRole, NoSignIn,
    areas::by_area,
    holders::{Holder, Holders, Users, holders},
    look_up, may_sign_in, path,
};
use crate::{
    act::segment,
    error::{ErrorKind, PortalError},
    groups,
    left::SureFields,
    merge::listed,
    shell::{Frame, failed, param},
    ui::{
        Badge, ConfirmDialog, Copyable, DescriptionList, Detail, DialogButton, EmptyState, ErrorState,
        LinkButton, PageHeader, Section, Table, TextField, Tone, grouped,
    },
    users,
    visit::{Visit, visit},
};

/// What the page shows.
struct Shown {
    role: Role,
    /// What each permission is for, as far as the cluster tells.
    permissions: Result<Vec<Permission>, PortalError>,
    holders: Holders,
}

/// `/roles/{name}`
#[component]
pub fn RolePage() -> impl IntoView {
    let visit = visit();
    let name = param("name");
    view! {
        <Frame area="/roles">
            <p class="back"><a href="/roles">"Roles"</a></p>
            {Suspend::new(async move {
                match load(&visit, &name).await {
                    Ok(shown) => view! { <RoleView visit shown/> }.into_any(),
                    Err(error) => failed(&visit, "Role", error, visit.path.clone()),
                }
            })}
        </Frame>
    }
    .into_any()
}

/// The role, what its permissions are for and who has it, asked for at the same time.
async fn load(visit: &Visit, name: &str) -> Result<Shown, PortalError> {
    let passage = visit.open(Action::SeeRole, Target::named("role", name))?;
    let permissions = passage.read(|cluster| async move { cluster.permissions().await });
    let role = name.into();
    let (found, permissions, holders) = futures::join!(
        look_up(visit, &passage, name),
        permissions,
        holders(visit, &passage, &role)
    );
    Ok(Shown {
        role: found?,
        permissions: permissions.map_err(|error| visit.explain(Action::SeeRole, &error)),
        holders,
    })
}

#[component]
fn RoleView(visit: Visit, shown: Shown) -> impl IntoView {
    let Shown {
        role,
        permissions,
        holders,
    } = shown;
    let address = path(&role.name);
    let lead = role.description.clone().filter(|about| !about.is_empty());
    let compare = format!("/roles/compare?a={}", segment(role.name.as_str()));
    let (may_not_edit, may_not_delete) = (visit.denied(Action::UpdateRole), visit.denied(Action::DeleteRole));
    view! {
        <PageHeader title=role.name.to_string() lead>
            <LinkButton label="Compare" href=compare/>
            <LinkButton label="Edit" href=format!("{address}/edit") denied=may_not_edit/>
            <DialogButton label="Delete" dialog="delete-dialog" danger=true denied=may_not_delete/>
        </PageHeader>
        {(!may_sign_in(&role)).then(|| view! { <NoSignIn/> })}
        <Details role=role.clone()/>
        <Permissions role=role.clone() permissions/>
        <DeleteDialog visit=visit.clone() role=role.clone() known=Known::of(&holders)/>
        <Who visit role holders/>
    }
    .into_any()
}

#[component]
fn Details(role: Role) -> impl IntoView {
    let sign_in = if may_sign_in(&role) {
        view! { <Badge tone=Tone::Good text="Yes"/> }
    } else {
        view! { <Badge tone=Tone::Warning text="No"/> }
    };
    let about = role.description.clone().filter(|about| !about.is_empty());
    view! {
        <Section title="Details">
            <DescriptionList>
                <Detail label="Name"><Copyable text=role.name.to_string() label="the name"/></Detail>
                <Detail label="Description"><bdi>{about.unwrap_or_else(|| "—".to_owned())}</bdi></Detail>
                <Detail label="Permissions">{role.permissions.len()}</Detail>
                <Detail label="May sign in">{sign_in}</Detail>
            </DescriptionList>
        </Section>
    }
    .into_any()
}

/// What the role grants, area by area, and what that includes.
#[component]
fn Permissions(role: Role, permissions: Result<Vec<Permission>, PortalError>) -> impl IntoView {
    if role.permissions.is_empty() {
        return view! {
            <Section title="Permissions">
                <EmptyState title="No permissions" hint="Whoever has this role may do nothing through it."/>
            </Section>
        }
        .into_any();
    }
    let (listed, unread) = match permissions {
        Ok(listed) => (listed, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let is_read = unread.is_none();
    let rows = by_area(&role.permissions, |name| name.as_str())
        .into_iter()
        .flat_map(|(area, names)| names.into_iter().map(move |name| (area, name)))
        .map(|(area, name)| {
            let about = listed.iter().find(|permission| permission.name == *name);
            let about = match about {
                Some(permission) => permission.description.clone().unwrap_or_default(),
                None if is_read => "Not known: the cluster does not list this permission.".to_owned(),
                None => String::new(),
            };
            view! {
                <tr>
                    <th scope="row"><code>{name.to_string()}</code></th>
                    <td>{area.title()}</td>
                    <td class="wraps">{about}</td>
                </tr>
            }
        })
        .collect_view();
    let included = included(&role);
    view! {
        <Section title="Permissions">
            {unread.map(|error| view! { <ErrorState error/> })}
            <Table label="What the role grants" columns=&["Permission", "Area", "What it is for"]>{rows}</Table>
            {(!included.is_empty()).then(|| {
                let names = included.iter().map(|name| view! { <code>{*name}</code> " " }).collect_view();
                view! { <p class="muted">"Included in these: " {names}</p> }
            })}
        </Section>
    }
    .into_any()
}

/// The documented permissions that are not granted themselves and included in one that is.
fn included(role: &Role) -> Vec<&'static str> {
    let granted = |name: &str| super::grants(role, name);
    let implied = |name: &str| known::implied_by(name).is_some_and(|by| granted(by.as_str()));
    known::KNOWN
        .iter()
        .copied()
        .filter(|name| !granted(name) && implied(name))
        .collect()
}

/// More users than this are left to the access review.
const MOST_SHOWN: usize = 50;

#[component]
fn Who(visit: Visit, role: Role, holders: Holders) -> impl IntoView {
    let Holders { groups, users } = holders;
    let review = visit
        .denied(Action::SeeAccess)
        .is_none()
        .then(|| format!("/access?role={}", segment(role.name.as_str())));
    let known = groups.as_deref().unwrap_or_default().to_vec();
    let groups = match groups {
        Err(error) => view! { <ErrorState error/> }.into_any(),
        Ok(groups) if groups.is_empty() => view! { <p>"No group has this role."</p> }.into_any(),
        Ok(groups) => view! { <GroupsTable groups/> }.into_any(),
    };
    view! {
        <Section title="Who has this role">
            {groups}
            <UsersTable users groups=known/>
            {review.map(|href| view! { <p><a href=href>"Everybody who has this role"</a></p> })}
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
            .map_or_else(|| "—".to_owned(), |members| grouped(members.len() as u64));
        view! {
            <tr>
                <th scope="row"><a href=groups::path(&group.id)><bdi>{group.name}</bdi></a></th>
                <td>{members}</td>
            </tr>
        }
    });
    view! { <Table label="Groups with this role" columns=&["Group", "Members"]>{rows.collect_view()}</Table> }
}

/// The users with how each comes to the role.
#[component]
fn UsersTable(users: Users, groups: Vec<Group>) -> impl IntoView {
    let (users, unread) = match users {
        Users::Unknown => {
            return view! { <p class="muted">"Which users have it is not known to you."</p> }.into_any();
        }
        Users::Many => {
            let words = "Which users have it takes reading everybody, which the access review does.";
            return view! { <p class="muted">{words}</p> }.into_any();
        }
        Users::Reading => {
            return view! { <p class="muted">"Everybody is being read. Load the page again in a moment."</p> }.into_any();
        }
        Users::Read(users, unread) => (users, unread),
    };
    let count = users.len();
    let rows = users
        .into_iter()
        .take(MOST_SHOWN)
        .map(|holder| view! { <HolderRow holder groups=groups.clone()/> });
    let rows = rows.collect_view();
    let table = if count == 0 {
        view! { <p>"No user has this role."</p> }.into_any()
    } else {
        view! { <Table label="Users with this role" columns=&["User name", "Name", "Through"]>{rows}</Table> }
            .into_any()
    };
    view! {
        {table}
        {(count > MOST_SHOWN).then(|| format!("These are the first {MOST_SHOWN} of {}.", grouped(count as u64)))}
        {(unread > 0).then(|| view! {
            <p class="muted">{format!("{} users could not be read.", grouped(unread as u64))}</p>
        })}
    }
    .into_any()
}

#[component]
fn HolderRow(holder: Holder, groups: Vec<Group>) -> impl IntoView {
    let through = match &holder.via {
        None => "directly".into_any(),
        Some(via) => match groups.iter().find(|group| group.name == *via) {
            Some(group) => {
                view! { "group " <a href=groups::path(&group.id)><bdi>{via.clone()}</bdi></a> }.into_any()
            }
            None => view! { "group " <bdi>{via.clone()}</bdi> }.into_any(),
        },
    };
    view! {
        <tr>
            <th scope="row"><a href=users::path(&holder.id)><bdi>{holder.user_name}</bdi></a></th>
            <td><bdi>{holder.name}</bdi></td>
            <td>{through}</td>
        </tr>
    }
    .into_any()
}

/// What is known of who has the role, for somebody who is about to delete it.
struct Known {
    /// Whether somebody has it, as far as is known.
    somebody: bool,
    /// In sentences.
    words: String,
}

impl Known {
    fn of(holders: &Holders) -> Self {
        let groups = match &holders.groups {
            Ok(groups) if groups.is_empty() => "No group has it.".to_owned(),
            Ok(groups) => {
                let names: Vec<_> = groups.iter().map(|group| group.name.as_str()).collect();
                format!("These groups have it: {}.", listed(&names))
            }
            Err(_) => "Which groups have it is not known to you.".to_owned(),
        };
        let users = match &holders.users {
            Users::Read(users, 0) if users.is_empty() => "No user has it.".to_owned(),
            Users::Read(users, _) if !users.is_empty() => {
                let mut names: Vec<_> = users.iter().map(|holder| holder.user_name.as_str()).collect();
                names.dedup();
                format!("These users have it: {}.", listed(&names))
            }
            _ => "Which users have it is not known here.".to_owned(),
        };
        Self {
            somebody: !holders.is_nobody(),
            words: format!("{groups} {users}"),
        }
    }
}

#[component]
fn DeleteDialog(visit: Visit, role: Role, known: Known) -> impl IntoView {
    if visit.denied(Action::DeleteRole).is_some() {
        return None;
    }
    let form = DeleteRole::url();
    let fields = visit.fields(form);
    let error = visit
        .failed(form)
        .map(|failed| failed.error.clone())
        .filter(|error| error.kind == ErrorKind::Invalid);
    let Known { somebody, words } = known;
    Some(view! {
        <ConfirmDialog
            id="delete-dialog"
            title=format!("Delete {}?", role.name)
            action=form
            confirm="Delete"
            danger=true
            hidden=vec![("name", role.name.to_string())]
            error=error.clone()
        >
            <p>"Whoever has this role loses what it grants. It cannot be brought back, only created anew."</p>
            <p>{words}</p>
            {somebody.then(|| view! {
                <TextField name="typed" label="Type the name of the role to go on" value=fields.text("typed", "")
                    id_prefix="delete-" error=error.clone()/>
            })}
            <SureFields error/>
        </ConfirmDialog>
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_included_is_told_and_what_is_granted_is_not_told_twice() {
        let role = Role {
            name: "r".into(),
            description: None,
            composite: true,
            permissions: [known::SAML_ADMIN, known::ROLE_ADMIN, known::ROLE_VIEWER]
                .map(Into::into)
                .to_vec(),
        };
        assert_eq!(included(&role), [known::SAML_VIEWER]);
    }
}
