//! Every form of the portal, sent without leaving the page: what was typed survives a failure and the
//! end of a session.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::futures::spawn_local;
use leptos::{prelude::*, wasm_bindgen::JsCast};
use wasm_bindgen::JsValue;
use web_sys::{
    CustomEvent, Element, Event, FormData, HtmlDialogElement, HtmlElement, HtmlFormElement, Response,
    SubmitEvent, UrlSearchParams,
};

use crate::{dom, failure::Failure, http};

mod busy;
mod guard;
mod messages;

/// The event on the document that says: somebody signed in again.
const SIGNED_IN: &str = "postern:signed-in";
/// The dialog of the shell that asks for the password again.
const SIGN_IN_DIALOG: &str = "sign-in-again";
/// Where the server says what to show next.
const NEXT_HEADER: &str = "X-Postern-Next";

/// Wraps one `<form method="post">` and sends it by `fetch`, to the same address with the same fields.
#[island]
pub fn EnhancedForm(children: Children) -> impl IntoView {
    view! {
        <div class="island" use:enliven>
            {children()}
        </div>
    }
}

fn enliven(island: Element) {
    dom::on(&island, "submit", &(), |(), event| on_submit(event));
    dom::on(&island, "input", &(), |(), event| guard::notice(event));
}

fn on_submit(event: &Event) {
    let Some(form) = dom::target::<HtmlFormElement>(event, "form") else {
        return;
    };
    let submitter = event.dyn_ref().and_then(SubmitEvent::submitter);
    // A `<form method="dialog">` closes its dialog by itself.
    let method = attribute(&form, submitter.as_ref(), "method").unwrap_or_default();
    if method.eq_ignore_ascii_case("post") {
        event.prevent_default();
        send(form, submitter);
    }
}

/// What the form says, or the button that sends it: `formaction` goes before `action`. They are read as
/// attributes, because a field called "action" would hide the property.
fn attribute(form: &HtmlFormElement, submitter: Option<&HtmlElement>, name: &str) -> Option<String> {
    submitter
        .and_then(|button| button.get_attribute(&format!("form{name}")))
        .or_else(|| form.get_attribute(name))
}

/// Sends the form unless it is on its way already.
fn send(form: HtmlFormElement, submitter: Option<HtmlElement>) {
    if busy::is(&form) {
        return;
    }
    messages::clear(&form);
    busy::begin(&form, submitter.as_ref());
    spawn_local(async move {
        match post(&form, submitter.as_ref()).await {
            Ok(response) => succeed(&form, &response),
            Err(failure) => fail(form, submitter, &failure),
        }
    });
}

async fn post(form: &HtmlFormElement, submitter: Option<&HtmlElement>) -> Result<Response, Failure> {
    let address = attribute(form, submitter, "action").unwrap_or_default();
    let body = body(form, submitter).map_err(|_| Failure::unreachable())?;
    http::post(&address, &body).await
}

/// The fields as the browser itself would send them, with what the pressed button adds.
fn body(form: &HtmlFormElement, submitter: Option<&HtmlElement>) -> Result<JsValue, JsValue> {
    let data = FormData::new_with_form(form)?;
    if let Some(button) = submitter
        && let Some(name) = button.get_attribute("name")
    {
        data.append_with_str(&name, &button.get_attribute("value").unwrap_or_default())?;
    }
    // Files travel in parts only.
    if attribute(form, submitter, "enctype").as_deref() == Some("multipart/form-data") {
        return Ok(data.into());
    }
    UrlSearchParams::new_with_str_sequence_sequence(&data).map(Into::into)
}

/// It is done: on to what the server says, or the page again with its flash message.
fn succeed(form: &HtmlFormElement, response: &Response) {
    guard::release(form);
    if resumes(form) {
        busy::end(form);
        form.reset();
        if let Some(dialog) = dom::around::<HtmlDialogElement>(form, "dialog") {
            dialog.close();
        }
        if let Ok(event) = CustomEvent::new(SIGNED_IN) {
            let _ = document().dispatch_event(&event);
        }
        return;
    }
    // The form stays busy until the page is left, and is free when the browser brings the page back.
    let left = form.clone();
    dom::once(&window(), "pagehide", move || busy::end(&left));
    let location = window().location();
    let next = response
        .headers()
        .get(NEXT_HEADER)
        .ok()
        .flatten()
        .filter(|next| is_local(next));
    let _ = match next {
        Some(next) => location.assign(&next),
        None if response.redirected() => location.assign(&response.url()),
        None => location.reload(),
    };
}

/// Whether it is the form that signs in again, after which goes on what was interrupted.
fn resumes(form: &HtmlFormElement) -> bool {
    form.get_attribute("data-then").as_deref() == Some("resume")
}

/// A path of this portal and not of another host.
fn is_local(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains('\\')
}

/// It failed: sign in again and resume, or say what is the matter where it is the matter.
fn fail(form: HtmlFormElement, submitter: Option<HtmlElement>, failure: &Failure) {
    busy::end(&form);
    let dialog = document().get_element_by_id(SIGN_IN_DIALOG);
    match dialog.and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok()) {
        Some(dialog) if failure.wants_sign_in() && !resumes(&form) => {
            sign_in_then_send(&dialog, form, submitter);
        }
        _ => messages::show(failure, &form),
    }
}

/// Opens the sign-in dialog; once somebody signed in, the form goes out again with what was typed.
fn sign_in_then_send(dialog: &HtmlDialogElement, form: HtmlFormElement, submitter: Option<HtmlElement>) {
    if !dialog.open() && dialog.show_modal().is_err() {
        return;
    }
    // Closing the dialog without signing in is a change of mind: a later sign-in sends nothing. The
    // event comes first, and `close` is queued behind it.
    let waiting = Rc::new(Cell::new(true));
    let closed = waiting.clone();
    dom::once(&document(), SIGNED_IN, move || {
        if waiting.get() {
            send(form, submitter);
        }
    });
    dom::once(dialog, "close", move || closed.set(false));
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn only_a_path_of_this_portal_is_followed() {
        for local in ["/", "/users/7?q=a", "/users#lock"] {
            assert!(is_local(local), "{local}");
        }
        for foreign in [
            "",
            "users",
            "//example.com",
            "/\\example.com",
            "https://example.com/",
            "javascript:alert(1)",
        ] {
            assert!(!is_local(foreign), "{foreign}");
        }
    }
}
