//! Reading JSON by hand, which is a fraction of what a derived reader adds to what every browser
//! downloads. What is missing or of another kind is nothing.

use js_sys::{Array, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;

/// A text.
pub fn text(value: &JsValue, key: &str) -> Option<String> {
    member(value, key)?.as_string()
}

/// A small whole number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is no small whole number becomes the nearest one"
)]
pub fn count(value: &JsValue, key: &str) -> Option<u32> {
    Some(member(value, key)?.as_f64()? as u32)
}

/// The items of a list.
pub fn list(value: &JsValue, key: &str) -> Vec<JsValue> {
    let list = member(value, key).and_then(|list| list.dyn_into::<Array>().ok());
    list.map(|list| list.to_vec()).unwrap_or_default()
}

fn member(value: &JsValue, key: &str) -> Option<JsValue> {
    // `Reflect::get` throws on what is no object; that is an absent member too.
    Reflect::get(value, &key.into()).ok()
}
