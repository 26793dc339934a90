//! Every documented rule of the policy (reference lines 2240-2270) with its unit and meaning (notes section
//! 7), and reading each from a form. Undocumented rules are kept as they are.

use std::collections::BTreeMap;

use protegrity::{PasswordPolicy, lenient};
use serde_json::Value;

use crate::{read_back::Compared, validation::Validation};

/// The longest pattern, in characters.
const MAX_PATTERN_LENGTH: usize = 1000;

/// The hash algorithms of Keycloak with their default iterations (notes section 7), the strongest first.
pub const ALGORITHMS: &[(&str, i64)] = &[
    ("argon2", 5),
    ("pbkdf2-sha512", 210_000),
    ("pbkdf2-sha256", 600_000),
    ("pbkdf2", 1_300_000),
];

/// A documented rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name in the policy.
    pub key: &'static str,
    /// The label on screen.
    pub label: &'static str,
    /// The requirement.
    pub meaning: &'static str,
    /// The kind of value.
    pub kind: Kind,
}

/// The kind of value of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number.
    Number {
        /// The unit of one.
        one: &'static str,
        /// The unit of several.
        many: &'static str,
        /// The greatest value.
        most: i64,
        /// Which values are stricter.
        stricter: Stricter,
    },
    /// True or false.
    Switch,
    /// The name of a hash algorithm.
    Algorithm,
    /// A regular expression.
    Pattern,
}

/// Which numbers are stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stricter {
    /// Greater ones; none at all is 0.
    Greater,
    /// Smaller ones; none at all is without end.
    Smaller,
    /// Greater ones, because they permit longer passwords; none at all, and 0, is without end.
    Roomier,
    /// It says nothing about what a password must be.
    Neither,
}

const fn number(one: &'static str, many: &'static str, most: i64, stricter: Stricter) -> Kind {
    Kind::Number {
        one,
        many,
        most,
        stricter,
    }
}

const fn rule(key: &'static str, label: &'static str, kind: Kind, meaning: &'static str) -> Rule {
    Rule {
        key,
        label,
        meaning,
        kind,
    }
}

/// The rules in the order of the screen, each part under its heading.
pub const PARTS: &[(&str, &[Rule])] = &[
    (
        "Length and characters",
        &[
            rule(
                "length",
                "Shortest length",
                number("character", "characters", 255, Stricter::Greater),
                "The least number of characters of a password.",
            ),
            rule(
                "maxLength",
                "Longest length",
                number("character", "characters", 4096, Stricter::Roomier),
                "The greatest number of characters of a password.",
            ),
            rule(
                "digits",
                "Digits",
                number("digit", "digits", 128, Stricter::Greater),
                "The least number of digits.",
            ),
            rule(
                "lowerCase",
                "Lower-case letters",
                number("letter", "letters", 128, Stricter::Greater),
                "The least number of lower-case letters.",
            ),
            rule(
                "upperCase",
                "Upper-case letters",
                number("letter", "letters", 128, Stricter::Greater),
                "The least number of upper-case letters.",
            ),
            rule(
                "specialChars",
                "Special characters",
                number("character", "characters", 128, Stricter::Greater),
                "The least number of characters that are neither letters nor digits.",
            ),
            rule(
                "regexPattern",
                "Pattern",
                Kind::Pattern,
                "The whole password matches this regular expression, in the syntax of Java.",
            ),
        ],
    ),
    (
        "Names",
        &[
            rule(
                "notUsername",
                "Not the user name",
                Kind::Switch,
                "A password is not the user name.",
            ),
            rule(
                "notContainsUsername",
                "Without the user name",
                Kind::Switch,
                "The user name is no part of a password.",
            ),
            rule(
                "notEmail",
                "Not the e-mail address",
                Kind::Switch,
                "A password is not the e-mail address.",
            ),
        ],
    ),
    (
        "Age and history",
        &[
            rule(
                "forceExpiredPasswordChange",
                "Expires after",
                number("day", "days", 36_500, Stricter::Smaller),
                "The number of days after which a password has to be changed.",
            ),
            rule(
                "passwordHistory",
                "Password history",
                number("password", "passwords", 1000, Stricter::Greater),
                "None of the user's last passwords is used again.",
            ),
            rule(
                "passwordAge",
                "Not used again within",
                number("day", "days", 36_500, Stricter::Greater),
                "The number of days within which a password is not used again.",
            ),
            rule(
                "maxAuthAge",
                "Sign in again after",
                number("second", "seconds", 31_536_000, Stricter::Smaller),
                "So long after signing in, a change of one's password asks for authentication first; 0 asks always.",
            ),
        ],
    ),
    (
        "How passwords are kept",
        &[
            rule(
                "hashAlgorithm",
                "Hash algorithm",
                Kind::Algorithm,
                "How the cluster keeps passwords. It counts for a password from its next change on.",
            ),
            rule(
                "hashIterations",
                "Hash iterations",
                number("iteration", "iterations", 100_000_000, Stricter::Greater),
                "More make guessing slower, and each sign-in too.",
            ),
            rule(
                "recoveryCodesWarningThreshold",
                "Recovery codes warning",
                number("code", "codes", 1000, Stricter::Neither),
                "A user who has fewer recovery codes left than this is warned.",
            ),
        ],
    ),
];

