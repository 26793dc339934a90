//! One call before it is sent.

use http::Method;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{BearerToken, Endpoint, SecretHeaders, credentials::Authorization};

/// One call to make.
pub struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) endpoint: Endpoint,
    /// Below the base, its segments percent-encoded.
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) accept: &'static str,
    /// Of a call without a body.
    pub(crate) content_type: Option<&'static str>,
    pub(crate) authorization: Authorization,
    pub(crate) body: Body<'a>,
    /// Whether it is never sent twice.
    pub(crate) once: bool,
    hidden: Vec<&'a str>,
}

pub(crate) enum Body<'a> {
    None,
    Json(Value),
    Form(Vec<(&'static str, &'a str)>),
}

impl<'a> Call<'a> {
    pub fn new(method: Method, endpoint: Endpoint, path: String) -> Self {
        Self {
            method,
            endpoint,
            path,
            query: Vec::new(),
            accept: "application/json",
            content_type: None,
            authorization: Authorization::None,
            body: Body::None,
            once: false,
            hidden: Vec::new(),
        }
    }

    pub fn get(endpoint: Endpoint, path: String) -> Self {
        Self::new(Method::GET, endpoint, path)
    }

    /// Which call of which system.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    #[must_use]
    pub fn query(mut self, query: Vec<(&'static str, String)>) -> Self {
        self.query = query;
        self
    }

    #[must_use]
    pub fn accept(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    /// Names a content type though the call has no body, where a system's reference does so. With a body, the body's
    /// own is sent.
    #[must_use]
    pub fn content_type(mut self, content_type: &'static str) -> Self {
        self.content_type = Some(content_type);
        self
    }

    /// `Authorization: Bearer` with this token, in place of what authorised the call before.
    #[must_use]
    pub fn bearer(mut self, token: &BearerToken) -> Self {
        self.authorization = Authorization::Bearer(token.clone());
        self
    }

    /// These headers, in place of what authorised the call before.
    #[must_use]
    pub fn headers(mut self, headers: &SecretHeaders) -> Self {
        self.authorization = Authorization::Headers(headers.clone());
        self
    }

    #[must_use]
    pub fn json(mut self, body: Value) -> Self {
        self.body = Body::Json(body);
        self
    }

    #[must_use]
    pub fn form(mut self, fields: Vec<(&'static str, &'a str)>) -> Self {
        self.body = Body::Form(fields);
        self
    }

    /// Secrets that are sent and must not come back in the words of an answer. What authorises the call is
    /// always hidden.
    #[must_use]
    pub fn hiding(mut self, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        self.hidden.extend(secrets);
        self
    }

    /// Never sends the call a second time, neither after a broken connection nor with a renewed token: for a call
    /// whose every failure counts, as a wrong password does.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// What the words of an answer must not repeat.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.hidden.iter().copied().chain(self.authorization.secrets())
    }
}

/// Adds to a body what there is of a value; what is `None` is not sent.
pub fn put(body: &mut Value, key: &str, value: Option<impl Serialize>) {
    if let Some(value) = value {
        body[key] = json!(value);
    }
}

/// A text that is not empty.
pub fn non_empty(text: Option<&String>) -> Option<&String> {
    text.filter(|text| !text.is_empty())
}
