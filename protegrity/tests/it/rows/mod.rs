//! The rows of the notes' section 6 against stubs that write down what is sent, by area. Those of logging in
//! (1-4) are in `login.rs`, row 7 is in `transport.rs`, those of the types alone are in `types.rs`.

mod entra;
mod entra_directory;
mod groups;
mod passwords;
mod roles;
mod saml;
mod service;
mod settings;
mod users;

use protegrity::{Error, ErrorKind};

const ID: &str = "94070ecb-8639-41f4-b3e1-fda5cc7f8888";

/// That the call was refused before anything was sent.
#[track_caller]
pub fn assert_refused<T: std::fmt::Debug>(result: Result<T, Error>) {
    let error = result.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.can_retry(), error.was_sent()),
        (ErrorKind::Rejected, None, false, false),
        "{error}"
    );
    assert!(
        error.to_string().starts_with("The request was not sent: "),
        "{error}"
    );
}
