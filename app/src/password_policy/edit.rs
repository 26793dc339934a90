//! `/password-policy/edit`: every documented rule, and what changes the policy (rows 50-52).

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use gate::{Action, Target};
use leptos::prelude::*;
use protegrity::{PasswordPolicy, lenient};
use server_fn::ServerFn;

use super::{
    page::load,
    rules::{ALGORITHMS, Held, Kind, PARTS, Rule, compared, held, read, summary, undocumented, weaker},
    sense,
};
use crate::{
    error::PortalError,
    flash::Done,
    form::{Faults, Fields},
    shell::{Frame, failed},
    ui::{
        CheckField, Choice, FieldGroup, FieldKind, LinkButton, PageHeader, PostForm, SelectField,
        SubmitButton, SureField, TextField,
    },
    visit::{Visit, visit},
};

/// The boxes that are asked for before something doubtful is sent: the name, and what one is sure of.
const SURE: &[(&str, &str)] = &[
    ("sure_weaker", "I am sure that passwords may be weaker"),
    ("sure_iterations", "I am sure that so few iterations are enough"),
    ("sure_impossible", "I am sure that a password can satisfy this"),
    ("sure_changed", "I am sure that my form is to win"),
];

/// Changes the password policy, `PUT /passwordpolicy`: it is read, changed and sent as a whole, because
/// whether the cluster merges or replaces is not documented, and read again, because its answer may be
/// another (rows 51, 52).
#[server(prefix = "/api", endpoint = "password-policy/update")]
pub async fn update_password_policy(
    #[server(flatten)] form: BTreeMap<String, String>,
) -> Result<(), PortalError> {
    let visit = visit();
    let passage = visit.open(Action::UpdatePasswordPolicy, Target::portal())?;
    let before = passage
        .read(|cluster| async move { cluster.password_policy().await })
        .await
        .map_err(|error| visit.explain(Action::UpdatePasswordPolicy, &error))?;
    let before = held(&before);
    let after = check(&form, &before)?;
    let policy = PasswordPolicy::from(after.clone());
    passage
        .set_password_policy(&policy)
        .await
        .map_err(|error| visit.explain(Action::UpdatePasswordPolicy, &error))?;
    let now = passage
        .read(|cluster| async move { cluster.password_policy().await })
        .await;
    let done = Done::new("The password policy is updated.").with_next("/password-policy");
    visit.done(match now {
        Ok(now) => {
            let rows = compared(&after, &held(&now));
            Done {
                detail: Some(summary(&rows)),
                compared: rows,
                ..done
            }
        }
        Err(error) => {
            tracing::warn!(%error, "a written password policy could not be read again");
            done.with_detail("The cluster could not be asked what it took: look at the policy again later.")
        }
    });
    Ok(())
}

/// The policy that the form asks for, when it makes sense and everything doubtful has been confirmed.
fn check(form: &BTreeMap<String, String>, before: &Held) -> Result<Held, PortalError> {
    let mut faults = Faults::default();
    let after = read(form, before, &mut faults);
    let policy = PasswordPolicy::from(after.clone());
    if faults.is_empty() {
        sense::check(&policy, &mut faults);
    }
    if !faults.is_empty() {
        faults.finish()?;
        return Ok(after);
    }
    let mut ask = |name: &str, message: Option<String>| {
        let is_sure = form.get(name).is_some_and(|ticked| ticked == "true");
        if let Some(message) = message.filter(|_| !is_sure) {
            faults.add(name, message);
        }
    };
    let weaker = weaker(before, &after);
    ask(
        "sure_weaker",
        (!weaker.is_empty()).then(|| format!("This asks for less than now: {}.", weaker.join(", "))),
    );
    let low = sense::has_new_low_iterations(&policy, before, &after);
    ask(
        "sure_iterations",
        low.map(|advisable| {
            format!("These are few iterations for this algorithm: Keycloak's default is {advisable}.")
        }),
    );
    ask(
        "sure_impossible",
        (!sense::can_be_met(&policy)).then(|| {
            "The portal could make no password that satisfies this. If none does, nobody can be given one.".to_owned()
        }),
    );
    let seen = form.get("seen").filter(|seen| !seen.is_empty());
    ask(
        "sure_changed",
        seen.filter(|seen| **seen != mark(before)).map(|_| {
            "Somebody has changed the policy since this form was opened. What it holds would take the place of that.".to_owned()
        }),
    );
    faults.finish()?;
    Ok(after)
}

