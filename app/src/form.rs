//! A form's two ends: what its fields hold when it is shown, and what is the matter with them when it
//! is read.

use crate::{
    error::{ErrorKind, FieldError, PortalError},
    flash::{Failed, Typed},
};

/// What the fields of a form hold: what was typed before a failure, else what is there.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    typed: Option<Typed>,
    error: Option<PortalError>,
}

impl Fields {
    pub(crate) fn of(failed: Option<&Failed>) -> Self {
        Self {
            typed: failed.map(|failed| failed.typed.clone()),
            error: failed
                .map(|failed| failed.error.clone())
                .filter(|error| error.kind == ErrorKind::Invalid),
        }
    }

    /// Whether the form failed, so that what it holds is what was typed.
    pub fn are_typed(&self) -> bool {
        self.typed.is_some()
    }

    /// What the form has to say field by field. Other failures are said above the page.
    pub fn error(&self) -> Option<PortalError> {
        self.error.clone()
    }

    /// What a field of text holds.
    pub fn text(&self, name: &str, otherwise: &str) -> String {
        match &self.typed {
            Some(typed) => typed.first(name).unwrap_or_default().to_owned(),
            None => otherwise.to_owned(),
        }
    }

    /// Whether a box is ticked that sends `true`.
    pub fn flag(&self, name: &str, otherwise: bool) -> bool {
        match &self.typed {
            Some(typed) => typed.first(name) == Some("true"),
            None => otherwise,
        }
    }

    /// The values of the ticked boxes of this name.
    pub fn list<T: ToString>(&self, name: &str, otherwise: &[T]) -> Vec<String> {
        match &self.typed {
            Some(typed) => typed.all(name).map(ToOwned::to_owned).collect(),
            None => otherwise.iter().map(ToString::to_string).collect(),
        }
    }
}

/// What is the matter with what was sent, collected over all fields, so that everything is said at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldError>);

impl Faults {
    /// Something is the matter with this field.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError {
            field: field.to_owned(),
            message: message.into(),
        });
    }

    /// Something is the matter with this field unless it holds.
    pub fn unless(&mut self, holds: bool, field: &str, message: impl Into<String>) {
        if !holds {
            self.add(field, message);
        }
    }

    /// One line of text without the space around it, of at most so many characters and without control
    /// characters.
    pub fn line(&mut self, field: &str, text: &str, most: usize) -> String {
        let text = text.trim();
        if text.chars().count() > most {
            self.add(field, format!("This is longer than {most} characters."));
        } else if text.chars().any(char::is_control) {
            self.add(
                field,
                "This holds characters that cannot be seen, such as a line break.",
            );
        }
        text.to_owned()
    }

    /// Text of several lines, of at most so many characters and without other control characters.
    pub fn lines(&mut self, field: &str, text: &str, most: usize) -> String {
        let text = text.trim().replace("\r\n", "\n");
        if text.chars().count() > most {
            self.add(field, format!("This is longer than {most} characters."));
        } else if text.chars().any(|c| c.is_control() && c != '\n') {
            self.add(field, "This holds characters that cannot be seen.");
        }
        text
    }

    /// A line of text, and not empty.
    pub fn required_line(&mut self, field: &str, text: &str, most: usize) -> String {
        let text = self.line(field, text, most);
        self.unless(!text.is_empty(), field, "This must not be empty.");
        text
    }

    /// A whole number within these bounds; `None` when nothing was typed.
    pub fn number(&mut self, field: &str, text: &str, bounds: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let number = text.parse().ok().filter(|number| bounds.contains(number));
        let (least, most) = bounds.into_inner();
        self.unless(
            number.is_some(),
            field,
            format!("This must be a whole number from {least} to {most}."),
        );
        number
    }

    /// An e-mail address, or nothing. The shape alone is looked at: something, `@`, something.
    pub fn email(&mut self, field: &str, text: &str) -> String {
        let text = self.line(field, text, 254);
        let is_address = text
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
            && !text.contains(char::is_whitespace);
        self.unless(
            text.is_empty() || is_address,
            field,
            "This is no e-mail address: it must look like ana@example.com.",
        );
        text
    }

    /// The names of ticked boxes: no more than so many, each of at most 255 characters, none twice.
    pub fn names(&mut self, field: &str, names: &[String], most: usize) -> Vec<String> {
        self.unless(names.len() <= most, field, format!("These are more than {most}."));
        let mut kept: Vec<String> = Vec::new();
        for name in names
            .iter()
            .map(|name| name.trim())
            .filter(|name| !name.is_empty())
        {
            if name.chars().count() > 255 || name.chars().any(char::is_control) {
                self.add(field, "One of these is no name.");
            } else if !kept.iter().any(|known| known == name) {
                kept.push(name.to_owned());
            }
        }
        kept
    }

    /// Whether nothing is the matter.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Goes on when nothing is the matter.
    ///
    /// # Errors
    /// At the fields, when something is.
    pub fn finish(self) -> Result<(), PortalError> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(PortalError {
            fields: self.0,
            ..PortalError::new(ErrorKind::Invalid, "Please check what is marked below.")
        })
    }
}

