//! Buttons and dialogs.

use leptos::prelude::*;

use crate::{
    error::{ErrorKind, PortalError},
    ui::{ConfirmDialog, Denied, DialogButton, FieldKind, LinkButton, PostForm, SubmitButton, TextField},
};

fn denied() -> Denied {
    Denied {
        permission: "user_manager_admin".to_owned(),
        roles: vec![
            "helpdesk_operator".to_owned(),
            "security_administrator".to_owned(),
        ],
    }
}

pub fn buttons() -> AnyView {
    view! {
        <div class="page-actions">
            <DialogButton label="Lock" dialog="parts-lock" icon=Some("lock")/>
            <DialogButton label="Delete" dialog="parts-delete" danger=true/>
            <DialogButton label="Deploy" dialog="parts-lock" primary=true/>
            <LinkButton label="New user" href="/ui" icon=Some("plus") primary=true/>
            <LinkButton label="Edit" href="/ui"/>
        </div>
        <div class="page-actions">
            <DialogButton label="Unlock" dialog="parts-lock" icon=Some("unlock") denied=Some(denied())/>
            <LinkButton label="New group" href="/ui" primary=true denied=Some(denied())/>
            <SubmitButton label="Save" denied=Some(Denied { permission: "group_admin".to_owned(), roles: Vec::new() })/>
        </div>
        <PostForm action="/ui">
            <div class="form-actions">
                <SubmitButton label="Approve" name=Some("answer") value="approve"/>
                <SubmitButton label="Ask again" name=Some("answer") value="ask" quiet=true/>
                <SubmitButton label="Reject" name=Some("answer") value="reject" danger=true/>
            </div>
        </PostForm>
    }
    .into_any()
}

pub fn dialogs() -> AnyView {
    let failed = PortalError::new(ErrorKind::Cluster, "The cluster refused.")
        .with_detail("The password was used before.");
    view! {
        <p>"Lock and Delete above open these; the third comes back with an error and is opened below."</p>
        <div class="page-actions">
            <DialogButton label="Reset password" dialog="parts-reset" icon=Some("key")/>
        </div>
        <ConfirmDialog id="parts-lock" title="Lock anna.berg?" action="/ui" confirm="Lock" hidden=vec![("id", "7".to_owned())]>
            <p>"Anna Berg cannot sign in until the account is unlocked. Sessions that are open end."</p>
        </ConfirmDialog>
        <ConfirmDialog id="parts-delete" title="Delete anna.berg?" action="/ui" confirm="Delete" danger=true>
            <p>"This cannot be taken back."</p>
            <TextField
                name="typed"
                id_prefix="parts-delete-"
                label="Type the user name to go on"
                required=true
                autocomplete="off"
           />
        </ConfirmDialog>
        // Not rendered open, as it would be after a plain post: it would cover the page.
        <dialog id="parts-reset" class="dialog" aria-labelledby="parts-reset-title">
            <h2 id="parts-reset-title">"Reset the password of anna.berg"</h2>
            <PostForm action="/ui" error=Some(failed)>
                <TextField
                    name="password"
                    id_prefix="parts-reset-"
                    label="New password"
                    kind=FieldKind::Password
                    hint="At least 12 characters."
                    autocomplete="new-password"
               />
                <div class="form-actions">
                    <button type="button" class="button" command="close" commandfor="parts-reset">
                        "Cancel"
                    </button>
                    <SubmitButton label="Reset password"/>
                </div>
            </PostForm>
        </dialog>
    }
    .into_any()
}
