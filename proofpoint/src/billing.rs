//! Billing data: seats, packages and renewal of an organisation and of its children in one call (notes section 7).

use serde::Deserialize;
use upstream::lenient;

use crate::{DateText, DomainName, OrganizationId, Package, Stack, licensing::package};

/// What one organisation is billed for. `None` means that the answer does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct BillingRow {
    /// The `eid`; empty where the answer has none.
    #[serde(rename = "eid", deserialize_with = "lenient::text_or_empty")]
    pub id: OrganizationId,
    /// The organisation's name.
    #[serde(deserialize_with = "lenient::text_or_empty")]
    pub name: String,
    /// Its primary domain.
    pub primary_domain: DomainName,
    /// What kind of organisation, as the system wrote it: the document has the words for users here.
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub organization_type: Option<String>,
    /// Whether it is active.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_active: Option<bool>,
    /// Whether it is a test.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_test_account: Option<bool>,
    /// The package it has.
    #[serde(rename = "licensing_package", deserialize_with = "package")]
    pub package: Option<Package>,
    /// The package it pays for.
    #[serde(deserialize_with = "package")]
    pub billable_package: Option<Package>,
    /// Users that were confirmed for billing.
    #[serde(deserialize_with = "lenient::integer")]
    pub confirmed_users: Option<i64>,
    /// Users that are active.
    #[serde(deserialize_with = "lenient::integer")]
    pub active_users: Option<i64>,
    /// Users that take no licence.
    #[serde(deserialize_with = "lenient::integer")]
    pub non_billable_users: Option<i64>,
    /// Whether it is on trial.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_on_trial: Option<bool>,
    /// The package on trial.
    #[serde(deserialize_with = "package")]
    pub trial_package: Option<Package>,
    /// When the trial ends.
    #[serde(rename = "trial_end_date", deserialize_with = "lenient::word")]
    pub trial_ends: Option<DateText>,
    /// When the contract is renewed.
    #[serde(rename = "when_renewal", deserialize_with = "lenient::word")]
    pub renewal: Option<DateText>,
    /// `Annual`, `Monthly` or `Not Set`.
    #[serde(deserialize_with = "lenient::text")]
    pub billing_method: Option<String>,
    /// The instance the organisation is on, as the system wrote it: `US1`.
    #[serde(deserialize_with = "lenient::text")]
    pub data_center: Option<String>,
    /// The partner's own reference.
    #[serde(deserialize_with = "lenient::text")]
    pub external_id: Option<String>,
    /// The country's code.
    #[serde(deserialize_with = "lenient::text")]
    pub country_code: Option<String>,
    /// When the organisation was created.
    #[serde(rename = "when_created", deserialize_with = "lenient::word")]
    pub created: Option<DateText>,
    /// When it was deactivated.
    #[serde(rename = "when_deactivated", deserialize_with = "lenient::word")]
    pub deactivated: Option<DateText>,
    /// When its package was last changed.
    #[serde(rename = "when_package_changed", deserialize_with = "lenient::word")]
    pub package_changed: Option<DateText>,
}

impl BillingRow {
    /// The instance the organisation is on, where it is one of those that are known.
    pub fn stack(&self) -> Option<Stack> {
        self.data_center.as_deref()?.trim().parse().ok()
    }
}
