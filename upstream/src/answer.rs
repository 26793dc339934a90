//! A successful answer, and how its body is read.

use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Endpoint, Error, ErrorKind, lenient, message};

/// A 2xx answer.
pub struct Answer {
    pub(crate) endpoint: Endpoint,
    pub(crate) correlation_id: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// What its words must not repeat.
    pub(crate) secrets: Vec<SecretString>,
}

impl Answer {
    pub fn status(&self) -> StatusCode {
        self.status
    }

    pub fn header_values(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
    }

    /// The error of an answer that is not what is documented.
    pub fn unreadable(&self, why: &str) -> Error {
        self.error(ErrorKind::Unreadable).with_cause(why)
    }

    /// The error of an answer that names a host to go on with which must not be asked.
    pub fn untrusted_host(&self, why: &str) -> Error {
        self.error(ErrorKind::UntrustedHost).with_cause(why)
    }

    /// The error of an answer whose body says that the call failed, with its words.
    pub fn rejected(&self, message: Option<String>) -> Error {
        self.error(ErrorKind::Rejected)
            .with_message(self.redacted(message))
    }

    fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, self.endpoint, &self.correlation_id).with_status(self.status)
    }

    /// Words of the answer as an error shows them: normalized, cut, and without what was sent.
    pub fn redacted(&self, words: Option<String>) -> Option<String> {
        message::of_text(&words?, &self.secrets())
    }

    /// The words of one part of the answer that reports a failure of its own, like a row of a 207, as an error shows
    /// them.
    pub fn words_of(&self, part: &Value) -> Option<String> {
        message::of_value(part, &self.secrets())
    }

    fn secrets(&self) -> Vec<&str> {
        self.secrets.iter().map(ExposeSecret::expose_secret).collect()
    }

    /// No body, or nothing in it.
    pub fn is_empty(&self) -> bool {
        self.body.trim_ascii().is_empty()
    }

    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// # Errors
    /// When it is not UTF-8.
    pub fn text(self) -> Result<String, Error> {
        String::from_utf8(self.body.clone()).map_err(|_| self.unreadable("the answer is not UTF-8"))
    }

    /// What the answer holds, out of its envelope if it has one. Null where it is no JSON: for calls whose
    /// success says enough.
    pub fn value_or_null(&self) -> Value {
        serde_json::from_slice(&self.body).map_or(Value::Null, opened)
    }

    /// The identifier under the first of the keys that has one. None where the answer has none: any 2xx is
    /// success, also one that is no JSON.
    pub fn identifier<T: From<String>>(&self, keys: &[&str]) -> Option<T> {
        let Value::Object(mut answer) = self.value_or_null() else {
            return None;
        };
        keys.iter()
            .find_map(|key| lenient::into_name(answer.remove(*key)?))
            .map(T::from)
    }

    /// The one thing the answer holds, bare, in an envelope or under `key`; null under `key` is null.
    ///
    /// # Errors
    /// When it is no JSON, or not of this type.
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
    ///
    /// # Errors
    /// When it is no JSON, or no list of this type.
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

/// An envelope whose `status` is a number other than 0 reports a failure, whatever the HTTP status says (Protegrity
/// notes section 2), unless the number is itself one of HTTP's for success. Words (`"status": "updated"`) are part of
/// many flat answers and report none.
pub(crate) fn envelope_failure(body: &[u8]) -> Option<ErrorKind> {
    #[derive(Deserialize)]
    struct Envelope {
        status: Value,
    }
    // A list is no envelope: the longest answers need not be read twice.
    if !body.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let envelope: Envelope = serde_json::from_slice(body).ok()?;
    let status = lenient::as_integer(&envelope.status).filter(|status| !matches!(status, 0 | 200..=299))?;
    let http = u16::try_from(status).ok().and_then(ErrorKind::of_status);
    Some(http.unwrap_or(ErrorKind::Rejected))
}
