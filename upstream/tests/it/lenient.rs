//! Values of another shape than documented.

use proptest::prelude::*;
use serde_json::{Value, json};
use upstream::lenient::{Fields, as_boolean, as_integer, into_name, into_names, into_text};

#[test]
fn texts_are_read_from_numbers() {
    for (value, expected) in [
        (json!("a"), Some("a")),
        (json!(17), Some("17")),
        (json!(-1.5), Some("-1.5")),
        (json!(300.0), Some("300")),
        (json!(u64::MAX), Some("18446744073709551615")),
        (json!(true), None),
        (json!(null), None),
        (json!(["a"]), None),
        (json!({"name": "a"}), None),
    ] {
        assert_eq!(into_text(value.clone()).as_deref(), expected, "{value}");
    }
}

#[test]
fn whole_numbers_are_read_from_texts_and_floats() {
    for (value, expected) in [
        (json!(-3), Some(-3)),
        (json!(300.0), Some(300)),
        (json!(" 300 "), Some(300)),
        (json!("300.0"), Some(300)),
        (json!(0.5), None),
        (json!(1e300), None),
        (json!(u64::MAX), None),
        (json!("many"), None),
        (json!(""), None),
        (json!(true), None),
        (json!([1]), None),
    ] {
        assert_eq!(as_integer(&value), expected, "{value}");
    }
}

#[test]
fn truth_values_are_read_from_words_and_numbers() {
    for (value, expected) in [
        (json!(true), Some(true)),
        (json!("Yes"), Some(true)),
        (json!(" on "), Some(true)),
        (json!(1), Some(true)),
        (json!("FALSE"), Some(false)),
        (json!("0"), Some(false)),
        (json!(0), Some(false)),
        (json!(2), None),
        (json!(1.0), None),
        (json!("maybe"), None),
        (json!(null), None),
    ] {
        assert_eq!(as_boolean(&value), expected, "{value}");
    }
}

#[test]
fn one_name_that_cannot_be_read_makes_the_list_unknown() {
    assert_eq!(
        into_names(json!(["a", {"name": "b"}, 3])),
        Some(["a", "b", "3"].map(String::from).to_vec())
    );
    assert_eq!(into_names(json!("a")), Some(vec!["a".to_owned()]));
    for unknown in [
        json!(["a", null]),
        json!(["a", ""]),
        json!({}),
        json!(7),
        json!(null),
    ] {
        assert_eq!(into_names::<String>(unknown.clone()), None, "{unknown}");
    }
    assert_eq!(into_name(json!({"name": 5})).as_deref(), Some("5"));
    assert_eq!(into_name(json!({"id": 5})), None);
}

#[test]
fn a_field_is_taken_only_when_it_could_be_read() {
    let mut fields = Fields::of(json!({"a": "x", "b": "7", "c": null, "d": {"e": 1}}));
    assert_eq!(fields.integer("a"), None);
    assert_eq!(fields.first_text(&["missing", "a"]).as_deref(), Some("x"));
    assert_eq!((fields.integer("b"), fields.boolean("c")), (Some(7), None));
    assert_eq!(json!(fields.object("d")), json!({"e": 1}));
    assert_eq!((fields.text("a"), fields.0.len()), (None, 0));
    assert!(Fields::of(json!([1])).0.is_empty());
}

proptest! {
    #[test]
    fn any_number_text_is_read_or_left(text in ".{0,20}") {
        let value = Value::String(text.clone());
        if let Ok(number) = text.trim().parse::<i64>() {
            prop_assert_eq!(as_integer(&value), Some(number));
        }
    }
}
