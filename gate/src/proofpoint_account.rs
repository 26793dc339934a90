//! An account at Proofpoint Essentials: what it may do, its credentials, and what is shown of it.

use jiff::Timestamp;
use proofpoint::Login;
use serde::{Deserialize, Serialize};

/// What an account may do at Proofpoint. It names no permissions itself: they follow from the type of the account and
/// from whether it may only look (notes on the reference, sections 1.1 and 3).
pub mod permissions {
    /// See organisations, domains, users, settings and reports.
    pub const READ: &str = "organization_read";
    /// Change domains, users, features and sender lists.
    pub const CHANGE: &str = "organization_change";
    /// Change seats and package: channel administrators and above.
    pub const LICENSING: &str = "licensing_change";
    /// See the organisations below the account's own: the same administrators, whether or not they may change anything.
    pub const CHILDREN: &str = "children_read";
    /// All of them.
    pub const KNOWN: &[&str] = &[READ, CHANGE, LICENSING, CHILDREN];
}

/// The credentials of one session at Proofpoint.
#[derive(Clone, Debug)]
pub struct ProofpointCredentials {
    /// The administrator's name and password.
    pub login: Login,
    /// When they were given.
    pub connected_at: Timestamp,
}

/// The account that a session is connected with, without its password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofpointAccount {
    /// The e-mail address.
    pub email: String,
    /// The account's type in Proofpoint's own word: `channel_admin`. Empty where it is not known.
    pub account_type: String,
    /// Whether it may only look, where that is known.
    pub is_read_only: Option<bool>,
    /// The primary domain of its organisation. Empty where it is not known.
    pub domain: String,
    /// The host of the instance where it is.
    pub instance: String,
    /// When it was connected.
    pub connected_at: Timestamp,
}
