//! The methods of a data element and their parameters (notes, section 3).
//!
//! The notes list the parameters of all tokens together. A parameter that they tie to one method is refused at another.

use crate::{
    body::Fields,
    state::pim::{AES_256_CBC, Method},
};
use serde::Deserialize;

/// The parameters of a method.
#[derive(Clone, Copy)]
enum Shape {
    /// `tokenizer, fromLeft?, fromRight?, lengthPreserving?, allowShort?`, and those of one method.
    Token,
    /// `fromLeft?, fromRight?, allowShort?, minLength?, tweakMode?`.
    FormatPreserving,
    /// None.
    Empty,
    /// `maskUid?`.
    Clear,
}

/// The methods that the reference and the notes show. The product has more, whose keys are not public.
const METHODS: [(&str, Shape); 15] = [
    ("alphabeticToken", Shape::Token),
    ("alphaNumericToken", Shape::Token),
    ("numericToken", Shape::Token),
    ("unicodeGen2Token", Shape::Token),
    ("emailToken", Shape::Token),
    ("dateTimeToken", Shape::Token),
    ("integerToken", Shape::Token),
    ("creditCardToken", Shape::Token),
    (AES_256_CBC, Shape::Empty),
    ("numericFpe", Shape::FormatPreserving),
    ("alphabeticFpe", Shape::FormatPreserving),
    ("alphaNumericFpe", Shape::FormatPreserving),
    ("unicodeBasicLatinAlphabeticFpe", Shape::FormatPreserving),
    ("unicodeBasicLatinAlphaNumericFpe", Shape::FormatPreserving),
    ("noEnc", Shape::Clear),
];

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
enum Tokenizer {
    #[default]
    #[serde(rename = "SLT_1_3")]
    Slt13,
    #[serde(rename = "SLT_1_6")]
    Slt16,
    #[serde(rename = "SLT_2_3")]
    Slt23,
    #[serde(rename = "SLT_2_6")]
    Slt26,
    #[serde(rename = "SLT_X_1")]
    SltX1,
    #[serde(rename = "SLT_6_DECIMAL")]
    Slt6Decimal,
    #[serde(rename = "SLT_DATETIME")]
    SltDatetime,
    #[serde(rename = "SLT_8_DATETIME")]
    Slt8Datetime,
}

/// What happens to a value that is too short. The third choice of the product has no public literal.
#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum AllowShort {
    Yes,
    NoWithError,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum DateInClear {
    Year,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum IntegerSize {
    Short,
    Long,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum TweakMode {
    ExtInput,
}

/// The methods in a body, of which a data element has one.
pub(super) fn read(fields: &mut Fields) -> Vec<Method> {
    let method = |(key, shape)| {
        let parameters = fields.nested(key, |fields| {
            check(fields, key, shape);
            fields.sent()
        })?;
        Some(Method { key, parameters })
    };
    METHODS.into_iter().filter_map(method).collect()
}

fn check(fields: &mut Fields, key: &str, shape: Shape) {
    match shape {
        Shape::Token => check_token(fields, key),
        Shape::FormatPreserving => {
            check_ends(fields);
            fields.count("minLength");
            fields.choice::<TweakMode>("tweakMode");
        }
        Shape::Empty => {}
        Shape::Clear => {
            fields.text("maskUid");
        }
    }
}

fn check_token(fields: &mut Fields, key: &str) {
    let tokenizer: Tokenizer = fields.required_choice("tokenizer");
    check_ends(fields);
    fields.flag("lengthPreserving");
    match key {
        "alphaNumericToken" => {
            for name in ["preserveCase", "preservePosition"] {
                if fields.flag(name) == Some(true) && tokenizer != Tokenizer::Slt23 {
                    fields.reject(name, "value_error", "Value error, requires the tokenizer SLT_2_3");
                }
            }
        }
        "unicodeGen2Token" => {
            fields.text("alphabetUid");
        }
        "dateTimeToken" => {
            fields.choice::<DateInClear>("dateInClear");
        }
        "integerToken" => {
            fields.choice::<IntegerSize>("integerSize");
        }
        _ => {}
    }
}

fn check_ends(fields: &mut Fields) {
    fields.count("fromLeft");
    fields.count("fromRight");
    fields.choice::<AllowShort>("allowShort");
}
