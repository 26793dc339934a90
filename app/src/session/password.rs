//! `/session/password`: changing the caller's own password.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    own_account::{self, NEW, OLD, PasswordChange, REPEAT},
    passwords::MAX_PASSWORD_LENGTH,
};
use protegrity::UserId;
use server_fn::ServerFn;

use super::signed_in;
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::{ErrorKind, PortalError},
    flash::Done,
    ui::{
        FieldKind, FormActions, NewPasswordField, Notice, Page, PasswordSubject, PostForm, TextField, Tone,
    },
};

/// Changes the caller's password.
#[server(prefix = "/api", endpoint = "session/password")]
pub async fn change_own_password(
    #[server(default)] old_password: String,
    #[server(default)] new_password: String,
    #[server(default)] repeat_password: String,
) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let change = PasswordChange {
        old: old_password.into(),
        new: new_password.into(),
        repeat: repeat_password.into(),
    };
    let id = own_id(&context)?;
    let operation = context
        .begin(Action::ChangeOwnPassword, Target::user(&id))
        .await?;
    own_account::change_password(&context.services, &operation, &id, &change).await?;
    Ok(Done::new("Your password is changed.")
        .with_detail("Use it from your next sign-in on. This session continues.")
        .with_next("/session"))
}

/// The caller's id. It is unknown where the token does not hold it and the caller may not list users.
fn own_id(context: &RequestContext) -> Result<UserId, PortalError> {
    signed_in(context)?.user_id.clone().ok_or_else(|| {
        PortalError::new(ErrorKind::Conflict, "Your password cannot be changed here.").with_detail(
            "The cluster does not give the portal your own id, without which it accepts no password.",
        )
    })
}

/// `/session/password`
pub async fn password(context: RequestContext) -> PageResult {
    let content = match own_id(&context) {
        Ok(_) => form(&context).await?,
        Err(error) => {
            view! { <Notice standing=true tone=Tone::Warning title=error.title detail=error.detail/> }
                .into_any()
        }
    };
    Ok(Page::new("Change your password", content).crumb("My session", "/session"))
}

async fn form(context: &RequestContext) -> Result<AnyView, PortalError> {
    let operation = context.begin(Action::ChangeOwnPassword, Target::portal()).await?;
    let policy = context.services.password_policy(&operation).await;
    let error = context.fields(ChangeOwnPassword::url()).error();
    let subject = PasswordSubject {
        user_name: operation.principal().user_name.clone(),
        email: None,
    };
    let hint = policy
        .is_none()
        .then_some("You may not read the cluster's policy, so only the cluster checks the password.");
    Ok(view! {
        <PostForm action=ChangeOwnPassword::url() class="form page" error=error.clone()>
            <TextField name=OLD label="Old password" kind=FieldKind::Password required=true
                maxlength=MAX_PASSWORD_LENGTH autocomplete="current-password" error=error.clone()/>
            <NewPasswordField name=NEW label="New password" policy owner=Some(subject) required=true hint=hint
                error=error.clone()/>
            <TextField name=REPEAT label="Repeat the new password" kind=FieldKind::Password required=true
                maxlength=MAX_PASSWORD_LENGTH autocomplete="new-password" error/>
            <FormActions back="/session" submit="Change password"/>
        </PostForm>
    }
    .into_any())
}
