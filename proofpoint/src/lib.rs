//! Typed client of the Proofpoint Essentials API. So far it holds the rule of which hosts may ever
//! be sent credentials; calls come with the area that needs them.

#![warn(missing_docs)]

mod trusted_hosts;

pub use trusted_hosts::{HostError, Stack, TrustedHosts, UnknownStack};
