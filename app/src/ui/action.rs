//! What a person can press, and why not.

use leptos::prelude::*;
use operations::missing_permission;

use super::{Icon, MaybeText};

/// Why a control may not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// The permission that is missing.
    pub permission: String,
    /// The roles that give it.
    pub roles: Vec<String>,
}

impl Denied {
    /// The reason in one sentence.
    #[must_use]
    pub fn reason(&self) -> String {
        missing_permission(&self.permission, &self.roles)
    }
}

/// A button that does nothing but say why: focusable, so that everybody can ask.
#[component]
fn DeniedButton(label: String, id: String, denied: Denied, icon: Option<&'static str>) -> AnyView {
    view! {
        <span class="denied">
            <button type="button" class="button" aria-disabled="true" aria-describedby=id.clone()>
                {icon.map(|name| view! { <Icon name/> })}
                {label}
            </button>
            <span class="tooltip" role="tooltip" id=id>
                {denied.reason()}
            </span>
        </span>
    }
    .into_any()
}

/// The class of a button.
fn class(primary: bool, danger: bool) -> &'static str {
    match (primary, danger) {
        (_, true) => "button danger",
        (true, false) => "button primary",
        (false, false) => "button",
    }
}

/// An id part out of a label: lower-case letters and digits, the rest as hyphens.
fn slug(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect()
}

/// Opens a dialog of the page.
#[component]
pub fn DialogButton(
    /// Its label.
    #[prop(into)]
    label: String,
    /// The dialog's id.
    #[prop(into)]
    dialog: String,
    /// Whether it leads to something that cannot be taken back.
    #[prop(optional)]
    danger: bool,
    /// Whether it is the page's main action.
    #[prop(optional)]
    primary: bool,
    /// Why it may not be used.
    #[prop(optional_no_strip)]
    denied: Option<Denied>,
    /// Its icon.
    #[prop(optional_no_strip)]
    icon: Option<&'static str>,
) -> AnyView {
    if let Some(denied) = denied {
        let id = format!("{dialog}-{}-denied", slug(&label));
        return view! { <DeniedButton label id denied icon/> }.into_any();
    }
    view! {
        <button type="button" class=class(primary, danger) command="show-modal" commandfor=dialog>
            {icon.map(|name| view! { <Icon name/> })}
            {label}
        </button>
    }
    .into_any()
}

/// A link that looks like a button, as "New user".
#[component]
pub fn LinkButton(
    /// Its label.
    #[prop(into)]
    label: String,
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Whether it is the page's main action.
    #[prop(optional)]
    primary: bool,
    /// Why it may not be used.
    #[prop(optional_no_strip)]
    denied: Option<Denied>,
    /// Its icon.
    #[prop(optional_no_strip)]
    icon: Option<&'static str>,
) -> AnyView {
    if let Some(denied) = denied {
        let id = format!("{}-denied", slug(&format!("{label}{href}")));
        return view! { <DeniedButton label id denied icon/> }.into_any();
    }
    view! {
        <a class=class(primary, false) href=href>
            {icon.map(|name| view! { <Icon name/> })}
            {label}
        </a>
    }
    .into_any()
}

/// Sends the form it stands in.
#[component]
pub fn SubmitButton(
    /// Its label.
    #[prop(into)]
    label: String,
    /// Whether it does something that cannot be taken back.
    #[prop(optional)]
    danger: bool,
    /// Whether it is one of several equal buttons and not the form's main one.
    #[prop(optional)]
    quiet: bool,
    /// The id of the form that it sends, where it stands outside of it.
    #[prop(optional_no_strip)]
    form: Option<&'static str>,
    /// Where it sends the form, if not to the form's own address.
    #[prop(optional, into)]
    formaction: MaybeText,
    /// The name that it adds to the form.
    #[prop(optional_no_strip)]
    name: Option<&'static str>,
    /// The value of that name.
    #[prop(optional, into)]
    value: MaybeText,
    /// Why it may not be used.
    #[prop(optional_no_strip)]
    denied: Option<Denied>,
) -> AnyView {
    if let Some(denied) = denied {
        let id = format!("submit-{}-{}-denied", slug(&label), name.unwrap_or_default());
        return view! { <DeniedButton label id denied icon=None/> }.into_any();
    }
    view! {
        <button type="submit" class=class(!quiet, danger) form=form formaction=formaction.0 name=name value=value.0>
            {label}
        </button>
    }
    .into_any()
}
