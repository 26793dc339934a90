//! One group: its description, members and roles, and deleting it.

use std::sync::Arc;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{baseline, groups::has_member};
use protegrity::{Group, Role};
use server_fn::ServerFn;

use super::{
    DeleteGroup, group_id, kind,
    members::{Members, MembersTable},
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    links,
    ui::{
        Caution, CheckField, ConfirmationFields, Copyable, DeleteDialog, DescriptionList, Detail,
        DialogButton, EmptyState, LinkButton, Page, RoleRow, RoleTable, Section, TextField, grouped,
    },
};

/// `/groups/{id}`
pub async fn detail(context: RequestContext) -> PageResult {
    let id = group_id(context.param("id"))?;
    let operation = context.begin(Action::ViewGroup, Target::of("group", &id)).await?;
    let services = &context.services;
    let (group, visible_roles) = futures::join!(
        services.group(&operation, &id),
        services.visible_roles(&operation)
    );
    let group = group?;
    let members = Members::load(&context, &operation, &group).await;
    let actions = view! {
        <LinkButton label="Edit" href=links::edit(&links::group(&id)) denied=context.denied(Action::UpdateGroup)/>
        <DialogButton label="Delete" dialog="delete-dialog" danger=true denied=context.denied(Action::DeleteGroup)/>
    }
    .into_any();
    let (title, lead) = (group.name.clone(), group.description.clone());
    let members = view! { <MembersTable group=group.clone() members/> };
    let content = view! {
        <Details group=group.clone()/>
        <Section title="Members">{members}</Section>
        <Roles group=group.clone() visible_roles=visible_roles.map_err(Into::into)/>
        {delete_dialog(context, group)}
    };
    let mut page = Page::new(title, content)
        .crumb("Groups", "/groups")
        .actions(actions);
    if let Some(lead) = lead {
        page = page.lead(lead);
    }
    Ok(page)
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
    let (kind, description) = (or_dash(Some(kind(&group))), or_dash(group.description));
    view! {
        <Section title="Details">
            <DescriptionList>
                <Detail label="Name"><bdi>{group.name}</bdi></Detail>
                <Detail label="Description"><bdi>{description}</bdi></Detail>
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
fn Roles(group: Group, visible_roles: Result<Arc<Vec<Role>>, PortalError>) -> impl IntoView {
    let content = match group.roles {
        None => view! {
            <EmptyState title="Roles unknown" hint="The cluster does not report which roles this group has."/>
        }
        .into_any(),
        Some(roles) if roles.is_empty() => view! {
            <EmptyState title="No roles" hint="Members of this group get nothing through it."/>
        }
        .into_any(),
        Some(roles) => {
            let rows = roles
                .into_iter()
                .map(|name| RoleRow { name, via: None })
                .collect();
            view! { <RoleTable rows visible_roles/> }.into_any()
        }
    };
    view! { <Section title="Roles">{content}</Section> }
}

fn delete_dialog(context: RequestContext, group: Group) -> AnyView {
    let fields = context.fields(DeleteGroup::url());
    let (denied, error) = (context.denied(Action::DeleteGroup), fields.error());
    let has_roles = group.roles.as_ref().is_none_or(|roles| !roles.is_empty());
    let baseline = baseline::fingerprint(group.members.as_deref().unwrap_or_default());
    let hidden = vec![("id", group.id.to_string()), ("baseline", baseline)];
    view! {
        <DeleteDialog object=group.name.clone() action=DeleteGroup::url() denied hidden error=error.clone()>
            <p>
                "The group is deleted for good. Its members stay as users"
                {has_roles.then_some(" and lose the roles that they have through it")}"."
            </p>
            <DeleteMembers context group ticked=fields.flag("delete_members", false) typed=fields.text("typed", "")
                error=error.clone()/>
            <ConfirmationFields error/>
        </DeleteDialog>
    }
    .into_any()
}

/// Deleting the members' accounts as well: two fields, so that it does not happen by a slip.
#[component]
fn DeleteMembers(
    context: RequestContext,
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
    if let Some(denied) = context.denied(Action::DeleteUser) {
        let words = format!(
            "Its members' accounts cannot be deleted with it. {}",
            denied.reason()
        );
        return Some(view! { <p class="muted">{words}</p> }.into_any());
    }
    let own = context
        .principal
        .as_ref()
        .is_some_and(|principal| has_member(&members, &principal.user_name));
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
