//! Typed client of the Proofpoint Essentials API. So far it contains [`TrustedHosts`], the hosts that may receive
//! credentials; calls follow with the area that needs them.

#![warn(missing_docs)]

mod trusted_hosts;

pub use trusted_hosts::{HostError, Stack, TrustedHosts, UnknownStack};
