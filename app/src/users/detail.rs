//! `/users/{id}`: one user, their roles with what those grant, and what can be done.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use gate::{Action, Passage, Target};
use leptos::prelude::*;
use protegrity::{Group, PasswordPolicy, PermissionName, Role, RoleName, User};

use super::{StateBadge, dialogs::Dialogs, full_name, is_open, may_see_groups, path};
use crate::{
    act::user_id,
    error::PortalError,
    groups, roles,
    shell::{Frame, failed, param},
    ui::{
        Copyable, DescriptionList, Detail, DialogButton, EmptyState, ErrorState, LinkButton, PageHeader,
        Section, Table, When,
    },
    visit::{Visit, visit},
};

/// What the page shows.
struct Shown {
    user: User,
    /// The cluster's roles, where this person may read them.
    catalogue: Result<Arc<Vec<Role>>, PortalError>,
    /// The user's groups as the cluster knows them; `None` where they may not be read.
    groups: Option<Vec<Group>>,
    /// Whether it is the person's own account.
    own: bool,
    /// What new passwords must be, where somebody may set one and read that.
    policy: Option<PasswordPolicy>,
}

/// `/users/{id}`
#[component]
pub fn UserPage() -> impl IntoView {
    let visit = visit();
    let id = param("id");
    view! {
        <Frame area="/users">
            <p class="back"><a href="/users">"Users"</a></p>
            {Suspend::new(async move {
                match load(&visit, &id).await {
                    Ok(shown) => view! { <UserView visit shown/> }.into_any(),
                    Err(error) => failed(&visit, "User", error, visit.path.clone()),
                }
            })}
        </Frame>
    }
    .into_any()
}

/// The user, the roles and the rules of passwords, asked for at the same time.
async fn load(visit: &Visit, id: &str) -> Result<Shown, PortalError> {
    let id = user_id(id)?;
    let passage = visit.open(Action::SeeUser, Target::user(&id))?;
    let policy = async {
        match visit.denied(Action::ResetPassword) {
            Some(_) => None,
            None => passage.password_policy().await,
        }
    };
    let (user, catalogue, policy) = futures::join!(
        passage.user(&id),
        roles::catalogue(visit, &passage, Action::SeeUser),
        policy
    );
    let user = user.map_err(|error| visit.explain(Action::SeeUser, &error))?;
    let groups = groups_of(&passage, &user).await;
    let own = passage.is_self(&user);
    Ok(Shown {
        user,
        catalogue,
        groups,
        own,
        policy,
    })
}

/// The groups that the user is in, as far as they may be read. Who is in none costs no call.
async fn groups_of(passage: &Passage, user: &User) -> Option<Vec<Group>> {
    let names = user.groups.as_deref().unwrap_or_default();
    if names.is_empty() || !may_see_groups(passage) {
        return None;
    }
    let listing = passage.groups(false).await.ok()?;
    let of_the_user = listing.groups.iter().filter(|group| names.contains(&group.name));
    Some(of_the_user.cloned().collect())
}

#[component]
fn UserView(visit: Visit, shown: Shown) -> impl IntoView {
    let Shown {
        user,
        catalogue,
        groups,
        own,
        policy,
    } = shown;
    let open = is_open(&user);
    let asker = visit.clone();
    let denied = move |action| asker.denied(action);
    let edit = format!("{}/edit", path(&user.id));
    view! {
        <PageHeader title=user.username.clone() lead=full_name(&user)>
            <LinkButton label="Edit" href=edit denied=denied(Action::EditUser)/>
            <DialogButton label="Reset password" dialog="reset-dialog" denied=denied(Action::ResetPassword)/>
            {open.then(|| view! {
                <DialogButton label="Lock" dialog="lock-dialog" danger=true denied=denied(Action::LockUser)/>
            })}
            <DialogButton label="Unlock" dialog="unlock-dialog" denied=denied(Action::UnlockUser)/>
            <DialogButton label="Delete" dialog="delete-dialog" danger=true denied=denied(Action::DeleteUser)/>
        </PageHeader>
        <Details user=user.clone() groups=groups.clone()/>
        <Roles held=held(&user, groups.as_deref().unwrap_or_default()) catalogue/>
        <Dialogs visit user own policy/>
    }
    .into_any()
}

/// The roles that a user has, each with the groups that it comes from; none are the user's own.
fn held(user: &User, groups: &[Group]) -> BTreeMap<RoleName, Vec<String>> {
    let mut held: BTreeMap<RoleName, Vec<String>> = BTreeMap::new();
    for group in groups {
        for role in group.roles.iter().flatten() {
            held.entry(role.clone()).or_default().push(group.name.clone());
        }
    }
    for role in user.roles.iter().flatten() {
        held.insert(role.clone(), Vec::new());
    }
    held
}

