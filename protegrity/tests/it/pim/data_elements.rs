//! Data elements, masks and alphabets.

use protegrity::pim::{
    AllowShort, CodePoint, CodePointRange, NewAlphabet, NewDataElement, NewMask, ProtectionMethod, TokenKind,
    TokenOptions, Tokenizer,
};
use serde_json::{Value, json};

use super::{creations, lists};
use crate::{
    rows::assert_refused,
    support::{Stub, reply},
};

const LIST: &str = "GET /pty/v2/pim/dataelements";
const CREATE: &str = "POST /pty/v2/pim/dataelements";
const MASKS: &str = "GET /pty/v2/pim/masks";
const NEW_MASK: &str = "POST /pty/v2/pim/masks";
const ALPHABETS: &str = "GET /pty/v2/pim/alphabets";
const NEW_ALPHABET: &str = "POST /pty/v2/pim/alphabets";

/// The reference's sample (line 2989).
fn element() -> NewDataElement {
    let options = TokenOptions {
        tokenizer: Some(Tokenizer::Slt13),
        from_left: Some(0),
        from_right: Some(0),
        length_preserving: Some(true),
        allow_short: Some(AllowShort::Yes),
        ..TokenOptions::default()
    };
    NewDataElement {
        name: "DE_ALPHANUM".to_owned(),
        description: "DE_ALPHANUM".to_owned(),
        method: ProtectionMethod::Token(TokenKind::AlphaNumeric, options),
    }
}

fn sample() -> Value {
    json!({
        "name": "DE_ALPHANUM", "description": "DE_ALPHANUM",
        "alphaNumericToken": {
            "tokenizer": "SLT_1_3", "fromLeft": 0, "fromRight": 0, "lengthPreserving": true, "allowShort": "YES",
        },
    })
}

#[tokio::test]
async fn a_data_element_is_created_as_in_the_sample() {
    for (answer, uid) in creations() {
        let stub = Stub::start([(CREATE, answer)]).await;
        let created = stub
            .authorized()
            .pim()
            .create_data_element(&element())
            .await
            .unwrap();
        assert_eq!(created.uid.as_ref().map(AsRef::as_ref), uid);
        stub.check([(CREATE, sample())]);
    }
}

#[tokio::test]
async fn data_elements_are_read_with_every_method() {
    let rows = json!([
        {"uid": 1, "name": "a", "alphaNumericToken": {"tokenizer": "SLT_1_3", "fromLeft": "2", "new": 1}},
        {"uid": "2", "name": "b", "aes256CbcEnc": {}, "keys": {"count": 1}},
        {"uid": "3", "name": "c", "noEnc": {"maskUid": 4}},
        {"uid": "4", "name": "d", "hmacSha256": {"keyUid": "1"}},
        {"uid": "5", "name": "e", "numericFpe": {"minLength": "8", "tweakMode": "EXT_INPUT"}},
        {"uid": "6", "name": "f"},
        {"uid": "7", "name": "g", "someEnc": {}, "otherEnc": {}},
    ]);
    for answer in lists("dataElements", &rows) {
        let stub = Stub::start([(LIST, answer)]).await;
        let elements = stub.authorized().pim().data_elements().await.unwrap();
        let methods: Vec<_> = elements
            .iter()
            .map(|element| element.method.as_ref().map(ProtectionMethod::key))
            .collect();
        assert_eq!(
            methods,
            [
                Some("alphaNumericToken"),
                Some("aes256CbcEnc"),
                Some("noEnc"),
                Some("hmacSha256"),
                Some("numericFpe"),
                // It has none, or two that could be.
                None,
                None
            ]
        );
        let Some(ProtectionMethod::Token(TokenKind::AlphaNumeric, options)) = &elements[0].method else {
            panic!("{:?}", elements[0]);
        };
        assert_eq!(
            (options.from_left, json!(options.rest)),
            (Some(2), json!({"new": 1}))
        );
        assert_eq!(json!(elements[1].rest), json!({"keys": {"count": 1}}));
        stub.check([(LIST, Value::Null)]);
    }
}

