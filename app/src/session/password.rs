//! `/session/password`: changing one's own password (reference lines 1312-1362; row 30).

use gate::{Action, GateError, Target, password::Owner};
use leptos::prelude::*;
use protegrity::UserId;
use secrecy::{ExposeSecret, SecretString};
use server_fn::ServerFn;

use crate::{
    error::{ErrorKind, PortalError},
    flash::Done,
    form::Faults,
    shell::Frame,
    ui::{
        FieldKind, LONGEST_PASSWORD, LinkButton, NewPasswordField, Notice, PageHeader, PasswordOwner,
        PostForm, SubmitButton, TextField, Tone,
    },
    users::judged,
    visit::{Visit, visit},
};

const OLD: &str = "old_password";
const NEW: &str = "new_password";
const REPEAT: &str = "repeat_password";

/// Changes one's own password, `PUT /users/{user_id}/password`. The old one is asked for, and never sent
/// empty: a cluster could read that as "not asked for".
#[server(prefix = "/api", endpoint = "session/password")]
pub async fn change_own_password(
    #[server(default)] old_password: String,
    #[server(default)] new_password: String,
    #[server(default)] repeat_password: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let [old, new, repeat] = [old_password, new_password, repeat_password].map(SecretString::from);
    let id = own_id(&visit)?;
    let passage = visit.open(Action::ChangeOwnPassword, Target::user(&id))?;
    let mut faults = Faults::default();
    check(&old, &new, &repeat, &mut faults);
    if faults.is_empty() {
        let owner = Owner {
            user_name: &passage.visitor().profile.user_name,
            email: None,
        };
        let policy = passage.password_policy().await;
        if let Err(words) = judged(policy.as_ref(), &new, owner) {
            faults.add(NEW, words);
        }
    }
    faults.finish()?;
    passage
        // Once: each wrong old password counts against the cluster's lock-out.
        .call_once(|cluster| {
            let (id, old, new) = (id.clone(), old.clone(), new.clone());
            async move { cluster.change_own_password(&id, &old, &new).await }
        })
        .await
        .map_err(|error| at_its_field(&error, visit.explain(Action::ChangeOwnPassword, &error)))?;
    let done = Done::new("Your password is changed.")
        .with_detail("Sign in with it from now on. This session goes on as it is.");
    visit.done(done.with_next("/session"));
    Ok(())
}

/// The id of whoever asks. A token that does not tell it, of somebody who may not list users, leaves it
/// unknown.
fn own_id(visit: &Visit) -> Result<UserId, PortalError> {
    let id = visit
        .visitor
        .as_ref()
        .and_then(|visitor| visitor.profile.user_id.clone());
    id.ok_or_else(|| {
        PortalError::new(ErrorKind::Conflict, "Your password cannot be changed here.").with_detail(
            "The cluster does not tell the portal your own id, without which it takes no password.",
        )
    })
}

/// What is the matter with the three, apart from the policy.
fn check(old: &SecretString, new: &SecretString, repeat: &SecretString, faults: &mut Faults) {
    let [old, new, repeat] = [old, new, repeat].map(ExposeSecret::expose_secret);
    let is_long = |text: &str| text.chars().count() > LONGEST_PASSWORD as usize;
    let too_long = || format!("This is longer than {LONGEST_PASSWORD} characters.");
    faults.unless(!old.is_empty(), OLD, "Type your password as it is now.");
    faults.unless(!is_long(old), OLD, too_long());
    if new.is_empty() {
        faults.add(NEW, "Type the password that is to be.");
    } else if is_long(new) {
        faults.add(NEW, too_long());
    } else if new == old {
        faults.add(NEW, "This is the password that you have.");
    }
    faults.unless(new == repeat, REPEAT, "This is not what was typed above.");
}

