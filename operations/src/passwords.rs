//! Passwords: checking one against the cluster's policy, and generating one that satisfies it.
//!
//! The rules are Keycloak's (notes on the reference, section 7). Those that need the cluster's memory (history, age)
//! are checked by the cluster alone.

use std::{fmt, sync::Arc};

use fancy_regex::{Expr, Regex, RegexBuilder};
use parking_lot::Mutex;
use protegrity::{PasswordPolicy, User};
use rand::{Rng, seq::IndexedRandom, seq::SliceRandom};
use secrecy::{ExposeSecret, SecretString};

use crate::Error;

/// The longest password that is sent to the cluster, in characters.
pub const MAX_PASSWORD_LENGTH: usize = 255;

/// The length of a generated password where the policy asks for no more.
const LENGTH: usize = 16;

/// Letters and digits that are not mistaken for one another when read out over the telephone.
const LOWER: &[u8] = b"abcdefghijkmnpqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
const DIGITS: &[u8] = b"23456789";
const SPECIAL: &[u8] = b"-+!?#%&*=";

/// How often a password is drawn anew before giving up on a policy that nothing satisfies.
const DRAWS: usize = 64;

/// How often a pattern may be tried another way on one password. A policy can have a pattern that takes for ever on
/// some passwords.
const MAX_BACKTRACKS: usize = 10_000;

/// The longest pattern that is compiled, in bytes, and the memory that each of its parts may take when it is, in bytes.
const MAX_PATTERN_LENGTH: usize = 1000;
const MAX_PATTERN_SIZE: usize = 10 << 20;

/// How many compiled patterns are kept. A cluster has one; a form that edits the policy tries a few.
const MAX_PATTERNS: usize = 4;

/// The user that a password is for: some rules compare it with the user's names.
#[derive(Clone, Copy, Debug, Default)]
pub struct PasswordSubject<'a> {
    /// The user name.
    pub user_name: &'a str,
    /// The e-mail address, where there is one.
    pub email: Option<&'a str>,
}

impl<'a> PasswordSubject<'a> {
    /// This user.
    pub fn of(user: &'a User) -> Self {
        Self {
            user_name: &user.username,
            email: user.email.as_deref(),
        }
    }
}

/// A rule that a password breaks. Its text is what the rule requires, and stands behind "requires": "at least 8
/// characters".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// Fewer characters than this.
    TooShort(usize),
    /// More characters than this.
    TooLong(usize),
    /// Fewer digits than this.
    Digits(usize),
    /// Fewer lower-case letters than this.
    LowerCase(usize),
    /// Fewer upper-case letters than this.
    UpperCase(usize),
    /// Fewer special characters than this.
    SpecialChars(usize),
    /// It is the user name.
    IsUserName,
    /// It has the user name in it.
    ContainsUserName,
    /// It is the e-mail address.
    IsEmail,
    /// It does not match the policy's regular expression.
    Pattern,
}

impl Violation {
    /// The policy's key for the rule (reference, "Get Password Policy").
    pub const fn key(self) -> &'static str {
        match self {
            Self::TooShort(_) => "length",
            Self::TooLong(_) => "maxLength",
            Self::Digits(_) => "digits",
            Self::LowerCase(_) => "lowerCase",
            Self::UpperCase(_) => "upperCase",
            Self::SpecialChars(_) => "specialChars",
            Self::IsUserName => "notUsername",
            Self::ContainsUserName => "notContainsUsername",
            Self::IsEmail => "notEmail",
            Self::Pattern => "regexPattern",
        }
    }
}

