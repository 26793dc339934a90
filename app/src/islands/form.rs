//! Every form of the portal, sent without leaving the page: what was typed survives a failure and the
//! end of a session.

use std::cell::Cell;

use leptos::{ev, prelude::*, task::spawn_local, wasm_bindgen::JsCast};
use wasm_bindgen::{JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AddEventListenerOptions, CustomEvent, Element, Event, EventTarget, FormData, Headers, HtmlDialogElement,
    HtmlElement, HtmlFormElement, RequestInit, Response, UrlSearchParams,
};

use self::failure::Failure;
use super::dom;

mod failure;

/// The event on the document that says: somebody signed in again.
const SIGNED_IN: &str = "postern:signed-in";
/// The dialog of the shell that asks for the password again.
const SIGN_IN_DIALOG: &str = "sign-in-again";
/// Where the server says what to show next.
const NEXT_HEADER: &str = "X-Postern-Next";

/// Wraps one `<form method="post">` and sends it by `fetch`.
#[island]
pub fn EnhancedForm(children: Children) -> impl IntoView {
    view! {
        <div class="enhanced-form" on:submit=move |event| on_submit(&event)>
            {children()}
        </div>
    }
}

fn on_submit(event: &ev::SubmitEvent) {
    let Some(form) = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlFormElement>().ok())
    else {
        return;
    };
    // A `<form method="dialog">` closes its dialog by itself.
    if form.method() != "post" {
        return;
    }
    event.prevent_default();
    send(form, event.submitter());
}

/// Sends the form unless it is on its way already.
fn send(form: HtmlFormElement, submitter: Option<HtmlElement>) {
    if form.has_attribute("aria-busy") {
        return;
    }
    failure::clear(&form);
    set_busy(&form, true);
    spawn_local(async move {
        match post(&form, submitter.as_ref()).await {
            Ok(response) => succeed(&form, &response),
            Err(failure) => fail(form, submitter, &failure),
        }
    });
}

/// Marks the form as on its way, so that it is not sent twice; the style sheet draws the spinner.
fn set_busy(form: &HtmlFormElement, busy: bool) {
    let state = busy.then_some("true");
    dom::put(form, "aria-busy", state);
    for button in dom::find_all::<Element>(form, "button[type=submit]") {
        dom::put(&button, "aria-disabled", state);
    }
}

async fn post(form: &HtmlFormElement, submitter: Option<&HtmlElement>) -> Result<Response, Failure> {
    let request = request(form, submitter).map_err(|_| Failure::unreachable())?;
    // The attribute, because a field called "action" would hide the property.
    let address = form.get_attribute("action").unwrap_or_default();
    let answer = JsFuture::from(window().fetch_with_str_and_init(&address, &request)).await;
    let response: Response = answer
        .ok()
        .and_then(|answer| answer.dyn_into().ok())
        .ok_or_else(Failure::unreachable)?;
    if response.ok() {
        Ok(response)
    } else {
        Err(Failure::read(&response).await)
    }
}

fn request(form: &HtmlFormElement, submitter: Option<&HtmlElement>) -> Result<RequestInit, JsValue> {
    let data = FormData::new_with_form(form)?;
    // What the pressed button adds, as the browser itself would.
    if let Some(submitter) = submitter
        && let Some(name) = submitter.get_attribute("name")
    {
        data.append_with_str(&name, &submitter.get_attribute("value").unwrap_or_default())?;
    }
    let body = UrlSearchParams::new_with_str_sequence_sequence(&data)?;
    let headers = Headers::new()?;
    headers.set("Accept", "application/json")?;
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    request.set_body(&body);
    Ok(request)
}

/// It is done: on to what the server says, or the page again with its flash message.
fn succeed(form: &HtmlFormElement, response: &Response) {
    if form.get_attribute("data-then").as_deref() == Some("resume") {
        set_busy(form, false);
        form.reset();
        if let Some(dialog) = form.closest("dialog").ok().flatten() {
            dialog.unchecked_into::<HtmlDialogElement>().close();
        }
        if let Ok(event) = CustomEvent::new(SIGNED_IN) {
            let _ = document().dispatch_event(&event);
        }
        return;
    }
    // The form stays busy until the page is left, and is free when the browser brings the page back.
    let left = form.clone();
    once(&window(), "pagehide", move || set_busy(&left, false));
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

/// A path of this portal and not of another host.
fn is_local(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains('\\')
}

/// It failed: sign in again and resume, or say what is the matter where it is the matter.
fn fail(form: HtmlFormElement, submitter: Option<HtmlElement>, failure: &Failure) {
    set_busy(&form, false);
    let is_sign_in = form.get_attribute("data-then").as_deref() == Some("resume");
    let dialog = document().get_element_by_id(SIGN_IN_DIALOG);
    match dialog.and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok()) {
        Some(dialog) if failure.wants_sign_in() && !is_sign_in => sign_in_then_send(&dialog, form, submitter),
        _ => failure.show(&form),
    }
}

/// Opens the sign-in dialog; once somebody signed in, the form goes out again with what was typed.
fn sign_in_then_send(dialog: &HtmlDialogElement, form: HtmlFormElement, submitter: Option<HtmlElement>) {
    if !dialog.open() && dialog.show_modal().is_err() {
        return;
    }
    // Closing the dialog without signing in is a change of mind: a later sign-in sends nothing. The
    // event comes first, and `close` is queued behind it.
    let waiting = std::rc::Rc::new(Cell::new(true));
    let closed = waiting.clone();
    once(&document(), SIGNED_IN, move || {
        if waiting.get() {
            send(form, submitter);
        }
    });
    once(dialog, "close", move || closed.set(false));
}

/// Calls `then` at the next such event, and never again.
fn once(target: &EventTarget, event: &str, then: impl FnOnce() + 'static) {
    let options = AddEventListenerOptions::new();
    options.set_once(true);
    let listener = Closure::once_into_js(move |_: Event| then());
    let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
        event,
        listener.unchecked_ref(),
        &options,
    );
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