/// Puts what the cluster says at the field that it is about, as far as its words tell: of a wrong old
/// password nothing is documented.
fn at_its_field(error: &GateError, explained: PortalError) -> PortalError {
    let GateError::Cluster(error) = error else {
        return explained;
    };
    let said = error.upstream_message().unwrap_or_default().to_lowercase();
    let is_old = [
        "old password",
        "oldpassword",
        "old_password",
        "current password",
        "credential",
    ]
    .iter()
    .any(|words| said.contains(words));
    let (field, message) = match error.kind() {
        protegrity::ErrorKind::Unauthorized => {
            (OLD, "The cluster does not take this as your password.".to_owned())
        }
        protegrity::ErrorKind::Rejected if is_old => (OLD, words_of(&explained)),
        protegrity::ErrorKind::Rejected => (NEW, words_of(&explained)),
        _ => return explained,
    };
    PortalError {
        request_id: explained.request_id,
        ..PortalError::invalid(field, message)
    }
}

fn words_of(explained: &PortalError) -> String {
    explained
        .detail
        .clone()
        .unwrap_or_else(|| explained.title.clone())
}

/// `/session/password`
#[component]
pub fn OwnPasswordPage() -> impl IntoView {
    let visit = visit();
    let id = own_id(&visit);
    view! {
        <Frame area="/session">
            <p class="back"><a href="/session">"My session"</a></p>
            <PageHeader title="Change your password"/>
            {match id {
                Ok(_) => view! { <OwnPasswordForm visit/> }.into_any(),
                Err(error) => view! { <Notice standing=true tone=Tone::Warning title=error.title detail=error.detail/> }.into_any(),
            }}
        </Frame>
    }
    .into_any()
}

#[component]
fn OwnPasswordForm(visit: Visit) -> impl IntoView {
    let error = visit.fields(ChangeOwnPassword::url()).error();
    let user_name = visit
        .visitor
        .as_ref()
        .map(|visitor| visitor.profile.user_name.clone())
        .unwrap_or_default();
    let owner = PasswordOwner {
        user_name,
        email: None,
    };
    Suspend::new(async move {
        let policy = match visit.open(Action::ChangeOwnPassword, Target::portal()) {
            Ok(passage) => passage.password_policy().await,
            Err(_) => None,
        };
        let hint = policy
            .is_none()
            .then_some("You may not read the cluster's policy, so the cluster alone judges it.");
        view! {
            <PostForm action=ChangeOwnPassword::url() class="form page" error=error.clone()>
                <TextField name=OLD label="Old password" kind=FieldKind::Password required=true maxlength=LONGEST_PASSWORD
                    autocomplete="current-password" error=error.clone()/>
                <NewPasswordField name=NEW label="New password" policy owner=Some(owner) required=true
                    hint=hint error=error.clone()/>
                <TextField name=REPEAT label="Repeat the new password" kind=FieldKind::Password required=true
                    maxlength=LONGEST_PASSWORD autocomplete="new-password" error/>
                <div class="form-actions">
                    <LinkButton label="Cancel" href="/session"/>
                    <SubmitButton label="Change password"/>
                </div>
            </PostForm>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_are_checked_at_their_fields() {
        let check = |old: &str, new: &str, repeat: &str, expected: &[&str]| {
            let [old, new, repeat] = [old, new, repeat].map(SecretString::from);
            let mut faults = Faults::default();
            super::check(&old, &new, &repeat, &mut faults);
            let fields = faults
                .finish()
                .err()
                .map(|error| error.fields)
                .unwrap_or_default();
            let fields: Vec<_> = fields.iter().map(|fault| fault.field.as_str()).collect();
            assert_eq!(fields, expected);
        };
        check("old", "new", "new", &[]);
        check("", "new", "new", &[OLD]);
        check("", "", "", &[OLD, NEW]);
        check("old", "old", "old", &[NEW]);
        check("old", "new", "nwe", &[REPEAT]);
        let long = "x".repeat(256);
        check(&long, &long, &long, &[OLD, NEW]);
    }
}
