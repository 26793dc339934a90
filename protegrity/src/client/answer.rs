//! A successful answer, and how its body is read.

use http::{HeaderMap, StatusCode};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Json, lenient};

use super::{Error, ErrorKind, token};

/// A 2xx answer.
pub(super) struct Answer {
    pub(super) endpoint: &'static str,
    pub(super) correlation_id: String,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub fn header_values(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
    }

    /// That the answer is not what is documented.
    pub fn unreadable(&self, why: &str) -> Error {
        Error::new(ErrorKind::Unreadable, self.endpoint, &self.correlation_id)
            .with_status(self.status)
            .with_cause(why)
    }

    /// No body, or nothing in it.
    pub fn is_empty(&self) -> bool {
        self.body.trim_ascii().is_empty()
    }

    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    pub fn text(self) -> Result<String, Error> {
        String::from_utf8(self.body.clone()).map_err(|_| self.unreadable("the answer is not UTF-8"))
    }

    /// What the answer holds, out of its envelope if it has one. Null where it is no JSON: for calls whose
    /// success says enough.
    pub fn value_or_null(&self) -> Value {
        serde_json::from_slice(&self.body).map_or(Value::Null, opened)
    }

    /// Like [`value_or_null`](Self::value_or_null), for the types that read anything.
    pub fn json_or_null(&self) -> Json {
        serde_json::from_value(self.value_or_null()).unwrap_or(Json::Null)
    }

    /// The identifier under the first of the keys that has one. None where the answer does not tell: any
    /// 2xx is success (row 24), also one that is no JSON (row 34).
    pub fn told_id<T: From<String>>(&self, keys: &[&str]) -> Option<T> {
        let Json::Object(mut answer) = self.json_or_null() else {
            return None;
        };
        keys.iter()
            .find_map(|key| lenient::name(answer.remove(*key)?))
            .map(T::from)
    }

    /// The one thing the answer holds, bare, in an envelope or under `key`; null under `key` is null.
    pub fn item<T: DeserializeOwned>(&self, key: &str) -> Result<T, Error> {
        let value: Value = self.parsed()?;
        let value = match opened(value) {
            Value::Object(mut object)
                if object
                    .get(key)
                    .is_some_and(|held| held.is_object() || held.is_null()) =>
            {
                object.remove(key).unwrap_or_default()
            }
            value => value,
        };
        serde_json::from_value(value).map_err(|error| self.unreadable(&category(&error)))
    }

    /// The list the answer holds, bare, in an envelope or under `key`. No body and null are the empty list.
    pub fn list<T: DeserializeOwned>(&self, key: &str) -> Result<Vec<T>, Error> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        if self.body.trim_ascii_start().starts_with(b"[") {
            return self.parsed();
        }
        let rows = match opened(self.parsed()?) {
            Value::Object(mut object) => ["data", "items", key]
                .into_iter()
                .find_map(|key| object.remove(key))
                .unwrap_or(Value::Bool(false)),
            value => value,
        };
        match rows {
            Value::Null => Ok(Vec::new()),
            rows => serde_json::from_value(rows).map_err(|error| self.unreadable(&category(&error))),
        }
    }

    fn parsed<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        serde_json::from_slice(body).map_err(|error| self.unreadable(&category(&error)))
    }
}

/// What is wrong with the JSON, and where. Not the error's own text: that may quote the answer, tokens too.
fn category(error: &serde_json::Error) -> String {
    format!(
        "JSON: {:?} error at line {} column {}",
        error.classify(),
        error.line(),
        error.column()
    )
}

/// The content of an envelope `{"status": 0, "data": …, "messages": []}`; anything else as it is.
fn opened(value: Value) -> Value {
    match value {
        Value::Object(mut object)
            if object.contains_key("data")
                && (object.contains_key("status") || object.contains_key("messages")) =>
        {
            object.remove("data").unwrap_or_default()
        }
        value => value,
    }
}

/// An envelope whose `status` is a number other than 0 tells of a failure whatever the HTTP status says
/// (notes section 2). Words (`"status": "updated"`) are part of many flat answers and tell of none.
pub(super) fn envelope_failure(body: &[u8]) -> Option<ErrorKind> {
    #[derive(Deserialize)]
    struct Envelope {
        status: Value,
    }
    // A list is no envelope: the longest answers need not be read twice.
    if !body.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let envelope: Envelope = serde_json::from_slice(body).ok()?;
    let status = token::integer(&envelope.status).filter(|status| *status != 0)?;
    let http = u16::try_from(status).ok().and_then(ErrorKind::of_status);
    Some(http.unwrap_or(ErrorKind::Rejected))
}