/// Every documented rule.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    PARTS.iter().flat_map(|(_, rules)| rules.iter())
}

/// A policy by its keys, those that are not documented among them.
pub type PolicyValues = BTreeMap<String, Value>;

/// The policy by its keys. A documented key whose value could not be read is among them as it is.
pub fn values(policy: &PasswordPolicy) -> PolicyValues {
    let known = PasswordPolicy {
        rest: BTreeMap::new(),
        ..policy.clone()
    };
    let known = serde_json::to_value(known).and_then(serde_json::from_value::<PolicyValues>);
    let mut values = policy.rest.clone();
    values.extend(known.unwrap_or_default());
    values
}

/// The undocumented keys with their values.
pub fn undocumented(values: &PolicyValues) -> impl Iterator<Item = (&String, &Value)> {
    values
        .iter()
        .filter(|(key, _)| all().all(|rule| rule.key != key.as_str()))
}

/// A value as the form shows it.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}

impl Rule {
    /// Its name in the form. What has "password" in its name is a secret and never shown again after a
    /// failure, which these numbers are not.
    pub fn field(&self) -> &'static str {
        match self.key {
            "forceExpiredPasswordChange" => "expires_after",
            "passwordHistory" => "history",
            "passwordAge" => "not_again_within",
            key => key,
        }
    }

    /// The label of the field: with its unit, where that is not what the rule counts.
    pub fn field_label(&self) -> String {
        match self.kind {
            Kind::Number {
                many: many @ ("days" | "seconds"),
                ..
            } => format!("{} ({many})", self.label),
            _ => self.label.to_owned(),
        }
    }

    /// The form's value of this rule.
    pub fn typed(&self, values: &PolicyValues) -> String {
        values.get(self.key).map(text).unwrap_or_default()
    }

    /// The value in words.
    pub fn in_words(&self, value: &Value) -> String {
        match self.kind {
            Kind::Number { one, many, .. } => match lenient::as_integer(value) {
                Some(number) => format!("{number} {}", if number == 1 { one } else { many }),
                None => text(value),
            },
            Kind::Switch => match lenient::as_boolean(value) {
                Some(true) => "Yes".to_owned(),
                Some(false) => "No".to_owned(),
                None => text(value),
            },
            Kind::Algorithm | Kind::Pattern => text(value),
        }
    }

    /// The submitted value; `None` where the rule is left out. An unchanged value is kept as it is.
    fn read(&self, typed: &str, before: Option<&Value>, validation: &mut Validation) -> Option<Value> {
        if before.is_some_and(|before| text(before) == typed) {
            return before.cloned();
        }
        match self.kind {
            Kind::Number { most, .. } => {
                let least = i64::from(self.key == "hashIterations");
                validation
                    .number(self.field(), typed, least..=most)
                    .map(Value::from)
            }
            // An unticked box of a rule that is not there leaves it out; of one that is, switches it off.
            Kind::Switch if typed == "true" => Some(Value::Bool(true)),
            Kind::Switch => before.map(|before| match lenient::as_boolean(before) {
                Some(true) => Value::Bool(false),
                _ => before.clone(),
            }),
            Kind::Algorithm | Kind::Pattern if typed.is_empty() => None,
            Kind::Algorithm => {
                let is_known = ALGORITHMS.iter().any(|(name, _)| *name == typed);
                validation.require(is_known, self.field(), "Choose one of the list.");
                Some(Value::String(typed.to_owned()))
            }
            Kind::Pattern => {
                validation.require(
                    typed.chars().count() <= MAX_PATTERN_LENGTH && !typed.chars().any(char::is_control),
                    self.field(),
                    "A pattern is one line of at most 1000 characters.",
                );
                Some(Value::String(typed.to_owned()))
            }
        }
    }

    /// Whether this rule requires less after a change.
    fn is_weaker(&self, before: &PolicyValues, after: &PolicyValues) -> bool {
        let [was, is] = [before, after].map(|values| values.get(self.key));
        if was == is {
            return false;
        }
        match self.kind {
            Kind::Switch => {
                was.and_then(lenient::as_boolean) == Some(true)
                    && is.and_then(lenient::as_boolean) != Some(true)
            }
            // Whether another pattern requires less cannot be decided.
            Kind::Pattern => was.is_some() && is.is_none(),
            Kind::Algorithm => {
                let rank = |value: Option<&Value>| {
                    let name = value.map(text).unwrap_or_default();
                    ALGORITHMS.iter().position(|(known, _)| *known == name)
                };
                matches!((rank(was), rank(is)), (Some(was), Some(is)) if is > was)
            }
            Kind::Number { stricter, .. } => {
                let [was, is] = [was, is].map(|value| value.and_then(lenient::as_integer));
                let endless = |value: Option<i64>| value.unwrap_or(i64::MAX);
                match stricter {
                    // The numbers of two algorithms do not compare.
                    Stricter::Greater if self.key == "hashIterations" => {
                        before.get("hashAlgorithm") == after.get("hashAlgorithm") && is < was
                    }
                    Stricter::Greater => is.unwrap_or(0) < was.unwrap_or(0),
                    Stricter::Smaller => endless(is) > endless(was),
                    Stricter::Roomier => {
                        endless(is.filter(|is| *is > 0)) < endless(was.filter(|was| *was > 0))
                    }
                    Stricter::Neither => false,
                }
            }
        }
    }
}

