//! `/password-policy/edit`: every documented rule, and changing the policy (rows 50-52).

use gate::{Action, Target};
use leptos::prelude::*;
use operations::password_policy::{
    self, CONFIRMATIONS, PolicyForm, fingerprint, load,
    rules::{ALGORITHMS, Kind, PARTS, PolicyValues, Rule, undocumented, values},
};
use protegrity::lenient;
use server_fn::ServerFn;

use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    form::Fields,
    ui::{
        CheckField, Choice, ConfirmField, FieldGroup, FieldKind, FormActions, Page, PostForm, SelectField,
        TextField,
    },
};

/// Changes the password policy.
#[server(prefix = "/api", endpoint = "password-policy/update")]
pub async fn update_password_policy(#[server(flatten)] form: PolicyForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context
        .begin(Action::UpdatePasswordPolicy, Target::portal())
        .await?;
    let updated = password_policy::update(&context.services, &operation, &form).await?;
    Ok(Done {
        compared: updated.compared,
        ..Done::new("The password policy is updated.")
            .with_detail(updated.detail)
            .with_next("/password-policy")
    })
}

/// `/password-policy/edit`
pub async fn edit(context: RequestContext) -> PageResult {
    let operation = context
        .begin(Action::UpdatePasswordPolicy, Target::portal())
        .await?;
    let values = values(&load(&operation).await?);
    let fields = context.fields(UpdatePasswordPolicy::url());
    let error = fields.error();
    let hidden = vec![("baseline", fields.text("baseline", &fingerprint(&values)))];
    let parts = PARTS
        .iter()
        .map(|(heading, rules)| part(heading, rules, &fields, &values));
    let parts = parts.collect_view();
    let kept: Vec<_> = undocumented(&values).map(|(key, _)| key.clone()).collect();
    let confirmations = CONFIRMATIONS.iter();
    let confirmations = confirmations
        .map(|(name, label)| view! { <ConfirmField name=*name label=*label error=error.clone()/> });
    let confirmations = confirmations.collect_view();
    let content = view! {
        <PostForm action=UpdatePasswordPolicy::url() class="form page" error=error.clone() hidden>
            {parts}
            {(!kept.is_empty()).then(|| view! {
                <p>"Undocumented rules, kept as they are: " <code>{kept.join(", ")}</code></p>
            })}
            {confirmations}
            <FormActions back="/password-policy" submit="Save"/>
        </PostForm>
    };
    Ok(Page::new("Edit password policy", content)
        .crumb("Password policy", "/password-policy")
        .lead("The whole policy is sent. An empty field leaves its rule out; if the cluster keeps it, 0 switches it off."))
}

/// The fields of a part, beside each other; a pattern needs the room of a line.
fn part(heading: &'static str, rules: &'static [Rule], fields: &Fields, values: &PolicyValues) -> AnyView {
    let (wide, narrow): (Vec<_>, Vec<_>) = rules.iter().partition(|rule| rule.kind == Kind::Pattern);
    let controls = |rules: Vec<&'static Rule>| {
        let controls = rules.into_iter().map(|rule| control(rule, fields, values));
        controls.collect_view()
    };
    let (wide, narrow) = (controls(wide), controls(narrow));
    view! {
        <FieldGroup name=heading label=heading>
            <div class="field-pair">{narrow}</div>
            {wide}
        </FieldGroup>
    }
    .into_any()
}

fn control(rule: &'static Rule, fields: &Fields, values: &PolicyValues) -> AnyView {
    let error = fields.error();
    let now = rule.typed(values);
    let value = fields.text(rule.field(), &now);
    match rule.kind {
        Kind::Number { .. } => view! {
            <TextField name=rule.field() label=rule.field_label() kind=FieldKind::Number maxlength=20
                value hint=rule.meaning error/>
        }
        .into_any(),
        Kind::Switch => {
            let is_on = values.get(rule.key).and_then(lenient::as_boolean) == Some(true);
            view! {
                <CheckField name=rule.field() label=rule.label checked=fields.flag(rule.field(), is_on) hint=rule.meaning error/>
            }
            .into_any()
        }
        Kind::Algorithm => {
            let is_known = ALGORITHMS.iter().any(|(name, _)| *name == now);
            let kept =
                (!now.is_empty() && !is_known).then(|| Choice::new(now.clone(), format!("{now} (present)")));
            let known = ALGORITHMS.iter().map(|(name, default)| {
                Choice::new(
                    *name,
                    format!("{name} (Keycloak's default: {default} iterations)"),
                )
            });
            let choices = [Choice::new("", "The cluster's default")]
                .into_iter()
                .chain(kept)
                .chain(known)
                .collect();
            view! { <SelectField name=rule.field() label=rule.label choices value hint=rule.meaning error/> }
                .into_any()
        }
        Kind::Pattern => view! {
            <TextField name=rule.field() label=rule.label maxlength=1000 value hint=rule.meaning error/>
        }
        .into_any(),
    }
}
