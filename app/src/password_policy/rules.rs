//! Every documented rule of the policy (reference lines 2240-2270) with its unit and meaning (notes section
//! 7), and reading each from a form. Rules that nobody documents are kept as they are.

use std::collections::BTreeMap;

use protegrity::{PasswordPolicy, lenient};
use serde_json::Value;

use crate::{flash::Compared, form::Faults};

/// The longest pattern, in characters.
const LONGEST_PATTERN: usize = 1000;

/// The hash algorithms of Keycloak with their default iterations (notes section 7), the strongest first.
pub(super) const ALGORITHMS: &[(&str, i64)] = &[
    ("argon2", 5),
    ("pbkdf2-sha512", 210_000),
    ("pbkdf2-sha256", 600_000),
    ("pbkdf2", 1_300_000),
];

/// A documented rule.
#[derive(Debug)]
pub(super) struct Rule {
    /// Its name in the policy.
    pub key: &'static str,
    /// What it is called on the screen.
    pub label: &'static str,
    /// What it asks of a password.
    pub meaning: &'static str,
    /// What its value is.
    pub kind: Kind,
}

/// What the value of a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A whole number up to this one, of these (one and many).
    Number {
        one: &'static str,
        many: &'static str,
        most: i64,
        stricter: Stricter,
    },
    /// True or false.
    Switch,
    /// The name of a hash algorithm.
    Algorithm,
    /// A regular expression.
    Pattern,
}