/// The rules of this policy that [`violations`] can check, each as what breaks it.
pub fn rules(policy: &PasswordPolicy) -> Vec<Violation> {
    let number = |n: Option<i64>| n.and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0);
    let is_on = |rule: Option<bool>| rule == Some(true);
    let counted = [
        number(policy.length).map(Violation::TooShort),
        number(policy.max_length).map(Violation::TooLong),
        number(policy.lower_case).map(Violation::LowerCase),
        number(policy.upper_case).map(Violation::UpperCase),
        number(policy.digits).map(Violation::Digits),
        number(policy.special_chars).map(Violation::SpecialChars),
        is_on(policy.not_username).then_some(Violation::IsUserName),
        is_on(policy.not_contains_username).then_some(Violation::ContainsUserName),
        is_on(policy.not_email).then_some(Violation::IsEmail),
        Pattern::of(policy).0.map(|_| Violation::Pattern),
    ];
    counted.into_iter().flatten().collect()
}

/// The policy's regular expression. One that is missing, too large or not readable here is left to the cluster.
#[derive(Clone)]
struct Pattern(Option<Arc<Regex>>);

impl Pattern {
    fn of(policy: &PasswordPolicy) -> Self {
        static PATTERNS: PatternCache = PatternCache(Mutex::new(Vec::new()));
        match policy.regex_pattern.as_deref() {
            Some(text) if (1..=MAX_PATTERN_LENGTH).contains(&text.len()) => PATTERNS.get(text),
            _ => Self(None),
        }
    }

    fn compile(text: &str) -> Self {
        // By itself first: `a)|(b` is no pattern, but would be one in brackets.
        if Expr::parse_tree(text).is_err() {
            return Self(None);
        }
        let whole = RegexBuilder::new(&format!("^(?:{text})$"))
            .backtrack_limit(MAX_BACKTRACKS)
            .delegate_size_limit(MAX_PATTERN_SIZE)
            .build();
        Self(whole.ok().map(Arc::new))
    }

    /// Whether the whole password matches. One for which that takes too long to find out is left to the cluster.
    fn fits(&self, password: &str) -> bool {
        let fits = self.0.as_ref().map(|pattern| pattern.is_match(password));
        fits.and_then(Result::ok).unwrap_or(true)
    }
}

/// The patterns that were used last, the latest first: compiling one takes longer than everything else on a user's page.
struct PatternCache(Mutex<Vec<(String, Pattern)>>);

impl PatternCache {
    fn get(&self, text: &str) -> Pattern {
        if let Some(known) = self.known(text) {
            return known;
        }
        let compiled = Pattern::compile(text);
        let mut patterns = self.0.lock();
        patterns.retain(|(other, _)| other != text);
        patterns.insert(0, (text.to_owned(), compiled.clone()));
        patterns.truncate(MAX_PATTERNS);
        compiled
    }

    fn known(&self, text: &str) -> Option<Pattern> {
        let mut patterns = self.0.lock();
        let at = patterns.iter().position(|(known, _)| known == text)?;
        patterns[..=at].rotate_right(1);
        Some(patterns[0].1.clone())
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort(n) => write!(f, "at least {n} character{}", plural(*n)),
            Self::TooLong(n) => write!(f, "at most {n} character{}", plural(*n)),
            Self::Digits(n) => write!(f, "at least {n} digit{}", plural(*n)),
            Self::LowerCase(n) => write!(f, "at least {n} lower-case letter{}", plural(*n)),
            Self::UpperCase(n) => write!(f, "at least {n} upper-case letter{}", plural(*n)),
            Self::SpecialChars(n) => write!(f, "at least {n} special character{}", plural(*n)),
            Self::IsUserName => f.write_str("a password other than the user name"),
            Self::ContainsUserName => f.write_str("a password without the user name in it"),
            Self::IsEmail => f.write_str("a password other than the e-mail address"),
            Self::Pattern => f.write_str("a password that matches its pattern"),
        }
    }
}

const fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// What these rules require, to stand behind "the policy requires".
pub fn requirements(broken: &[Violation]) -> String {
    let words: Vec<_> = broken.iter().map(Violation::to_string).collect();
    match words.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => words.concat(),
    }
}

