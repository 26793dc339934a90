//! `/users/{id}`: one user, the roles with every path to them, and what can be done.

use std::{collections::BTreeMap, sync::Arc};

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    access::UserAccess,
    directory::{full_name, is_open},
    users::visible_groups,
};
use protegrity::{Group, Role, User};

use super::{StateBadge, dialogs::Dialogs};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    links,
    params::user_id,
    ui::{
        Caution, Copyable, DescriptionList, Detail, DialogButton, EmptyState, LinkButton, Page, RoleRow,
        RoleTable, Section, When, counted,
    },
};

/// `/users/{id}`
pub async fn detail(context: RequestContext) -> PageResult {
    let id = user_id(context.param("id"))?;
    let operation = context.begin(Action::ViewUser, Target::user(&id)).await?;
    let services = &context.services;
    let policy = async {
        match context.denied(Action::ResetPassword) {
            Some(_) => None,
            None => services.password_policy(&operation).await,
        }
    };
    let (user, roles, policy) = futures::join!(
        services.user(&operation, &id),
        services.visible_roles(&operation),
        policy
    );
    let user = user?;
    let groups = visible_groups(services, &operation, &user).await;
    let is_own = operation.is_self(&user);
    let open = is_open(&user);
    let denied = |action| context.denied(action);
    let actions = view! {
        <LinkButton label="Edit" href=links::edit(&links::user(&id)) denied=denied(Action::EditUser)/>
        <DialogButton label="Reset password" dialog="reset-dialog" denied=denied(Action::ResetPassword)/>
        {open.then(|| view! {
            <DialogButton label="Lock" dialog="lock-dialog" danger=true denied=denied(Action::LockUser)/>
        })}
        <DialogButton label="Unlock" dialog="unlock-dialog" denied=denied(Action::UnlockUser)/>
        <DialogButton label="Delete" dialog="delete-dialog" danger=true denied=denied(Action::DeleteUser)/>
    }
    .into_any();
    let visible_roles = roles.as_deref().map_or(&[][..], Vec::as_slice);
    let visible_groups = groups.as_deref().map_or(&[][..], Vec::as_slice);
    let access = UserAccess::of(&user, visible_roles, visible_groups);
    let (title, lead) = (user.username.clone(), full_name(&user));
    let sections = view! {
        <Details user=user.clone() access=access.clone() groups=groups.clone()/>
        <Roles user=user.clone() access groups visible_roles=roles.map_err(Into::into)/>
        <Dialogs context user is_own policy/>
    };
    let mut page = Page::new(title, sections)
        .crumb("Users", "/users")
        .actions(actions);
    if !lead.is_empty() {
        page = page.lead(lead);
    }
    Ok(page)
}

#[component]
fn Details(user: User, access: UserAccess, groups: Option<Arc<Vec<Group>>>) -> impl IntoView {
    let or_dash = |text: String| if text.is_empty() { "—".to_owned() } else { text };
    let open = is_open(&user);
    let name = or_dash(full_name(&user));
    let unverified = user.email.is_some() && user.email_verified == Some(false);
    let email = or_dash(user.email.unwrap_or_default());
    let groups = if access.groups.is_empty() {
        "—".into_any()
    } else {
        group_links(&access.groups, &groups.unwrap_or_default())
    };
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

/// Names of groups, each a link where the group is visible.
fn group_links(names: &[String], groups: &[Group]) -> AnyView {
    let ids: BTreeMap<_, _> = groups.iter().map(|group| (&group.name, &group.id)).collect();
    let links = names.iter().enumerate().map(|(at, name)| {
        let separator = (at > 0).then_some(", ");
        let label = view! { <bdi>{name.clone()}</bdi> };
        match ids.get(name) {
            Some(id) => view! { {separator}<a href=links::group(id)>{label}</a> }.into_any(),
            None => view! { {separator}{label} }.into_any(),
        }
    });
    links.collect_view().into_any()
}

/// The user's roles with every path to each, what each grants, and the permissions that they add up to.
#[component]
fn Roles(
    user: User,
    access: UserAccess,
    groups: Option<Arc<Vec<Group>>>,
    visible_roles: Result<Arc<Vec<Role>>, PortalError>,
) -> impl IntoView {
    let UserAccess {
        roles, permissions, ..
    } = access;
    let unread = groups.is_none().then(|| {
        view! { <Caution title="Roles through groups are not shown: the groups could not be read."/> }
    });
    let groups = groups.unwrap_or_default();
    let is_empty = roles.is_empty();
    let rows = roles.into_iter().map(|(name, paths)| RoleRow {
        name,
        via: Some(via(&paths, &groups)),
    });
    let rows = rows.collect::<Vec<_>>();
    let permissions = visible_roles.is_ok().then(|| {
        let items = permissions.into_iter().map(|(permission, roles)| {
            let roles: Vec<_> = roles.iter().map(ToString::to_string).collect();
            view! { <li><code>{permission.to_string()}</code> " from " {roles.join(", ")}</li> }
        });
        let items = items.collect::<Vec<_>>();
        view! {
            <h3>{counted(items.len(), ("permission in all", "permissions in all"))}</h3>
            <ul class="permissions">{items}</ul>
        }
    });
    let content = if !is_empty {
        view! { <RoleTable rows visible_roles/> {permissions} }.into_any()
    } else if user.roles.is_none() {
        let hint = "The cluster does not report which roles this user has.";
        view! { <EmptyState title="Roles unknown" hint/> }.into_any()
    } else {
        let hint = "Without a role this user may do nothing on the cluster.";
        view! { <EmptyState title="No roles" hint/> }.into_any()
    };
    view! { <Section title="Roles and permissions">{unread}{content}</Section> }
}

/// The paths to one role.
fn via(paths: &[Option<String>], groups: &[Group]) -> AnyView {
    let names: Vec<_> = paths.iter().flatten().cloned().collect();
    if names.is_empty() {
        return "directly".into_any();
    }
    let noun = if names.len() == 1 { "group " } else { "groups " };
    let through = view! { {noun} {group_links(&names, groups)} };
    if !paths.contains(&None) {
        return through.into_any();
    }
    let removal = format!("Removing this role leaves it through {}.", names.join(", "));
    view! { "directly, " {through} <p class="muted">{removal}</p> }.into_any()
}
