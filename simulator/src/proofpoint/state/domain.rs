//! [`Domain`]: a domain of an organisation.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;

#[derive(Clone, Debug, Default)]
pub(in crate::proofpoint) struct Domain {
    /// In lower case.
    pub(in crate::proofpoint) name: String,
    /// Never of a domain that does not relay.
    pub(in crate::proofpoint) is_active: bool,
    pub(in crate::proofpoint) is_relay: bool,
    pub(in crate::proofpoint) destination: String,
    pub(in crate::proofpoint) failovers: Vec<String>,
}

impl Domain {
    /// An active relay.
    pub(in crate::proofpoint) fn relay(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            is_active: true,
            is_relay: true,
            destination: format!("mail.{name}"),
            failovers: vec![format!("mail2.{name}")],
        }
    }

    pub(in crate::proofpoint) fn json(&self) -> Value {
        json!({
            "name": self.name,
            "is_active": self.is_active,
            "is_relay": self.is_relay,
            "destination": self.destination,
            "failovers": self.failovers,
        })
    }

    /// The code that a TXT record or a page of the domain has to show.
    pub(in crate::proofpoint) fn verification_code(&self) -> String {
        let digest = Sha256::digest(self.name.as_bytes());
        let mut code = "ppe-".to_owned();
        for byte in &digest[..20] {
            // Writing to a String cannot fail.
            let _ = write!(code, "{byte:02x}");
        }
        code
    }

    /// Whether the domain shows its code.
    pub(in crate::proofpoint) fn is_verifiable(&self) -> bool {
        !self.name.starts_with("pending.")
    }
}