/// Whether the policy, as far as it may be read, accepts this password.
///
/// # Errors
/// What the policy requires, in a sentence.
pub fn check(
    policy: Option<&PasswordPolicy>,
    password: &SecretString,
    subject: PasswordSubject<'_>,
) -> Result<(), String> {
    let text = password.expose_secret();
    if text.chars().count() > MAX_PASSWORD_LENGTH {
        return Err(format!("This is longer than {MAX_PASSWORD_LENGTH} characters."));
    }
    if text.chars().any(char::is_control) {
        return Err("A password holds no line break, tab or other control character.".to_owned());
    }
    let broken = policy
        .map(|policy| violations(policy, text, subject))
        .unwrap_or_default();
    if broken.is_empty() {
        return Ok(());
    }
    Err(format!(
        "The cluster's policy requires {}.",
        requirements(&broken)
    ))
}

/// A password to set.
#[derive(Clone, Debug)]
pub struct ChosenPassword {
    /// The password.
    pub password: SecretString,
    /// Whether it was generated here, so that it has to be shown once.
    pub is_generated: bool,
}

/// The typed password, or a generated one where nothing was typed.
///
/// # Errors
/// At the field `password`, when the policy does not accept it or no password can be generated for it.
pub fn choose(
    typed: SecretString,
    policy: Option<&PasswordPolicy>,
    subject: PasswordSubject<'_>,
) -> Result<ChosenPassword, Error> {
    if typed.expose_secret().is_empty() {
        let generated = generate(policy, subject).ok_or_else(|| {
            let message = "No password that satisfies the cluster's policy could be generated. Enter one.";
            Error::at("password", message)
        })?;
        return Ok(ChosenPassword {
            password: generated,
            is_generated: true,
        });
    }
    check(policy, &typed, subject).map_err(|message| Error::at("password", message))?;
    Ok(ChosenPassword {
        password: typed,
        is_generated: false,
    })
}

/// Every rule of the policy that this password breaks, as far as it can be checked here.
pub fn violations(policy: &PasswordPolicy, password: &str, subject: PasswordSubject<'_>) -> Vec<Violation> {
    let mut broken = violations_without_pattern(policy, password, subject);
    if !Pattern::of(policy).fits(password) {
        broken.push(Violation::Pattern);
    }
    broken
}

/// The same apart from the policy's pattern.
fn violations_without_pattern(
    policy: &PasswordPolicy,
    password: &str,
    subject: PasswordSubject<'_>,
) -> Vec<Violation> {
    let count = |is: fn(char) -> bool| password.chars().filter(|c| is(*c)).count();
    let length = password.chars().count();
    let mut broken = Vec::new();
    let mut require = |holds: bool, violation| {
        if !holds {
            broken.push(violation);
        }
    };

    let at_least = |least: Option<i64>| least.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let asked = at_least(policy.length);
    require(length >= asked, Violation::TooShort(asked));
    let most = policy
        .max_length
        .and_then(|n| usize::try_from(n).ok())
        .filter(|n| *n > 0);
    require(
        most.is_none_or(|most| length <= most),
        Violation::TooLong(most.unwrap_or_default()),
    );
    let asked = at_least(policy.digits);
    require(count(|c| c.is_ascii_digit()) >= asked, Violation::Digits(asked));
    let asked = at_least(policy.lower_case);
    require(count(char::is_lowercase) >= asked, Violation::LowerCase(asked));
    let asked = at_least(policy.upper_case);
    require(count(char::is_uppercase) >= asked, Violation::UpperCase(asked));
    let asked = at_least(policy.special_chars);
    require(
        count(|c| !c.is_alphanumeric()) >= asked,
        Violation::SpecialChars(asked),
    );

    let (lower, name) = (password.to_lowercase(), subject.user_name.to_lowercase());
    require(
        policy.not_username != Some(true) || lower != name,
        Violation::IsUserName,
    );
    let contains = !name.is_empty() && lower.contains(&name);
    require(
        policy.not_contains_username != Some(true) || !contains,
        Violation::ContainsUserName,
    );
    let is_email = subject.email.is_some_and(|email| lower == email.to_lowercase());
    require(policy.not_email != Some(true) || !is_email, Violation::IsEmail);
    broken
}

