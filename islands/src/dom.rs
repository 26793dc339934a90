//! The DOM operations that the islands share.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{AddEventListenerOptions, Element, Event, EventTarget, HtmlFormElement, NodeList};

/// The nodes of a list that have the type `T`.
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

/// The element itself or its nearest ancestor that matches the selector.
pub fn closest<T: JsCast>(element: &Element, selector: &str) -> Option<T> {
    element.closest(selector).ok()??.dyn_into().ok()
}

/// The target of the event, if it matches the selector.
pub fn target<T: JsCast>(event: &Event, selector: &str) -> Option<T> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    if target.matches(selector).ok()? {
        target.dyn_into().ok()
    } else {
        None
    }
}

/// The fields and buttons of a form, including those elsewhere on the page with its id in `form=`.
pub fn controls(form: &HtmlFormElement) -> impl Iterator<Item = Element> {
    let elements = form.elements();
    (0..elements.length()).filter_map(move |at| elements.item(at))
}

/// Appends `<tag>` with the text, which is never parsed as markup.
pub fn append(parent: &Element, tag: &str, text: &str) -> Option<Element> {
    let child = document().create_element(tag).ok()?;
    child.set_text_content(Some(text));
    parent.append_child(&child).ok()?;
    Some(child)
}

/// Sets the text unless it is the same already, because a live region would announce it again.
pub fn set_text(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Sets an attribute to the value, or removes it. It fails only for an invalid name, and all ours are valid.
pub fn set_or_unset(element: &Element, name: &str, value: Option<&str>) {
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

/// Sets an attribute.
pub fn set(element: &Element, name: &str, value: &str) {
    set_or_unset(element, name, Some(value));
}

/// Removes an attribute.
pub fn unset(element: &Element, name: &str) {
    set_or_unset(element, name, None);
}

/// Calls `handler` with `context` at every such event.
pub fn on<T: Clone + 'static>(target: &EventTarget, event: &str, context: &T, handler: fn(&T, &Event)) {
    let context = context.clone();
    let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| handler(&context, &event));
    let _ = target.add_event_listener_with_callback(event, listener.into_js_value().unchecked_ref());
}

/// Calls `handler` at the next such event only.
pub fn once(target: &EventTarget, event: &str, handler: impl FnOnce() + 'static) {
    let options = AddEventListenerOptions::new();
    options.set_once(true);
    let listener = Closure::once_into_js(move |_: Event| handler());
    let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
        event,
        listener.unchecked_ref(),
        &options,
    );
}
