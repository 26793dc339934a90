//! Why a request of an island failed.

use wasm_bindgen::JsValue;
use web_sys::Response;

use crate::json;

/// An error as the server sends it in JSON.
pub struct Failure {
    kind: String,
    /// What happened, in one sentence.
    pub title: String,
    /// What to do about it.
    pub detail: Option<String>,
    /// Finds the request in the portal's log.
    pub request_id: Option<String>,
    /// The name and the message of each field with an error.
    pub fields: Vec<(String, String)>,
}

impl Failure {
    /// No answer came.
    pub fn unreachable() -> Self {
        Self {
            kind: "Unreachable".to_owned(),
            title: "The portal could not be reached.".to_owned(),
            detail: Some("Check the connection and try again.".to_owned()),
            request_id: None,
            fields: Vec::new(),
        }
    }

    /// An answer in another format, such as the error page of a proxy.
    pub fn unreadable(response: &Response) -> Self {
        Self::from_json(&JsValue::NULL, response)
    }

    /// The error in the body of an answer.
    pub fn from_json(error: &JsValue, response: &Response) -> Self {
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

    /// Whether the session has to be renewed by signing in.
    pub fn needs_sign_in(&self) -> bool {
        self.kind == "SignIn" || self.kind == "SignInAgain"
    }
}
