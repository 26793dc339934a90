//! Reads JSON member by member, because a derived deserializer would add far more to the download. A
//! member that is absent or of another type reads as `None`.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A string.
pub fn text(value: &JsValue, key: &str) -> Option<String> {
    member(value, key)?.as_string()
}

/// A small whole number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "any other number becomes the nearest small whole number"
)]
pub fn count(value: &JsValue, key: &str) -> Option<u32> {
    Some(member(value, key)?.as_f64()? as u32)
}

/// The items of a list; none if it is absent.
pub fn list(value: &JsValue, key: &str) -> Vec<JsValue> {
    let list = member(value, key).and_then(|list| list.dyn_into::<Array>().ok());
    list.map(|list| list.to_vec()).unwrap_or_default()
}

fn member(value: &JsValue, key: &str) -> Option<JsValue> {
    // `Reflect::get` throws if the value is not an object; then the member is absent, too.
    Reflect::get(value, &key.into()).ok()
}