/// Which numbers ask for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stricter {
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
pub(super) const PARTS: &[(&str, &[Rule])] = &[
    (
        "Length and characters",
        &[
            rule(
                "length",
                "Shortest length",
                number("character", "characters", 255, Stricter::Greater),
                "A password has at least so many characters.",
            ),
            rule(
                "maxLength",
                "Longest length",
                number("character", "characters", 4096, Stricter::Roomier),
                "A password has at most so many characters.",
            ),
            rule(
                "digits",
                "Digits",
                number("digit", "digits", 128, Stricter::Greater),
                "At least so many digits.",
            ),
            rule(
                "lowerCase",
                "Lower-case letters",
                number("letter", "letters", 128, Stricter::Greater),
                "At least so many lower-case letters.",
            ),
            rule(
                "upperCase",
                "Upper-case letters",
                number("letter", "letters", 128, Stricter::Greater),
                "At least so many upper-case letters.",
            ),
            rule(
                "specialChars",
                "Special characters",
                number("character", "characters", 128, Stricter::Greater),
                "At least so many characters that are neither letters nor digits.",
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
                "After so many days a password has to be changed.",
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
                "A password that the user had within so many days is not used again.",
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
pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    PARTS.iter().flat_map(|(_, rules)| rules.iter())
}

/// A policy by its keys, those that are not documented among them.
pub(super) type Held = BTreeMap<String, Value>;

/// The policy by its keys. A documented key whose value could not be read is among them as it is.
pub(super) fn held(policy: &PasswordPolicy) -> Held {
    let known = PasswordPolicy {
        rest: BTreeMap::new(),
        ..policy.clone()
    };
    let known = serde_json::to_value(known).and_then(serde_json::from_value::<Held>);
    let mut held = policy.rest.clone();
    held.extend(known.unwrap_or_default());
    held
}

/// The keys that nobody documents, with what they hold.
pub(super) fn undocumented(held: &Held) -> impl Iterator<Item = (&String, &Value)> {
    held.iter()
        .filter(|(key, _)| all().all(|rule| rule.key != key.as_str()))
}

/// A value as the form holds it.
pub(super) fn text(value: &Value) -> String {
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

    /// What the field is called: with its unit, where that is not what the rule counts.
    pub fn field_label(&self) -> String {
        match self.kind {
            Kind::Number {
                many: many @ ("days" | "seconds"),
                ..
            } => format!("{} ({many})", self.label),
            _ => self.label.to_owned(),
        }
    }

    /// What the form holds of this rule.
    pub fn typed(&self, held: &Held) -> String {
        held.get(self.key).map(text).unwrap_or_default()
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

    /// The value that was typed; `None` where the rule is left out. What is there already is taken as it
    /// is, whatever it is.
    fn read(&self, typed: &str, before: Option<&Value>, faults: &mut Faults) -> Option<Value> {
        if before.is_some_and(|before| text(before) == typed) {
            return before.cloned();
        }
        match self.kind {
            Kind::Number { most, .. } => {
                let least = i64::from(self.key == "hashIterations");
                faults.number(self.field(), typed, least..=most).map(Value::from)
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
                faults.unless(is_known, self.field(), "Choose one of the list.");
                Some(Value::String(typed.to_owned()))
            }
            Kind::Pattern => {
                faults.unless(
                    typed.chars().count() <= LONGEST_PATTERN && !typed.chars().any(char::is_control),
                    self.field(),
                    "A pattern is one line of at most 1000 characters.",
                );
                Some(Value::String(typed.to_owned()))
            }
        }
    }

    /// Whether passwords may be worse by this rule after a change.
    fn is_weaker(&self, before: &Held, after: &Held) -> bool {
        let [was, is] = [before, after].map(|held| held.get(self.key));
        if was == is {
            return false;
        }
        match self.kind {
            Kind::Switch => {
                was.and_then(lenient::as_boolean) == Some(true)
                    && is.and_then(lenient::as_boolean) != Some(true)
            }
            // Whether another pattern asks for less cannot be told.
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

/// The whole policy as it is to be, of what was typed and what is there (row 52): keys that the form does
/// not have are kept.
pub(super) fn read(typed: &BTreeMap<String, String>, before: &Held, faults: &mut Faults) -> Held {
    let mut after = before.clone();
    for rule in all() {
        let typed = typed.get(rule.field()).map(String::as_str).unwrap_or_default();
        let typed = if rule.kind == Kind::Pattern {
            typed
        } else {
            typed.trim()
        };
        match rule.read(typed, before.get(rule.key), faults) {
            Some(value) => after.insert(rule.key.to_owned(), value),
            None => after.remove(rule.key),
        };
    }
    after
}

/// The rules that ask for less than before, in words.
pub(super) fn weaker(before: &Held, after: &Held) -> Vec<&'static str> {
    all()
        .filter(|rule| rule.is_weaker(before, after))
        .map(|rule| rule.label)
        .collect()
}

/// What is said of a rule that was left out of what was sent, and of one that is not there.
const LEFT_OUT: &str = "left out";
const NOT_SET: &str = "not set";

/// What was sent and what the cluster has now (rows 51, 52), rule by rule.
pub(super) fn compared(sent: &Held, now: &Held) -> Vec<Compared> {
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
            held: now
                .get(key)
                .map_or_else(|| NOT_SET.to_owned(), |value| in_words(rule, value)),
        })
        .collect()
}

/// What came of it in sentences: what is gone, what stayed although it was left out, what is another.
pub(super) fn summary(rows: &[Compared]) -> String {
    let names = |rows: Vec<&Compared>| {
        rows.iter()
            .map(|row| row.what.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let differing = || rows.iter().filter(|row| !row.is_same());
    let gone: Vec<_> = differing().filter(|row| row.held == NOT_SET).collect();
    let kept: Vec<_> = differing().filter(|row| row.sent == LEFT_OUT).collect();
    let other: Vec<_> = differing()
        .filter(|row| row.held != NOT_SET && row.sent != LEFT_OUT)
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
        sentences.push(format!("The cluster made something else of: {}.", names(other)));
    }
    if sentences.is_empty() {
        sentences.push("The cluster has it as it was sent.".to_owned());
    }
    sentences.push("It binds a password when it is set; those that are there already stay.".to_owned());
    sentences.join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The policy of the reference's sample, with a key of tomorrow.
    fn sample() -> Held {
        let text = r#"{"digits":1,"forceExpiredPasswordChange":365,"hashAlgorithm":"pbkdf2-sha256","hashIterations":27500,
            "length":8,"lowerCase":1,"maxAuthAge":3600,"maxLength":64,"notContainsUsername":true,"notEmail":true,
            "notUsername":true,"passwordAge":365,"passwordHistory":3,"recoveryCodesWarningThreshold":3,
            "regexPattern":"^(?=.*[a-z])(?=.*\\d).*$","specialChars":1,"upperCase":1,"tomorrow":{"a":[1]}}"#;
        held(&serde_json::from_str(text).expect("a policy"))
    }

    /// What the form sends when nothing is changed.
    fn untouched(held: &Held) -> BTreeMap<String, String> {
        let sends = |rule: &&Rule| rule.kind != Kind::Switch || rule.typed(held) == "true";
        all()
            .filter(sends)
            .map(|rule| (rule.field().to_owned(), rule.typed(held)))
            .collect()
    }

    fn with(key: &str, typed: &str) -> (Held, Vec<String>) {
        let mut form = untouched(&sample());
        let rule = all().find(|rule| rule.key == key).expect("a documented rule");
        form.insert(rule.field().to_owned(), typed.to_owned());
        let mut faults = Faults::default();
        let after = read(&form, &sample(), &mut faults);
        let fields = faults
            .finish()
            .err()
            .map(|error| error.fields)
            .unwrap_or_default();
        (after, fields.into_iter().map(|fault| fault.field).collect())
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
        let mut faults = Faults::default();
        assert_eq!(read(&untouched(&sample()), &sample(), &mut faults), sample());
        assert!(faults.is_empty());
    }

    #[test]
    fn a_form_becomes_a_policy_of_numbers_switches_and_texts() {
        let (after, faults) = with("length", " 12 ");
        assert_eq!((after.get("length"), faults.len()), (Some(&Value::from(12)), 0));
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
    fn what_could_not_be_read_is_kept_as_it_is() {
        let before: Held = [("digits".to_owned(), Value::String("many".to_owned()))].into();
        let policy = PasswordPolicy::from(before.clone());
        assert_eq!(held(&policy), before);
        let mut faults = Faults::default();
        assert_eq!(read(&untouched(&before), &before, &mut faults), before);
        assert!(faults.is_empty());
    }

    #[test]
    fn weaker_rules_are_told_from_stricter_ones() {
        let check = |key: &str, typed: &str, expected: &[&str]| {
            let (after, faults) = with(key, typed);
            assert_eq!(faults, [""; 0], "{key}={typed}");
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
    fn what_came_of_it_is_told_rule_by_rule() {
        let sent: Held = [("length", 10), ("digits", 2), ("new", 1)]
            .map(|(key, value)| (key.to_owned(), Value::from(value)))
            .into();
        let now: Held = [("length", 8), ("upperCase", 1), ("new", 1)]
            .map(|(key, value)| (key.to_owned(), Value::from(value)))
            .into();
        let rows = compared(&sent, &now);
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.what.as_str(), row.sent.as_str(), row.held.as_str()))
            .collect();
        assert_eq!(
            told,
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
            "something else of: Shortest length.",
        ] {
            assert!(summary.contains(words), "{summary}");
        }
        assert!(super::summary(&compared(&now, &now)).starts_with("The cluster has it as it was sent."));
    }

    proptest! {
        /// Whatever is typed, keys that nobody documents are kept, and what is not acceptable is told.
        #[test]
        fn nothing_is_lost(key in proptest::sample::select(all().map(|rule| rule.key).collect::<Vec<_>>()), typed in "\\PC{0,12}") {
            let (after, _) = with(key, &typed);
            let before = sample();
            prop_assert_eq!(after.get("tomorrow"), before.get("tomorrow"));
        }

        /// A policy is never weaker than itself, and of two different lengths exactly one change is weaker.
        #[test]
        fn weaker_is_an_order(one in 0_i64..99, other in 0_i64..99) {
            let policy = |length| -> Held { [("length".to_owned(), Value::from(length))].into() };
            prop_assert!(weaker(&policy(one), &policy(one)).is_empty());
            let there = weaker(&policy(one), &policy(other)).len();
            let back = weaker(&policy(other), &policy(one)).len();
            prop_assert_eq!(there + back, usize::from(one != other));
        }
    }
}
