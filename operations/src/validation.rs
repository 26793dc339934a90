//! Checks what a person submitted: every value is bounded, and every problem is reported at its field at once.

use gate::OperationError;
use protegrity::ErrorKind;

use crate::{Error, FieldError};

/// The problems of a submitted form, collected over all fields so that they are reported together.
#[derive(Debug, Default)]
pub struct Validation(Vec<FieldError>);

impl Validation {
    /// Reports a problem with this field.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError {
            field: field.to_owned(),
            message: message.into(),
        });
    }

    /// Reports a problem with this field unless the condition holds.
    pub fn require(&mut self, holds: bool, field: &str, message: impl Into<String>) {
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
            self.add(field, "This holds invisible characters, such as a line break.");
        }
        text.to_owned()
    }

    /// Text of several lines, of at most so many characters and without other control characters.
    pub fn lines(&mut self, field: &str, text: &str, most: usize) -> String {
        let text = text.trim().replace("\r\n", "\n");
        if text.chars().count() > most {
            self.add(field, format!("This is longer than {most} characters."));
        } else if text.chars().any(|c| c.is_control() && c != '\n') {
            self.add(field, "This holds invisible characters.");
        }
        text
    }

    /// A line of text, and not empty.
    pub fn required_line(&mut self, field: &str, text: &str, most: usize) -> String {
        let text = self.line(field, text, most);
        self.require(!text.is_empty(), field, "This must not be empty.");
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
        self.require(
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
        self.require(
            text.is_empty() || is_address,
            field,
            "This is not an e-mail address: it must look like ana@example.com.",
        );
        text
    }

    /// The names of ticked boxes: no more than so many, each of at most 255 characters, none twice. They are taken as
    /// they are: space around a name belongs to it.
    pub fn names(&mut self, field: &str, names: &[String], most: usize) -> Vec<String> {
        self.require(
            names.len() <= most,
            field,
            format!("At most {most} can be given."),
        );
        let mut kept: Vec<String> = Vec::new();
        for name in names.iter().filter(|name| !name.is_empty()) {
            if name.chars().count() > 255 || name.chars().any(char::is_control) {
                self.add(field, "One of these is not a valid name.");
            } else if !kept.contains(name) {
                kept.push(name.clone());
            }
        }
        kept
    }

    /// Names as a person types them, one a line or separated by commas or semicolons: without the space around each.
    pub fn typed_names(&mut self, field: &str, text: &str, most: usize) -> Vec<String> {
        let names: Vec<_> = text
            .split(['\n', ',', ';'])
            .map(|name| name.trim().to_owned())
            .collect();
        self.names(field, &names, most)
    }

    /// Whether there is no problem.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Succeeds when there is no problem.
    ///
    /// # Errors
    /// All problems, each at its field.
    pub fn finish(self) -> Result<(), Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Error::Invalid(self.0))
    }
}

/// A refusal by the cluster as a problem with the field that its words are about: the first word that occurs decides.
/// Other failures stay as they are.
#[must_use]
pub fn attribute_to_field(error: OperationError, words: &[(&str, &str)]) -> Error {
    let is_refusal = matches!(error.kind(), Some(ErrorKind::Rejected | ErrorKind::Conflict));
    let message = error
        .error
        .upstream()
        .and_then(protegrity::Error::upstream_message);
    let (true, Some(message)) = (is_refusal, message) else {
        return error.into();
    };
    let lower = message.to_lowercase();
    match words.iter().find(|(word, _)| lower.contains(word)) {
        Some((_, field)) => Error::at(*field, format!("The cluster said: {message}")),
        None => error.into(),
    }
}

#[cfg(test)]
impl Validation {
    /// The fields with a problem, in the order in which the problems were found.
    pub(crate) fn fields(&self) -> Vec<&str> {
        self.0.iter().map(|problem| problem.field.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn messages(validation: Validation) -> Vec<String> {
        let problems = match validation.finish() {
            Err(Error::Invalid(problems)) => problems,
            _ => Vec::new(),
        };
        problems.into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn all_problems_are_reported_together() {
        let mut validation = Validation::default();
        validation.required_line("username", " ", 10);
        validation.line("name", "a\nb", 10);
        validation.email("email", "ana at example.com");
        validation.number("length", "eight", 0..=9);
        assert_eq!(validation.fields(), ["username", "name", "email", "length"]);
        assert!(matches!(validation.finish(), Err(Error::Invalid(problems)) if problems.len() == 4));
    }

    #[test]
    fn lines_keep_their_breaks_and_no_other_invisible_character() {
        let mut validation = Validation::default();
        assert_eq!(validation.lines("about", " a\r\nb ", 3), "a\nb");
        assert!(validation.is_empty());
        validation.lines("about", "a\u{7}b", 10);
        validation.lines("about", "abcd", 3);
        assert_eq!(messages(validation).len(), 2);
    }

    #[test]
    fn names_are_kept_as_they_are_and_none_twice() {
        let mut validation = Validation::default();
        let names = ["a ", "b", "a", "%41", "b", ""].map(str::to_owned);
        assert_eq!(validation.names("roles", &names, 9), ["a ", "b", "a", "%41"]);
        assert!(validation.is_empty());
    }

    #[test]
    fn names_are_typed_with_lines_or_commas_between_them() {
        let mut validation = Validation::default();
        let names = validation.typed_names("names", " alpha, beta\r\n\ngamma;alpha\n", 9);
        assert_eq!(names, ["alpha", "beta", "gamma"]);
        assert!(validation.is_empty());
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_bounded(text in "\\PC{0,40}") {
            let mut validation = Validation::default();
            let kept = validation.line("name", &text, 20);
            prop_assert_eq!(messages(validation).is_empty(), kept.chars().count() <= 20);
        }

        #[test]
        fn numbers_stay_within_their_bounds(text in ".{0,12}") {
            let mut validation = Validation::default();
            if let Some(number) = validation.number("n", &text, 1..=99) {
                prop_assert!((1..=99).contains(&number));
            }
        }
    }
}
