//! What is asked before something is done to a user.

use gate::Action;
use leptos::prelude::*;
use protegrity::{PasswordPolicy, User};
use server_fn::ServerFn;

use super::{DeleteUser, LockUser, ResetPassword, UnlockUser};
use crate::{
    error::{ErrorKind, PortalError},
    left::SureFields,
    ui::{CheckField, ConfirmDialog, NewPasswordField, PasswordOwner},
    visit::Visit,
};

/// Every dialog of a user's page. Those that the person may not use are not there.
#[component]
pub(super) fn Dialogs(visit: Visit, user: User, own: bool, policy: Option<PasswordPolicy>) -> impl IntoView {
    view! {
        <LockDialog visit=visit.clone() user=user.clone() own/>
        <UnlockDialog visit=visit.clone() user=user.clone() policy=policy.clone()/>
        <ResetDialog visit=visit.clone() user=user.clone() own policy/>
        <DeleteDialog visit user own/>
    }
    .into_any()
}

/// Why the form of this dialog came back, if it has something to say at its fields.
fn failure(visit: &Visit, form: &str) -> Option<PortalError> {
    visit
        .failed(form)
        .map(|failed| failed.error.clone())
        .filter(|error| error.kind == ErrorKind::Invalid)
}

/// What is said to somebody who is about to take their own account away.
#[component]
fn OwnAccount(what: &'static str, id_prefix: &'static str, error: Option<PortalError>) -> impl IntoView {
    view! {
        <p class="warning">{format!("This is your own account. You would {what} yourself.")}</p>
        <SureFields of_self="I know that this is my own account" error id_prefix/>
    }
    .into_any()
}

#[component]
fn LockDialog(visit: Visit, user: User, own: bool) -> impl IntoView {
    if visit.denied(Action::LockUser).is_some() {
        return None;
    }
    let error = failure(&visit, LockUser::url());
    Some(view! {
        <ConfirmDialog
            id="lock-dialog"
            title=format!("Lock {}?", user.username)
            action=LockUser::url()
            confirm="Lock"
            danger=true
            hidden=vec![("id", user.id.to_string())]
            error=error.clone()
        >
            <p>"Nobody can sign in with this account until it is unlocked, which takes a new password."</p>
            {own.then(|| view! { <OwnAccount what="lock out" id_prefix="lock-" error/> })}
        </ConfirmDialog>
    })
}

#[component]
fn UnlockDialog(visit: Visit, user: User, policy: Option<PasswordPolicy>) -> impl IntoView {
    if visit.denied(Action::UnlockUser).is_some() {
        return None;
    }
    let error = failure(&visit, UnlockUser::url());
    let owner = owner(&user);
    Some(view! {
        <ConfirmDialog
            id="unlock-dialog"
            title=format!("Unlock {}?", user.username)
            action=UnlockUser::url()
            confirm="Unlock"
            hidden=vec![("id", user.id.to_string())]
            error=error.clone()
        >
            <p>
                "The account gets a " <strong>"temporary"</strong>
                " password. The user has to change it before it opens anything."
            </p>
            <NewPasswordField name="password" label="Temporary password" policy owner=Some(owner)
                hint="Leave it empty and one is made that satisfies the cluster's policy. It is shown once." error/>
        </ConfirmDialog>
    })
}

#[component]
fn ResetDialog(visit: Visit, user: User, own: bool, policy: Option<PasswordPolicy>) -> impl IntoView {
    if visit.denied(Action::ResetPassword).is_some() {
        return None;
    }
    let form = ResetPassword::url();
    let error = failure(&visit, form);
    let fields = visit.fields(form);
    let owner = owner(&user);
    Some(view! {
        <ConfirmDialog
            id="reset-dialog"
            title=format!("Reset the password of {}?", user.username)
            action=form
            confirm="Reset password"
            hidden=vec![("id", user.id.to_string())]
            error=error.clone()
        >
            {own.then(|| view! {
                <p class="warning">
                    "This is your own account. "
                    <a href="/session/password">"Change your password"</a>
                    " asks for the old one, and never leaves you with a temporary one."
                </p>
            })}
            <NewPasswordField name="password" label="New password" policy owner=Some(owner) id_prefix="reset-"
                hint="Leave it empty and one is made that satisfies the cluster's policy. It is shown once."
                error=error.clone()/>
            <CheckField name="temporary" label="Temporary" checked=fields.flag("temporary", true) id_prefix="reset-"
                hint="The user has to change it before it opens anything." error/>
        </ConfirmDialog>
    })
}

#[component]
fn DeleteDialog(visit: Visit, user: User, own: bool) -> impl IntoView {
    if visit.denied(Action::DeleteUser).is_some() {
        return None;
    }
    let error = failure(&visit, DeleteUser::url());
    Some(view! {
        <ConfirmDialog
            id="delete-dialog"
            title=format!("Delete {}?", user.username)
            action=DeleteUser::url()
            confirm="Delete"
            danger=true
            hidden=vec![("id", user.id.to_string())]
            error=error.clone()
        >
            <p>"The account is gone for good, with its roles, its groups and its links to identity providers. This cannot be undone."</p>
            {own.then(|| view! { <OwnAccount what="delete" id_prefix="delete-" error/> })}
        </ConfirmDialog>
    })
}

fn owner(user: &User) -> PasswordOwner {
    PasswordOwner {
        user_name: user.username.clone(),
        email: user.email.clone(),
    }
}
