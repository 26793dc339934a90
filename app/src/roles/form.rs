//! `/roles/new` and `/roles/{name}/edit`: a role's name, what it is for, and what it grants.

use gate::{Action, Target};
use leptos::prelude::*;
use protegrity::{Permission, Role, permissions as known};
use server_fn::ServerFn;

use super::{CreateRole, EditRole, NoSignIn, areas::by_area, find, path};
use crate::{
    error::PortalError,
    form::Fields,
    left::SureFields,
    shell::{Frame, failed, param},
    ui::{ErrorState, FieldGroup, PageHeader, PostForm, SubmitButton, TextAreaField, TextField},
    visit::{Visit, visit},
};

/// The longest name, in characters.
pub(super) const LONGEST_NAME: u32 = 255;

/// A permission to tick.
#[derive(Debug, PartialEq, Eq)]
struct Box {
    name: String,
    about: String,
    ticked: bool,
}

/// The boxes of all permissions that the cluster lists, and then of those that are ticked or held without
/// being listed: they are kept, unless they are unticked.
fn boxes(listed: &[Permission], held: &[String], ticked: &[String]) -> Vec<Box> {
    const UNKNOWN: &str = "Not known: the cluster does not list this permission.";
    let is_listed = |name: &String| listed.iter().any(|permission| permission.name.as_str() == *name);
    let known = listed.iter().map(|permission| {
        (
            permission.name.to_string(),
            permission.description.clone().unwrap_or_default(),
        )
    });
    let mut unknown: Vec<_> = held
        .iter()
        .chain(ticked)
        .filter(|name| !is_listed(name))
        .collect();
    unknown.sort_unstable();
    unknown.dedup();
    let unknown = unknown.into_iter().map(|name| (name.clone(), UNKNOWN.to_owned()));
    known
        .chain(unknown)
        .map(|(name, about)| Box {
            ticked: ticked.contains(&name),
            name,
            about,
        })
        .collect()
}

/// `/roles/new`
#[component]
pub fn NewRolePage() -> impl IntoView {
    let visit = visit();
    view! {
        <Frame area="/roles">
            <p class="back"><a href="/roles">"Roles"</a></p>
            <PageHeader title="New role" lead="A set of permissions that users and groups can be given."/>
            {Suspend::new(async move {
                match permissions(&visit, Action::CreateRole, Target::portal()).await {
                    Ok(permissions) => view! { <NewForm visit permissions/> }.into_any(),
                    Err(error) => failed(&visit, "", error, visit.path.clone()),
                }
            })}
        </Frame>
    }
    .into_any()
}

/// All permissions that there are (`GET /permissions`). They cannot be edited (notes on the reference, row 76).
async fn permissions(visit: &Visit, action: Action, target: Target) -> Result<Vec<Permission>, PortalError> {
    let passage = visit.open(action, target)?;
    let permissions = passage
        .read(|cluster| async move { cluster.permissions().await })
        .await;
    permissions.map_err(|error| visit.explain(action, &error))
}

#[component]
fn NewForm(visit: Visit, permissions: Vec<Permission>) -> impl IntoView {
    let fields = visit.fields(CreateRole::url());
    let error = fields.error();
    view! {
        <PostForm action=CreateRole::url() error=error.clone() class="form page">
            <TextField name="name" label="Name" required=true maxlength=LONGEST_NAME value=fields.text("name", "")
                hint="Without a slash. It cannot be changed afterwards." error=error.clone()/>
            <Description fields=fields.clone() held=String::new()/>
            <Permissions listed=permissions fields held=Vec::new()/>
            <div class="form-actions">
                <a class="button" href="/roles">"Cancel"</a>
                <SubmitButton label="Create role"/>
            </div>
        </PostForm>
    }
    .into_any()
}

/// `/roles/{name}/edit`
#[component]
pub fn EditRolePage() -> impl IntoView {
    let visit = visit();
    let name = param("name");
    view! {
        <Frame area="/roles">
            {Suspend::new(async move {
                match load(&visit, &name).await {
                    Ok((role, permissions)) => view! { <EditForm visit role permissions/> }.into_any(),
                    Err(error) => failed(&visit, "Edit role", error, visit.path.clone()),
                }
            })}
        </Frame>
    }
    .into_any()
}

