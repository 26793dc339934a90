//! The seeded masks, alphabets and data elements.

use super::uid;
use crate::state::pim::{AES_256_CBC, Alphabet, CodeRange, DataElement, Mask, Method, Repository};
use serde_json::{Value, json};

/// Name, description, characters at the left and the right end, whether the mask hides these.
const MASKS: &[(&str, &str, u32, u32, bool)] = &[
    ("LAST_4", "Shows the last four characters", 0, 4, false),
    ("FIRST_6_LAST_4", "Shows what a card receipt shows", 6, 4, false),
    ("HIDE_FIRST_2", "Hides the first two characters", 2, 0, true),
];

/// Label, single code points, first and last code point of each range.
type AlphabetTemplate = (
    &'static str,
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
);

const ALPHABETS: &[AlphabetTemplate] = &[
    (
        "German",
        &["00C4", "00D6", "00DC", "00DF", "00E4", "00F6", "00FC"],
        &[("0041", "005A"), ("0061", "007A")],
    ),
    (
        "Greek",
        &[],
        &[("0391", "03A1"), ("03A3", "03A9"), ("03B1", "03C9")],
    ),
];

pub(super) fn add(pim: &mut Repository) {
    for (name, description, from_left, from_right, masked) in MASKS {
        pim.masks.push(Mask {
            name: (*name).to_owned(),
            description: Some((*description).to_owned()),
            from_left: *from_left,
            from_right: *from_right,
            masked: *masked,
            character: "*".to_owned(),
        });
    }
    for (label, code_points, ranges) in ALPHABETS {
        let range = |(from, to): &(&str, &str)| CodeRange {
            from: (*from).to_owned(),
            to: (*to).to_owned(),
        };
        pim.alphabets.push(Alphabet {
            label: (*label).to_owned(),
            code_points: code_points.iter().map(|point| (*point).to_owned()).collect(),
            ranges: ranges.iter().map(range).collect(),
        });
    }
    for (name, description, key, parameters) in elements(pim) {
        pim.data_elements
            .push(element(name, description, key, parameters));
    }
}

/// A data element; parameters that are not an object are none.
pub(super) fn element(
    name: impl Into<String>,
    description: impl Into<String>,
    key: &'static str,
    parameters: Value,
) -> DataElement {
    let parameters = match parameters {
        Value::Object(parameters) => parameters,
        _ => serde_json::Map::new(),
    };
    DataElement {
        name: name.into(),
        description: Some(description.into()),
        method: Method { key, parameters },
    }
}

/// Name, description, method, parameters.
type ElementTemplate = (&'static str, &'static str, &'static str, Value);

fn elements(pim: &Repository) -> Vec<ElementTemplate> {
    let german = uid(&pim.alphabets, "German");
    let hide_first_2 = uid(&pim.masks, "HIDE_FIRST_2");
    let token = |tokenizer: &str, from_left: u32, from_right: u32| {
        json!({
            "tokenizer": tokenizer, "fromLeft": from_left, "fromRight": from_right,
            "lengthPreserving": true, "allowShort": "NOWITHERROR"
        })
    };
    vec![
        (
            "DE_SSN",
            "Social security number",
            "numericToken",
            token("SLT_1_6", 0, 4),
        ),
        (
            "DE_CCN",
            "Number of a payment card",
            "creditCardToken",
            token("SLT_1_6", 6, 4),
        ),
        (
            "DE_NAME",
            "First or last name",
            "unicodeGen2Token",
            json!({
                "tokenizer": "SLT_X_1", "fromLeft": 0, "fromRight": 0, "lengthPreserving": true, "allowShort": "YES",
                "alphabetUid": german
            }),
        ),
        (
            "DE_EMAIL",
            "Email address; the domain stays",
            "emailToken",
            json!({ "tokenizer": "SLT_1_3", "lengthPreserving": true, "allowShort": "YES" }),
        ),
        (
            "DE_DOB",
            "Date of birth; the year stays",
            "dateTimeToken",
            json!({ "tokenizer": "SLT_8_DATETIME", "dateInClear": "YEAR" }),
        ),
        (
            "DE_IBAN",
            "Bank account; the country stays",
            "alphaNumericToken",
            json!({
                "tokenizer": "SLT_2_3", "fromLeft": 4, "fromRight": 0, "lengthPreserving": true,
                "allowShort": "NOWITHERROR", "preserveCase": true, "preservePosition": true
            }),
        ),
        ("DE_CITY", "City", "alphabeticToken", token("SLT_1_3", 0, 0)),
        (
            "DE_INCOME",
            "Yearly income",
            "integerToken",
            json!({ "tokenizer": "SLT_1_3", "integerSize": "LONG" }),
        ),
        (
            "DE_PHONE",
            "Phone number; the country code stays",
            "numericFpe",
            json!({ "fromLeft": 2, "fromRight": 0, "minLength": 2, "tweakMode": "EXT_INPUT" }),
        ),
        (
            "DE_PASSPORT",
            "Number of a passport",
            "alphaNumericFpe",
            json!({ "fromLeft": 0, "fromRight": 0, "allowShort": "NOWITHERROR", "minLength": 2 }),
        ),
        (
            "DE_STREET",
            "Street and number",
            "unicodeBasicLatinAlphaNumericFpe",
            json!({ "fromLeft": 0, "fromRight": 0, "minLength": 3 }),
        ),
        ("DE_NOTES", "Notes of customer support", AES_256_CBC, json!({})),
        (
            "DE_COUNTRY",
            "Country, in the clear; masked",
            "noEnc",
            json!({ "maskUid": hide_first_2 }),
        ),
    ]
}