/// Tells one state of the policy from another.
fn mark(held: &Held) -> String {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(held).unwrap_or_default().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// `/password-policy/edit`
#[component]
pub fn EditPasswordPolicyPage() -> impl IntoView {
    let visit = visit();
    view! {
        <Frame area="/password-policy">
            <p class="back"><a href="/password-policy">"Password policy"</a></p>
            <PageHeader title="Edit password policy"
                lead="All of it is sent. A field that is left empty leaves its rule out; should the cluster keep it, a 0 switches it off."/>
            {Suspend::new(async move {
                match load(&visit, Action::UpdatePasswordPolicy).await {
                    Ok(policy) => view! { <PolicyForm visit policy/> }.into_any(),
                    Err(error) => failed(&visit, "", error, visit.path.clone()),
                }
            })}
        </Frame>
    }
    .into_any()
}

#[component]
fn PolicyForm(visit: Visit, policy: PasswordPolicy) -> impl IntoView {
    let held = held(&policy);
    let fields = visit.fields(UpdatePasswordPolicy::url());
    let error = fields.error();
    let hidden = vec![("seen", fields.text("seen", &mark(&held)))];
    let parts = PARTS
        .iter()
        .map(|(heading, rules)| part(heading, rules, &fields, &held))
        .collect_view();
    let kept: Vec<_> = undocumented(&held).map(|(key, _)| key.clone()).collect();
    let sure = SURE
        .iter()
        .map(|(name, label)| view! { <SureField name=*name label=*label error=error.clone()/> })
        .collect_view();
    view! {
        <PostForm action=UpdatePasswordPolicy::url() class="form page" error=error.clone() hidden>
            {parts}
            {(!kept.is_empty()).then(|| view! {
                <p>"Kept as they are, because nobody documents them: " <code>{kept.join(", ")}</code></p>
            })}
            {sure}
            <div class="form-actions">
                <LinkButton label="Cancel" href="/password-policy"/>
                <SubmitButton label="Save"/>
            </div>
        </PostForm>
    }
    .into_any()
}

/// The fields of a part, beside each other; a pattern needs the room of a line.
fn part(heading: &'static str, rules: &'static [Rule], fields: &Fields, held: &Held) -> AnyView {
    let (wide, narrow): (Vec<_>, Vec<_>) = rules.iter().partition(|rule| rule.kind == Kind::Pattern);
    let controls = |rules: Vec<&'static Rule>| {
        let controls = rules.into_iter().map(|rule| control(rule, fields, held));
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

fn control(rule: &'static Rule, fields: &Fields, held: &Held) -> AnyView {
    let error = fields.error();
    let now = rule.typed(held);
    let value = fields.text(rule.field(), &now);
    match rule.kind {
        Kind::Number { .. } => view! {
            <TextField name=rule.field() label=rule.field_label() kind=FieldKind::Number maxlength=20
                value hint=rule.meaning error/>
        }
        .into_any(),
        Kind::Switch => {
            let is_on = held.get(rule.key).and_then(lenient::as_boolean) == Some(true);
            view! {
                <CheckField name=rule.field() label=rule.label checked=fields.flag(rule.field(), is_on) hint=rule.meaning error/>
            }
            .into_any()
        }
        Kind::Algorithm => {
            let is_known = ALGORITHMS.iter().any(|(name, _)| *name == now);
            let kept = (!now.is_empty() && !is_known)
                .then(|| Choice::new(now.clone(), format!("{now} (as it is now)")));
            let known = ALGORITHMS.iter().map(|(name, default)| {
                Choice::new(
                    *name,
                    format!("{name} (Keycloak's default: {default} iterations)"),
                )
            });
            let choices = [Choice::new("", "Left to the cluster")]
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn before() -> Held {
        [
            ("length", Value::from(8)),
            ("hashAlgorithm", Value::String("pbkdf2-sha256".to_owned())),
            ("hashIterations", Value::from(27_500)),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into()
    }

    fn asked(changes: &[(&str, &str)]) -> Vec<String> {
        let same = [
            ("length", "8"),
            ("hashAlgorithm", "pbkdf2-sha256"),
            ("hashIterations", "27500"),
        ];
        let form = same
            .iter()
            .chain(changes)
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let error = check(&form.collect(), &before()).err();
        let fields = error.map(|error| error.fields).unwrap_or_default();
        fields.into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn what_is_doubtful_is_asked_about_and_goes_through_when_one_is_sure() {
        assert_eq!(
            asked(&[]),
            [""; 0],
            "few iterations that were there before are not asked about"
        );
        assert_eq!(asked(&[("length", "7")]), ["sure_weaker"]);
        assert_eq!(asked(&[("length", "7"), ("sure_weaker", "true")]), [""; 0]);
        assert_eq!(asked(&[("hashIterations", "30000")]), ["sure_iterations"]);
        assert_eq!(asked(&[("regexPattern", "[^\\s\\S]")]), ["sure_impossible"]);
        assert_eq!(asked(&[("length", "9"), ("seen", "another")]), ["sure_changed"]);
        assert_eq!(asked(&[("length", "9"), ("seen", &mark(&before()))]), [""; 0]);
    }

    #[test]
    fn nonsense_is_refused_at_its_field_before_anything_is_asked() {
        assert_eq!(
            asked(&[("length", "x"), ("digits", "<script>")]),
            ["length", "digits"]
        );
        assert_eq!(asked(&[("length", "7"), ("maxLength", "6")]), ["length"]);
        assert_eq!(
            asked(&[("maxLength", "9"), ("digits", "5"), ("upperCase", "5")]),
            ["maxLength"]
        );
    }
}