#[component]
fn Details(user: User, groups: Option<Vec<Group>>) -> impl IntoView {
    let open = is_open(&user);
    let name = or_dash(&full_name(&user));
    let names = user.groups.clone().unwrap_or_default();
    let known = groups.unwrap_or_default();
    let groups = names.into_iter().enumerate().map(|(at, name)| {
        let path = known
            .iter()
            .find(|group| group.name == name)
            .map(|group| groups::path(&group.id));
        let separator = if at == 0 { "" } else { ", " };
        match path {
            Some(path) => view! { {separator}<a href=path>{name}</a> }.into_any(),
            None => view! { {separator}{name} }.into_any(),
        }
    });
    let groups = groups.collect_view();
    let groups = if groups.is_empty() {
        "—".into_any()
    } else {
        groups.into_any()
    };
    let unverified = user.email.is_some() && user.email_verified == Some(false);
    let email = or_dash(&user.email.unwrap_or_default());
    view! {
        <Section title="Details">
            <DescriptionList>
                <Detail label="State"><StateBadge open/></Detail>
                <Detail label="Name"><bdi>{name}</bdi></Detail>
                <Detail label="E-mail">{email}{unverified.then_some(" (not verified)")}</Detail>
                <Detail label="Created"><When millis=user.created/></Detail>
                <Detail label="ID"><Copyable text=user.id.to_string() label="the id"/></Detail>
                <Detail label="Groups">{groups}</Detail>
            </DescriptionList>
        </Section>
    }
    .into_any()
}

fn or_dash(text: &str) -> String {
    if text.is_empty() {
        "—".to_owned()
    } else {
        text.to_owned()
    }
}

/// The user's roles, where each comes from, what it grants, and the permissions they add up to.
#[component]
fn Roles(
    held: BTreeMap<RoleName, Vec<String>>,
    catalogue: Result<Arc<Vec<Role>>, PortalError>,
) -> impl IntoView {
    if held.is_empty() {
        return view! {
            <Section title="Roles and permissions">
                <EmptyState title="No roles" hint="Without a role this user may do nothing on the cluster."/>
            </Section>
        }
        .into_any();
    }
    let (catalogue, error) = match catalogue {
        Ok(catalogue) => (catalogue, None),
        Err(error) => (Arc::default(), Some(error)),
    };
    let roles: Vec<RoleName> = held.keys().cloned().collect();
    let rows = held.into_iter().map(|(name, groups)| {
        let role = catalogue.iter().find(|role| role.name == name).cloned();
        view! { <RoleRow name role groups/> }
    });
    let rows = rows.collect_view();
    let granted = granted(&roles, &catalogue);
    view! {
        <Section title="Roles and permissions">
            {error.clone().map(|error| view! { <ErrorState error/> })}
            <Table label="Roles and what they grant" columns=&["Role", "Through", "What it is for", "Grants"]>{rows}</Table>
            {error.is_none().then(|| view! { <Permissions granted/> })}
        </Section>
    }
    .into_any()
}

#[component]
fn RoleRow(name: RoleName, role: Option<Role>, groups: Vec<String>) -> impl IntoView {
    let (about, grants) = match role {
        Some(role) => (role.description.unwrap_or_default(), names(&role.permissions)),
        None => (String::new(), "not known".to_owned()),
    };
    let through = if groups.is_empty() {
        "directly".to_owned()
    } else {
        format!("group {}", groups.join(", "))
    };
    view! {
        <tr>
            <th scope="row"><a href=roles::path(&name)>{name.to_string()}</a></th>
            <td>{through}</td>
            <td class="wraps">{or_dash(&about)}</td>
            <td class="wraps">{grants}</td>
        </tr>
    }
    .into_any()
}

/// Every permission with the roles it comes from.
#[component]
fn Permissions(granted: BTreeMap<PermissionName, BTreeSet<RoleName>>) -> impl IntoView {
    view! {
        <h3>{format!("{} permissions in all", granted.len())}</h3>
        <ul class="permissions">
            {granted
                .into_iter()
                .map(|(permission, roles)| view! {
                    <li><code>{permission.to_string()}</code> " from " {names(&roles)}</li>
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

fn granted(roles: &[RoleName], catalogue: &[Role]) -> BTreeMap<PermissionName, BTreeSet<RoleName>> {
    let mut granted = BTreeMap::<_, BTreeSet<_>>::new();
    for role in catalogue.iter().filter(|role| roles.contains(&role.name)) {
        for permission in &role.permissions {
            granted
                .entry(permission.clone())
                .or_default()
                .insert(role.name.clone());
        }
    }
    granted
}

fn names<'a, T: ToString + 'a>(names: impl IntoIterator<Item = &'a T>) -> String {
    names
        .into_iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_of_ones_own_comes_from_no_group() {
        let user = User {
            roles: Some(vec![RoleName::from("a")]),
            ..User::default()
        };
        let group = Group {
            name: "g".into(),
            roles: Some(vec![RoleName::from("a"), RoleName::from("b")]),
            ..Group::default()
        };
        let held = held(&user, &[group]);
        assert_eq!(held[&RoleName::from("a")], Vec::<String>::new());
        assert_eq!(held[&RoleName::from("b")], ["g"]);
    }

    #[test]
    fn permissions_add_up_over_roles() {
        let role = |name: &str, permissions: &[&str]| Role {
            name: RoleName::new(name),
            description: None,
            composite: true,
            permissions: permissions
                .iter()
                .map(|name| PermissionName::new(*name))
                .collect(),
        };
        let catalogue = [role("a", &["x", "y"]), role("b", &["y"]), role("c", &["z"])];
        let granted = granted(&[RoleName::new("a"), RoleName::new("b")], &catalogue);
        assert_eq!(names(granted.keys()), "x, y");
        assert_eq!(names(&granted[&PermissionName::new("y")]), "a, b");
    }
}
