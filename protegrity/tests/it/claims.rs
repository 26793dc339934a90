//! What a token says of its holder, without trust.

use base64::{
    Engine as _,
    engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD},
};
use proptest::prelude::*;
use protegrity::{AccessToken, Claims, RefreshToken};
use serde_json::{Value, json};

fn claims(payload: &Value) -> Claims {
    let payload = URL_SAFE_NO_PAD.encode(payload.to_string());
    Claims::of(&AccessToken::new(format!("e30.{payload}.c2ln"))).unwrap()
}

#[test]
fn names_are_gathered_from_every_place_but_groups() {
    let claims = claims(&json!({
        "sub": "71c5", "preferred_username": "admin", "exp": "1760643896",
        "realm_access": {"roles": ["a"]},
        "resource_access": {"one": {"roles": ["b"]}, "two": {"roles": ["c", 1]}, "odd": null},
        "roles": ["d"], "permissions": "e f", "scope": "openid email", "groups": ["not this"],
    }));
    assert_eq!(claims.sub.as_deref(), Some("71c5"));
    assert_eq!(claims.preferred_username.as_deref(), Some("admin"));
    assert_eq!(claims.exp, Some(1_760_643_896));
    let names: Vec<&str> = claims.names.iter().map(String::as_str).collect();
    assert_eq!(names, ["a", "b", "c", "d", "e", "email", "f", "openid"]);
}

#[test]
fn odd_payloads() {
    for payload in [
        json!({}),
        json!({"scope": ["x"], "exp": -5, "realm_access": [], "roles": 3}),
    ] {
        let claims = claims(&payload);
        assert_eq!(claims.sub, None, "{payload}");
    }
    let padded = AccessToken::new(format!("e30.{}.s", URL_SAFE.encode(r#"{"sub":"1"}"#)));
    assert_eq!(
        Claims::of(&padded).and_then(|claims| claims.sub).as_deref(),
        Some("1")
    );
    for no_jwt in ["", "opaque", "a.b.c", "..", "e30.W10.x"] {
        assert_eq!(Claims::of(&AccessToken::new(no_jwt)), None, "{no_jwt}");
    }
}

#[test]
fn debug_shows_no_token() {
    let shown = format!(
        "{:?} {:?}",
        AccessToken::new("hidden-a"),
        RefreshToken::new("hidden-b")
    );
    assert!(!shown.contains("hidden"), "{shown}");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(token in "(\\PC|\\.){0,80}") {
        Claims::of(&AccessToken::new(token));
    }

    #[test]
    fn no_payload_makes_it_panic(payload in proptest::collection::vec(any::<u8>(), 0..200)) {
        Claims::of(&AccessToken::new(format!("e30.{}.", URL_SAFE_NO_PAD.encode(payload))));
    }
}
