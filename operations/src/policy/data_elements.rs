//! Data elements: how one kind of value is protected.

use gate::{Operation, Target};
use protegrity::pim::{
    AllowShort, AlphabetUid, DataElement, DataElementUid, DateInClear, FpeOptions, IntegerSize,
    MAX_DATA_ELEMENT_NAME, MaskUid, MethodProblem, NewDataElement, NoEncryption, ProtectionMethod, TokenKind,
    TokenOption, TokenOptions, Tokenizer, TweakMode,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use super::method::Method;
use super::{
    configuration::data_elements,
    object::{MAX_DESCRIPTION, Saved, chosen, created, differs, require_free, the_one},
};
use crate::{Error, read_back::ReadBack, refusal::Words, validation::Validation};

/// The most characters in clear at one end. The notes have no limit; a longer end is a slip of the hand.
const MAX_END: i64 = 9999;

/// The words of the cluster's refusals.
const WORDS: &Words = &[
    ("tokenizer", "tokenizer"),
    ("from left", "from_left"),
    ("from right", "from_right"),
    ("length preserving", "length_preserving"),
    ("allow short", "allow_short"),
    ("preserve case", "preserve_case"),
    ("preserve position", "preserve_position"),
    ("alphabet", "alphabet"),
    ("date in clear", "date_in_clear"),
    ("integer size", "integer_size"),
    ("min length", "min_length"),
    ("tweak mode", "tweak_mode"),
    ("mask", "mask"),
    ("description", "description"),
    ("data element", "name"),
    ("name", "name"),
];

/// The form that creates a data element. What its method does not take is left empty.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the options of the methods by their names")]
pub struct DataElementForm {
    pub name: String,
    pub description: String,
    /// The key of the method, chosen in the first step.
    pub method: String,
    pub tokenizer: String,
    pub from_left: String,
    pub from_right: String,
    pub length_preserving: String,
    pub allow_short: String,
    pub preserve_case: String,
    pub preserve_position: String,
    pub alphabet: String,
    pub date_in_clear: String,
    pub integer_size: String,
    pub min_length: String,
    pub tweak_mode: String,
    pub mask: String,
}

impl DataElementForm {
    /// The data element of this form, with the problems of its fields; nothing where there is no such method.
    fn read(&self) -> (Validation, Option<NewDataElement>) {
        let mut validation = Validation::default();
        let name = validation.required_line("name", &self.name, MAX_DATA_ELEMENT_NAME);
        let description = validation.lines("description", &self.description, MAX_DESCRIPTION);
        let Some(method) = Method::of_key(&self.method) else {
            validation.add("method", "Choose one of the methods.");
            return (validation, None);
        };
        let method = self.method(method, &mut validation);
        for problem in method.problems() {
            validation.add(field_of(problem), sentence(problem));
        }
        let element = NewDataElement {
            name,
            description,
            method,
        };
        (validation, Some(element))
    }

    fn method(&self, method: Method, validation: &mut Validation) -> ProtectionMethod {
        match method {
            Method::Token(kind) => ProtectionMethod::Token(kind, self.token(kind, validation)),
            Method::Fpe(kind) => ProtectionMethod::Fpe(
                kind,
                FpeOptions {
                    from_left: end(validation, "from_left", &self.from_left),
                    from_right: end(validation, "from_right", &self.from_right),
                    allow_short: chosen(validation, "allow_short", &self.allow_short, AllowShort::KNOWN),
                    min_length: end(validation, "min_length", &self.min_length),
                    tweak_mode: chosen(validation, "tweak_mode", &self.tweak_mode, TweakMode::KNOWN),
                    ..FpeOptions::default()
                },
            ),
            Method::Aes256Cbc => ProtectionMethod::Aes256Cbc,
            Method::NoEncryption => ProtectionMethod::NoEncryption(NoEncryption {
                mask: uid(validation, "mask", &self.mask).map(MaskUid::from),
                ..NoEncryption::default()
            }),
        }
    }

    fn token(&self, kind: TokenKind, validation: &mut Validation) -> TokenOptions {
        // An unticked box says no only where there was a box.
        let flag = |option, value: &str| kind.takes(option).then_some(value == "true");
        let yes = |value: &str| (value == "true").then_some(true);
        TokenOptions {
            tokenizer: chosen(validation, "tokenizer", &self.tokenizer, Tokenizer::KNOWN),
            from_left: end(validation, "from_left", &self.from_left),
            from_right: end(validation, "from_right", &self.from_right),
            length_preserving: flag(TokenOption::LengthPreserving, &self.length_preserving),
            allow_short: chosen(validation, "allow_short", &self.allow_short, AllowShort::KNOWN),
            preserve_case: yes(&self.preserve_case),
            preserve_position: yes(&self.preserve_position),
            alphabet: uid(validation, "alphabet", &self.alphabet).map(AlphabetUid::from),
            date_in_clear: chosen(
                validation,
                "date_in_clear",
                &self.date_in_clear,
                DateInClear::KNOWN,
            ),
            integer_size: chosen(validation, "integer_size", &self.integer_size, IntegerSize::KNOWN),
            ..TokenOptions::default()
        }
    }
}

fn end(validation: &mut Validation, field: &str, text: &str) -> Option<u32> {
    let number = validation.number(field, text, 0..=MAX_END)?;
    u32::try_from(number).ok()
}

/// The uid of an object that was chosen.
fn uid(validation: &mut Validation, field: &str, text: &str) -> Option<String> {
    let uid = validation.line(field, text, 128);
    (!uid.is_empty()).then_some(uid)
}

/// The field that a problem of a method is about.
const fn field_of(problem: MethodProblem) -> &'static str {
    match problem {
        MethodProblem::NoTokenizer | MethodProblem::WrongTokenizer => "tokenizer",
        MethodProblem::NoEndsInClear => "from_left",
        MethodProblem::AlwaysPreservesLength => "length_preserving",
        MethodProblem::NoShortChoice
        | MethodProblem::ShortNeedsLength
        | MethodProblem::FpeEncryptsNoShort => "allow_short",
        MethodProblem::NoCase => "preserve_case",
        MethodProblem::NeedsAlphabet | MethodProblem::NoAlphabet => "alphabet",
        MethodProblem::NoDate => "date_in_clear",
        MethodProblem::NoIntegerSize => "integer_size",
        MethodProblem::MinLength => "min_length",
    }
}

