//! Nothing that can be printed holds a token or a password.

use crate::support::{World, held, password};
use gate::VaultKey;
use simulator::TokenMode;

/// The beginning of a JWT, the demo password, and the one in the held form.
fn check_holds_no_secret(what: &str, printed: &str) {
    for secret in ["eyJ", password(), "Held-Passw0rd"] {
        assert!(!printed.contains(secret), "{what} holds {secret}: {printed}");
    }
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    for mode in TokenMode::ALL {
        let world = World::renewing(mode).await;
        let (session, visitor) = world.sign_in("admin").await;
        world.gate.hold(&visitor, held(&world)).await.expect("memory");
        check_holds_no_secret("the visitor", &format!("{visitor:?}"));
        check_holds_no_secret("the vault with its rows", &format!("{:?}", world.vault));
        check_holds_no_secret("the session", &format!("{session:?}"));
        check_holds_no_secret("the records", &format!("{:?}", world.sessions));
        check_holds_no_secret("a held form", &format!("{:?}", held(&world)));
        assert!(
            format!("{:?}", world.vault).contains("access"),
            "a row is printed"
        );

        let taken = world.gate.take_held(&visitor).await.expect("memory");
        assert_eq!(taken.expect("it waits").body, held(&world).body);
        let refused = world.try_sign_in(&session, "admin", "Held-Passw0rd").await;
        let refused = refused.expect_err("the password is wrong");
        check_holds_no_secret("an error", &format!("{refused:?} {refused}"));
    }
}

#[tokio::test]
async fn the_key_of_a_row_is_not_printed() {
    let key = VaultKey::random();
    assert_eq!(format!("{key:?}"), "VaultKey(…)");
}