/// A random password that satisfies the policy; without one, 16 characters of every kind. `None`
/// when no password of the usual characters does.
pub fn generate(policy: Option<&PasswordPolicy>, subject: PasswordSubject<'_>) -> Option<SecretString> {
    let none = PasswordPolicy::default();
    let policy = policy.unwrap_or(&none);
    let pattern = Pattern::of(policy);
    (0..DRAWS)
        .map(|_| draw(policy))
        // The pattern last: one that takes too long is not tried on another draw.
        .find(|password| {
            violations_without_pattern(policy, password, subject).is_empty() && pattern.fits(password)
        })
        .map(SecretString::from)
}

fn draw(policy: &PasswordPolicy) -> String {
    let mut rng = rand::rng();
    let asked = |n: Option<i64>| n.and_then(|n| usize::try_from(n).ok()).unwrap_or(0).clamp(1, 128);
    let mut password: Vec<u8> = Vec::new();
    for (alphabet, n) in [
        (LOWER, asked(policy.lower_case)),
        (UPPER, asked(policy.upper_case)),
        (DIGITS, asked(policy.digits)),
        (SPECIAL, asked(policy.special_chars)),
    ] {
        password.extend((0..n).filter_map(|_| alphabet.choose(&mut rng).copied()));
    }
    let most = policy
        .max_length
        .and_then(|n| usize::try_from(n).ok())
        .filter(|n| *n > 0)
        .unwrap_or(256);
    let length = LENGTH.max(asked(policy.length)).min(most);
    while password.len() < length {
        let alphabet = [LOWER, UPPER, DIGITS][rng.random_range(0..3)];
        password.extend(alphabet.choose(&mut rng).copied());
    }
    password.shuffle(&mut rng);
    password.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;

    /// The policy that the reference shows, lines 2240-2270.
    fn sample() -> PasswordPolicy {
        PasswordPolicy {
            digits: Some(1),
            length: Some(8),
            lower_case: Some(1),
            max_length: Some(64),
            not_contains_username: Some(true),
            not_email: Some(true),
            not_username: Some(true),
            regex_pattern: Some("^(?=.*[a-z])(?=.*[A-Z])(?=.*\\d).*$".to_owned()),
            special_chars: Some(1),
            upper_case: Some(1),
            ..PasswordPolicy::default()
        }
    }

    fn check(password: &str, expected: &[Violation]) {
        let subject = PasswordSubject {
            user_name: "alpha",
            email: Some("alpha@example.com"),
        };
        assert_eq!(
            violations(&sample(), password, subject),
            expected,
            "for {password}"
        );
    }

    #[test]
    fn every_sentence_about_the_rules_reads_well() {
        use Violation::{
            ContainsUserName, Digits, IsEmail, IsUserName, LowerCase, Pattern, SpecialChars, TooLong,
            TooShort, UpperCase,
        };
        let check = |broken: &[Violation], expected: &str| assert_eq!(requirements(broken), expected);
        check(&[TooShort(8)], "at least 8 characters");
        check(&[TooShort(1)], "at least 1 character");
        check(&[TooLong(64)], "at most 64 characters");
        check(&[TooLong(1)], "at most 1 character");
        check(&[Digits(1)], "at least 1 digit");
        check(&[Digits(2)], "at least 2 digits");
        check(&[LowerCase(1)], "at least 1 lower-case letter");
        check(&[LowerCase(2)], "at least 2 lower-case letters");
        check(&[UpperCase(1)], "at least 1 upper-case letter");
        check(&[UpperCase(2)], "at least 2 upper-case letters");
        check(&[SpecialChars(1)], "at least 1 special character");
        check(&[SpecialChars(2)], "at least 2 special characters");
        check(&[IsUserName], "a password other than the user name");
        check(&[ContainsUserName], "a password without the user name in it");
        check(&[IsEmail], "a password other than the e-mail address");
        check(&[Pattern], "a password that matches its pattern");
        check(
            &[TooShort(8), Pattern],
            "at least 8 characters and a password that matches its pattern",
        );
        check(
            &[TooShort(8), Digits(1), IsEmail],
            "at least 8 characters, at least 1 digit and a password other than the e-mail address",
        );
        let short = super::check(Some(&sample()), &"Sh0rt".into(), PasswordSubject::default());
        let expected =
            "The cluster's policy requires at least 8 characters and at least 1 special character.";
        assert_eq!(short, Err(expected.to_owned()));
    }

    #[test]
    fn a_password_is_typed_or_generated() {
        let choose = |typed: &str, policy: &PasswordPolicy| {
            super::choose(typed.into(), Some(policy), PasswordSubject::default())
        };
        let typed = choose("Tulip-Harbor-4711", &sample()).expect("the policy accepts it");
        assert!(!typed.is_generated && typed.password.expose_secret() == "Tulip-Harbor-4711");
        let generated = choose("", &sample()).expect("the policy can be met");
        assert!(generated.is_generated && !generated.password.expose_secret().is_empty());
        let impossible = PasswordPolicy {
            regex_pattern: Some("never".to_owned()),
            ..PasswordPolicy::default()
        };
        for refused in [
            choose("short", &sample()),
            choose(&"x".repeat(256), &PasswordPolicy::default()),
            choose("", &impossible),
        ] {
            let Err(Error::Invalid(problems)) = refused else {
                panic!("it is refused at its field");
            };
            assert_eq!(problems[0].field, "password");
        }
    }

    #[test]
    fn a_pattern_is_compiled_once() {
        let cache = PatternCache(Mutex::new(Vec::new()));
        let compiled = |text: &str| cache.get(text).0.expect("a pattern");
        let first = compiled("[a-z]+");
        assert!(Arc::ptr_eq(&first, &compiled("[a-z]+")));
        for other in 0..MAX_PATTERNS {
            compiled(&format!("x{other}"));
            assert!(Arc::ptr_eq(&first, &compiled("[a-z]+")), "what is used stays");
        }
        assert!(cache.get("(").0.is_none() && cache.get("(").0.is_none());
        assert_eq!(cache.0.lock().len(), MAX_PATTERNS, "the others go");
    }

    #[test]
    fn a_pattern_that_is_too_large_is_left_to_the_cluster() {
        for pattern in ["a".repeat(MAX_PATTERN_LENGTH + 1), r"\p{L}{8,255}".to_owned()] {
            let policy = PasswordPolicy {
                regex_pattern: Some(pattern),
                ..PasswordPolicy::default()
            };
            assert_eq!(rules(&policy), []);
            assert_eq!(violations(&policy, "anything", PasswordSubject::default()), []);
        }
    }

    #[test]
    fn each_rule_is_checked() {
        use Violation::{
            ContainsUserName, Digits, IsEmail, Pattern, SpecialChars, TooLong, TooShort, UpperCase,
        };
        check("Good-Passw0rd", &[]);
        check("Sh0rt-x", &[TooShort(8)]);
        check("no-upper-case-1", &[UpperCase(1), Pattern]);
        check("No-Digits-Here", &[Digits(1), Pattern]);
        check("NoSpecial1234", &[SpecialChars(1)]);
        check("My-Alpha-Passw0rd", &[ContainsUserName]);
        check(
            "alpha@example.com",
            &[Digits(1), UpperCase(1), ContainsUserName, IsEmail, Pattern],
        );
        check(&format!("Aa1-{}", "x".repeat(61)), &[TooLong(64)]);
    }

    #[test]
    fn a_pattern_that_cannot_be_read_is_left_to_the_cluster() {
        let policy = PasswordPolicy {
            regex_pattern: Some("(".to_owned()),
            ..PasswordPolicy::default()
        };
        assert_eq!(violations(&policy, "anything", PasswordSubject::default()), []);
    }

    #[test]
    fn a_pattern_is_what_it_is_by_itself() {
        let broken = |pattern: &str, password: &str| {
            let policy = PasswordPolicy {
                regex_pattern: Some(pattern.to_owned()),
                ..PasswordPolicy::default()
            };
            violations(&policy, password, PasswordSubject::default())
        };
        assert_eq!(broken("a|b", "ab"), [Violation::Pattern], "the whole password");
        assert_eq!(
            broken("a)|(?:b", "c"),
            [],
            "brackets that do not match are no pattern"
        );
        assert_eq!(
            broken("(?x) a # letter", "c"),
            [],
            "a comment that would hide what closes it is left to the cluster"
        );
    }

    #[test]
    fn a_pattern_that_takes_too_long_is_left_to_the_cluster() {
        let policy = PasswordPolicy {
            length: Some(12),
            // The reference back keeps it from the fast engine, which never goes back.
            regex_pattern: Some(r"((?:\S+)+)+\1=never".to_owned()),
            ..PasswordPolicy::default()
        };
        assert!(rules(&policy).contains(&Violation::Pattern), "it can be read");
        let started = std::time::Instant::now();
        let long = "a".repeat(200);
        assert_eq!(violations(&policy, &long, PasswordSubject::default()), []);
        let password =
            generate(Some(&policy), PasswordSubject::default()).expect("the other rules can be met");
        assert!(password.expose_secret().len() >= 12);
        assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    }

    #[test]
    fn a_pattern_that_no_draw_matches_gives_no_password() {
        let policy = PasswordPolicy {
            regex_pattern: Some("never".to_owned()),
            ..PasswordPolicy::default()
        };
        assert!(generate(Some(&policy), PasswordSubject::default()).is_none());
    }

    #[test]
    fn an_impossible_policy_gives_no_password() {
        let policy = PasswordPolicy {
            length: Some(20),
            max_length: Some(10),
            ..PasswordPolicy::default()
        };
        assert!(generate(Some(&policy), PasswordSubject::default()).is_none());
    }

    #[test]
    fn the_rules_are_those_that_can_be_broken() {
        let keys: Vec<_> = rules(&sample()).into_iter().map(Violation::key).collect();
        assert_eq!(
            keys,
            [
                "length",
                "maxLength",
                "lowerCase",
                "upperCase",
                "digits",
                "specialChars",
                "notUsername",
                "notContainsUsername",
                "notEmail",
                "regexPattern"
            ]
        );
        assert_eq!(rules(&PasswordPolicy::default()), []);
    }

    proptest! {
        /// What is generated satisfies the policy it was generated for.
        #[test]
        fn generated_passwords_satisfy_the_policy(
            length in 0_i64..40, digits in 0_i64..6, lower in 0_i64..6, upper in 0_i64..6, special in 0_i64..6,
            most in 40_i64..80,
        ) {
            let policy = PasswordPolicy {
                length: Some(length), digits: Some(digits), lower_case: Some(lower), upper_case: Some(upper),
                special_chars: Some(special), max_length: Some(most), ..PasswordPolicy::default()
            };
            let password = generate(Some(&policy), PasswordSubject::default()).expect("the policy can be met");
            prop_assert_eq!(violations(&policy, password.expose_secret(), PasswordSubject::default()), []);
        }

        /// No password makes the check panic.
        #[test]
        fn checking_never_panics(password in "\\PC{0,80}", user_name in "\\PC{0,20}") {
            violations(&sample(), &password, PasswordSubject { user_name: &user_name, email: None });
        }
    }
}
