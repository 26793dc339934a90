//! Which options go with which method, and what a rule may say of it.

use proptest::prelude::*;
use protegrity::pim::{
    AllowShort, FpeKind, FpeOptions, MAX_FPE_MIN_LENGTH, MIN_FPE_LENGTH, MethodProblem, NewRule,
    NoAccessOperation, Operations, Permission, ProtectionMethod, RuleProblem, TokenKind, TokenOption,
    TokenOptions, Tokenizer,
};
use serde_json::json;

fn method(key: &str, options: serde_json::Value) -> ProtectionMethod {
    ProtectionMethod::new(key, options)
}

fn check(key: &str, options: serde_json::Value, expected: &[MethodProblem]) {
    let method = method(key, options);
    assert_eq!(method.problems(), expected, "{method:?}");
}

/// The reference's sample, and the methods that the vendor's client makes (notes section 3).
#[test]
fn documented_methods_have_no_problem() {
    for (key, options) in [
        (
            "alphaNumericToken",
            json!({
                "tokenizer": "SLT_1_3", "fromLeft": 0, "fromRight": 0, "lengthPreserving": true, "allowShort": "YES",
            }),
        ),
        (
            "alphaNumericToken",
            json!({"tokenizer": "SLT_2_3", "preserveCase": true, "preservePosition": true}),
        ),
        ("numericToken", json!({"tokenizer": "SLT_2_6", "fromRight": 4})),
        (
            "unicodeGen2Token",
            json!({"tokenizer": "SLT_X_1", "alphabetUid": "1", "allowShort": "NOWITHERROR"}),
        ),
        (
            "emailToken",
            json!({"tokenizer": "SLT_1_3", "lengthPreserving": false}),
        ),
        (
            "dateTimeToken",
            json!({"tokenizer": "SLT_8_DATETIME", "dateInClear": "YEAR"}),
        ),
        (
            "integerToken",
            json!({"tokenizer": "SLT_1_3", "integerSize": "SHORT"}),
        ),
        (
            "creditCardToken",
            json!({"tokenizer": "SLT_1_6", "fromLeft": 6, "fromRight": 4}),
        ),
        (
            "numericFpe",
            json!({"minLength": 8, "tweakMode": "EXT_INPUT", "allowShort": "NOWITHERROR"}),
        ),
        ("aes256CbcEnc", json!({})),
        ("noEnc", json!({"maskUid": "1"})),
        ("hmacSha256", json!({"anything": 1})),
    ] {
        check(key, options, &[]);
    }
}

#[test]
fn an_option_of_another_method_is_a_problem() {
    use MethodProblem as P;
    for (key, options, expected) in [
        ("numericToken", json!({}), &[P::NoTokenizer][..]),
        (
            "numericToken",
            json!({"tokenizer": "SLT_X_1"}),
            &[P::WrongTokenizer],
        ),
        ("numericToken", json!({"tokenizer": "SLT_OF_TOMORROW"}), &[]),
        (
            "emailToken",
            json!({"tokenizer": "SLT_1_3", "fromLeft": 1}),
            &[P::NoEndsInClear],
        ),
        ("emailToken", json!({"tokenizer": "SLT_1_3", "fromLeft": 0}), &[]),
        (
            "creditCardToken",
            json!({"tokenizer": "SLT_1_3", "lengthPreserving": false, "allowShort": "YES"}),
            &[P::AlwaysPreservesLength, P::NoShortChoice],
        ),
        (
            "alphabeticToken",
            json!({"tokenizer": "SLT_1_3", "lengthPreserving": false, "allowShort": "YES"}),
            &[P::ShortNeedsLength],
        ),
        (
            "alphaNumericToken",
            json!({"tokenizer": "SLT_1_3", "preserveCase": true}),
            &[P::NoCase],
        ),
        (
            "alphabeticToken",
            json!({"tokenizer": "SLT_2_3", "preservePosition": true}),
            &[P::NoCase],
        ),
        (
            "alphabeticToken",
            json!({"tokenizer": "SLT_2_3", "preserveCase": false}),
            &[],
        ),
        (
            "unicodeGen2Token",
            json!({"tokenizer": "SLT_1_3"}),
            &[P::NeedsAlphabet],
        ),
        (
            "integerToken",
            json!({"tokenizer": "SLT_1_3", "alphabetUid": "1", "dateInClear": "YEAR"}),
            &[P::NoAlphabet, P::NoDate],
        ),
        (
            "numericToken",
            json!({"tokenizer": "SLT_1_3", "integerSize": "LONG"}),
            &[P::NoIntegerSize],
        ),
        ("numericFpe", json!({"minLength": 11}), &[P::MinLength]),
        (
            "numericFpe",
            json!({"allowShort": "YES"}),
            &[P::FpeEncryptsNoShort],
        ),
        (
            "alphabeticFpe",
            json!({"allowShort": "NOWITHERROR"}),
            &[P::NoShortChoice],
        ),
    ] {
        check(key, options, expected);
    }
}

