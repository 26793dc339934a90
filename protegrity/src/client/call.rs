//! One call before it is sent.

use http::Method;
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Value, json};

use super::AccessToken;

pub(super) const JSON: &str = "application/json";

/// One call to make.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) endpoint: &'static str,
    /// Below the base, its segments percent-encoded.
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) accept: &'static str,
    pub(super) token: Option<&'a AccessToken>,
    pub(super) body: Body<'a>,
    /// What is sent and must not come back in an error's words.
    pub(super) secrets: Vec<&'a str>,
}

pub(super) enum Body<'a> {
    None,
    Json(Value),
    Form(Vec<(&'static str, &'a str)>),
}

impl<'a> Call<'a> {
    pub fn new(method: Method, endpoint: &'static str, path: String) -> Self {
        Self {
            method,
            endpoint,
            path,
            query: Vec::new(),
            accept: JSON,
            token: None,
            body: Body::None,
            secrets: Vec::new(),
        }
    }

    pub fn get(endpoint: &'static str, path: String) -> Self {
        Self::new(Method::GET, endpoint, path)
    }

    pub fn query(mut self, query: Vec<(&'static str, String)>) -> Self {
        self.query = query;
        self
    }

    pub fn accept(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    /// Always with `Bearer`, also where the reference's sample leaves the word out (row 7).
    pub fn bearer(mut self, token: &'a AccessToken) -> Self {
        self.token = Some(token);
        self.secrets.push(token.expose_secret());
        self
    }

    pub fn json(mut self, body: Value) -> Self {
        self.body = Body::Json(body);
        self
    }

    pub fn form(mut self, fields: Vec<(&'static str, &'a str)>) -> Self {
        self.body = Body::Form(fields);
        self
    }

    pub fn hiding(mut self, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        self.secrets.extend(secrets);
        self
    }
}

/// Adds to a body what there is of a value; what is `None` is not sent.
pub(super) fn put(body: &mut Value, key: &str, value: Option<impl Serialize>) {
    if let Some(value) = value {
        body[key] = json!(value);
    }
}

/// A text that says something.
pub(super) fn told(text: Option<&String>) -> Option<&String> {
    text.filter(|text| !text.is_empty())
}
