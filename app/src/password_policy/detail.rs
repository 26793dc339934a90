//! `/password-policy`: the cluster's requirements in words, and a field to try a password.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::password_policy::{
    lint::remarks,
    load,
    rules::{PARTS, PolicyValues, Rule, text, undocumented, values},
};
use protegrity::PasswordPolicy;
use server_fn::ServerFn;

use super::CheckPassword;
use crate::{
    answer::PageResult,
    context::RequestContext,
    shell::ComparedSection,
    ui::{
        FieldKind, LinkButton, NewPasswordField, Notice, Page, PostForm, Section, SubmitButton, Table,
        TextField, Tone,
    },
};

/// `/password-policy`
pub async fn detail(context: RequestContext) -> PageResult {
    let operation = context
        .begin(Action::ViewPasswordPolicy, Target::portal())
        .await?;
    let policy = load(&operation).await?;
    let denied = context.denied(Action::UpdatePasswordPolicy);
    let (values, remarks) = (values(&policy), remarks(&policy));
    let is_empty = values.is_empty();
    let parts = PARTS
        .iter()
        .map(|(heading, rules)| part(heading, rules, &values))
        .collect_view();
    let others: Vec<_> = undocumented(&values)
        .map(|(key, value)| (key.clone(), text(value)))
        .collect();
    let content = view! {
        <ComparedSection context=context.clone() title="Sent and present values"/>
        {is_empty.then(|| view! {
            <Notice standing=true tone=Tone::Warning title="No rule is in force." detail="The cluster accepts any password."/>
        })}
        <Remarks remarks/>
        {parts}
        {(!others.is_empty()).then(|| view! { <Undocumented others/> })}
        <TryPassword context policy/>
    };
    Ok(Page::new("Password policy", content)
        .lead("The cluster's requirements for a new password. Existing passwords stay.")
        .actions(view! {
            <LinkButton label="Edit" href="/password-policy/edit" primary=true icon=Some("edit") denied/>
        }))
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
        <Notice standing=true tone=Tone::Info title="Remarks">
            <ul class="remarks">{lines}</ul>
        </Notice>
    })
}

fn part(heading: &'static str, rules: &'static [Rule], values: &PolicyValues) -> AnyView {
    let rows = rules.iter().map(|rule| {
        let value = match values.get(rule.key) {
            Some(value) => view! { <bdi>{rule.in_words(value)}</bdi> }.into_any(),
            None => view! { <span class="muted">"Not set"</span> }.into_any(),
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
            <Table label=heading columns=&["Rule", "Value", "Meaning", "Key"]>{rows}</Table>
        </Section>
    }
    .into_any()
}

/// Undocumented keys, as the cluster gives them.
#[component]
fn Undocumented(others: Vec<(String, String)>) -> impl IntoView {
    let rows = others.into_iter().map(|(key, value)| {
        view! { <tr><th scope="row"><code>{key}</code></th><td class="wraps"><code>{value}</code></td></tr> }
    });
    let rows = rows.collect_view();
    view! {
        <Section title="Undocumented rules">
            <p>"The portal does not know the meaning of these rules and keeps them as they are."</p>
            <Table label="Undocumented rules" columns=&["Key", "Value"]>{rows}</Table>
        </Section>
    }
    .into_any()
}

/// Checks a password in the portal, without the cluster.
#[component]
fn TryPassword(context: RequestContext, policy: PasswordPolicy) -> impl IntoView {
    let fields = context.fields(CheckPassword::url());
    let error = fields.error();
    view! {
        <Section title="Try a password">
            <p>"The portal checks it against these rules while you type. Nothing is sent to the cluster, and nothing is stored."</p>
            <PostForm action=CheckPassword::url() class="form page" error=error.clone() unguarded=true>
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
