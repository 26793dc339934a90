//! Roles of the cluster: what each grants, who has it, how two differ, and changing them.

mod compare;
mod detail;
mod form;
mod list;
mod review;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    lockout::Confirmations,
    read_back::ReadBack,
    reviews::values_of,
    roles::{self, DeleteRoleForm, EditRoleForm, MAX_NAME_LENGTH, NewRoleForm, Saved, Updated},
};
use protegrity::RoleName;

pub use self::{
    compare::compare,
    detail::detail,
    form::{edit, new},
    list::{export, list},
    review::review,
};
use crate::{
    context::RequestContext,
    error::{ErrorKind, PortalError},
    flash::Done,
    links,
    ui::Caution,
};

/// Creates a role.
#[server(prefix = "/api", endpoint = "roles/create")]
pub async fn create_role(#[server(flatten)] form: NewRoleForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context.begin(Action::CreateRole, Target::portal()).await?;
    let saved = roles::create(&context.services, &operation, &form).await?;
    Ok(done(format!("The role {} is created.", saved.name), &saved))
}

/// Changes the permissions and the description of a role.
#[server(prefix = "/api", endpoint = "roles/edit")]
pub async fn edit_role(
    #[server(flatten)] form: EditRoleForm,
    #[server(default)] confirm_self: String,
    #[server(default)] confirm_no_admins: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let name = role_name(&form.name)?;
    let operation = context
        .begin(Action::UpdateRole, Target::of("role", &name))
        .await?;
    let confirmations = Confirmations::of_boxes(&confirm_self, &confirm_no_admins);
    let saved = match roles::update(&context.services, &operation, &name, &form, confirmations).await? {
        Updated::Saved(saved) => saved,
        Updated::NeedsReview => {
            let values = [values_of(&form), confirmations.values()].concat();
            let review = context.keep_for_review(&operation, &links::role(&name), values);
            return Ok(Done::default().with_next(review));
        }
    };
    Ok(match saved.read_back {
        Some(_) => done(format!("The role {name} is saved."), &saved),
        None => {
            Done::new(format!("No changes to save: {name} stays as it is.")).with_next(links::role(&name))
        }
    })
}

/// Deletes a role.
#[server(prefix = "/api", endpoint = "roles/delete")]
pub async fn delete_role(
    #[server(flatten)] form: DeleteRoleForm,
    #[server(default)] confirm_self: String,
    #[server(default)] confirm_no_admins: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let name = role_name(&form.name)?;
    let operation = context
        .begin(Action::DeleteRole, Target::of("role", &name))
        .await?;
    let confirmations = Confirmations::of_boxes(&confirm_self, &confirm_no_admins);
    let is_listed = roles::delete(&context.services, &operation, &name, &form, confirmations).await?;
    let done = Done::new(format!("The role {name} is deleted.")).with_next("/roles");
    Ok(if is_listed {
        done.with_detail("The cluster still lists it. Reload the page in a moment.")
    } else {
        done
    })
}

/// A role that was written: what to know about it, and the way to its page.
fn done(title: String, saved: &Saved) -> Done {
    let no_sign_in = "Users who have only this role cannot sign in: it does not grant can_create_token.";
    let details = [
        saved.read_back.as_ref().and_then(ReadBack::detail),
        (!saved.may_sign_in).then_some(no_sign_in),
    ];
    let details: Vec<_> = details.into_iter().flatten().collect();
    let done = Done::new(title).with_next(links::role(&saved.name));
    if details.is_empty() {
        done
    } else {
        done.with_detail(details.join(" "))
    }
}

/// A role's name as an address or a hidden field gives it, byte for byte. It is compared with those that the cluster
/// lists, so that everything that can be a name is accepted.
fn role_name(text: &str) -> Result<RoleName, PortalError> {
    let is_name =
        !text.is_empty() && text.chars().count() <= MAX_NAME_LENGTH && !text.chars().any(char::is_control);
    is_name.then(|| RoleName::from(text)).ok_or_else(|| {
        PortalError::new(
            ErrorKind::NotFound,
            "The cluster does not list this role to you: no role has such a name.",
        )
    })
}

/// Says that a role does not suffice to sign in.
#[component]
fn NoSignIn() -> impl IntoView {
    view! {
        <Caution class="no-sign-in" title="Users who have only this role cannot sign in."
            detail="It does not grant can_create_token, which the cluster requires at sign-in."/>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_an_address_is_taken_as_it_is() {
        for name in ["ops ", "%41", "a%2Fb", "%2e%2e", "100%", "a/b", "مدير"] {
            assert_eq!(role_name(name).map(|name| name.to_string()), Ok(name.to_owned()));
        }
        for name in ["", "a\nb", &"x".repeat(256)] {
            assert!(role_name(name).is_err(), "{name:?} passed");
        }
    }
}
