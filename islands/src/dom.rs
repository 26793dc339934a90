//! The few words of the DOM that the islands share.

use leptos::{prelude::document, wasm_bindgen::JsCast};
use wasm_bindgen::{JsValue, closure::Closure};
use web_sys::{AddEventListenerOptions, Element, Event, EventTarget, HtmlFormElement, NodeList};

/// The nodes of a list as elements of one kind.
pub fn all<T: JsCast>(nodes: Result<NodeList, JsValue>) -> Vec<T> {
    let Ok(nodes) = nodes else { return Vec::new() };
    (0..nodes.length())
        .filter_map(|at| nodes.get(at)?.dyn_into().ok())
        .collect()
}

/// Every element below `root` that matches the selector.
pub fn find_all<T: JsCast>(root: &Element, selector: &str) -> Vec<T> {
    all(root.query_selector_all(selector))
}

/// The first element below `root` that matches the selector.
pub fn find<T: JsCast>(root: &Element, selector: &str) -> Option<T> {
    root.query_selector(selector).ok()??.dyn_into().ok()
}

/// The nearest element around `element`, itself among them, that matches the selector.
pub fn around<T: JsCast>(element: &Element, selector: &str) -> Option<T> {
    element.closest(selector).ok()??.dyn_into().ok()
}

/// What the event happened to, when that matches the selector.
pub fn target<T: JsCast>(event: &Event, selector: &str) -> Option<T> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    if target.matches(selector).ok()? {
        target.dyn_into().ok()
    } else {
        None
    }
}

/// The fields and buttons of a form, those elsewhere on the page that name it by `form=` among them.
pub fn controls(form: &HtmlFormElement) -> impl Iterator<Item = Element> {
    let elements = form.elements();
    (0..elements.length()).filter_map(move |at| elements.item(at))
}

/// Appends `<tag>` with the text. It is set as text and never as markup.
pub fn append(parent: &Element, tag: &str, text: &str) -> Option<Element> {
    let child = document().create_element(tag).ok()?;
    child.set_text_content(Some(text));
    parent.append_child(&child).ok()?;
    Some(child)
}

/// Changes the text if it is another one, so that a live region does not say the same again.
pub fn say(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Sets an attribute, or takes it away. It fails only for a name that is no attribute's, which ours are not.
pub fn put(element: &Element, name: &str, value: Option<&str>) {
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

/// Sets an attribute.
pub fn set(element: &Element, name: &str, value: &str) {
    put(element, name, Some(value));
}

/// Takes an attribute away.
pub fn unset(element: &Element, name: &str) {
    put(element, name, None);
}

/// Calls `then` at every such event, with what it works on.
pub fn on<T: Clone + 'static>(target: &EventTarget, event: &str, part: &T, then: fn(&T, &Event)) {
    let part = part.clone();
    let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| then(&part, &event));
    let _ = target.add_event_listener_with_callback(event, listener.into_js_value().unchecked_ref());
}

/// Calls `then` at the next such event, and never again.
pub fn once(target: &EventTarget, event: &str, then: impl FnOnce() + 'static) {
    let options = AddEventListenerOptions::new();
    options.set_once(true);
    let listener = Closure::once_into_js(move |_: Event| then());
    let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
        event,
        listener.unchecked_ref(),
        &options,
    );
}
