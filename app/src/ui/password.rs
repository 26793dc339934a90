//! A new password: the field, the cluster's rules beside it, and which of them it satisfies so far.

use leptos::prelude::*;
use operations::passwords::{self, MAX_PASSWORD_LENGTH};
use protegrity::PasswordPolicy;

use super::{FieldKind, MaybeText, TextField};
use crate::error::PortalError;
use islands::PasswordRules;

/// Whom the password is for, where the form has no fields `username` and `email` of its own: some rules
/// compare it with the user's names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PasswordSubject {
    /// The user name.
    pub user_name: String,
    /// The e-mail address.
    pub email: Option<String>,
}

/// A field for a new password. While a person types, the portal checks it with the code that checks it when it
/// is sent; a policy that may not be read leaves the check to the cluster.
#[component]
pub fn NewPasswordField(
    /// Its name in the form.
    name: &'static str,
    /// Its label.
    #[prop(into)]
    label: String,
    /// The cluster's policy, where this person may read it.
    policy: Option<PasswordPolicy>,
    /// Whom it is for.
    #[prop(optional_no_strip)]
    owner: Option<PasswordSubject>,
    /// What to know before typing.
    #[prop(optional, into)]
    hint: MaybeText,
    /// Whether it must not stay empty.
    #[prop(optional)]
    required: bool,
    /// The form's error, from which it takes its own message.
    #[prop(optional_no_strip)]
    error: Option<PortalError>,
    /// Begins its ids, to set them apart from a field of the same name in another form.
    #[prop(optional, into)]
    id_prefix: String,
) -> AnyView {
    let rules = policy.map(|policy| passwords::rules(&policy)).unwrap_or_default();
    let (owner_name, owner_email) = match owner {
        Some(owner) => (Some(owner.user_name), Some(owner.email.unwrap_or_default())),
        None => (None, None),
    };
    let rows = rules.iter().map(|rule| {
        view! {
            <li data-rule=rule.key()>
                {sentence(&rule.to_string())}
                <span class="visually-hidden" data-rule-state></span>
            </li>
        }
    });
    let list = (!rules.is_empty()).then(|| {
        let rows = rows.collect_view();
        view! {
            <PasswordRules>
                <div class="password-rules" data-password-rules data-check="/api/password/check" data-field=name
                    data-owner-name=owner_name data-owner-email=owner_email>
                    <p>"The cluster's policy requires:"</p>
                    <ul>{rows}</ul>
                </div>
            </PasswordRules>
        }
    });
    view! {
        <TextField name label kind=FieldKind::Password autocomplete="new-password" hint required error id_prefix
            maxlength=MAX_PASSWORD_LENGTH/>
        {list}
    }
    .into_any()
}

/// With a capital letter at its beginning.
fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