/// A problem as the message at a field.
pub(super) fn sentence(problem: MethodProblem) -> String {
    let words = problem.to_string();
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), characters.as_str()),
        None => words,
    }
}

/// One data element, of `GET /pim/dataelements`.
///
/// # Errors
/// Where there is none of this uid, or the cluster's error.
pub async fn data_element(operation: &Operation, uid: &DataElementUid) -> Result<DataElement, Error> {
    the_one(data_elements(operation).await?, uid.as_str(), "data element")
}

/// Creates a data element (`POST /pim/dataelements`, reference lines 2971-2991). Nothing of it but the description can
/// be changed afterwards (notes on the reference, section 9).
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn create(operation: &Operation, form: &DataElementForm) -> Result<Saved<DataElementUid>, Error> {
    let (mut validation, element) = form.read();
    let name = element.as_ref().map_or("", |element| &element.name);
    require_free(&mut validation, "name", name, data_elements(operation).await)?;
    validation.finish()?;
    let Some(element) = &element else {
        return Err(Error::at("method", "Choose one of the methods."));
    };
    create_checked(operation, element).await
}

/// The same for one that was checked, and whose name is free.
pub(super) async fn create_checked(
    operation: &Operation,
    sent: &NewDataElement,
) -> Result<Saved<DataElementUid>, Error> {
    let operation = &operation.on(Target::of("data_element", &sent.name));
    let written = operation
        .perform(|cluster| async move { cluster.pim().create_data_element(sent).await })
        .await;
    let list = || data_elements(operation);
    created(written, ("name", &sent.name), WORDS, list, |now| {
        compared(sent, now)
    })
    .await
}

fn compared(sent: &NewDataElement, now: &DataElement) -> ReadBack {
    let description = differs("the description", &sent.description, now.description.as_deref());
    // A method that cannot be read is not known to differ.
    let Some(method) = &now.method else {
        return ReadBack::of([description]);
    };
    let key = differs("the method", sent.method.key(), Some(method.key()));
    let (sent, now) = (sent.method.options(), method.options());
    let options = sent.as_object().into_iter().flatten();
    let options = options.map(|(name, value)| {
        let of_cluster = now.get(name).map(plain);
        differs(
            &format!("the option {name}"),
            &plain(value),
            of_cluster.as_deref(),
        )
    });
    ReadBack::of([description, key].into_iter().chain(options))
}

