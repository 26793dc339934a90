//! The client under test.

use proofpoint::{Authorized, Client, ClientConfig, DomainName, EmailAddress, Login, Stack};
use serde_json::Value;

use crate::stub::{Seen, Stub};

pub const USER: &str = "admin@example.com";
pub const PASSWORD: &str = "Correct-Horse-7";

pub fn config(simulator: &str) -> ClientConfig {
    ClientConfig {
        simulator: Some(simulator.parse().unwrap()),
        ..ClientConfig::new(Stack::Us1)
    }
}

pub fn client(simulator: &str) -> Client {
    Client::new(config(simulator)).unwrap()
}

pub fn login(user: &str, password: &str) -> Login {
    Login::new(user.into(), password.into()).unwrap()
}

pub fn domain(name: &str) -> DomainName {
    name.parse().unwrap()
}

pub fn email(address: &str) -> EmailAddress {
    address.parse().unwrap()
}

impl Stub {
    pub fn authorized(&self) -> Authorized {
        client(&self.url).with_login(&login(USER, PASSWORD))
    }
}

impl Seen {
    /// That it is this request with exactly this body (null: none), the account's headers, and the name of the
    /// instance.
    #[track_caller]
    pub fn check_call(&self, line: &str, body: &Value) {
        let sent = if body.is_null() { Value::Null } else { self.json() };
        assert_eq!((self.line.as_str(), &sent), (line, body));
        assert!(!body.is_null() || self.body.is_empty(), "{line}: {}", self.body);
        assert_eq!(self.header("x-user"), Some(USER), "{line}");
        assert_eq!(self.header("x-password"), Some(PASSWORD), "{line}");
        assert_eq!(
            self.header("host"),
            Some("us1.proofpointessentials.com"),
            "{line}"
        );
        assert_eq!(self.header("accept"), Some("application/json"), "{line}");
        for name in ["authorization", "cookie", "referer"] {
            assert_eq!(self.header(name), None, "{line}");
        }
    }
}
