//! Forms that change something, on the page and in a dialog.

use islands::EnhancedForm;
use leptos::prelude::*;
use operations::{jobs::FormToken, reviews::FormValues};

use super::{Denied, Icon};
use crate::error::PortalError;

/// Names and values that travel along with a form.
#[derive(Clone, Debug, Default)]
pub struct Hidden(FormValues);

impl<N: Into<String>> From<Vec<(N, String)>> for Hidden {
    fn from(values: Vec<(N, String)>) -> Self {
        let values = values.into_iter();
        Self(values.map(|(name, value)| (name.into(), value)).collect())
    }
}

/// A form that is sent by POST: plain without script, in place with it.
#[allow(
    clippy::fn_params_excessive_bools,
    reason = "each is an attribute with its name where it is set"
)]
#[component]
pub fn PostForm(
    /// Where it is sent.
    #[prop(into)]
    action: String,
    /// Why the attempt before failed; the fields get the same error for their messages.
    #[prop(optional_no_strip)]
    error: Option<PortalError>,
    /// Names and values that travel along.
    #[prop(optional, into)]
    hidden: Hidden,
    /// The form's class.
    #[prop(optional)]
    class: &'static str,
    /// Whether success goes on with what was interrupted and not to the next page: signing in again.
    #[prop(optional)]
    resume: bool,
    /// Whether the page may be left without a question while values in it were not sent.
    #[prop(optional)]
    unguarded: bool,
    /// Whether there is a file in it.
    #[prop(optional)]
    multipart: bool,
    /// Whether it starts a job: sent twice, it starts one.
    #[prop(optional)]
    once: bool,
    /// Whether a picker's "Find" stands before the button that sends it. Enter in a field presses the first
    /// button of a form, so another one goes before it, out of sight.
    #[prop(optional)]
    finds: bool,
    /// Fields and buttons.
    children: Children,
) -> AnyView {
    let class = if class.is_empty() { "form" } else { class };
    // Values that came back with a message were not sent, so they are changes from the start.
    let guard = if error.is_some() { "returned" } else { "rendered" };
    view! {
        <EnhancedForm>
            <form
                method="post"
                action=action
                class=class
                enctype=multipart.then_some("multipart/form-data")
                // The portal says what is the matter, at the field and in its own words.
                novalidate
                data-then=resume.then_some("resume")
                data-guard=(!unguarded && !resume).then_some(guard)
            >
                {finds.then(|| view! { <button type="submit" hidden></button> })}
                <FormError error/>
                {hidden
                    .0
                    .into_iter()
                    .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
                    .collect_view()}
                {once.then(|| view! { <input type="hidden" name="once" value=FormToken::random().to_string()/> })}
                {children()}
            </form>
        </EnhancedForm>
    }
    .into_any()
}

/// The place of messages that belong to no field. It is there when it is empty, for the island to fill,
/// and is an alert only when it says something.
#[component]
fn FormError(error: Option<PortalError>) -> AnyView {
    // The page is shown again after "Find": nothing is the matter.
    let error = error.filter(|error| !error.title.is_empty());
    let role = error.as_ref().map(|_| "alert");
    view! {
        <div class="form-error" data-form-error role=role>
            {error
                .map(|error| {
                    view! {
                        <p class="form-error-title">{error.title}</p>
                        {error.detail.map(|detail| view! { <p>{detail}</p> })}
                        {error
                            .request_id
                            .map(|id| {
                                view! { <p class="request-id">"Request id " <code>{id}</code></p> }
                            })}
                    }
                })}
        </div>
    }
    .into_any()
}

/// Asks before something is done. It is opened by a `DialogButton`; after a failure without script the
/// page comes back with it open and the messages in it.
#[component]
pub fn ConfirmDialog(
    /// Its id, which the button names.
    #[prop(into)]
    id: String,
    /// The question.
    #[prop(into)]
    title: String,
    /// Where the answer is sent.
    #[prop(into)]
    action: String,
    /// The label of the confirming button, which repeats the verb: "Lock".
    #[prop(into)]
    confirm: String,
    /// Whether it cannot be taken back.
    #[prop(optional)]
    danger: bool,
    /// Names and values that travel along.
    #[prop(optional, into)]
    hidden: Hidden,
    /// Why the attempt before failed.
    #[prop(optional_no_strip)]
    error: Option<PortalError>,
    /// What will happen, and the fields that it needs.
    children: Children,
) -> AnyView {
    let title_id = format!("{id}-title");
    let confirm_class = if danger { "button danger" } else { "button primary" };
    let open = error.is_some();
    let cancels = id.clone();
    view! {
        <dialog id=id class="dialog" aria-labelledby=title_id open=open>
            <div class="dialog-header">
                <h2 id=title_id.clone()>{title}</h2>
                <button type="button" class="icon-button" command="close" commandfor=id.clone() aria-label="Close">
                    <Icon name="close"/>
                </button>
            </div>
            <PostForm action error hidden>
                {children()}
                <div class="form-actions">
                    <button type="button" class="button" command="close" commandfor=cancels>
                        "Cancel"
                    </button>
                    <button type="submit" class=confirm_class>
                        {confirm}
                    </button>
                </div>
            </PostForm>
        </dialog>
    }
    .into_any()
}

/// Asks before one object is deleted; nothing where the caller may not delete it.
#[component]
pub fn DeleteDialog(
    /// Its id, which the button names.
    #[prop(default = "delete-dialog".to_owned(), into)]
    id: String,
    /// The object by its name: "developers".
    #[prop(into)]
    object: String,
    /// Where the answer is sent.
    #[prop(into)]
    action: String,
    /// Why the caller may not.
    denied: Option<Denied>,
    /// Names and values that travel along.
    #[prop(optional, into)]
    hidden: Hidden,
    /// Why the attempt before failed.
    #[prop(optional_no_strip)]
    error: Option<PortalError>,
    /// What is lost, and the fields that it needs.
    children: Children,
) -> Option<AnyView> {
    if denied.is_some() {
        return None;
    }
    let title = format!("Delete {object}?");
    let dialog = view! {
        <ConfirmDialog id title action confirm="Delete" danger=true hidden error>{children()}</ConfirmDialog>
    };
    Some(dialog.into_any())
}

/// The end of a form: the way back and the button that sends it.
#[component]
pub fn FormActions(
    /// Where "Cancel" leads.
    #[prop(into)]
    back: String,
    /// The label of the button, a verb: "Save".
    #[prop(into)]
    submit: String,
    /// Whether it cannot be taken back.
    #[prop(optional)]
    danger: bool,
    /// Why the caller may not send it.
    #[prop(optional_no_strip)]
    denied: Option<Denied>,
) -> AnyView {
    view! {
        <div class="form-actions">
            <a class="button" href=back>"Cancel"</a>
            <super::SubmitButton label=submit danger denied/>
        </div>
    }
    .into_any()
}
