//! The dialogs of a user's page.

use gate::Action;
use leptos::prelude::*;
use protegrity::{PasswordPolicy, User};
use server_fn::ServerFn;

use super::{DeleteUser, LockUser, ResetPassword, UnlockUser};
use crate::{
    context::RequestContext,
    error::PortalError,
    ui::{CheckField, ConfirmDialog, ConfirmationFields, DeleteDialog, NewPasswordField, PasswordSubject},
};

const PASSWORD_HINT: &str =
    "Leave it empty to generate one that satisfies the cluster's policy. It is shown once.";

/// Every dialog that the caller may use.
#[component]
pub(crate) fn Dialogs(
    context: RequestContext,
    user: User,
    is_own: bool,
    policy: Option<PasswordPolicy>,
) -> impl IntoView {
    let may = |action| context.denied(action).is_none();
    let (context, user, policy) = (&context, &user, &policy);
    view! {
        {may(Action::LockUser).then(|| lock(context, user, is_own))}
        {may(Action::UnlockUser).then(|| unlock(context, user, policy.clone()))}
        {may(Action::ResetPassword).then(|| reset(context, user, is_own, policy.clone()))}
        {delete(context, user, is_own)}
    }
    .into_any()
}

fn lock(context: &RequestContext, user: &User, is_own: bool) -> AnyView {
    let error = context.fields(LockUser::url()).error();
    view! {
        <ConfirmDialog id="lock-dialog" title=format!("Lock {}?", user.username) action=LockUser::url() confirm="Lock"
            danger=true hidden=id(user) error=error.clone()>
            <p>"This account cannot sign in until it is unlocked, which sets a new password."</p>
            {is_own.then(|| own_account("lock out", "lock-", error))}
        </ConfirmDialog>
    }
    .into_any()
}

fn unlock(context: &RequestContext, user: &User, policy: Option<PasswordPolicy>) -> AnyView {
    let owner = Some(subject(user));
    let error = context.fields(UnlockUser::url()).error();
    view! {
        <ConfirmDialog id="unlock-dialog" title=format!("Unlock {}?", user.username) action=UnlockUser::url()
            confirm="Unlock" hidden=id(user) error=error.clone()>
            <p>
                "The account gets a " <strong>"temporary"</strong>
                " password, which the user has to change before signing in."
            </p>
            <NewPasswordField name="password" label="Temporary password" policy owner
                hint=PASSWORD_HINT error/>
        </ConfirmDialog>
    }
    .into_any()
}

fn reset(context: &RequestContext, user: &User, is_own: bool, policy: Option<PasswordPolicy>) -> AnyView {
    let owner = Some(subject(user));
    let fields = context.fields(ResetPassword::url());
    let error = fields.error();
    view! {
        <ConfirmDialog id="reset-dialog" title=format!("Reset the password of {}?", user.username)
            action=ResetPassword::url() confirm="Reset password" hidden=id(user) error=error.clone()>
            {is_own.then(|| view! {
                <p class="warning">
                    "This is your own account. "
                    <a href="/session/password">"Change your password"</a>
                    " requires the old one, and never leaves you with a temporary one."
                </p>
            })}
            <NewPasswordField name="password" label="New password" policy owner id_prefix="reset-"
                hint=PASSWORD_HINT error=error.clone()/>
            <CheckField name="temporary" label="Temporary" checked=fields.flag("temporary", true) id_prefix="reset-"
                hint="The user has to change it before signing in." error/>
        </ConfirmDialog>
    }
    .into_any()
}

fn delete(context: &RequestContext, user: &User, is_own: bool) -> AnyView {
    let error = context.fields(DeleteUser::url()).error();
    let denied = context.denied(Action::DeleteUser);
    view! {
        <DeleteDialog object=user.username.clone() action=DeleteUser::url() denied hidden=id(user) error=error.clone()>
            <p>
                "The account is deleted for good, with its roles, its groups and its links to identity providers. This cannot be undone."
            </p>
            {is_own.then(|| own_account("delete", "delete-", error))}
        </DeleteDialog>
    }
    .into_any()
}

/// The warning before callers do this to their own account, and its confirmations.
fn own_account(what: &'static str, id_prefix: &'static str, error: Option<PortalError>) -> AnyView {
    view! {
        <p class="warning">{format!("This is your own account. You would {what} yourself.")}</p>
        <ConfirmationFields of_self="I know that this is my own account" error id_prefix/>
    }
    .into_any()
}

fn id(user: &User) -> Vec<(&'static str, String)> {
    vec![("id", user.id.to_string())]
}

fn subject(user: &User) -> PasswordSubject {
    PasswordSubject {
        user_name: user.username.clone(),
        email: user.email.clone(),
    }
}
