//! The outcome of a form on its way to the page that follows: kept on the server, shown once.

use operations::read_back::{Compared, ReadBack};
use serde::{Deserialize, Serialize};

use crate::error::PortalError;

/// The outcome of a form, on its way to the page that follows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Flash {
    /// It was done.
    Done(Done),
    /// It failed.
    Failed(Failed),
}

impl Flash {
    /// Whether both are failures of one form.
    pub fn is_of_the_same_form(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Failed(failed), Self::Failed(other)) => failed.form == other.form,
            _ => false,
        }
    }
}

/// What was done.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Done {
    /// In one sentence.
    pub title: String,
    /// What follows from it.
    pub detail: Option<String>,
    /// Where to go; the page of the form when absent.
    pub next: Option<String>,
    /// A generated password, shown this once.
    pub secret: Option<String>,
    /// What was sent, beside what the cluster has now.
    #[serde(default)]
    pub compared: Vec<Compared>,
    /// The answer to a script that asked a question, as JSON.
    #[serde(skip)]
    pub answer: Option<String>,
    /// A cookie to set, as the header's value.
    #[serde(skip)]
    pub cookie: Option<String>,
}

/// What failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Failed {
    /// The path of the server function whose form it was.
    pub form: String,
    /// Why.
    pub error: PortalError,
    /// The submitted values, so that nothing has to be typed again.
    pub submitted: SubmittedForm,
}

/// The submitted values of a form, in its order, without passwords. A name may occur more than once: ticked boxes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmittedForm(Vec<(String, String)>);

impl SubmittedForm {
    /// The values of a URL-encoded body, without passwords, secrets, files and private keys.
    pub fn of_body(body: &[u8]) -> Self {
        url::form_urlencoded::parse(body)
            .filter(|(name, value)| !Self::leaves_out(name) && !value.contains("PRIVATE KEY-----"))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    }

    /// Whether a field is not kept. A file may contain passwords.
    pub fn leaves_out(name: &str) -> bool {
        let name = name.to_lowercase();
        name == "file" || name.ends_with("token") || name.contains("password") || name.contains("secret")
    }

    /// The first value of this name.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of this name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let of_this_name = self.0.iter().filter(move |(typed, _)| typed == name);
        of_this_name.map(|(_, value)| value.as_str())
    }

    /// The names and values.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

impl FromIterator<(String, String)> for SubmittedForm {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl std::fmt::Debug for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let secret = self.secret.as_ref().map(|_| "…");
        f.debug_struct("Done")
            .field("title", &self.title)
            .field("secret", &secret)
            .finish_non_exhaustive()
    }
}

impl Done {
    /// Done, in one sentence.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// And what follows from it.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// And how the object differs from what was sent, if it does.
    #[must_use]
    pub fn with_read_back(self, read_back: Option<&ReadBack>) -> Self {
        match read_back.and_then(ReadBack::detail) {
            Some(detail) => self.with_detail(detail),
            None => self,
        }
    }

    /// The answer to a script's question.
    pub fn answer(value: &impl Serialize) -> Self {
        Self {
            answer: serde_json::to_string(value).ok(),
            ..Self::default()
        }
    }

    /// And where to go.
    #[must_use]
    pub fn with_next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_kept_with_the_submitted_values() {
        let submitted = SubmittedForm::of_body(
            b"user_name=ana&password=x&newPassword=y&client_secret=z&roles%5B%5D=a&roles%5B%5D=b",
        );
        let names: Vec<_> = submitted.pairs().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["user_name", "roles[]", "roles[]"]);
        assert_eq!(submitted.all("roles[]").collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn a_private_key_is_not_kept_whatever_its_field() {
        let submitted =
            SubmittedForm::of_body(b"uid=2&pem=-----BEGIN+RSA+PRIVATE+KEY-----%0AMIIE&description=x");
        let names: Vec<_> = submitted.pairs().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["uid", "description"]);
    }

    #[test]
    fn a_made_password_is_not_in_the_debug_output() {
        let done = Done {
            secret: Some("Made-Passw0rd".to_owned()),
            ..Done::new("ana is unlocked.")
        };
        let shown = format!("{:?}", Flash::Done(done));
        assert!(!shown.contains("Made-Passw0rd"), "{shown}");
    }
}
