//! Forms sent without leaving the page, so that the typed values survive a failure and an expired
//! session.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::futures::spawn_local;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    CustomEvent, Element, Event, FormData, HtmlDialogElement, HtmlElement, HtmlFormElement, Response,
    SubmitEvent, UrlSearchParams,
};

use crate::{dom, failure::Failure, http};

mod busy;
mod guard;
mod messages;

/// The event on the document after signing in again.
const SIGNED_IN: &str = "postern:signed-in";
/// The dialog of the page frame that asks for the password again.
const SIGN_IN_DIALOG: &str = "sign-in-again";
/// The response header with the address of the next page.
const NEXT_HEADER: &str = "X-Postern-Next";

/// Wraps one `<form method="post">` and sends it by `fetch`, to the same address with the same fields.
#[island]
pub fn EnhancedForm(children: Children) -> impl IntoView {
    view! {
        <div class="island" use:attach>
            {children()}
        </div>
    }
}

fn attach(island: Element) {
    dom::on(&island, "submit", &(), |(), event| on_submit(event));
    guard::attach(&island);
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
    } else if method.eq_ignore_ascii_case("get") {
        // The values go along in the address.
        guard::release(&form);
    }
}

/// An attribute of the form, overridden by that of the submitting button: `formaction` before `action`.
/// Attributes are read and not properties, because a field named "action" would hide the property.
fn attribute(form: &HtmlFormElement, submitter: Option<&HtmlElement>, name: &str) -> Option<String> {
    submitter
        .and_then(|button| button.get_attribute(&format!("form{name}")))
        .or_else(|| form.get_attribute(name))
}

/// Sends the form unless it is being sent already.
fn send(form: HtmlFormElement, submitter: Option<HtmlElement>) {
    if busy::is_busy(&form) {
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

/// The fields as the browser itself would send them, including the submitting button's.
fn body(form: &HtmlFormElement, submitter: Option<&HtmlElement>) -> Result<JsValue, JsValue> {
    let data = FormData::new_with_form(form)?;
    if let Some(button) = submitter
        && let Some(name) = button.get_attribute("name")
    {
        data.append_with_str(&name, &button.get_attribute("value").unwrap_or_default())?;
    }
    // Only the multipart encoding can carry files.
    if attribute(form, submitter, "enctype").as_deref() == Some("multipart/form-data") {
        return Ok(data.into());
    }
    UrlSearchParams::new_with_str_sequence_sequence(&data).map(Into::into)
}

/// Handles success: opens the next page, or loads this one again with its flash message.
fn succeed(form: &HtmlFormElement, response: &Response) {
    guard::release(form);
    if is_sign_in_again(form) {
        busy::end(form);
        form.reset();
        if let Some(dialog) = dom::closest::<HtmlDialogElement>(form, "dialog") {
            dialog.close();
        }
        if let Ok(event) = CustomEvent::new(SIGNED_IN) {
            let _ = document().dispatch_event(&event);
        }
        return;
    }
    // The form stays busy until the page is left, and is idle when the browser restores the page.
    let sent = form.clone();
    dom::once(&window(), "pagehide", move || busy::end(&sent));
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

/// Whether the form is the one of the sign-in dialog, after which the interrupted form is sent again.
fn is_sign_in_again(form: &HtmlFormElement) -> bool {
    form.get_attribute("data-then").as_deref() == Some("resume")
}

/// Whether the address is a path on this host.
fn is_local(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains('\\')
}

/// Handles a failure: opens the sign-in dialog, or shows the messages at the fields.
fn fail(form: HtmlFormElement, submitter: Option<HtmlElement>, failure: &Failure) {
    busy::end(&form);
    let dialog = document().get_element_by_id(SIGN_IN_DIALOG);
    match dialog.and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok()) {
        Some(dialog) if failure.needs_sign_in() && !is_sign_in_again(&form) => {
            sign_in_then_send(&dialog, form, submitter);
        }
        _ => messages::show(failure, &form),
    }
}

/// Opens the sign-in dialog, and sends the form again with its typed values after the sign-in.
fn sign_in_then_send(dialog: &HtmlDialogElement, form: HtmlFormElement, submitter: Option<HtmlElement>) {
    if !dialog.open() && dialog.show_modal().is_err() {
        return;
    }
    // Closing the dialog without signing in cancels: a later sign-in sends nothing. After a sign-in, the
    // event is dispatched before `close`, which is queued.
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
    fn only_a_path_on_this_host_is_local() {
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
