//! What the server says when it did not do what a script asked for.

use wasm_bindgen::JsValue;
use web_sys::Response;

use crate::json;

/// A `PortalError` as the browser reads it.
pub struct Failure {
    kind: String,
    /// What happened, in one sentence.
    pub title: String,
    /// What can be done about it.
    pub detail: Option<String>,
    /// For finding it in the portal's log.
    pub request_id: Option<String>,
    /// Field name and message.
    pub fields: Vec<(String, String)>,
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

    /// An answer of another shape: a proxy's page, say.
    pub fn unreadable(response: &Response) -> Self {
        Self::told(&JsValue::NULL, response)
    }

    /// What the body of an answer says.
    pub fn told(error: &JsValue, response: &Response) -> Self {
        let field = |field: JsValue| Some((json::text(&field, "field")?, json::text(&field, "message")?));
        Self {
            kind: json::text(error, "kind").unwrap_or_default(),
            title: json::text(error, "title")
                .unwrap_or_else(|| "Something went wrong in the portal.".to_owned()),
            detail: json::text(error, "detail"),
            request_id: json::text(error, "request_id")
                .or_else(|| response.headers().get("X-Request-Id").ok().flatten()),
            fields: json::list(error, "fields")
                .into_iter()
                .filter_map(field)
                .collect(),
        }
    }

    /// Whether signing in again would help.
    pub fn wants_sign_in(&self) -> bool {
        self.kind == "SignIn" || self.kind == "SignInAgain"
    }
}
