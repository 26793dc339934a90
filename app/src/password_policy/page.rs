//! `/password-policy`: what the cluster asks of a password, in words, and a box to try one.

use gate::{Action, Target};
use leptos::prelude::*;
use protegrity::PasswordPolicy;
use server_fn::ServerFn;

use super::{
    JudgePassword,
    rules::{Held, PARTS, Rule, held, text, undocumented},
    sense::remarks,
};
use crate::{
    error::PortalError,
    shell::{ComparedSection, Frame, failed},
    ui::{
        FieldKind, LinkButton, NewPasswordField, Notice, PageHeader, PostForm, Section, SubmitButton, Table,
        TextField, Tone,
    },
    visit::{Visit, visit},
};

/// `/password-policy`
#[component]
pub fn PasswordPolicyPage() -> impl IntoView {
    let visit = visit();
    let denied = visit.denied(Action::UpdatePasswordPolicy);
    view! {
        <Frame area="/password-policy">
            <PageHeader title="Password policy" lead="What the cluster asks of a password when it is set. Passwords that are there already stay.">
                <LinkButton label="Edit" href="/password-policy/edit" primary=true icon=Some("edit") denied/>
            </PageHeader>
            {Suspend::new(async move {
                match load(&visit, Action::SeePasswordPolicy).await {
                    Ok(policy) => view! { <PolicyView visit policy/> }.into_any(),
                    Err(error) => failed(&visit, "", error, visit.path.clone()),
                }
            })}
        </Frame>
    }
    .into_any()
}

/// The policy as the cluster has it now, for a page of this action.
pub(super) async fn load(visit: &Visit, action: Action) -> Result<PasswordPolicy, PortalError> {
    let passage = visit.open(action, Target::portal())?;
    passage
        .read(|cluster| async move { cluster.password_policy().await })
        .await
        .map_err(|error| visit.explain(Action::SeePasswordPolicy, &error))
}

#[component]
fn PolicyView(visit: Visit, policy: PasswordPolicy) -> impl IntoView {
    let held = held(&policy);
    let remarks = remarks(&policy);
    let is_empty = held.is_empty();
    let parts = PARTS
        .iter()
        .map(|(heading, rules)| part(heading, rules, &held))
        .collect_view();
    let others: Vec<_> = undocumented(&held)
        .map(|(key, value)| (key.clone(), text(value)))
        .collect();
    view! {
        <ComparedSection visit=visit.clone() title="What the cluster took"/>
        {is_empty.then(|| view! {
            <Notice standing=true tone=Tone::Warning title="No rule is in force." detail="The cluster takes any password."/>
        })}
        <Remarks remarks/>
        {parts}
        {(!others.is_empty()).then(|| view! { <Undocumented others/> })}
        <TryPassword visit policy/>
    }
    .into_any()
}

#[component]
fn Remarks(remarks: Vec<String>) -> impl IntoView {
    if remarks.is_empty() {
        return None;
    }
    let lines = remarks
        .into_iter()
        .map(|remark| view! { <li>{remark}</li> })
        .collect_view();
    Some(view! {
        <Notice standing=true tone=Tone::Info title="To know about this policy">
            <ul class="remarks">{lines}</ul>
        </Notice>
    })
}

fn part(heading: &'static str, rules: &'static [Rule], held: &Held) -> AnyView {
    let rows = rules.iter().map(|rule| {
        let value = match held.get(rule.key) {
            Some(value) => view! { <bdi>{rule.in_words(value)}</bdi> }.into_any(),
            None => view! { <span class="muted">"not set"</span> }.into_any(),
        };
        view! {
            <tr>
                <th scope="row">{rule.label}</th>
                <td class="wraps">{value}</td>
                <td class="wraps">{rule.meaning}</td>
                <td><code>{rule.key}</code></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Section title=heading>
            <Table label=heading columns=&["Rule", "Value", "What it means", "Key"]>{rows}</Table>
        </Section>
    }
    .into_any()
}

/// Keys that nobody documents, as the cluster gives them.
#[component]
fn Undocumented(others: Vec<(String, String)>) -> impl IntoView {
    let rows = others.into_iter().map(|(key, value)| {
        view! { <tr><th scope="row"><code>{key}</code></th><td class="wraps"><code>{value}</code></td></tr> }
    });
    let rows = rows.collect_view();
    view! {
        <Section title="Rules that are not documented">
            <p>"The portal does not know what these ask for, and keeps them as they are."</p>
            <Table label="Rules that are not documented" columns=&["Key", "Value"]>{rows}</Table>
        </Section>
    }
    .into_any()
}

/// A password judged by the portal alone.
#[component]
fn TryPassword(visit: Visit, policy: PasswordPolicy) -> impl IntoView {
    let fields = visit.fields(JudgePassword::url());
    let error = fields.error();
    view! {
        <Section title="Try a password">
            <p>"The portal judges it by these rules as you type. Nothing is sent to the cluster, and nothing is kept."</p>
            <PostForm action=JudgePassword::url() class="form page" error=error.clone()>
                <div class="field-pair">
                    <TextField name="username" id_prefix="try-" label="User name" maxlength=255
                        value=fields.text("username", "") error=error.clone()
                        hint="Some rules compare the password with it."/>
                    <TextField name="email" id_prefix="try-" label="E-mail address" kind=FieldKind::Email maxlength=255
                        value=fields.text("email", "") error=error.clone()/>
                </div>
                <NewPasswordField name="password" id_prefix="try-" label="Password to try" policy=Some(policy) error/>
                <div class="form-actions">
                    <SubmitButton label="Check" quiet=true name=Some("step") value="check"/>
                </div>
            </PostForm>
        </Section>
    }
    .into_any()
}
