//! The dialogs of a user's page.

use gate::Action;
use leptos::prelude::*;
use operations::mail::users::is_functional;
use proofpoint::{DomainName, User};
use server_fn::ServerFn;

use super::{ActivateMailUser, ConvertMailUser, DeactivateMailUser, DeleteMailUser};
use crate::{
    context::RequestContext,
    links,
    ui::{CheckField, ConfirmDialog, DeleteDialog, DialogButton, LinkButton, TextField},
};

/// What the caller can do with a user.
#[component]
pub(super) fn Actions(context: RequestContext, organization: DomainName, user: User) -> impl IntoView {
    let may_delete = context.denied(Action::DeleteMailUser);
    view! {
        <StateActions context organization user/>
        <DialogButton label="Delete" dialog="delete-dialog" danger=true denied=may_delete/>
    }
    .into_any()
}

/// The same without deleting them.
#[component]
pub(crate) fn StateActions(context: RequestContext, organization: DomainName, user: User) -> impl IntoView {
    let edit = links::edit(&links::mail_user(&organization, &user.primary_email));
    let denied = |action| context.denied(action);
    let (may_edit, may_convert) = (denied(Action::EditMailUser), denied(Action::ConvertMailUser));
    let (may_activate, may_deactivate) = (
        denied(Action::ActivateMailUser),
        denied(Action::DeactivateMailUser),
    );
    let (is_functional, is_active) = (is_functional(&user), user.is_active);
    view! {
        <LinkButton label="Edit" href=edit denied=may_edit/>
        {(!is_functional).then(|| view! {
            <DialogButton label="Make functional" dialog="convert-dialog" denied=may_convert/>
        })}
        {(is_active != Some(true)).then(|| view! {
            <DialogButton label="Activate" dialog="activate-dialog" denied=may_activate/>
        })}
        {(is_active != Some(false)).then(|| view! {
            <DialogButton label="Deactivate" dialog="deactivate-dialog" danger=true denied=may_deactivate/>
        })}
    }
    .into_any()
}

/// Every dialog that the caller may use.
#[component]
pub(super) fn Dialogs(
    context: RequestContext,
    organization: DomainName,
    user: User,
    /// Whether the organisation takes users from Azure, and this one is not exempt.
    is_synchronised: bool,
) -> impl IntoView {
    let deletion = delete(&context, &user, hidden(&organization, &user));
    view! { <StateDialogs context organization user is_synchronised/> {deletion} }.into_any()
}

/// Those of [`StateActions`].
#[component]
pub(crate) fn StateDialogs(
    context: RequestContext,
    organization: DomainName,
    user: User,
    /// Whether the organisation takes users from Azure, and this one is not exempt.
    is_synchronised: bool,
) -> impl IntoView {
    let may = |action| context.denied(action).is_none();
    let (context, hidden) = (&context, || hidden(&organization, &user));
    view! {
        {may(Action::ConvertMailUser).then(|| convert(context, &user, hidden(), is_synchronised))}
        {may(Action::ActivateMailUser).then(|| activate(context, &user, hidden()))}
        {may(Action::DeactivateMailUser).then(|| deactivate(context, &user, hidden()))}
    }
    .into_any()
}

pub(super) type HiddenFields = Vec<(&'static str, String)>;

fn convert(context: &RequestContext, user: &User, hidden: HiddenFields, is_synchronised: bool) -> AnyView {
    let fields = context.fields(ConvertMailUser::url());
    let error = fields.error();
    let title = format!("Make {} a functional account?", user.primary_email);
    let exempt = fields.flag("exempt", is_synchronised);
    view! {
        <ConfirmDialog id="convert-dialog" title action=ConvertMailUser::url() confirm="Make functional" hidden
            error=error.clone()>
            <p>
                "A functional account keeps its mail and takes no licence. Nobody can sign in with it."
            </p>
            <p class="warning">
                "A synchronisation with Azure deletes the account and creates the user again at its next run, unless the user is exempt from it."
            </p>
            <CheckField name="exempt" label="Exempt the user from the synchronisation first" checked=exempt
                id_prefix="convert-" error
                hint="Nothing is added where the organisation takes no users from Azure."/>
        </ConfirmDialog>
    }
    .into_any()
}

fn activate(context: &RequestContext, user: &User, hidden: HiddenFields) -> AnyView {
    let error = context.fields(ActivateMailUser::url()).error();
    let title = format!("Activate {}?", user.primary_email);
    view! {
        <ConfirmDialog id="activate-dialog" title action=ActivateMailUser::url() confirm="Activate" hidden error>
            <p>"Mail for the user is delivered again. The user takes a licence, unless exempt."</p>
        </ConfirmDialog>
    }
    .into_any()
}

fn deactivate(context: &RequestContext, user: &User, hidden: HiddenFields) -> AnyView {
    let error = context.fields(DeactivateMailUser::url()).error();
    let title = format!("Deactivate {}?", user.primary_email);
    view! {
        <ConfirmDialog id="deactivate-dialog" title action=DeactivateMailUser::url() confirm="Deactivate" danger=true
            hidden error>
            <p class="warning">
                "Mail for this user and all aliases stops: it is refused until the user is active again."
            </p>
        </ConfirmDialog>
    }
    .into_any()
}

fn delete(context: &RequestContext, user: &User, hidden: HiddenFields) -> AnyView {
    let fields = context.fields(DeleteMailUser::url());
    let error = fields.error();
    let denied = context.denied(Action::DeleteMailUser);
    let email = user.primary_email.to_string();
    let label = format!("Type {email} to go on");
    view! {
        <DeleteDialog object=email action=DeleteMailUser::url() denied hidden error=error.clone()>
            <p>
                "The user is deleted for good, with the aliases and the sender lists, and mail for the user is refused. This cannot be undone. A synchronisation with Azure can create the user again."
            </p>
            <TextField name="typed" label=label.clone() maxlength=254 value=fields.text("typed", "") error=error.clone()
                id_prefix="delete-"/>
        </DeleteDialog>
    }
    .into_any()
}

pub(super) fn hidden(organization: &DomainName, user: &User) -> HiddenFields {
    vec![
        ("domain", organization.to_string()),
        ("email", user.primary_email.to_string()),
    ]
}
