//! The parts of a page that shows what a change does before it is saved.

use leptos::prelude::*;
use operations::reviews::FormValues;

use super::{ConfirmationFields, EmptyState, PostForm, SubmitButton, Table};
use crate::error::PortalError;

/// What is added and what is removed.
#[component]
pub fn ChangeList(
    /// The names that are added.
    added: Vec<String>,
    /// The names that are removed.
    removed: Vec<String>,
) -> AnyView {
    let list = |title: &'static str, names: Vec<String>| {
        (!names.is_empty()).then(|| {
            let items = names
                .into_iter()
                .map(|name| view! { <li><code>{name}</code></li> });
            view! { <h3>{title}</h3> <ul class="remarks">{items.collect_view()}</ul> }
        })
    };
    view! { {list("Removed", removed)} {list("Added", added)} }.into_any()
}

/// The values of a change: what, now, afterwards. An empty one is shown as "None".
#[component]
pub fn ChangeTable(rows: Vec<(String, String, String)>) -> AnyView {
    let or_none = |value: String| {
        if value.is_empty() {
            "None".to_owned()
        } else {
            value
        }
    };
    let rows = rows.into_iter().map(move |(what, from, to)| {
        let (from, to) = (or_none(from), or_none(to));
        view! {
            <tr>
                <th scope="row"><bdi>{what}</bdi></th>
                <td class="fits short"><bdi>{from}</bdi></td>
                <td class="fits short"><bdi>{to}</bdi></td>
            </tr>
        }
    });
    view! {
        <Table label="Change" columns=&["What", "Now", "Afterwards"]>{rows.collect_view()}</Table>
    }
    .into_any()
}

/// Saves the reviewed change, or goes back to its form.
#[component]
pub fn ReviewForm(
    /// Where the change is sent.
    #[prop(into)]
    action: String,
    /// The values of the change.
    hidden: FormValues,
    /// Why the attempt before failed.
    error: Option<PortalError>,
    /// The form with the values of the change.
    again: String,
    /// Where "Cancel" leads.
    cancel: String,
    /// The label of its button.
    #[prop(default = "Save")]
    submit: &'static str,
    /// Whether it starts a job, which one showing of the form does once.
    #[prop(optional)]
    once: bool,
) -> AnyView {
    // The fields themselves are on the page before.
    let elsewhere = error.iter().flat_map(|error| &error.fields);
    let elsewhere = elsewhere.filter(|field| !field.field.starts_with("confirm_"));
    let elsewhere = elsewhere
        .map(|field| view! { <p class="field-error">{field.message.clone()}</p> })
        .collect_view();
    view! {
        <PostForm action error=error.clone() class="form page" hidden once>
            {elsewhere}
            <ConfirmationFields error/>
            <div class="form-actions">
                <a class="button" href=cancel>"Cancel"</a>
                <a class="button" href=again>"Change the form"</a>
                <SubmitButton label=submit/>
            </div>
        </PostForm>
    }
    .into_any()
}

/// In place of a change that waited too long, or was another person's.
#[component]
pub fn NothingToReview(
    /// The address of the form.
    edit: String,
) -> AnyView {
    view! {
        <EmptyState title="No change to review" hint="A change waits half an hour for its review. Make it again.">
            <a class="button" href=edit>"Edit"</a>
        </EmptyState>
    }
    .into_any()
}
