//! The few words of the DOM that the islands share.

use leptos::{prelude::document, wasm_bindgen::JsCast};
use web_sys::{Element, NodeList};

/// The nodes of a list as elements of one kind.
pub fn all<T: JsCast>(nodes: Result<NodeList, wasm_bindgen::JsValue>) -> Vec<T> {
    let Ok(nodes) = nodes else { return Vec::new() };
    (0..nodes.length())
        .filter_map(|at| nodes.get(at)?.dyn_into().ok())
        .collect()
}

/// Every element below `root` that matches the selector.
pub fn find_all<T: JsCast>(root: &Element, selector: &str) -> Vec<T> {
    all(root.query_selector_all(selector))
}

/// Appends `<tag>` with the text. It is set as text and never as markup.
pub fn append(parent: &Element, tag: &str, text: &str) -> Option<Element> {
    let child = document().create_element(tag).ok()?;
    child.set_text_content(Some(text));
    parent.append_child(&child).ok()?;
    Some(child)
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
