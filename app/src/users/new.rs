//! `/users/new`: creating a user.

use gate::{
    Action, Target,
    password::{self, Owner, Violation},
};
use leptos::prelude::*;
use protegrity::{NewUser, PasswordPolicy, User};
use secrecy::{ExposeSecret, SecretString};
use server_fn::ServerFn;

use super::form::{Choices, LinkRow, Sent, UserFields, at_the_field, need_role, read};
use crate::{
    error::PortalError,
    flash::Done,
    form::{Faults, shown_again},
    shell::{Frame, failed},
    ui::{CheckField, LONGEST_PASSWORD, NewPasswordField, PageHeader, PostForm, SubmitButton, TextField},
    visit::{Visit, visit},
};

/// `/users/new`
#[component]
pub fn NewUserPage() -> impl IntoView {
    let visit = visit();
    view! {
        <Frame area="/users">
            <p class="back"><a href="/users">"Users"</a></p>
            <PageHeader title="New user" lead="An account of the Protegrity cluster."/>
            {Suspend::new(async move {
                match load(&visit).await {
                    Ok((choices, policy)) => view! { <NewUserForm visit choices policy/> }.into_any(),
                    Err(error) => failed(&visit, "", error, visit.path.clone()),
                }
            })}
        </Frame>
    }
    .into_any()
}

async fn load(visit: &Visit) -> Result<(Choices, Option<PasswordPolicy>), PortalError> {
    let passage = visit.open(Action::CreateUser, Target::portal())?;
    let fields = visit.fields(CreateUser::url());
    Ok(futures::join!(
        Choices::load(visit, &passage, &fields, &[]),
        passage.password_policy()
    ))
}

#[component]
fn NewUserForm(visit: Visit, choices: Choices, policy: Option<PasswordPolicy>) -> impl IntoView {
    let fields = visit.fields(CreateUser::url());
    let error = fields.error();
    view! {
        <PostForm action=CreateUser::url() error=error.clone() class="form page" finds=true>
            <TextField name="username" label="User name" required=true maxlength=255 value=fields.text("username", "")
                hint="The cluster writes it in lower case. It cannot be changed afterwards." error=error.clone()/>
            <NewPasswordField name="password" label="Password" policy error=error.clone()
                hint="May stay empty for somebody who signs in through an identity provider, or who gets one later."/>
            <UserFields user=User::default() fields=fields.clone() choices/>
            <CheckField name="enabled" label="The account is open" checked=fields.flag("enabled", true)
                hint="An account that is not open cannot be signed in with." error/>
            <div class="form-actions">
                <a class="button" href="/users">"Cancel"</a>
                <SubmitButton label="Create user"/>
            </div>
        </PostForm>
    }
    .into_any()
}

/// Creates a user (`POST /users`).
#[server(prefix = "/api", endpoint = "users/create")]
#[allow(clippy::too_many_arguments, reason = "one for each field of the form")]
pub async fn create_user(
    #[server(default)] username: String,
    #[server(default)] password: String,
    #[server(default)] email: String,
    #[server(default)] first_name: String,
    #[server(default)] last_name: String,
    #[server(default)] enabled: String,
    #[server(default)] roles: Vec<String>,
    #[server(default)] groups: Vec<String>,
    #[server(default)] links: Vec<LinkRow>,
    #[server(default)] step: String,
) -> Result<(), PortalError> {
    let visit = visit();
    let password = SecretString::from(password);
    if step == "find" {
        return Err(shown_again());
    }
    let sent = Sent {
        email: &email,
        first_name: &first_name,
        last_name: &last_name,
        roles: &roles,
        groups: &groups,
        links: &links,
    };
    let mut faults = Faults::default();
    let username = user_name(&mut faults, &username);
    let wanted = read(&sent, &mut faults);
    need_role(&wanted.roles, &mut faults);
    let passage = visit.open(Action::CreateUser, Target::named("user", &username))?;
    let owner = Owner {
        user_name: &username,
        email: Some(wanted.email.as_str()).filter(|email| !email.is_empty()),
    };
    if !password.expose_secret().is_empty() {
        let policy = passage.password_policy().await;
        if let Err(words) = judged(policy.as_ref(), &password, owner) {
            faults.add("password", words);
        }
    }
    faults.finish()?;

    let user = NewUser {
        username: username.clone(),
        email: Some(wanted.email).filter(|email| !email.is_empty()),
        first_name: Some(wanted.first_name).filter(|name| !name.is_empty()),
        last_name: Some(wanted.last_name).filter(|name| !name.is_empty()),
        enabled: enabled == "true",
        password: Some(password).filter(|password| !password.expose_secret().is_empty()),
        roles: wanted.roles,
        groups: wanted.groups,
        identity_providers: wanted.links,
    };
    let created = passage
        .call(|cluster| {
            let user = user.clone();
            async move { cluster.create_user(&user).await }
        })
        .await
        .map_err(|error| at_the_field(visit.explain(Action::CreateUser, &error)))?;
    if !user.groups.is_empty() {
        passage.forget_groups();
    }
    let next = match created.id {
        Some(id) => {
            // So that the list knows the user at once. That they exist is known without it.
            let _ = passage.user(&id).await;
            super::path(&id)
        }
        None => "/users?fresh=1".to_owned(),
    };
    visit.done(Done::new(format!("{username} is created.")).with_next(next));
    Ok(())
}

/// A user name that the cluster can take.
pub(super) fn user_name(faults: &mut Faults, text: &str) -> String {
    let name = faults.required_line("username", text, 255);
    faults.unless(
        !name.contains(char::is_whitespace) && !name.contains(['/', '\\', '<', '>', '"', '&']),
        "username",
        "A user name holds no spaces and none of / \\ < > \" &.",
    );
    name
}

/// Whether the policy, as far as it may be read, takes this password; if not, what it asks for.
pub(crate) fn judged(
    policy: Option<&PasswordPolicy>,
    password: &SecretString,
    owner: Owner<'_>,
) -> Result<(), String> {
    let text = password.expose_secret();
    if text.chars().count() > LONGEST_PASSWORD as usize {
        return Err(format!("This is longer than {LONGEST_PASSWORD} characters."));
    }
    let broken = policy
        .map(|policy| password::judge(policy, text, owner))
        .unwrap_or_default();
    if broken.is_empty() {
        return Ok(());
    }
    let rules: Vec<_> = broken.iter().map(Violation::to_string).collect();
    Err(format!("The cluster's policy asks for {}.", rules.join(", ")))
}
