//! Checks what a person submitted: every value is bounded, and every problem is reported at its field at once.

use std::collections::HashSet;

use crate::{
    Error, FieldError,
    characters::{SEPARATORS, described, invisible, invisible_in_prose, nfc},
    text::{is_same, split_list},
};

/// The problems of a submitted form, collected over all fields so that they are reported together.
#[derive(Debug, Default)]
pub struct Validation {
    problems: Vec<FieldError>,
    existing: HashSet<String>,
}

impl Validation {
    /// Takes these names as they are when they are submitted: the cluster has them, whatever they hold.
    pub fn accept_existing(&mut self, names: impl IntoIterator<Item = String>) {
        self.existing.extend(names);
    }

    /// Reports a problem with this field.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.problems.push(FieldError {
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

    /// One line of text in NFC and without the space around it, of at most so many characters, each of which can be
    /// seen.
    pub fn line(&mut self, field: &str, text: &str, most: usize) -> String {
        let text = nfc(text.trim()).into_owned();
        self.check_text(field, &text, most, invisible);
        text
    }

    /// Text of several lines in NFC, of at most so many characters and without those that cannot be seen.
    pub fn lines(&mut self, field: &str, text: &str, most: usize) -> String {
        let text = nfc(&text.trim().replace("\r\n", "\n")).into_owned();
        self.check_text(field, &text, most, invisible_in_prose);
        text
    }

    /// The same for a field that a form returned: unchanged, it stays byte for byte as the cluster has it.
    pub fn changed_lines(&mut self, field: &str, text: &str, shown: &str, most: usize) -> String {
        if is_same(text, shown) {
            return shown.to_owned();
        }
        self.lines(field, text, most)
    }

    fn check_text(&mut self, field: &str, text: &str, most: usize, unseen: fn(&str) -> Option<char>) {
        if text.chars().count() > most {
            self.add(field, format!("This is longer than {most} characters."));
        } else if let Some(c) = unseen(text) {
            let what = described(c);
            self.add(
                field,
                format!(
                    "This holds invisible characters, such as {what}. It must be typed anew without them."
                ),
            );
        }
    }

    /// Refuses the characters with which fields and files separate several names.
    pub fn require_no_separator(&mut self, field: &str, name: &str) {
        self.require(
            !name.contains(SEPARATORS),
            field,
            "A name holds none of , ; |: they separate several names in a field or a file.",
        );
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
            && !text.contains(char::is_whitespace)
            && !text.contains([',', ';', '<', '>']);
        self.require(
            text.is_empty() || is_address,
            field,
            "This is not an e-mail address: it must look like ana@example.com.",
        );
        text
    }

    /// The names of ticked boxes: no more than so many, each of at most 255 characters, none twice. They are taken as
    /// they are: space around a name belongs to it. One that holds what cannot be seen has to [exist](
    /// Self::accept_existing).
    pub fn names(&mut self, field: &str, names: &[String], most: usize) -> Vec<String> {
        self.require(
            names.len() <= most,
            field,
            format!("At most {most} can be given."),
        );
        let mut kept: Vec<String> = Vec::new();
        for name in names.iter().filter(|name| !name.is_empty()) {
            if name.chars().count() > 255 {
                self.add(field, "One of these is not a valid name.");
            } else if let Some(c) = invisible(name).filter(|_| !self.existing.contains(name)) {
                let what = described(c);
                self.add(
                    field,
                    format!("One of these names holds invisible characters, such as {what}."),
                );
            } else if !kept.contains(name) {
                kept.push(name.clone());
            }
        }
        kept
    }

    /// Names as a person types them, one a line or separated by commas or semicolons: in NFC and without the space
    /// around each. A name that holds a separator is typed in double quotes.
    pub fn typed_names(&mut self, field: &str, text: &str, most: usize) -> Vec<String> {
        let names: Vec<_> = split_list(text, &['\n', ',', ';'])
            .iter()
            .map(|name| nfc(name).into_owned())
            .collect();
        self.names(field, &names, most)
    }

    /// Whether there is no problem.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// Succeeds when there is no problem.
    ///
    /// # Errors
    /// All problems, each at its field.
    pub fn finish(self) -> Result<(), Error> {
        if self.problems.is_empty() {
            return Ok(());
        }
        Err(Error::Invalid(self.problems))
    }
}

#[cfg(test)]
impl Validation {
    /// The fields with a problem, in the order in which the problems were found.
    pub(crate) fn fields(&self) -> Vec<&str> {
        self.problems
            .iter()
            .map(|problem| problem.field.as_str())
            .collect()
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
        let names = validation.typed_names("names", " alpha, beta\r\n\ngamma;alpha\n\"a,b\"", 9);
        assert_eq!(names, ["alpha", "beta", "gamma", "a,b"]);
        assert!(validation.is_empty());
    }

    #[test]
    fn what_is_typed_is_in_nfc_and_can_be_seen() {
        let check = |text: &str, expected: &str, words: &str| {
            let mut validation = Validation::default();
            assert_eq!(validation.line("name", text, 99), expected, "{text:?}");
            let messages = messages(validation).concat();
            assert!(
                messages.contains(words) && messages.is_empty() == words.is_empty(),
                "{messages}"
            );
        };
        check(" jose\u{301} ", "jos\u{e9}", "");
        check("ad\u{200b}min", "ad\u{200b}min", "U+200B, ZERO WIDTH SPACE");
        check("\u{202e}nimda", "\u{202e}nimda", "U+202E, RIGHT-TO-LEFT OVERRIDE");
        check("Ana\u{a0}Ito", "Ana\u{a0}Ito", "U+00A0, NO-BREAK SPACE");
        check("\u{feff}ana", "\u{feff}ana", "U+FEFF, ZERO WIDTH NO-BREAK SPACE");
        let mut validation = Validation::default();
        validation.email("email", "ana@exa\u{ad}mple.com");
        validation.names("roles", &["audi\u{200d}tor".to_owned()], 9);
        validation.typed_names("names", "bo\u{2066}", 9);
        validation.lines("about", "a\u{202e}b", 9);
        assert_eq!(validation.fields(), ["email", "roles", "names", "about"]);
        let messages = messages(validation).concat();
        for c in ["U+00AD, SOFT HYPHEN", "U+200D", "U+2066", "U+202E"] {
            assert!(messages.contains(c), "{messages}");
        }
    }

    #[test]
    fn a_name_that_the_cluster_has_is_taken_whatever_it_holds() {
        let names = ["ops\u{200b}x ", "jose\u{301}"].map(str::to_owned);
        let mut validation = Validation::default();
        validation.accept_existing(names.clone());
        assert_eq!(validation.names("roles", &names, 9), names);
        assert_eq!(
            validation.changed_lines("about", "a\u{200b}\r\nb", " a\u{200b}\nb", 2),
            " a\u{200b}\nb"
        );
        assert!(validation.is_empty());
    }

    #[test]
    fn several_addresses_are_not_one() {
        for text in [
            "a@example.com;b@example.com",
            "ana,x@example.com",
            "Ana <ana@example.com>",
        ] {
            let mut validation = Validation::default();
            validation.email("email", text);
            assert_eq!(validation.fields(), ["email"], "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_bounded(text in "\\PC{0,40}") {
            let mut validation = Validation::default();
            let kept = validation.line("name", &text, 20);
            let is_fine = kept.chars().count() <= 20 && invisible(&kept).is_none();
            prop_assert_eq!(messages(validation).is_empty(), is_fine);
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
