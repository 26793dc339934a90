//! Nothing that can be printed holds a token or a password.

use crate::support::{password, pending_form, renewing};
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
        let portal = renewing(mode).await;
        let (session, principal) = portal.sign_in("admin").await;
        portal
            .gate
            .store_pending(&principal, pending_form(&portal))
            .await
            .expect("memory");
        check_holds_no_secret("the principal", &format!("{principal:?}"));
        check_holds_no_secret("the vault with its rows", &format!("{:?}", portal.vault));
        check_holds_no_secret("the session", &format!("{session:?}"));
        check_holds_no_secret("the records", &format!("{:?}", portal.sessions));
        check_holds_no_secret("a held form", &format!("{:?}", pending_form(&portal)));
        assert!(
            format!("{:?}", portal.vault).contains("access"),
            "a row is printed"
        );

        let taken = portal.gate.take_pending(&principal).await.expect("memory");
        assert_eq!(taken.expect("it waits").body, pending_form(&portal).body);
        let refused = portal.try_sign_in(&session, "admin", "Held-Passw0rd").await;
        let refused = refused.expect_err("the password is wrong");
        check_holds_no_secret("an error", &format!("{refused:?} {refused}"));
    }
}

#[tokio::test]
async fn the_key_of_a_row_is_not_printed() {
    let key = VaultKey::random();
    assert_eq!(format!("{key:?}"), "VaultKey(…)");
}