fn any_token() -> impl Strategy<Value = (TokenKind, TokenOptions)> {
    let flag = || proptest::option::of(any::<bool>());
    let word = |word: &'static str| proptest::option::of(Just(word));
    let kind = proptest::sample::select(&TokenKind::ALL[..]);
    let tokenizer = proptest::option::of(proptest::sample::select(Tokenizer::KNOWN));
    let ends = || proptest::option::of(0..3_u32);
    (
        (kind, tokenizer, ends(), ends()),
        (flag(), word("YES"), flag(), flag()),
        (word("1"), word("YEAR"), word("SHORT")),
    )
        .prop_map(|((kind, tokenizer, from_left, from_right), flags, words)| {
            let options = TokenOptions {
                tokenizer,
                from_left,
                from_right,
                length_preserving: flags.0,
                allow_short: flags.1.map(Into::into),
                preserve_case: flags.2,
                preserve_position: flags.3,
                alphabet: words.0.map(Into::into),
                date_in_clear: words.1.map(Into::into),
                integer_size: words.2.map(Into::into),
                ..TokenOptions::default()
            };
            (kind, options)
        })
}

/// The options that the kind takes, of those given.
fn fitting(kind: TokenKind, options: TokenOptions) -> TokenOptions {
    let takes = |option| kind.takes(option);
    let keeps_length = !takes(TokenOption::LengthPreserving) || options.length_preserving != Some(false);
    let has_case = takes(TokenOption::PreserveCase) && options.tokenizer == Some(Tokenizer::Slt23);
    let tokenizer = options.tokenizer.filter(|one| kind.tokenizers().contains(one));
    TokenOptions {
        tokenizer: tokenizer.or_else(|| kind.tokenizers().first().cloned()),
        from_left: options.from_left.filter(|_| takes(TokenOption::EndsInClear)),
        from_right: options.from_right.filter(|_| takes(TokenOption::EndsInClear)),
        length_preserving: options
            .length_preserving
            .filter(|_| takes(TokenOption::LengthPreserving)),
        allow_short: options
            .allow_short
            .filter(|_| takes(TokenOption::AllowShort) && keeps_length),
        preserve_case: options.preserve_case.filter(|_| has_case),
        preserve_position: options.preserve_position.filter(|_| has_case),
        alphabet: takes(TokenOption::Alphabet).then(|| "1".into()),
        date_in_clear: options.date_in_clear.filter(|_| takes(TokenOption::DateInClear)),
        integer_size: options.integer_size.filter(|_| takes(TokenOption::IntegerSize)),
        rest: options.rest,
    }
}

proptest! {
    /// A form that offers what [`TokenKind::takes`] and [`TokenKind::tokenizers`] say can make no wrong method.
    #[test]
    fn options_that_the_kind_takes_are_no_problem((kind, options) in any_token()) {
        let fit = fitting(kind, options.clone());
        prop_assert_eq!(ProtectionMethod::Token(kind, fit.clone()).problems(), []);
        let has_problems = !ProtectionMethod::Token(kind, options.clone()).problems().is_empty();
        // No problem is found in what fits, and one in most that does not.
        if has_problems {
            prop_assert_ne!(options, fit);
        }
    }

    #[test]
    fn each_problem_is_found_once((kind, options) in any_token()) {
        let mut problems = ProtectionMethod::Token(kind, options).problems();
        let count = problems.len();
        problems.sort_unstable();
        problems.dedup();
        prop_assert_eq!(problems.len(), count);
    }

    #[test]
    fn the_minimum_length_of_fpe_has_a_range(length in 0..20_u32, kind in proptest::sample::select(&FpeKind::ALL[..])) {
        let options = FpeOptions { min_length: Some(length), ..FpeOptions::default() };
        let is_fine = ProtectionMethod::Fpe(kind, options).problems().is_empty();
        prop_assert_eq!(is_fine, (MIN_FPE_LENGTH..=MAX_FPE_MIN_LENGTH).contains(&length));
    }
}

#[test]
fn short_values_of_fpe() {
    for kind in FpeKind::ALL {
        for (choice, fits) in [
            (AllowShort::Yes, false),
            (AllowShort::NoWithError, kind.takes_allow_short()),
        ] {
            let options = FpeOptions {
                allow_short: Some(choice),
                ..FpeOptions::default()
            };
            let problems = ProtectionMethod::Fpe(kind, options).problems();
            assert_eq!(problems.is_empty(), fits, "{kind:?}");
        }
    }
}

#[test]
fn what_a_rule_may_say_of_a_method() {
    let rule = |operation: Option<NoAccessOperation>, access, mask: Option<&str>| NewRule {
        role: "1".into(),
        data_element: "1".into(),
        no_access_operation: operation,
        mask: mask.map(Into::into),
        permission: Permission { access, audit: None },
    };
    let protected = || Some(NoAccessOperation::ProtectedValue);
    let protect = Operations {
        protect: true,
        ..Operations::NONE
    };
    let cases = [
        (
            "aes256CbcEnc",
            rule(protected(), Operations::ALL, None),
            vec![RuleProblem::ProtectedValueOfCbc],
        ),
        ("numericFpe", rule(protected(), Operations::ALL, None), vec![]),
        (
            "aes256CbcEnc",
            rule(Some(NoAccessOperation::Exception), Operations::ALL, None),
            vec![],
        ),
        ("aes256CbcEnc", rule(None, Operations::NONE, None), vec![]),
        (
            "hmacSha256",
            rule(None, Operations::ALL, None),
            vec![RuleProblem::OneWay],
        ),
        ("hmacSha256", rule(None, protect, None), vec![]),
        (
            "noEnc",
            rule(None, protect, Some("1")),
            vec![RuleProblem::MaskWithoutUnprotect],
        ),
        ("noEnc", rule(None, Operations::ALL, Some("1")), vec![]),
    ];
    for (key, rule, expected) in cases {
        assert_eq!(rule.problems(&method(key, json!({}))), expected, "{key} {rule:?}");
    }
}
