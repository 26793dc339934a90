//! [`AzureSettings`]: the synchronisation of users from Azure.

use serde_json::{Value, json};

/// The roles of new users.
pub(in crate::proofpoint) const ROLES: &[&str] = &["end_user", "silent_user"];

/// The hours between two synchronisations; 0 is off.
pub(in crate::proofpoint) const SYNC_FREQUENCIES: &[u32] = &[0, 1, 3, 6, 12, 24];

/// The settings. They have no `Debug`, because of the key.
#[derive(Clone)]
pub(in crate::proofpoint) struct AzureSettings {
    pub(in crate::proofpoint) primary_domain: String,
    pub(in crate::proofpoint) application_id: String,
    pub(in crate::proofpoint) key: String,
    /// A day. The document lacks it, public clients read it (notes, section 2.5).
    pub(in crate::proofpoint) secret_expiry: String,
    /// A time; empty before the first one. Not in the document either.
    pub(in crate::proofpoint) last_successful_sync: String,
    pub(in crate::proofpoint) default_role: &'static str,
    pub(in crate::proofpoint) sync_frequency: u32,
    /// The values of [`FLAGS`], in its order.
    pub(in crate::proofpoint) flags: [bool; FLAGS.len()],
}

/// The names of the switches.
pub(in crate::proofpoint) const FLAGS: [&str; 10] = [
    "disable_login",
    "sync_active_users",
    "sync_distribution_groups",
    "sync_security_groups",
    "add_users",
    "update_users",
    "remove_deleted_users",
    "add_groups",
    "update_groups",
    "remove_deleted_groups",
];

impl AzureSettings {
    /// The names of the switches.
    pub(in crate::proofpoint) const FLAGS: [&'static str; FLAGS.len()] = FLAGS;

    pub(in crate::proofpoint) fn json(&self) -> Value {
        let mut value = json!({
            "primary_domain": self.primary_domain,
            "application_id": self.application_id,
            "ad_key": "****",
            "secret_expiry": self.secret_expiry,
            "last_successful_sync": self.last_successful_sync,
            "default_user_role_name": self.default_role,
            "sync_frequency": self.sync_frequency,
        });
        for (name, flag) in FLAGS.into_iter().zip(self.flags) {
            value[name] = json!(flag);
        }
        value
    }
}
