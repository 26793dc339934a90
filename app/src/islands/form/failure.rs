//! A failed form: what the server said, and where on the form it is said.

use js_sys::{Array, Reflect};
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement, HtmlFormElement, Response};

use crate::islands::dom;

/// A `PortalError` as the browser reads it. It is read by hand, because that is a fraction of what a
/// derived reader adds to what every browser downloads.
pub struct Failure {
    kind: String,
    title: String,
    detail: Option<String>,
    request_id: Option<String>,
    /// Field name and message.
    fields: Vec<(String, String)>,
}

impl Failure {
    /// The answer never came.
    pub fn unreachable() -> Self {
        Self {
            kind: "Unreachable".to_owned(),
            title: "The portal could not be reached.".to_owned(),
            detail: Some("Check the connection and try again.".to_owned()),
            request_id: None,
            fields: Vec::new(),
        }
    }

    /// Reads the body of an answer that is not a success. A body of another shape (a proxy's page, say)
    /// becomes a failure of the portal.
    pub async fn read(response: &Response) -> Self {
        let body = match response.json() {
            Ok(body) => JsFuture::from(body).await.unwrap_or(JsValue::NULL),
            Err(_) => JsValue::NULL,
        };
        let fields = Reflect::get(&body, &"fields".into())
            .ok()
            .and_then(|fields| fields.dyn_into::<Array>().ok());
        Self {
            kind: text(&body, "kind").unwrap_or_default(),
            title: text(&body, "title").unwrap_or_else(|| "Something went wrong in the portal.".to_owned()),
            detail: text(&body, "detail"),
            request_id: text(&body, "request_id")
                .or_else(|| response.headers().get("X-Request-Id").ok().flatten()),
            fields: fields
                .iter()
                .flat_map(|fields| fields.iter())
                .filter_map(|field| Some((text(&field, "field")?, text(&field, "message")?)))
                .collect(),
        }
    }

    /// Whether signing in again would help.
    pub fn wants_sign_in(&self) -> bool {
        self.kind == "SignIn" || self.kind == "SignInAgain"
    }

    /// Puts each message at its field and the rest at the top of the form, and takes the reader there.
    pub fn show(&self, form: &HtmlFormElement) {
        let mut first = None;
        let mut homeless = Vec::new();
        for (name, message) in &self.fields {
            match field_error(form, name) {
                Some(place) => {
                    place.set_text_content(Some(message));
                    let control = control(form, name);
                    if let Some(control) = &control {
                        dom::set(control, "aria-invalid", "true");
                    }
                    first = first.or(control);
                }
                None => homeless.push(message),
            }
        }
        self.show_at_top(form, &homeless);
        if let Some(control) = first.and_then(|control| control.dyn_into::<HtmlElement>().ok()) {
            let _ = control.focus();
        }
    }

    fn show_at_top(&self, form: &HtmlFormElement, homeless: &[&String]) {
        let Ok(Some(region)) = form.query_selector("[data-form-error]") else {
            return;
        };
        dom::set(&region, "role", "alert");
        if let Some(title) = dom::append(&region, "p", &self.title) {
            title.set_class_name("form-error-title");
        }
        for message in self.detail.iter().chain(homeless.iter().copied()) {
            dom::append(&region, "p", message);
        }
        if let Some(id) = &self.request_id
            && let Some(line) = dom::append(&region, "p", "Request id ")
        {
            line.set_class_name("request-id");
            dom::append(&line, "code", id);
        }
        region.scroll_into_view_with_bool(true);
    }
}

/// Takes the messages of the attempt before away.
pub fn clear(form: &HtmlFormElement) {
    for place in dom::find_all::<Element>(form, "[data-error-for], [data-form-error]") {
        place.set_text_content(None);
        dom::unset(&place, "role");
    }
    for control in dom::find_all::<Element>(form, "[aria-invalid]") {
        dom::unset(&control, "aria-invalid");
    }
}

/// The element that holds a field's message. Names are compared here, so that none can break a selector.
fn field_error(form: &HtmlFormElement, name: &str) -> Option<Element> {
    let places: Vec<Element> = dom::find_all(form, "[data-error-for]");
    places
        .into_iter()
        .find(|place| place.get_attribute("data-error-for").as_deref() == Some(name))
}

fn control(form: &HtmlFormElement, name: &str) -> Option<Element> {
    let controls: Vec<Element> = dom::find_all(form, "[name]:not([type=hidden])");
    controls
        .into_iter()
        .find(|control| control.get_attribute("name").as_deref() == Some(name))
}

fn text(value: &JsValue, key: &str) -> Option<String> {
    // `Reflect::get` throws on what is no object; that is an absent text too.
    Reflect::get(value, &key.into()).ok()?.as_string()
}
