//! Users of the cluster: finding one, seeing and changing what they may do, locking and unlocking the account.

mod detail;
mod dialogs;
mod form;
mod import;
mod list;
mod many;

use gate::{Action, Operation, Target};
use leptos::prelude::*;
use operations::{
    lockout::Confirmations,
    passwords::ChosenPassword,
    users::{self, EditUserForm, NewUserForm},
};
use protegrity::User;
use secrecy::{ExposeSecret, SecretString};

pub use self::{
    detail::detail,
    form::{edit, new},
    import::{ImportUsers, import, import_users},
    list::{export, list, list_events},
    many::{ManyUsers, many, many_users},
};
pub(crate) use self::{
    dialogs::Dialogs,
    form::{UserChoices, UserFields},
};
use crate::{
    context::RequestContext,
    error::PortalError,
    flash::Done,
    form::shown_again,
    links,
    params::user_id,
    ui::{Badge, Tone},
};

/// Creates a user.
#[server(prefix = "/api", endpoint = "users/create")]
pub async fn create_user(
    #[server(flatten)] form: NewUserForm,
    #[server(default)] password: String,
    #[server(default)] step: String,
) -> Result<Done, PortalError> {
    let password = SecretString::from(password);
    if step == "find" {
        return Err(shown_again());
    }
    let context = RequestContext::current();
    let operation = context.begin(Action::CreateUser, Target::portal()).await?;
    let user = users::new_user(&context.services, &operation, &form, password).await?;
    let id = users::create(&context.services, &operation, &user).await?;
    let next = id.map_or_else(|| "/users?fresh=1".to_owned(), |id| links::user(&id));
    Ok(Done::new(format!("{} is created.", user.username)).with_next(next))
}

/// Changes a user's details, roles, groups and links. Never the password.
#[server(prefix = "/api", endpoint = "users/edit")]
pub async fn edit_user(
    #[server(flatten)] form: EditUserForm,
    #[server(default)] confirm_self: String,
    #[server(default)] confirm_no_admins: String,
    #[server(default)] step: String,
) -> Result<Done, PortalError> {
    if step == "find" {
        return Err(shown_again());
    }
    let context = RequestContext::current();
    let id = user_id(&form.id)?;
    let operation = context.begin(Action::EditUser, Target::user(&id)).await?;
    let confirmations = Confirmations::of_boxes(&confirm_self, &confirm_no_admins);
    let change = users::change_of(&context.services, &operation, &form).await?;
    let saved = users::edit(&context.services, &operation, &id, &change, confirmations).await?;
    let title = match saved.read_back {
        Some(_) => format!("{} is saved.", saved.name),
        None => format!("No changes to save: {} stays as it is.", saved.name),
    };
    Ok(Done::new(title)
        .with_next(links::user(&id))
        .with_read_back(saved.read_back.as_ref()))
}

/// Locks a user's account.
#[server(prefix = "/api", endpoint = "users/lock")]
pub async fn lock_user(
    id: String,
    #[server(default)] confirm_self: String,
    #[server(default)] confirm_no_admins: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let (operation, user) = begin(&context, Action::LockUser, &id).await?;
    let confirmations = Confirmations::of_boxes(&confirm_self, &confirm_no_admins);
    users::lock(&context.services, &operation, &user, confirmations).await?;
    Ok(Done::new(format!("{} is locked.", user.username)).with_detail(
        "This account cannot sign in until it is unlocked. A token that was issued before stays valid until it expires.",
    ))
}

/// Unlocks a user's account with a temporary password: the typed one, or a generated one that is shown once.
#[server(prefix = "/api", endpoint = "users/unlock")]
pub async fn unlock_user(id: String, #[server(default)] password: String) -> Result<Done, PortalError> {
    let typed = SecretString::from(password);
    let context = RequestContext::current();
    let (operation, user) = begin(&context, Action::UnlockUser, &id).await?;
    let chosen = users::choose_password(&context.services, &operation, &user, typed).await?;
    let is_temporary = users::unlock(&context.services, &operation, &user, &chosen.password).await?;
    let done = Done::new(format!("{} is unlocked.", user.username));
    Ok(with_password(done, &chosen, lifetime(true, is_temporary)))
}