/// The whole new policy, from the submitted form and the present values (row 52): keys that the form does
/// not have are kept.
pub fn read(
    typed: &BTreeMap<String, String>,
    before: &PolicyValues,
    validation: &mut Validation,
) -> PolicyValues {
    let mut after = before.clone();
    for rule in all() {
        let typed = typed.get(rule.field()).map(String::as_str).unwrap_or_default();
        let typed = if rule.kind == Kind::Pattern {
            typed
        } else {
            typed.trim()
        };
        match rule.read(typed, before.get(rule.key), validation) {
            Some(value) => after.insert(rule.key.to_owned(), value),
            None => after.remove(rule.key),
        };
    }
    after
}

/// The rules that require less than before, by label.
pub fn weaker(before: &PolicyValues, after: &PolicyValues) -> Vec<&'static str> {
    all()
        .filter(|rule| rule.is_weaker(before, after))
        .map(|rule| rule.label)
        .collect()
}

/// The words for a rule that was not sent, and for one that the cluster does not have.
const LEFT_OUT: &str = "left out";
const NOT_SET: &str = "not set";

/// The values that were sent beside those that the cluster has now (rows 51, 52), rule by rule.
pub fn compared(sent: &PolicyValues, now: &PolicyValues) -> Vec<Compared> {
    let known = all().map(|rule| (rule.key, rule.label, Some(rule)));
    let keys = undocumented(sent)
        .chain(undocumented(now))
        .map(|(key, _)| key.as_str());
    let mut unknown: Vec<_> = keys.map(|key| (key, key, None)).collect();
    unknown.sort_by_key(|(key, ..)| *key);
    unknown.dedup_by_key(|(key, ..)| *key);
    let in_words =
        |rule: Option<&Rule>, value: &Value| rule.map_or_else(|| text(value), |rule| rule.in_words(value));
    known
        .chain(unknown)
        .filter(|(key, ..)| sent.contains_key(*key) || now.contains_key(*key))
        .map(|(key, label, rule)| Compared {
            what: label.to_owned(),
            sent: sent
                .get(key)
                .map_or_else(|| LEFT_OUT.to_owned(), |value| in_words(rule, value)),
            now: now
                .get(key)
                .map_or_else(|| NOT_SET.to_owned(), |value| in_words(rule, value)),
        })
        .collect()
}