/// The role, and the permissions that there are; without those, what the role has can be taken away still.
async fn load(
    visit: &Visit,
    name: &str,
) -> Result<(Role, Result<Vec<Permission>, PortalError>), PortalError> {
    let passage = visit.open(Action::UpdateRole, Target::named("role", name))?;
    let (roles, permissions) = futures::join!(
        passage.roles(true),
        permissions(visit, Action::UpdateRole, Target::named("role", name))
    );
    let roles = roles.map_err(|error| visit.explain(Action::UpdateRole, &error))?;
    Ok((find(&roles, name)?, permissions))
}

#[component]
fn EditForm(visit: Visit, role: Role, permissions: Result<Vec<Permission>, PortalError>) -> impl IntoView {
    let fields = visit.fields(EditRole::url());
    let error = fields.error();
    let back = path(&role.name);
    let held: Vec<_> = role.permissions.iter().map(ToString::to_string).collect();
    // What was held when the form was made, through every failure of it; see `merged`.
    let shown = fields
        .list("held[]", &held)
        .into_iter()
        .map(|name| ("held[]", name));
    let hidden = std::iter::once(("name", role.name.to_string()))
        .chain(shown)
        .collect();
    let (listed, unread) = match permissions {
        Ok(listed) => (listed, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    view! {
        <p class="back"><a href="/roles">"Roles"</a>" / "<a href=back.clone()><bdi>{role.name.to_string()}</bdi></a></p>
        <PageHeader title=format!("Edit {}", role.name) lead="The name of a role cannot be changed."/>
        {unread.map(|error| view! { <ErrorState error retry=visit.path.clone()/> })}
        <PostForm action=EditRole::url() error=error.clone() class="form page" hidden>
            <Description fields=fields.clone() held=role.description.unwrap_or_default()/>
            <Permissions listed fields held/>
            <SureFields error/>
            <div class="form-actions">
                <a class="button" href=back>"Cancel"</a>
                <SubmitButton label="Save"/>
            </div>
        </PostForm>
    }
    .into_any()
}

#[component]
fn Description(fields: Fields, held: String) -> impl IntoView {
    view! {
        <TextAreaField name="description" label="Description" rows=2 value=fields.text("description", &held)
            hint="What the role is for: it is read where the role is given." error=fields.error()/>
    }
}

/// All permissions, area by area.
#[component]
fn Permissions(listed: Vec<Permission>, fields: Fields, held: Vec<String>) -> impl IntoView {
    let boxes = boxes(&listed, &held, &fields.list("permissions[]", &held));
    let areas = by_area(boxes, |ticked| ticked.name.as_str())
        .into_iter()
        .map(|(area, boxes)| {
            let rows = boxes
                .into_iter()
                .map(|ticked| view! { <PermissionBox ticked/> })
                .collect_view();
            view! {
                <fieldset class="pick-area">
                    <legend>{area.title()}</legend>
                    <ul class="pick">{rows}</ul>
                </fieldset>
            }
        });
    view! {
        <FieldGroup name="permissions[]" label="Permissions" error=fields.error()
            hint="An _admin permission includes what its _viewer permission allows, and write includes read.">
            <div class="pick-areas">{areas.collect_view()}</div>
            <NoSignIn/>
        </FieldGroup>
    }
    .into_any()
}

#[component]
fn PermissionBox(ticked: Box) -> impl IntoView {
    let Box { name, about, ticked } = ticked;
    let id = format!("permission-{name}");
    let about_id = format!("{id}-about");
    let about = if name == known::CAN_CREATE_TOKEN {
        format!(
            "{about}{} Nobody can sign in without it.",
            if about.is_empty() || about.ends_with('.') {
                ""
            } else {
                "."
            }
        )
    } else {
        about
    };
    view! {
        <li>
            <label class="check-line" for=id.clone()>
                <input type="checkbox" id=id.clone() name="permissions[]" value=name.clone() checked=ticked aria-describedby=about_id.clone()/>
                <code>{name}</code>
            </label>
            <p class="pick-grants" id=about_id>{about}</p>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_cluster_does_not_list_is_kept_and_said_to_be_unknown() {
        let listed = [Permission {
            name: "role_viewer".into(),
            description: Some("See roles".to_owned()),
        }];
        let held = ["perm1".to_owned(), "role_viewer".to_owned()];
        let shown = boxes(&listed, &held, &held);
        let names: Vec<_> = shown
            .iter()
            .map(|shown| (shown.name.as_str(), shown.ticked))
            .collect();
        assert_eq!(names, [("role_viewer", true), ("perm1", true)]);
        assert!(shown[1].about.contains("does not list"));

        let unticked = boxes(&listed, &held, &[]);
        assert_eq!(unticked.len(), 2, "what was unticked can be ticked again");
        assert!(unticked.iter().all(|shown| !shown.ticked));
    }
}
