//! `/roles/new` and `/roles/{name}/edit`: the name, the description and the permissions of a role.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    baseline,
    roles::{self, MAX_NAME_LENGTH, Shown, by_area},
};
use protegrity::{Permission, permissions as known};
use server_fn::ServerFn;

use super::{CreateRole, EditRole, NoSignIn, role_name};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    form::Fields,
    links,
    ui::{ConfirmationFields, ErrorState, FieldGroup, FormActions, Page, PostForm, TextAreaField, TextField},
};

/// `/roles/new`
pub async fn new(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::CreateRole, Target::portal()).await?;
    let permissions = roles::permissions(&operation).await?;
    let fields = context.fields(CreateRole::url());
    let error = fields.error();
    let body = view! {
        <PostForm action=CreateRole::url() error=error.clone() class="form page">
            <TextField name="name" label="Name" required=true maxlength=MAX_NAME_LENGTH
                value=fields.text("name", "") hint="Without a slash. It cannot be changed afterwards." error/>
            <DescriptionAndPermissions fields now=Shown::default() permissions/>
            <FormActions back="/roles" submit="Create role"/>
        </PostForm>
    };
    Ok(Page::new("New role", body)
        .crumb("Roles", "/roles")
        .lead("A role is a set of permissions for users and groups."))
}

/// `/roles/{name}/edit`
pub async fn edit(context: RequestContext) -> PageResult {
    let name = role_name(context.param("name"))?;
    let operation = context
        .begin(Action::UpdateRole, Target::of("role", &name))
        .await?;
    let (role, permissions) = futures::join!(
        roles::current(&context.services, &operation, &name),
        roles::permissions(&operation)
    );
    let fields = context.fields_to_review(EditRole::url());
    // The values that the form showed first, through every failure of it.
    let baseline = fields.text("baseline", &baseline::encode(&Shown::from(&role?)));
    let shown: Shown = baseline::decode(&baseline)?;
    // Without the cluster's list, permissions of the role can still be taken away.
    let (permissions, unread) = match permissions {
        Ok(permissions) => (permissions, None),
        Err(error) => (Vec::new(), Some(PortalError::from(error))),
    };
    let (page, error) = (links::role(&name), fields.error());
    let hidden = vec![("name", name.to_string()), ("baseline", baseline)];
    let body = view! {
        {unread.map(|error| view! { <ErrorState error retry=context.path.clone()/> })}
        <PostForm action=EditRole::url() error=error.clone() class="form page" hidden>
            <DescriptionAndPermissions fields now=shown permissions/>
            <ConfirmationFields error/>
            <FormActions back=page submit="Save"/>
        </PostForm>
    };
    Ok(Page::new(format!("Edit {name}"), body)
        .crumb("Roles", "/roles")
        .crumb(name.to_string(), links::role(&name))
        .lead("The name of a role cannot be changed."))
}

/// The fields that a new role and an existing one have in common.
#[component]
fn DescriptionAndPermissions(fields: Fields, now: Shown, permissions: Vec<Permission>) -> impl IntoView {
    let ticked = fields.list("permissions[]", &now.permissions);
    let choices = checkboxes(permissions, &now.permissions, &ticked);
    let areas = by_area(choices, |choice| &choice.name).map(|(area, choices)| {
        let choices = choices
            .into_iter()
            .map(|choice| view! { <PermissionCheckbox choice/> });
        view! {
            <fieldset class="pick-area">
                <legend>{area}</legend>
                <ul class="pick">{choices.collect_view()}</ul>
            </fieldset>
        }
    });
    view! {
        <TextAreaField name="description" label="Description" rows=2
            value=fields.text("description", &now.description) hint="Shown where roles are chosen."
            error=fields.error()/>
        <FieldGroup name="permissions[]" label="Permissions" error=fields.error()
            hint="An _admin permission includes what its _viewer permission allows, and write includes read.">
            <div class="pick-areas">{areas.collect_view()}</div>
            <NoSignIn/>
        </FieldGroup>
    }
    .into_any()
}

/// A permission to tick.
#[derive(Debug, PartialEq, Eq)]
struct PermissionChoice {
    name: String,
    description: String,
    is_ticked: bool,
}

/// The choices of a form: the permissions that the cluster lists, then those of the role, or ticked, that it does not
/// list. The latter are kept unless they are unticked.
fn checkboxes(listed: Vec<Permission>, shown: &[String], ticked: &[String]) -> Vec<PermissionChoice> {
    let mut unlisted: Vec<_> = shown.iter().chain(ticked).collect();
    unlisted.retain(|name| listed.iter().all(|permission| permission.name.as_str() != **name));
    unlisted.sort_unstable();
    unlisted.dedup();
    let choice = |name: String, description| PermissionChoice {
        is_ticked: ticked.contains(&name),
        name,
        description,
    };
    let unlisted = unlisted.into_iter().map(|name| {
        let description = "Unknown: the cluster does not list this permission.".to_owned();
        choice(name.clone(), description)
    });
    let listed = listed
        .iter()
        .map(|permission| choice(permission.name.to_string(), description(permission)));
    listed.chain(unlisted).collect()
}

/// The cluster's words, and whether signing in takes the permission.
fn description(permission: &Permission) -> String {
    let words = permission.description.as_deref().unwrap_or_default();
    if permission.name.as_str() != known::CAN_CREATE_TOKEN {
        return words.to_owned();
    }
    let words = words.trim_end_matches('.');
    let separator = if words.is_empty() { "" } else { ". " };
    format!("{words}{separator}Required to sign in.")
}

#[component]
fn PermissionCheckbox(choice: PermissionChoice) -> impl IntoView {
    let PermissionChoice {
        name,
        description,
        is_ticked,
    } = choice;
    let id = format!("permission-{name}");
    let description_id = format!("{id}-about");
    view! {
        <li>
            <label class="check-line" for=id.clone()>
                <input type="checkbox" id=id.clone() name="permissions[]" value=name.clone() checked=is_ticked
                    aria-describedby=description_id.clone()/>
                <code>{name}</code>
            </label>
            <p class="pick-grants" id=description_id>{description}</p>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> Vec<Permission> {
        vec![Permission {
            name: "role_viewer".into(),
            description: Some("See roles".to_owned()),
        }]
    }

    #[test]
    fn permissions_that_the_cluster_does_not_list_are_kept_and_said_to_be_unknown() {
        let shown = ["perm1".to_owned(), "role_viewer".to_owned()];
        let choices = checkboxes(listed(), &shown, &shown);
        let names: Vec<_> = choices
            .iter()
            .map(|choice| (choice.name.as_str(), choice.is_ticked))
            .collect();
        assert_eq!(names, [("role_viewer", true), ("perm1", true)]);
        assert!(choices[1].description.contains("does not list"));

        let unticked = checkboxes(listed(), &shown, &[]);
        assert_eq!(unticked.len(), 2, "an unticked permission can be ticked again");
        assert!(unticked.iter().all(|choice| !choice.is_ticked));
    }

    #[test]
    fn the_permission_to_sign_in_says_so() {
        let check = |words: Option<&str>, expected: &str| {
            let permission = Permission {
                name: known::CAN_CREATE_TOKEN.into(),
                description: words.map(ToOwned::to_owned),
            };
            assert_eq!(description(&permission), expected);
        };
        check(Some("Creates tokens."), "Creates tokens. Required to sign in.");
        check(Some("Creates tokens"), "Creates tokens. Required to sign in.");
        check(None, "Required to sign in.");
    }
}
