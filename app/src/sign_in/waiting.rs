//! The form that waits until a person has signed in again: what it will do, and how to sign in without it.

use gate::{Action, PendingForm};
use leptos::prelude::*;
use operations::text::shortened;

use crate::{
    flash::SubmittedForm,
    site_map::SiteMap,
    ui::{DescriptionList, Detail, Notice, SubmitButton, Tone},
};

/// The field of a sign-in after which the form that waits is shown again, and not carried out.
pub const SIGN_IN_ALONE: &str = "sign_in_alone";

/// How many values of a form are shown, how many of one name, and how many characters of each.
const MAX_FIELDS: usize = 20;
const MAX_VALUES: usize = 5;
const MAX_CHARACTERS: usize = 120;

/// What travels along with a form and means nothing to its reader.
const UNSEEN: [&str; 4] = ["id", "baseline", "reviewed", "once"];

/// What the form that waits will do.
#[component]
pub fn WaitingForm(form: PendingForm, site_map: &'static SiteMap) -> impl IntoView {
    let rule = site_map.action_of(&form.path).map(Action::rule);
    let title = match rule.filter(|rule| rule.changes) {
        Some(rule) => format!("Signing in also carries out what you sent: {}.", rule.wording),
        None => "Signing in also sends the form that waits.".to_owned(),
    };
    let values = values(&SubmittedForm::of_body(&form.body));
    let values = (!values.is_empty()).then(|| {
        let rows = values.into_iter();
        let rows = rows.map(|(label, value)| view! { <Detail label><bdi>{value}</bdi></Detail> });
        let rows = rows.collect_view();
        view! {
            <details class="waiting">
                <summary>"What it holds"</summary>
                <DescriptionList>{rows}</DescriptionList>
            </details>
        }
    });
    let detail = "It was sent after the cluster had ended your session, and has not been carried out.";
    view! {
        <Notice standing=true tone=Tone::Warning title detail>
            <p>"Page: " <code>{form.page}</code></p>
            {values}
        </Notice>
    }
}

/// The button beside "Sign in" that leaves the form undone.
#[component]
pub fn SignInAlone() -> impl IntoView {
    view! { <SubmitButton label="Sign in without doing it" quiet=true name=Some(SIGN_IN_ALONE) value="true"/> }
}

/// The labels and values that a person typed or ticked, in the order of the form.
fn values(submitted: &SubmittedForm) -> Vec<(String, String)> {
    let mut names: Vec<&str> = Vec::new();
    for (name, value) in submitted.pairs() {
        if !value.is_empty() && !names.contains(&name.as_str()) && !UNSEEN.contains(&bare(name)) {
            names.push(name);
        }
    }
    names.truncate(MAX_FIELDS);
    let value = |name: &str| {
        let all: Vec<_> = submitted.all(name).filter(|value| !value.is_empty()).collect();
        let shown = all.iter().take(MAX_VALUES);
        let mut words: Vec<_> = shown
            .map(|value| shortened((*value).to_owned(), MAX_CHARACTERS))
            .collect();
        if all.len() > MAX_VALUES {
            words.push(format!("and {} more", all.len() - MAX_VALUES));
        }
        words.join(", ")
    };
    names.into_iter().map(|name| (label(name), value(name))).collect()
}

/// The last part of a field's name: `roles` of `user[roles][]`.
fn bare(name: &str) -> &str {
    let parts = name.split(['[', ']']);
    parts.rev().find(|part| !part.is_empty()).unwrap_or(name)
}

/// A field's name as words: "First name".
fn label(name: &str) -> String {
    let words = bare(name).replace('_', " ");
    let mut characters = words.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_a_form_are_named_in_words_and_bounded() {
        let body = "id=7&baseline=%7B%7D&first_name=Ana&email=&password=x&users%5B%5D=a&users%5B%5D=b\
            &users%5B%5D=c&users%5B%5D=d&users%5B%5D=e&users%5B%5D=f&users%5B%5D=g&once=1";
        let values = values(&SubmittedForm::of_body(body.as_bytes()));
        let expected = [("First name", "Ana"), ("Users", "a, b, c, d, e, and 2 more")];
        let expected = expected.map(|(label, value)| (label.to_owned(), value.to_owned()));
        assert_eq!(values, expected);
    }
}
