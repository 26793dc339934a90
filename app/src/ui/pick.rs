//! Choosing from what is there: roles with what they grant, names found by searching, and the box that
//! has to be ticked before something that cannot be undone.

use islands::Picker;
use leptos::prelude::*;
use protegrity::Role;

use super::{CheckField, EmptyState, MaybeText};
use crate::error::PortalError;

/// Tick boxes for roles, each with what it is for and what it grants. The form sends `name` for each;
/// a held role that the cluster did not list is kept and said to be unknown.
#[component]
pub fn RolePicker(
    /// The name of the boxes in the form: `roles[]`.
    name: &'static str,
    /// The question.
    #[prop(into)]
    label: String,
    /// The roles that this person can read.
    roles: Vec<Role>,
    /// Those that are ticked.
    chosen: Vec<String>,
    /// What to know before choosing.
    #[prop(optional, into)]
    hint: MaybeText,
    /// The form's error, from which it takes its own message.
    #[prop(optional_no_strip)]
    error: Option<PortalError>,
) -> AnyView {
    let unknown: Vec<_> = chosen
        .iter()
        .filter(|name| roles.iter().all(|role| role.name.as_str() != **name))
        .map(|name| {
            (
                name.clone(),
                "This role is not in the list that the cluster gives you.".to_owned(),
                Vec::new(),
            )
        })
        .collect();
    let known = roles.into_iter().map(|role| {
        let about = role.description.unwrap_or_default();
        (role.name.to_string(), about, role.permissions)
    });
    let rows = known.chain(unknown).enumerate().map(|(at, (role, about, grants))| {
        let checked = chosen.contains(&role);
        let id = format!("{}{at}", slug(name));
        view! {
            <li>
                <label class="check-line" for=id.clone()>
                    <input type="checkbox" id=id.clone() name=name value=role.clone() checked=checked
                        aria-describedby=format!("{id}-grants")/>
                    <span class="pick-name">{role}</span>
                    <span class="pick-about">{about}</span>
                </label>
                <p class="pick-grants" id=format!("{id}-grants")>
                    {if grants.is_empty() {
                        view! { "Grants nothing that is known." }.into_any()
                    } else {
                        let grants = grants.iter().map(|grant| view! { <code>{grant.to_string()}</code> " " });
                        view! { "Grants " {grants.collect_view()} }.into_any()
                    }}
                </p>
            </li>
        }
    });
    let rows = rows.collect_view();
    let is_empty = rows.is_empty();
    view! {
        <FieldGroup name label hint error>
            {if is_empty {
                view! { <EmptyState title="No roles" hint="The cluster lists no roles for you to choose from."/> }.into_any()
            } else {
                view! { <ul class="pick">{rows}</ul> }.into_any()
            }}
        </FieldGroup>
    }
    .into_any()
}

/// Several controls that answer one question, with its hint and its message.
#[component]
pub fn FieldGroup(
    /// The name whose message it shows; a trailing `[]` does not count.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    label: String,
    /// What to know before answering.
    #[prop(optional, into)]
    hint: MaybeText,
    /// The form's error, from which it takes its own message.
    #[prop(optional_no_strip)]
    error: Option<PortalError>,
    /// The controls.
    children: Children,
) -> AnyView {
    let field = name.trim_end_matches("[]").to_owned();
    let message = error
        .and_then(|error| {
            error
                .fields
                .into_iter()
                .find(|fault| fault.field.trim_end_matches("[]") == field)
        })
        .map(|fault| fault.message);
    let id = slug(&field);
    view! {
        <fieldset class="field group" aria-describedby=format!("{id}-group-error")>
            <legend>{label}</legend>
            {hint.0.map(|hint| view! { <p class="field-hint">{hint}</p> })}
            {children()}
            <p class="field-error" id=format!("{id}-group-error") data-error-for=field>{message}</p>
        </fieldset>
    }
    .into_any()
}

/// A name that was found or chosen.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Pick {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// What tells it from others: a full name, an address.
    pub detail: String,
}

/// Names picked by searching: those that are chosen, a search field, and what was found. As one types it
/// searches; without script the button "Find" sends the form with `step=find`, and the page comes back
/// with what was found (see [`crate::form::shown_again`]).
#[component]
pub fn SearchPicker(
    /// The name of the boxes in the form: `members[]`.
    name: &'static str,
    /// The question: "Members".
    #[prop(into)]
    label: String,
    /// The label of the search field: "Search users".
    #[prop(into)]
    search_label: String,
    /// The server function that searches.
    source: &'static str,
    /// Those that are chosen.
    chosen: Vec<Pick>,
    /// What was searched for.
    #[prop(optional, into)]
    query: String,
    /// What was found.
    #[prop(optional)]
    found: Vec<Pick>,
    /// What to know before choosing.
    #[prop(optional, into)]
    hint: MaybeText,
    /// The form's error, from which it takes its own message.
    #[prop(optional_no_strip)]
    error: Option<PortalError>,
) -> AnyView {
    let row = |pick: Pick, checked: bool| {
        view! {
            <li>
                <label class="check-line">
                    <input type="checkbox" name=name value=pick.value checked=checked/>
                    <span>{pick.label}</span>
                    <span class="picker-detail">{pick.detail}</span>
                </label>
            </li>
        }
    };
    let nothing = (!query.is_empty() && found.is_empty()).then(|| format!("No match for “{query}”."));
    let found: Vec<Pick> = found
        .into_iter()
        .filter(|pick| chosen.iter().all(|known| known.value != pick.value))
        .collect();
    let chosen = chosen.into_iter().map(|pick| row(pick, true)).collect_view();
    let found = found.into_iter().map(|pick| row(pick, false)).collect_view();
    view! {
        <FieldGroup name label=label.clone() hint error>
            <Picker>
                <div class="picker" data-picker data-source=source data-name=name>
                    <ul class="picker-chosen" data-picker-chosen aria-label=label>{chosen}</ul>
                    <div class="picker-search">
                        <label>
                            <span class="visually-hidden">{search_label.clone()}</span>
                            <input type="search" name="find" value=query data-picker-search maxlength="200"
                                placeholder=search_label autocomplete="off"/>
                        </label>
                        <button type="submit" class="button" name="step" value="find">"Find"</button>
                    </div>
                    <ul class="picker-found" data-picker-found aria-label="Found">{found}</ul>
                    <p class="picker-announce" aria-live="polite" data-picker-announce>{nothing}</p>
                </div>
            </Picker>
        </FieldGroup>
    }
    .into_any()
}

/// A box that appears when the portal asks for it: the form came back with a message at this field, and
/// goes through when the box is ticked.
#[component]
pub fn ConfirmField(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What one is sure of.
    #[prop(into)]
    label: String,
    /// The form's error, from which it takes its own message.
    #[prop(optional_no_strip)]
    error: Option<PortalError>,
    /// Begins its ids, to set them apart from a field of the same name in another form: `again-`.
    #[prop(optional, into)]
    id_prefix: String,
) -> AnyView {
    let asked = error
        .as_ref()
        .is_some_and(|error| error.fields.iter().any(|fault| fault.field == name));
    view! {
        <div class="sure" data-shown-on-error hidden=!asked>
            <CheckField name label error id_prefix/>
        </div>
    }
    .into_any()
}

fn slug(name: &str) -> String {
    let kept = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    kept.collect()
}