/// The differences in sentences: rules that are gone, that stayed although they were left out, that differ.
pub fn summary(rows: &[Compared]) -> String {
    let names = |rows: Vec<&Compared>| {
        rows.iter()
            .map(|row| row.what.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let differing = || rows.iter().filter(|row| !row.is_same());
    let gone: Vec<_> = differing().filter(|row| row.now == NOT_SET).collect();
    let kept: Vec<_> = differing().filter(|row| row.sent == LEFT_OUT).collect();
    let other: Vec<_> = differing()
        .filter(|row| row.now != NOT_SET && row.sent != LEFT_OUT)
        .collect();
    let mut sentences = Vec::new();
    if !gone.is_empty() {
        sentences.push(format!("The cluster no longer has: {}.", names(gone)));
    }
    if !kept.is_empty() {
        sentences.push(format!(
            "The cluster keeps what was left out: {}. A number of 0 switches a rule off.",
            names(kept)
        ));
    }
    if !other.is_empty() {
        sentences.push(format!("The cluster has different values for: {}.", names(other)));
    }
    if sentences.is_empty() {
        sentences.push("The cluster has the policy as it was sent.".to_owned());
    }
    sentences.push("It applies to passwords that are set from now on; existing ones stay.".to_owned());
    sentences.join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The policy of the reference's sample, with a future key.
    fn sample() -> PolicyValues {
        let text = r#"{"digits":1,"forceExpiredPasswordChange":365,"hashAlgorithm":"pbkdf2-sha256","hashIterations":27500,
            "length":8,"lowerCase":1,"maxAuthAge":3600,"maxLength":64,"notContainsUsername":true,"notEmail":true,
            "notUsername":true,"passwordAge":365,"passwordHistory":3,"recoveryCodesWarningThreshold":3,
            "regexPattern":"^(?=.*[a-z])(?=.*\\d).*$","specialChars":1,"upperCase":1,"tomorrow":{"a":[1]}}"#;
        values(&serde_json::from_str(text).expect("a policy"))
    }

    /// What the form sends when nothing is changed.
    fn untouched(values: &PolicyValues) -> BTreeMap<String, String> {
        let sends = |rule: &&Rule| rule.kind != Kind::Switch || rule.typed(values) == "true";
        all()
            .filter(sends)
            .map(|rule| (rule.field().to_owned(), rule.typed(values)))
            .collect()
    }

    fn with(key: &str, typed: &str) -> (PolicyValues, Vec<String>) {
        let mut form = untouched(&sample());
        let rule = all().find(|rule| rule.key == key).expect("a documented rule");
        form.insert(rule.field().to_owned(), typed.to_owned());
        let mut validation = Validation::default();
        let after = read(&form, &sample(), &mut validation);
        let fields = validation.fields().into_iter().map(str::to_owned).collect();
        (after, fields)
    }

    #[test]
    fn every_documented_key_is_a_rule_and_no_other() {
        let keys: std::collections::BTreeSet<_> = all().map(|rule| rule.key.to_owned()).collect();
        let documented: std::collections::BTreeSet<_> =
            sample().into_keys().filter(|key| key != "tomorrow").collect();
        assert_eq!(keys, documented);
        assert_eq!(undocumented(&sample()).count(), 1);
    }

    #[test]
    fn no_rule_is_taken_for_a_secret_by_the_name_of_its_field() {
        for rule in all() {
            let field = rule.field().to_lowercase();
            let is_secret = ["password", "secret", "token"]
                .iter()
                .any(|word| field.contains(word));
            assert!(!is_secret, "{field}");
        }
    }

    #[test]
    fn an_untouched_form_changes_nothing() {
        let mut validation = Validation::default();
        assert_eq!(read(&untouched(&sample()), &sample(), &mut validation), sample());
        assert!(validation.is_empty());
    }

    #[test]
    fn a_form_becomes_a_policy_of_numbers_switches_and_texts() {
        let (after, validation) = with("length", " 12 ");
        assert_eq!(
            (after.get("length"), validation.len()),
            (Some(&Value::from(12)), 0)
        );
        assert_eq!(PasswordPolicy::from(after).length, Some(12));
        let (after, _) = with("length", "");
        assert_eq!(after.get("length"), None);
        let (after, _) = with("notEmail", "");
        assert_eq!(after.get("notEmail"), Some(&Value::Bool(false)));
        for (key, typed) in [
            ("length", "eight"),
            ("length", "-1"),
            ("length", "99999999999999999999"),
            ("hashIterations", "0"),
            ("hashAlgorithm", "md5"),
            ("regexPattern", &"x".repeat(1001)),
            ("regexPattern", "a\nb"),
        ] {
            assert_eq!(with(key, typed).1, [key], "{typed:.20}");
        }
    }

    #[test]
    fn an_unreadable_value_is_kept_as_it_is() {
        let before: PolicyValues = [("digits".to_owned(), Value::String("many".to_owned()))].into();
        let policy = PasswordPolicy::from(before.clone());
        assert_eq!(values(&policy), before);
        let mut validation = Validation::default();
        assert_eq!(read(&untouched(&before), &before, &mut validation), before);
        assert!(validation.is_empty());
    }

    #[test]
    fn weaker_rules_are_distinguished_from_stricter_ones() {
        let check = |key: &str, typed: &str, expected: &[&str]| {
            let (after, validation) = with(key, typed);
            assert_eq!(validation, [""; 0], "{key}={typed}");
            assert_eq!(weaker(&sample(), &after), expected, "{key}={typed}");
        };
        check("length", "7", &["Shortest length"]);
        check("length", "", &["Shortest length"]);
        check("length", "9", &[]);
        check("maxLength", "20", &["Longest length"]);
        check("maxLength", "", &[]);
        check("maxLength", "0", &[]);
        check("forceExpiredPasswordChange", "", &["Expires after"]);
        check("forceExpiredPasswordChange", "90", &[]);
        check("maxAuthAge", "7200", &["Sign in again after"]);
        check("passwordHistory", "0", &["Password history"]);
        check("notUsername", "", &["Not the user name"]);
        check("regexPattern", "", &["Pattern"]);
        check("regexPattern", ".*", &[]);
        check("hashIterations", "1", &["Hash iterations"]);
        check("hashAlgorithm", "pbkdf2", &["Hash algorithm"]);
        check("hashAlgorithm", "argon2", &[]);
        check("recoveryCodesWarningThreshold", "0", &[]);
    }

    #[test]
    fn differences_are_reported_rule_by_rule() {
        let sent: PolicyValues = [("length", 10), ("digits", 2), ("new", 1)]
            .map(|(key, value)| (key.to_owned(), Value::from(value)))
            .into();
        let now: PolicyValues = [("length", 8), ("upperCase", 1), ("new", 1)]
            .map(|(key, value)| (key.to_owned(), Value::from(value)))
            .into();
        let rows = compared(&sent, &now);
        let reported: Vec<_> = rows
            .iter()
            .map(|row| (row.what.as_str(), row.sent.as_str(), row.now.as_str()))
            .collect();
        assert_eq!(
            reported,
            [
                ("Shortest length", "10 characters", "8 characters"),
                ("Digits", "2 digits", "not set"),
                ("Upper-case letters", "left out", "1 letter"),
                ("new", "1", "1"),
            ]
        );
        let summary = summary(&rows);
        for words in [
            "no longer has: Digits.",
            "left out: Upper-case letters.",
            "different values for: Shortest length.",
        ] {
            assert!(summary.contains(words), "{summary}");
        }
        assert!(
            super::summary(&compared(&now, &now)).starts_with("The cluster has the policy as it was sent.")
        );
    }

    proptest! {
        /// Whatever is typed, undocumented keys are kept.
        #[test]
        fn nothing_is_lost(key in proptest::sample::select(all().map(|rule| rule.key).collect::<Vec<_>>()), typed in "\\PC{0,12}") {
            let (after, _) = with(key, &typed);
            let before = sample();
            prop_assert_eq!(after.get("tomorrow"), before.get("tomorrow"));
        }

        /// A policy is never weaker than itself, and of two different lengths exactly one change is weaker.
        #[test]
        fn weaker_is_an_order(one in 0_i64..99, other in 0_i64..99) {
            let policy = |length| -> PolicyValues { [("length".to_owned(), Value::from(length))].into() };
            prop_assert!(weaker(&policy(one), &policy(one)).is_empty());
            let there = weaker(&policy(one), &policy(other)).len();
            let back = weaker(&policy(other), &policy(one)).len();
            prop_assert_eq!(there + back, usize::from(one != other));
        }
    }
}
