//! The types alone: what answers may look like and still be read, and what is not lost on the way.

use proptest::prelude::*;
use protegrity::pim::{
    AllowShort, Alphabet, Application, CodePoint, DataElement, DataStore, DeployedStore, DeploymentInfo,
    ExportKey, Mask, Member, NewDataElement, NewMask, Policy, ProtectionMethod, Role, RoleMode, Rule, Source,
    TokenKind,
};
use serde_json::{Value, from_value, json};

use crate::types::{any_json, survives};

/// Any row, of keys that at least one type knows.
fn any_row() -> impl Strategy<Value = Value> {
    let key = "uid|id|name|memberName|username|label|description|mode|allowAll|source|type|connection|fromLeft|\
               fromRight|masked|character|codePoints|ranges|applicationName|applicationUser|template|role|\
               dataElement|noAccessOperation|mask|permission|access|audit|success|failed|protect|default|algorithm|\
               fingerprint|pem|policies|applications|dataStores|dataStoreUid|data|numericToken|aes256CbcEnc|noEnc|\
               numericFpe|tokenizer|allowShort|alphabetUid|minLength|maskUid|from|to|[a-z]{1,4}";
    let leaf = prop_oneof![3 => any_json(), 1 => Just(json!({})), 1 => "[0-9A-F]{4}".prop_map(Value::from)];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            4 => proptest::collection::btree_map(key, inner.clone(), 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
            1 => proptest::collection::vec(inner, 0..3).prop_map(Value::from),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_is_a_row_of_any_kind_and_is_kept_as_it_is(value in any_row()) {
        survives::<Role>(&value)?;
        survives::<Member>(&value)?;
        survives::<Source>(&value)?;
        survives::<Mask>(&value)?;
        survives::<Alphabet>(&value)?;
        survives::<Application>(&value)?;
        survives::<DataElement>(&value)?;
        survives::<Policy>(&value)?;
        survives::<Rule>(&value)?;
        survives::<DataStore>(&value)?;
        survives::<ExportKey>(&value)?;
        survives::<DeployedStore>(&value)?;
        survives::<DeploymentInfo>(&value)?;
    }

    /// Nothing of a method is lost, so a data element that is sent back keeps it.
    #[test]
    fn any_method_keeps_its_key_and_what_it_does_not_know(
        key in "[a-z]{1,8}|numericToken|numericFpe|aes256CbcEnc|noEnc",
        options in proptest::collection::btree_map("[b-z]{1,4}", any_json(), 0..4),
    ) {
        let method = ProtectionMethod::new(&key, json!(options));
        prop_assert_eq!(method.key(), &key);
        prop_assert_eq!(method.options(), json!(options));
        let again: ProtectionMethod = from_value(json!(method)).unwrap();
        prop_assert_eq!(again, method);
    }

    #[test]
    fn a_mask_keeps_the_length_and_hides_one_side(
        value in "\\PC{0,12}", from_left in 0..8_u32, from_right in 0..8_u32, masked in any::<bool>(),
    ) {
        let mask = NewMask {
            name: "m".to_owned(), description: String::new(), from_left, from_right, masked, character: '\u{1}',
        };
        let (shown, hidden) = (mask.apply(&value), NewMask { masked: !masked, ..mask }.apply(&value));
        prop_assert_eq!(shown.chars().count(), value.chars().count());
        for ((original, one), other) in value.chars().zip(shown.chars()).zip(hidden.chars()) {
            // Each character is in clear under one of the two.
            prop_assert!((one == original) != (other == original), "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_code_point_is_read_from_what_it_writes(character in any::<char>()) {
        let is_allowed = ('\u{20}'..='\u{3ffff}').contains(&character);
        match CodePoint::new(character) {
            Ok(code_point) => {
                prop_assert_eq!(code_point.to_string().parse(), Ok(code_point));
                prop_assert_eq!(format!("U+{code_point}").to_lowercase().parse(), Ok(code_point));
                prop_assert!(is_allowed);
            }
            Err(_) => prop_assert!(!is_allowed),
        }
    }

    #[test]
    fn any_text_is_a_code_point_or_not(text in ".{0,8}") {
        if let Ok(code_point) = text.parse::<CodePoint>() {
            prop_assert!((4..=6).contains(&code_point.to_string().len()));
        }
    }
}

#[test]
fn code_points_that_no_alphabet_has() {
    for text in [
        "",
        "41",
        "0019",
        "D800",
        "DFFF",
        "40000",
        "+0041",
        "0041 0042",
        "0x0041",
        "1234567",
    ] {
        assert!(text.parse::<CodePoint>().is_err(), "{text}");
    }
    for text in ["0020", " 00e4 ", "U+3FFFF", "03FFFF"] {
        assert!(text.parse::<CodePoint>().is_ok(), "{text}");
    }
}

#[test]
fn masks_hide_the_ends_or_the_middle() {
    let mask = |from_left, from_right, masked| NewMask {
        name: "m".to_owned(),
        description: String::new(),
        from_left,
        from_right,
        masked,
        character: '*',
    };
    for (mask, expected) in [
        (mask(2, 1, true), "**34*"),
        (mask(2, 1, false), "12**5"),
        (mask(0, 0, true), "12345"),
        (mask(0, 0, false), "*****"),
        (mask(4, 4, true), "*****"),
        (mask(u32::MAX, 0, false), "12345"),
    ] {
        assert_eq!(mask.apply("12345"), expected, "{mask:?}");
    }
    assert_eq!(mask(1, 1, true).apply("äöü"), "*ö*");
}

#[test]
fn words_are_recognised_however_they_are_capitalised_and_others_kept() {
    assert_eq!(RoleMode::from("manual"), RoleMode::Manual);
    assert_eq!(RoleMode::from(" MANUAL "), RoleMode::Manual);
    let other = RoleMode::from("Semi");
    assert_eq!((other.as_str(), json!(other)), ("Semi", json!("Semi")));
    assert_eq!(
        AllowShort::KNOWN
            .iter()
            .map(AllowShort::as_str)
            .collect::<Vec<_>>(),
        ["YES", "NOWITHERROR"]
    );
}

#[test]
fn a_draft_is_read_back_from_what_it_sends() {
    let sample = json!({
        "name": "DE", "description": "", "numericToken": {"tokenizer": "SLT_1_3", "fromLeft": 0},
    });
    let draft: NewDataElement = from_value(sample.clone()).unwrap();
    assert!(matches!(
        draft.method,
        ProtectionMethod::Token(TokenKind::Numeric, _)
    ));
    assert_eq!(json!(draft), sample);
    assert!(from_value::<NewDataElement>(json!({"name": "DE"})).is_err());
    assert!(from_value::<ProtectionMethod>(json!({"a": {}, "b": {}})).is_err());
}

#[test]
fn a_known_method_of_an_odd_shape_is_kept() {
    for (key, options) in [
        ("aes256CbcEnc", json!({"keyUid": "1"})),
        ("numericToken", json!("SLT_1_3")),
        ("noEnc", Value::Null),
    ] {
        let method = ProtectionMethod::new(key, options.clone());
        assert_eq!((method.key(), method.options()), (key, options));
    }
    assert!(ProtectionMethod::new("aes256CbcEnc", json!({"keyUid": "1"})).is_cbc());
}
