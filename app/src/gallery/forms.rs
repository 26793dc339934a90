//! Fields, filled, empty and wrong.

use leptos::prelude::*;

use crate::{
    error::{FieldError, PortalError},
    ui::{
        CheckField, Choice, FieldKind, PostForm, RadioGroup, SelectField, SubmitButton, TextAreaField,
        TextField,
    },
};

pub fn plain() -> AnyView {
    form(None, "parts-plain-")
}

/// What the same form looks like when the server did not accept it.
pub fn with_errors() -> AnyView {
    let mut error = PortalError::invalid("user_name", "This user name is taken. Choose another one.");
    for (field, message) in [
        ("email", "This is not an e-mail address."),
        ("password", "The password needs a digit."),
        ("reason", "Say why, for the audit trail."),
        ("source", "Choose where the account lives."),
        ("role", "This role is gone."),
        ("must_change", "A generated password has to be changed."),
    ] {
        error.fields.push(FieldError {
            field: field.to_owned(),
            message: message.to_owned(),
        });
    }
    form(Some(error), "parts-errors-")
}

fn form(error: Option<PortalError>, prefix: &'static str) -> AnyView {
    let sources = vec![
        Choice {
            hint: Some("The password lives in the cluster.".to_owned()),
            ..Choice::new("internal", "Internal")
        },
        Choice {
            hint: Some("The password lives in the directory.".to_owned()),
            ..Choice::new("ldap", "Directory")
        },
    ];
    let roles = vec![
        Choice::new("", "Choose a role"),
        Choice::new("helpdesk_operator", "helpdesk_operator"),
        Choice::new("policy_officer", "policy_officer"),
    ];
    view! {
        <PostForm action="/ui" error=error.clone()>
            <TextField
                name="user_name"
                id_prefix=prefix
                label="User name"
                value="anna.berg"
                hint="Letters, digits, dots and hyphens."
                required=true
                maxlength=64
                error=error.clone()
           />
            <TextField name="id" id_prefix=prefix label="User id" value="7f6c0a52" readonly=true/>
            <TextField
                name="email"
                id_prefix=prefix
                label="E-mail address"
                kind=FieldKind::Email
                value="anna.berg@example.com"
                error=error.clone()
           />
            <TextField
                name="password"
                id_prefix=prefix
                label="Password"
                kind=FieldKind::Password
                autocomplete="new-password"
                error=error.clone()
           />
            <SelectField name="role" id_prefix=prefix label="Role" choices=roles error=error.clone()/>
            <RadioGroup
                name="source"
                id_prefix=prefix
                label="Where the account lives"
                choices=sources
                value="internal"
                error=error.clone()
           />
            <CheckField
                name="must_change"
                id_prefix=prefix
                label="Has to change the password"
                checked=true
                hint="At the next sign-in."
                error=error.clone()
           />
            <TextAreaField name="reason" id_prefix=prefix label="Reason" error/>
            <div class="form-actions">
                <SubmitButton label="Save"/>
            </div>
        </PostForm>
    }
    .into_any()
}
