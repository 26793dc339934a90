//! The values of a form's fields when it is shown.

use operations::reviews::FormValues;

use crate::{
    error::{ErrorKind, PortalError},
    flash::{Failed, SubmittedForm},
};

/// The values of a form's fields: those submitted before a failure, else the present ones.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    submitted: Option<SubmittedForm>,
    error: Option<PortalError>,
}

impl Fields {
    pub(crate) fn of(failed: Option<&Failed>) -> Self {
        Self {
            submitted: failed.map(|failed| failed.submitted.clone()),
            error: failed.and_then(|failed| match failed.error.kind {
                ErrorKind::Invalid => Some(failed.error.clone()),
                // The session had ended: the page says so above, and the form comes back as it was.
                ErrorKind::SignIn => Some(shown_again()),
                _ => None,
            }),
        }
    }

    /// The values of a form that waits for its review, to be changed again.
    pub(crate) fn again(values: FormValues) -> Self {
        Self {
            submitted: Some(values.into_iter().collect()),
            error: None,
        }
    }

    /// Whether the form failed before, so that the values are those submitted.
    pub fn are_submitted(&self) -> bool {
        self.submitted.is_some()
    }

    /// The failure that is reported field by field. Other failures are reported above the page.
    pub fn error(&self) -> Option<PortalError> {
        self.error.clone()
    }

    /// The value of a text field.
    pub fn text(&self, name: &str, present: &str) -> String {
        match &self.submitted {
            Some(submitted) => submitted.first(name).unwrap_or_default().to_owned(),
            None => present.to_owned(),
        }
    }

    /// Whether a box is ticked that sends `true`.
    pub fn flag(&self, name: &str, present: bool) -> bool {
        match &self.submitted {
            Some(submitted) => submitted.first(name) == Some("true"),
            None => present,
        }
    }

    /// The values of the ticked boxes of this name.
    pub fn list<T: ToString>(&self, name: &str, present: &[T]) -> Vec<String> {
        match &self.submitted {
            Some(submitted) => submitted.all(name).map(ToOwned::to_owned).collect(),
            None => present.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Shows the page again with the submitted values, because a step that works on them was requested: "Find", without
/// script. It carries no message.
#[must_use]
pub fn shown_again() -> PortalError {
    PortalError::new(ErrorKind::Invalid, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_a_failure_a_field_holds_what_is_there() {
        let fields = Fields::default();
        assert_eq!(fields.text("a", "there"), "there");
        assert!(fields.flag("b", true));
        assert_eq!(fields.list("c", &["x"]), ["x"]);
    }

    #[test]
    fn after_a_failure_a_field_holds_what_was_typed() {
        let typed =
            [("a", ""), ("c", "1"), ("c", "2")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let fields = Fields::of(Some(&Failed {
            form: "/api/x".to_owned(),
            error: shown_again(),
            submitted: typed.into_iter().collect(),
        }));
        assert_eq!(fields.text("a", "there"), "");
        assert!(!fields.flag("b", true), "an unticked box sends nothing");
        assert_eq!(fields.list("c", &["x"]), ["1", "2"]);
    }
}