#[tokio::test]
async fn masks_are_read_and_created() {
    let mask = NewMask {
        name: "last4".to_owned(),
        description: "Last four".to_owned(),
        from_left: 0,
        from_right: 4,
        masked: false,
        character: '*',
    };
    let body = json!({
        "name": "last4", "description": "Last four", "fromLeft": 0, "fromRight": 4, "masked": false, "character": "*",
    });
    for (answer, uid) in creations() {
        let stub = Stub::start([(NEW_MASK, answer)]).await;
        let created = stub.authorized().pim().create_mask(&mask).await.unwrap();
        assert_eq!(created.uid.as_ref().map(AsRef::as_ref), uid);
        stub.check([(NEW_MASK, body.clone())]);
    }
    let rows =
        json!([{"uid": 1, "name": "m", "fromLeft": "1", "fromRight": -1, "masked": "yes", "character": "#"}]);
    for answer in lists("masks", &rows) {
        let stub = Stub::start([(MASKS, answer)]).await;
        let masks = stub.authorized().pim().masks().await.unwrap();
        assert_eq!(
            (masks[0].from_left, masks[0].from_right, masks[0].masked),
            (Some(1), None, Some(true))
        );
        // What could not be read is not lost.
        assert_eq!(json!(masks[0].rest), json!({"fromRight": -1}));
    }
}

fn code_point(digits: &str) -> CodePoint {
    digits.parse().unwrap()
}

#[tokio::test]
async fn alphabets_are_read_and_created() {
    let alphabet = NewAlphabet {
        label: "latin".to_owned(),
        code_points: vec![code_point("00E4")],
        ranges: vec![CodePointRange {
            from: code_point("0041"),
            to: code_point("005a"),
        }],
    };
    let body = json!({"label": "latin", "codePoints": ["00E4"], "ranges": [{"from": "0041", "to": "005A"}]});
    for (answer, uid) in creations() {
        let stub = Stub::start([(NEW_ALPHABET, answer)]).await;
        let created = stub.authorized().pim().create_alphabet(&alphabet).await.unwrap();
        assert_eq!(created.uid.as_ref().map(AsRef::as_ref), uid);
        stub.check([(NEW_ALPHABET, body.clone())]);
    }
    let rows = json!([
        {"uid": "1", "label": "latin", "ranges": [{"from": "0041", "to": "U+005A"}]},
        {"uid": "2", "name": "named", "codePoints": ["00E4", 41], "ranges": []},
        {"uid": "3"}, {"ranges": []},
    ]);
    for answer in lists("alphabets", &rows) {
        let stub = Stub::start([(ALPHABETS, answer)]).await;
        let alphabets = stub.authorized().pim().alphabets().await.unwrap();
        let labels: Vec<&str> = alphabets.iter().map(|row| row.label.as_str()).collect();
        assert_eq!(labels, ["latin", "named", ""]);
        assert_eq!(alphabets[0].ranges, Some(alphabet.ranges.clone()));
        assert_eq!(
            (&alphabets[1].code_points, &alphabets[1].ranges),
            (&None, &Some(Vec::new()))
        );
    }
}

#[tokio::test]
async fn nothing_empty_reaches_the_wire() {
    let stub = Stub::start([]).await;
    let caller = stub.authorized();
    let pim = caller.pim();
    let nameless = NewDataElement {
        name: String::new(),
        ..element()
    };
    assert_refused(pim.create_data_element(&nameless).await);
    for key in ["", "name", "description", "uid"] {
        let element = NewDataElement {
            method: ProtectionMethod::new(key, json!({})),
            ..element()
        };
        assert_refused(pim.create_data_element(&element).await);
    }
    let range = |from, to| CodePointRange {
        from: code_point(from),
        to: code_point(to),
    };
    for ranges in [Vec::new(), vec![range("0042", "0041")]] {
        let alphabet = NewAlphabet {
            label: "x".to_owned(),
            ranges,
            ..NewAlphabet::default()
        };
        assert_refused(pim.create_alphabet(&alphabet).await);
    }
    assert_eq!(stub.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn a_method_that_is_not_documented_is_sent_as_it_is() {
    let stub = Stub::start([(CREATE, reply(200, "{}"))]).await;
    let element = NewDataElement {
        method: ProtectionMethod::new("hmacSha256", json!({"keyUid": "1", "n": [1.5]})),
        ..element()
    };
    stub.authorized()
        .pim()
        .create_data_element(&element)
        .await
        .unwrap();
    stub.check([(
        CREATE,
        json!({
            "name": "DE_ALPHANUM", "description": "DE_ALPHANUM", "hmacSha256": {"keyUid": "1", "n": [1.5]},
        }),
    )]);
}
