//! The synchronisation with Azure Active Directory (notes sections 2.5 and 7).

use serde::Deserialize;
use serde_json::{Value, json};
use upstream::{lenient, put, word_type};

use crate::{DateText, DomainName};

word_type! {
    /// What new users become.
    AzureRole {
        /// They get the digest and may sign in.
        EndUser = "end_user",
        /// They get the digest only.
        SilentUser = "silent_user",
    }
}

/// What an organisation takes from Azure, and how often.
///
/// The directory's key is not among the fields: an answer never has it, and to send the `****` that stands in its place
/// would overwrite it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AzureSettings {
    /// The primary domain of the application in Azure.
    pub primary_domain: DomainName,
    /// The application's id in Azure.
    #[serde(deserialize_with = "lenient::text")]
    pub application_id: Option<String>,
    /// When the application's secret ends. In newer answers only; never sent.
    #[serde(deserialize_with = "lenient::word")]
    pub secret_expiry: Option<DateText>,
    /// The last synchronisation that succeeded. In newer answers only; never sent.
    #[serde(deserialize_with = "lenient::word")]
    pub last_successful_sync: Option<DateText>,
    /// Whether users cannot sign in with Azure.
    #[serde(deserialize_with = "lenient::boolean")]
    pub disable_login: Option<bool>,
    /// What new users become.
    #[serde(rename = "default_user_role_name", deserialize_with = "lenient::word")]
    pub default_role: Option<AzureRole>,
    /// Hours between two synchronisations: one of [`SYNC_FREQUENCIES`](Self::SYNC_FREQUENCIES); 0 is off.
    #[serde(deserialize_with = "lenient::integer")]
    pub sync_frequency: Option<i64>,
    /// Whether licensed active users are included.
    #[serde(deserialize_with = "lenient::boolean")]
    pub sync_active_users: Option<bool>,
    /// Whether distribution groups are included.
    #[serde(deserialize_with = "lenient::boolean")]
    pub sync_distribution_groups: Option<bool>,
    /// Whether security groups are included.
    #[serde(deserialize_with = "lenient::boolean")]
    pub sync_security_groups: Option<bool>,
    /// Whether new users are created.
    #[serde(deserialize_with = "lenient::boolean")]
    pub add_users: Option<bool>,
    /// Whether users are changed. A manual change of a user that is not exempt is then undone.
    #[serde(deserialize_with = "lenient::boolean")]
    pub update_users: Option<bool>,
    /// Whether users whose mailbox is gone are deleted.
    #[serde(deserialize_with = "lenient::boolean")]
    pub remove_deleted_users: Option<bool>,
    /// Whether new groups are created.
    #[serde(deserialize_with = "lenient::boolean")]
    pub add_groups: Option<bool>,
    /// Whether groups are changed.
    #[serde(deserialize_with = "lenient::boolean")]
    pub update_groups: Option<bool>,
    /// Whether functional accounts and groups of groups that are gone are deleted.
    #[serde(deserialize_with = "lenient::boolean")]
    pub remove_deleted_groups: Option<bool>,
}

impl AzureSettings {
    /// The hours that the system accepts.
    pub const SYNC_FREQUENCIES: [i64; 6] = [0, 1, 3, 6, 12, 24];

    /// Whether nothing is synchronised by itself.
    pub fn is_sync_off(&self) -> bool {
        self.sync_frequency == Some(0)
    }

    pub(crate) fn body(&self) -> Value {
        let mut body = json!({});
        let domain = Some(&self.primary_domain).filter(|domain| !domain.is_empty());
        put(&mut body, "primary_domain", domain);
        put(&mut body, "application_id", self.application_id.as_ref());
        put(&mut body, "default_user_role_name", self.default_role.as_ref());
        put(&mut body, "sync_frequency", self.sync_frequency);
        for (key, value) in [
            ("disable_login", self.disable_login),
            ("sync_active_users", self.sync_active_users),
            ("sync_distribution_groups", self.sync_distribution_groups),
            ("sync_security_groups", self.sync_security_groups),
            ("add_users", self.add_users),
            ("update_users", self.update_users),
            ("remove_deleted_users", self.remove_deleted_users),
            ("add_groups", self.add_groups),
            ("update_groups", self.update_groups),
            ("remove_deleted_groups", self.remove_deleted_groups),
        ] {
            put(&mut body, key, value);
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_sent_without_the_key_and_the_dates() {
        let answer = json!({
            "primary_domain": "example.com", "application_id": "app", "ad_key": "****", "sync_frequency": "24",
            "secret_expiry": "2027-01-01", "last_successful_sync": "2026-11-30 08:00:00", "update_users": "true",
            "default_user_role_name": "end_user", "add_groups": false,
        });
        let settings: AzureSettings = serde_json::from_value(answer).expect("always read");
        assert!(!settings.is_sync_off());
        let body = json!({
            "primary_domain": "example.com", "application_id": "app", "sync_frequency": 24, "update_users": true,
            "default_user_role_name": "end_user", "add_groups": false,
        });
        assert_eq!(settings.body(), body);
        assert!(!format!("{settings:?}").contains("****"));
    }
}