/// The options of a method, by their names in the API, for the screen.
pub fn options(method: &ProtectionMethod) -> Vec<(String, String)> {
    match method.options() {
        Value::Object(options) => {
            let rows = options.iter().map(|(name, value)| (name.clone(), plain(value)));
            rows.collect()
        }
        Value::Null => Vec::new(),
        other => vec![("value".to_owned(), plain(&other))],
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => json!(other).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protegrity::pim::FpeKind;

    use super::*;

    /// A form that its method accepts.
    fn form(method: Method) -> DataElementForm {
        let mut form = DataElementForm {
            name: "DE".to_owned(),
            method: method.key().to_owned(),
            length_preserving: "true".to_owned(),
            ..DataElementForm::default()
        };
        if let Method::Token(kind) = method {
            form.tokenizer = kind.tokenizers()[0].as_str().to_owned();
            if kind.takes(TokenOption::Alphabet) {
                form.alphabet = "1".to_owned();
            }
        }
        form
    }

    #[test]
    fn every_method_can_be_made_with_its_own_options() {
        for method in Method::all() {
            assert_eq!(Method::of_key(method.key()), Some(method));
            let (validation, element) = form(method).read();
            assert!(validation.is_empty(), "{method:?}: {validation:?}");
            let element = element.expect("an element");
            assert_eq!(element.method.key(), method.key());
            assert!(
                !matches!(element.method, ProtectionMethod::Other { .. }),
                "{method:?}"
            );
        }
    }

    #[test]
    fn the_sample_of_the_reference_is_what_is_sent() {
        let form = DataElementForm {
            name: "DE_ALPHANUM".to_owned(),
            description: "DE_ALPHANUM".to_owned(),
            from_left: "0".to_owned(),
            from_right: "0".to_owned(),
            allow_short: "YES".to_owned(),
            ..form(Method::Token(TokenKind::AlphaNumeric))
        };
        let sample = json!({
            "name": "DE_ALPHANUM", "description": "DE_ALPHANUM",
            "alphaNumericToken": {
                "tokenizer": "SLT_1_3", "fromLeft": 0, "fromRight": 0, "lengthPreserving": true, "allowShort": "YES",
            },
        });
        assert_eq!(json!(form.read().1), sample);
    }

    #[test]
    fn what_a_method_does_not_take_is_refused_at_the_field() {
        let check = |method: Method, change: fn(&mut DataElementForm), expected: &[&str]| {
            let mut form = form(method);
            change(&mut form);
            assert_eq!(form.read().0.fields(), expected, "{form:?}");
        };
        let token = Method::Token;
        check(
            token(TokenKind::Email),
            |form| form.from_left = "1".to_owned(),
            &["from_left"],
        );
        check(
            token(TokenKind::Numeric),
            |form| form.tokenizer = String::new(),
            &["tokenizer"],
        );
        check(
            token(TokenKind::Numeric),
            |form| form.tokenizer = "SLT_X_1".to_owned(),
            &["tokenizer"],
        );
        check(
            token(TokenKind::Numeric),
            |form| form.tokenizer = "SLT_9_9".to_owned(),
            &["tokenizer", "tokenizer"],
        );
        check(
            token(TokenKind::AlphaNumeric),
            |form| form.preserve_case = "true".to_owned(),
            &["preserve_case"],
        );
        check(
            token(TokenKind::UnicodeGen2),
            |form| form.alphabet = String::new(),
            &["alphabet"],
        );
        check(
            token(TokenKind::Numeric),
            |form| {
                form.length_preserving = String::new();
                form.allow_short = "YES".to_owned();
            },
            &["allow_short"],
        );
        check(
            Method::Fpe(FpeKind::Numeric),
            |form| {
                form.min_length = "1".to_owned();
                form.allow_short = "YES".to_owned();
            },
            &["allow_short", "min_length"],
        );
        check(
            Method::Aes256Cbc,
            |form| form.method = "hmac".to_owned(),
            &["method"],
        );
    }

    #[test]
    fn an_option_that_the_cluster_changed_is_told() {
        let sent = form(Method::Token(TokenKind::Numeric))
            .read()
            .1
            .expect("an element");
        let mut now = DataElement {
            method: Some(sent.method.clone()),
            ..DataElement::default()
        };
        assert_eq!(compared(&sent, &now), ReadBack::AsSent);
        now.method = Some(ProtectionMethod::new(
            "numericToken",
            json!({"tokenizer": "SLT_2_6", "lengthPreserving": true, "more": 1}),
        ));
        let ReadBack::Differs(words) = compared(&sent, &now) else {
            panic!("it differs");
        };
        assert!(
            words.contains("tokenizer") && words.contains("SLT_2_6"),
            "{words}"
        );
    }

    proptest! {
        /// Whatever is accepted here has no problem that the vendor's pages name.
        #[test]
        fn what_is_accepted_has_no_problem(
            method in 0..15_usize,
            words in proptest::collection::vec("|true|YES|NOWITHERROR|SLT_1_3|SLT_2_3|SLT_X_1|YEAR|SHORT|0|1|7|EXT_INPUT", 12),
        ) {
            let method = Method::all().nth(method).expect("a method");
            let form = DataElementForm {
                name: "DE".to_owned(),
                method: method.key().to_owned(),
                tokenizer: words[0].clone(),
                from_left: words[1].clone(),
                from_right: words[2].clone(),
                length_preserving: words[3].clone(),
                allow_short: words[4].clone(),
                preserve_case: words[5].clone(),
                preserve_position: words[6].clone(),
                alphabet: words[7].clone(),
                date_in_clear: words[8].clone(),
                integer_size: words[9].clone(),
                min_length: words[10].clone(),
                tweak_mode: words[11].clone(),
                ..DataElementForm::default()
            };
            let (validation, element) = form.read();
            if validation.is_empty() {
                let element = element.expect("an element");
                prop_assert!(element.method.problems().is_empty());
                prop_assert_eq!(element.method.key(), method.key());
            }
        }
    }
}
