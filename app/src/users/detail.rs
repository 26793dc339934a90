//! `/users/{id}`: one user, their roles with what those grant, and what can be done.

use std::collections::{BTreeMap, BTreeSet};

use gate::{Action, Target, Verdict};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use protegrity::{PermissionName, Role, RoleName, User, permissions as known};
use server_fn::ServerFn;

use super::{LockUser, StateBadge, UnlockUser, full_name, is_open};
use crate::{
    act::user_id,
    error::{ErrorKind, PortalError},
    shell::{Frame, fail_page},
    ui::{
        ConfirmDialog, Copyable, DescriptionList, Detail, DialogButton, EmptyState, ErrorState, FieldKind,
        PageHeader, Section, Table, TextField, When,
    },
    visit::{Visit, visit},
};

/// What the page shows.
struct Shown {
    user: User,
    /// The cluster's roles, where this person may read them.
    catalogue: Result<Vec<Role>, PortalError>,
    /// Whether it is the person's own account.
    own: bool,
}

/// `/users/{id}`
#[component]
pub fn UserPage() -> impl IntoView {
    let visit = visit();
    let id = use_params_map()
        .with_untracked(|params| params.get("id"))
        .unwrap_or_default();
    view! {
        <Frame area="/users">
            <p class="back"><a href="/users">"Users"</a></p>
            {Suspend::new(async move {
                match load(&visit, &id).await {
                    Ok(shown) => view! { <UserView visit shown/> }.into_any(),
                    Err(error) => {
                        fail_page(&visit, &error);
                        view! { <PageHeader title="User"/><ErrorState error retry=visit.path.clone()/> }.into_any()
                    }
                }
            })}
        </Frame>
    }
    .into_any()
}

/// The user and the roles, asked for at the same time.
async fn load(visit: &Visit, id: &str) -> Result<Shown, PortalError> {
    let id = user_id(id)?;
    let passage = visit.open(Action::SeeUser, Target::user(&id))?;
    let profile = &passage.visitor().profile;
    let roles = async {
        if profile.permissions.check(known::ROLE_VIEWER) == Verdict::Missing {
            return Err(
                PortalError::new(ErrorKind::Forbidden, "What the roles grant is not shown.")
                    .with_detail(crate::ui::missing_permission::<RoleName>(known::ROLE_VIEWER, &[])),
            );
        }
        let roles = passage.read(|cluster| async move { cluster.roles().await }).await;
        roles.map_err(|error| visit.explain(Action::SeeUser, &error))
    };
    let (user, catalogue) = futures::join!(passage.user(&id), roles);
    let user = user.map_err(|error| visit.explain(Action::SeeUser, &error))?;
    let own =
        profile.user_id.as_ref() == Some(&user.id) || profile.user_name.eq_ignore_ascii_case(&user.username);
    Ok(Shown { user, catalogue, own })
}

#[component]
fn UserView(visit: Visit, shown: Shown) -> impl IntoView {
    let Shown { user, catalogue, own } = shown;
    let open = is_open(&user);
    let may_not_lock = visit.denied(Action::LockUser);
    let may_not_unlock = visit.denied(Action::UnlockUser);
    view! {
        <PageHeader title=user.username.clone() lead=full_name(&user)>
            {open.then(|| view! { <DialogButton label="Lock" dialog="lock-dialog" danger=true denied=may_not_lock/> })}
            <DialogButton label="Unlock" dialog="unlock-dialog" denied=may_not_unlock/>
        </PageHeader>
        <Details user=user.clone()/>
        <Roles roles=user.roles.clone().unwrap_or_default() catalogue/>
        <LockDialog visit=visit.clone() user=user.clone() own/>
        <UnlockDialog visit user/>
    }
    .into_any()
}

#[component]
fn Details(user: User) -> impl IntoView {
    let open = is_open(&user);
    let name = or_dash(&full_name(&user));
    let groups = or_dash(&user.groups.unwrap_or_default().join(", "));
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

/// The user's roles, what each grants, and the permissions they add up to.
#[component]
fn Roles(roles: Vec<RoleName>, catalogue: Result<Vec<Role>, PortalError>) -> impl IntoView {
    if roles.is_empty() {
        return view! {
            <Section title="Roles and permissions">
                <EmptyState title="No roles" hint="Without a role this user may do nothing on the cluster."/>
            </Section>
        }
        .into_any();
    }
    let (catalogue, error) = match catalogue {
        Ok(catalogue) => (catalogue, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let rows = roles.iter().map(|name| {
        let role = catalogue.iter().find(|role| role.name == *name).cloned();
        view! { <RoleRow name=name.clone() role/> }
    });
    let rows = rows.collect_view();
    let granted = granted(&roles, &catalogue);
    view! {
        <Section title="Roles and permissions">
            {error.clone().map(|error| view! { <ErrorState error/> })}
            <Table label="Roles and what they grant" columns=&["Role", "What it is for", "Grants"]>{rows}</Table>
            {error.is_none().then(|| view! { <Permissions granted/> })}
        </Section>
    }
    .into_any()
}

#[component]
fn RoleRow(name: RoleName, role: Option<Role>) -> impl IntoView {
    let (about, grants) = match role {
        Some(role) => (role.description.unwrap_or_default(), names(&role.permissions)),
        None => (String::new(), "not known".to_owned()),
    };
    view! {
        <tr><th scope="row">{name.to_string()}</th><td class="wraps">{or_dash(&about)}</td><td class="wraps">{grants}</td></tr>
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

#[component]
fn LockDialog(visit: Visit, user: User, own: bool) -> impl IntoView {
    if visit.denied(Action::LockUser).is_some() {
        return None;
    }
    Some(view! {
        <ConfirmDialog
            id="lock-dialog"
            title=format!("Lock {}?", user.username)
            action=LockUser::url()
            confirm="Lock"
            danger=true
            hidden=vec![("id", user.id.to_string())]
        >
            <p>"Nobody can sign in with this account until it is unlocked, which takes a new password."</p>
            {own.then(|| view! {
                <p class="warning">"This is your own account. You would lock yourself out."</p>
            })}
        </ConfirmDialog>
    })
}

#[component]
fn UnlockDialog(visit: Visit, user: User) -> impl IntoView {
    if visit.denied(Action::UnlockUser).is_some() {
        return None;
    }
    let form = UnlockUser::url();
    let error = visit
        .failed(form)
        .map(|failed| failed.error.clone())
        .filter(|error| error.kind == ErrorKind::Invalid);
    Some(view! {
        <ConfirmDialog
            id="unlock-dialog"
            title=format!("Unlock {}?", user.username)
            action=form
            confirm="Unlock"
            hidden=vec![("id", user.id.to_string())]
            error=error.clone()
        >
            <p>
                "The account gets a " <strong>"temporary"</strong>
                " password. The user has to change it before it opens anything."
            </p>
            <TextField
                name="password"
                label="Temporary password"
                kind=FieldKind::Password
                autocomplete="new-password"
                maxlength=255
                hint="Leave it empty and one is made that satisfies the cluster's policy. It is shown once."
                error=error
            />
        </ConfirmDialog>
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
