//! A new password: the field, the cluster's rules beside it, and which of them it satisfies so far.

use gate::password;
use islands::PasswordRules;
use leptos::prelude::*;
use protegrity::PasswordPolicy;

use super::{FieldKind, MaybeText, TextField};
use crate::error::PortalError;

/// The longest password that is sent to the cluster, in characters.
pub const LONGEST_PASSWORD: u32 = 255;

/// Whom the password is for, where the form has no fields `username` and `email` of its own: some rules
/// compare it with the user's names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PasswordOwner {
    /// The user name.
    pub user_name: String,
    /// The e-mail address.
    pub email: Option<String>,
}

/// A field for a new password. As one types, the portal judges it with the code that judges it when it
/// is sent; a policy that may not be read leaves the judging to the cluster.
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
    owner: Option<PasswordOwner>,
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
    let rules = policy.map(|policy| password::rules(&policy)).unwrap_or_default();
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
                <div class="password-rules" data-password-rules data-check="/api/password/judge" data-field=name
                    data-owner-name=owner_name data-owner-email=owner_email>
                    <p>"The cluster's policy asks for:"</p>
                    <ul>{rows}</ul>
                </div>
            </PasswordRules>
        }
    });
    view! {
        <TextField name label kind=FieldKind::Password autocomplete="new-password" hint required error id_prefix
            maxlength=LONGEST_PASSWORD/>
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