/// Gives a user another password: the typed one, or a generated one that is shown once.
#[server(prefix = "/api", endpoint = "users/reset-password")]
pub async fn reset_password(
    id: String,
    #[server(default)] password: String,
    #[server(default)] temporary: String,
) -> Result<Done, PortalError> {
    let typed = SecretString::from(password);
    let context = RequestContext::current();
    let (operation, user) = begin(&context, Action::ResetPassword, &id).await?;
    let chosen = users::choose_password(&context.services, &operation, &user, typed).await?;
    let wants_temporary = temporary == "true";
    let is_temporary = users::reset_password(
        &context.services,
        &operation,
        &user,
        &chosen.password,
        wants_temporary,
    )
    .await?;
    let done = Done::new(format!("{} has a new password.", user.username));
    Ok(with_password(
        done,
        &chosen,
        lifetime(wants_temporary, is_temporary),
    ))
}

/// Deletes a user for good.
#[server(prefix = "/api", endpoint = "users/delete")]
pub async fn delete_user(
    id: String,
    #[server(default)] confirm_self: String,
    #[server(default)] confirm_no_admins: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let (operation, user) = begin(&context, Action::DeleteUser, &id).await?;
    let confirmations = Confirmations::of_boxes(&confirm_self, &confirm_no_admins);
    users::delete(&context.services, &operation, &user, confirmations).await?;
    Ok(Done::new(format!("{} is deleted.", user.username)).with_next("/users"))
}

/// Begins an action on one user, and reads the user.
async fn begin(context: &RequestContext, action: Action, id: &str) -> Result<(Operation, User), PortalError> {
    let id = user_id(id)?;
    let operation = context.begin(action, Target::user(&id)).await?;
    let user = context.services.user(&operation, &id).await?;
    Ok((operation, user))
}

/// How long a new password lasts, as the cluster has it. No account can sign in with a temporary one.
const fn lifetime(wants_temporary: bool, is_temporary: bool) -> &'static str {
    match (wants_temporary, is_temporary) {
        (_, true) => "It is temporary: the user has to change the password before signing in.",
        (false, false) => "It stays until it is changed.",
        (true, false) => "The cluster did not mark the password as temporary: ask the user to change it.",
    }
}

/// With a generated password, which is shown once, and how long the password lasts.
fn with_password(done: Done, chosen: &ChosenPassword, lifetime: &str) -> Done {
    if !chosen.is_generated {
        return done.with_detail(lifetime);
    }
    Done {
        secret: Some(chosen.password.expose_secret().to_owned()),
        ..done.with_detail(format!(
            "{lifetime} It is shown this once: give it to the user now."
        ))
    }
}

/// The state of an account. The cluster does not distinguish a locked account from a disabled one (notes on the
/// reference, section 7).
#[component]
pub(crate) fn StateBadge(open: bool) -> impl IntoView {
    if open {
        view! { <Badge tone=Tone::Good text="Open"/> }
    } else {
        view! { <Badge tone=Tone::Bad text="Locked"/> }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(is_generated: bool) -> Done {
        let chosen = ChosenPassword {
            password: "Made-Passw0rd".into(),
            is_generated,
        };
        with_password(Done::new("ana is unlocked."), &chosen, lifetime(true, true))
    }

    #[test]
    fn a_generated_password_is_shown_and_a_typed_one_is_not() {
        assert_eq!(done(true).secret.as_deref(), Some("Made-Passw0rd"));
        assert_eq!(done(false).secret, None);
    }

    #[test]
    fn it_says_that_the_password_is_temporary() {
        let detail = done(false).detail.expect("a detail");
        assert!(detail.contains("temporary"), "{detail}");
    }

    #[test]
    fn the_form_is_decoded_as_a_browser_sends_it() {
        let body = "username=ana&password=p&roles[]=a&roles[]=b&groups[]=g&links[0][alias]=AWS-IDP\
            &links[0][linked]=true&links[0][user_id]=7&links[1][alias]=AZURE-IDP&enabled=true";
        let decoded: CreateUser = serde_qs::Config::new(5, false)
            .deserialize_str(body)
            .expect("a form");
        let form = decoded.form;
        assert_eq!((form.username.as_str(), form.enabled.as_str()), ("ana", "true"));
        assert_eq!((form.details.roles.len(), form.details.groups.len()), (2, 1));
        let links = form.details.links;
        assert_eq!(
            (links[0].user_id.as_str(), links[1].alias.as_str()),
            ("7", "AZURE-IDP")
        );
        assert_eq!(links[1].linked, "");
    }
}
