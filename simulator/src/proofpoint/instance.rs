//! [`Instance`]: one of the six instances of Proofpoint Essentials.

use serde::Serialize;

/// One of the instances, which the vendor also calls stacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Instance {
    /// `us1.proofpointessentials.com`
    Us1,
    /// `us2.proofpointessentials.com`
    Us2,
    /// `us3.proofpointessentials.com`
    Us3,
    /// `us4.proofpointessentials.com`
    Us4,
    /// `us5.proofpointessentials.com`
    Us5,
    /// `eu1.proofpointessentials.com`
    Eu1,
}

/// The end of the host names of the vendor, in lower case.
const DOMAIN: &str = ".proofpointessentials.com";

impl Instance {
    /// Every instance.
    pub const ALL: [Self; 6] = [Self::Us1, Self::Us2, Self::Us3, Self::Us4, Self::Us5, Self::Eu1];

    /// The first label of the host name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Us1 => "us1",
            Self::Us2 => "us2",
            Self::Us3 => "us3",
            Self::Us4 => "us4",
            Self::Us5 => "us5",
            Self::Eu1 => "eu1",
        }
    }

    /// The host name.
    pub fn host(self) -> String {
        format!("{}{DOMAIN}", self.name())
    }

    /// The origin.
    pub fn origin(self) -> String {
        format!("https://{}", self.host())
    }

    /// The instance of a host name.
    pub(super) fn of_host(host: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|instance| instance.host().eq_ignore_ascii_case(host))
    }

    /// Whether a host name is one of the vendor, of an instance or not.
    pub(super) fn is_in_domain(host: &str) -> bool {
        host.to_ascii_lowercase().ends_with(DOMAIN)
    }
}
