//! The domains of an organisation (notes section 2.3).

use serde::Deserialize;
use serde_json::{Value, json};
use upstream::{lenient, put};

use crate::DomainName;

/// One domain. `None` means that the answer does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Domain {
    /// Identifies it.
    pub name: DomainName,
    /// Whether its mail is filtered. A domain that routes no mail is never active.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_active: Option<bool>,
    /// Whether it routes mail.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_relay: Option<bool>,
    /// The server its mail goes to.
    #[serde(deserialize_with = "lenient::text")]
    pub destination: Option<String>,
    /// The servers its mail goes to when the first fails.
    #[serde(deserialize_with = "lenient::names")]
    pub failovers: Option<Vec<String>>,
}

/// All of a domain but its name, for creating and for changing it: a change sends the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainDraft {
    /// Whether its mail is filtered.
    pub is_active: bool,
    /// Whether it routes mail.
    pub is_relay: bool,
    /// The server its mail goes to. A domain that routes mail must have one.
    pub destination: Option<String>,
    /// The servers its mail goes to when the first fails.
    pub failovers: Vec<String>,
}

impl DomainDraft {
    /// What there is of a domain, for changing it.
    pub fn of(domain: &Domain) -> Self {
        Self {
            is_active: domain.is_active.unwrap_or_default(),
            is_relay: domain.is_relay.unwrap_or_default(),
            destination: domain.destination.clone(),
            failovers: domain.failovers.clone().unwrap_or_default(),
        }
    }

    /// Why the system would not keep this; `None` where it would.
    pub fn problem(&self) -> Option<&'static str> {
        let has_destination = self
            .destination
            .as_ref()
            .is_some_and(|host| !host.trim().is_empty());
        if self.is_relay && !has_destination {
            Some("a domain that routes mail needs a destination")
        } else if self.is_active && !self.is_relay {
            Some("a domain that routes no mail is never active")
        } else {
            None
        }
    }

    pub(crate) fn body(&self, name: &DomainName) -> Value {
        let mut body = json!({
            "name": name, "is_active": self.is_active, "is_relay": self.is_relay, "failovers": self.failovers,
        });
        put(&mut body, "destination", self.destination.as_ref());
        body
    }
}

/// Where the code that proves the ownership of a domain is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerificationMethod {
    /// In a TXT record.
    Txt,
    /// In a tag of the web site.
    Meta,
}

impl VerificationMethod {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Txt => "txt",
            Self::Meta => "meta",
        }
    }
}

/// The outcome of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerificationOutcome {
    /// The code was found.
    Verified,
    /// The code was not found, or not yet.
    NotVerified,
}