/// What the cluster refuses, at the field that its words are about: the first word that occurs decides.
/// Other failures stay as they are.
#[must_use]
pub fn at_field(error: PortalError, words: &[(&str, &str)]) -> PortalError {
    if !matches!(error.kind, ErrorKind::Invalid | ErrorKind::Conflict) || !error.fields.is_empty() {
        return error;
    }
    let said = error.detail.clone().unwrap_or_else(|| error.title.clone());
    let lower = said.to_lowercase();
    match words.iter().find(|(word, _)| lower.contains(word)) {
        Some((_, field)) => PortalError {
            request_id: error.request_id,
            ..PortalError::invalid(*field, said)
        },
        None => error,
    }
}

/// Says that the page is to be shown again with what was typed, because a step was asked for that works
/// on it: "Find", without script. It carries no message.
#[must_use]
pub fn shown_again() -> PortalError {
    PortalError::new(ErrorKind::Invalid, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn messages(faults: Faults) -> Vec<String> {
        let fields = faults
            .finish()
            .err()
            .map(|error| error.fields)
            .unwrap_or_default();
        fields.into_iter().map(|field| field.message).collect()
    }

    #[test]
    fn everything_is_said_at_once() {
        let mut faults = Faults::default();
        faults.required_line("username", " ", 10);
        faults.line("name", "a\nb", 10);
        faults.email("email", "ana at example.com");
        faults.number("length", "eight", 0..=9);
        let error = faults.finish().expect_err("all is wrong");
        let fields: Vec<_> = error.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["username", "name", "email", "length"]);
    }

    #[test]
    fn lines_keep_their_breaks_and_nothing_else_that_cannot_be_seen() {
        let mut faults = Faults::default();
        assert_eq!(faults.lines("about", " a\r\nb ", 3), "a\nb");
        assert!(faults.is_empty());
        faults.lines("about", "a\u{7}b", 10);
        faults.lines("about", "abcd", 3);
        assert_eq!(messages(faults).len(), 2);
    }

    #[test]
    fn names_are_trimmed_and_none_is_kept_twice() {
        let mut faults = Faults::default();
        let names = [" a ", "b", "a", ""].map(str::to_owned);
        assert_eq!(faults.names("roles", &names, 9), ["a", "b"]);
        assert!(faults.is_empty());
    }

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
            typed: typed.into_iter().collect(),
        }));
        assert_eq!(fields.text("a", "there"), "");
        assert!(!fields.flag("b", true), "an unticked box sends nothing");
        assert_eq!(fields.list("c", &["x"]), ["1", "2"]);
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_bounded(text in "\\PC{0,40}") {
            let mut faults = Faults::default();
            let kept = faults.line("name", &text, 20);
            prop_assert_eq!(messages(faults).is_empty(), kept.chars().count() <= 20);
        }

        #[test]
        fn numbers_stay_within_their_bounds(text in ".{0,12}") {
            let mut faults = Faults::default();
            if let Some(number) = faults.number("n", &text, 1..=99) {
                prop_assert!((1..=99).contains(&number));
            }
        }
    }
}
