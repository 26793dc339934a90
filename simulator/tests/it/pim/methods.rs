//! The methods of data elements and their parameters.

use super::detail;
use crate::helper::Cluster;
use serde_json::{Value, json};

/// Every method, with all of its parameters and without the optional ones.
#[tokio::test]
async fn every_method_is_taken_and_shown() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let token = json!({
        "tokenizer": "SLT_2_3", "fromLeft": 1, "fromRight": 2, "lengthPreserving": false, "allowShort": "NOWITHERROR"
    });
    let with = |extra: Value| {
        let mut all = token.clone();
        all.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        all
    };
    let fpe = json!({
        "fromLeft": 0, "fromRight": 4, "allowShort": "YES", "minLength": 2, "tweakMode": "EXT_INPUT"
    });
    let methods = [
        ("alphabeticToken", token.clone()),
        (
            "alphaNumericToken",
            with(json!({ "preserveCase": true, "preservePosition": true })),
        ),
        ("numericToken", token.clone()),
        ("unicodeGen2Token", with(json!({ "alphabetUid": "1" }))),
        ("emailToken", token.clone()),
        ("dateTimeToken", with(json!({ "dateInClear": "YEAR" }))),
        ("integerToken", with(json!({ "integerSize": "SHORT" }))),
        ("creditCardToken", token.clone()),
        ("aes256CbcEnc", json!({})),
        ("numericFpe", fpe.clone()),
        ("alphabeticFpe", fpe.clone()),
        ("alphaNumericFpe", fpe.clone()),
        ("unicodeBasicLatinAlphabeticFpe", fpe.clone()),
        ("unicodeBasicLatinAlphaNumericFpe", fpe.clone()),
        ("noEnc", json!({ "maskUid": "1" })),
    ];
    for (method, parameters) in methods {
        let minimal = match parameters.get("tokenizer") {
            Some(_) => json!({ "tokenizer": "SLT_1_6" }),
            None => json!({}),
        };
        for (suffix, parameters) in [("ALL", parameters), ("MIN", minimal)] {
            let name = format!("{method}_{suffix}");
            let body = json!({ "name": name, "description": method, method: parameters });
            let mut created = cluster.create(&officer, "/dataelements", body.clone()).await;
            assert!(created.as_object_mut().unwrap().remove("uid").is_some());
            assert_eq!(created, body);
        }
    }
}

#[tokio::test]
async fn a_data_element_has_exactly_one_method() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    for body in [
        json!({ "name": "D" }),
        json!({ "name": "D", "noEnc": null }),
        json!({ "name": "D", "noEnc": {}, "aes256CbcEnc": {} }),
    ] {
        let answer = cluster.pim(&officer, "POST", "/dataelements", body).await;
        answer.check(400, detail("A data element has exactly one method"));
    }
}

/// Wrong parameters, and the parameter and type of the error.
#[tokio::test]
async fn wrong_parameters_are_refused() {
    let cluster = Cluster::start().await;
    let officer = cluster.token("officer").await;
    let cases = [
        ("numericToken", json!({}), "tokenizer", "missing"),
        (
            "numericToken",
            json!({ "tokenizer": "SLT_9_9" }),
            "tokenizer",
            "enum",
        ),
        (
            "numericToken",
            json!({ "tokenizer": "SLT_1_3", "fromLeft": "0" }),
            "fromLeft",
            "int_type",
        ),
        (
            "numericToken",
            json!({ "tokenizer": "SLT_1_3", "allowShort": true }),
            "allowShort",
            "enum",
        ),
        (
            "numericToken",
            json!({ "tokenizer": "SLT_1_3", "preserveCase": true }),
            "preserveCase",
            "extra_forbidden",
        ),
        (
            "alphabeticToken",
            json!({ "tokenizer": "SLT_1_3", "alphabetUid": "1" }),
            "alphabetUid",
            "extra_forbidden",
        ),
        (
            "alphaNumericToken",
            json!({ "tokenizer": "SLT_1_3", "preserveCase": true }),
            "preserveCase",
            "value_error",
        ),
        (
            "alphaNumericToken",
            json!({ "tokenizer": "SLT_2_6", "preservePosition": true }),
            "preservePosition",
            "value_error",
        ),
        (
            "dateTimeToken",
            json!({ "tokenizer": "SLT_DATETIME", "dateInClear": "DAY" }),
            "dateInClear",
            "enum",
        ),
        (
            "integerToken",
            json!({ "tokenizer": "SLT_1_3", "integerSize": "HUGE" }),
            "integerSize",
            "enum",
        ),
        (
            "numericFpe",
            json!({ "tokenizer": "SLT_1_3" }),
            "tokenizer",
            "extra_forbidden",
        ),
        ("numericFpe", json!({ "tweakMode": "NONE" }), "tweakMode", "enum"),
        ("noEnc", json!({ "mask": "1" }), "mask", "extra_forbidden"),
    ];
    for (method, parameters, field, kind) in cases {
        let body = json!({ "name": "D", method: parameters });
        let answer = cluster.pim(&officer, "POST", "/dataelements", body).await;
        let error = &answer.json()["detail"][0];
        assert_eq!(
            (answer.status, &error["loc"], &error["type"]),
            (422, &json!(["body", method, field]), &json!(kind))
        );
    }
}
