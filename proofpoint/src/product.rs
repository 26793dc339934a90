//! Products: what an organisation has bought or could buy.

use serde::Deserialize;
use upstream::{lenient, word_type};

use crate::{DateText, ProductLabel};

word_type! {
    /// The state of a product.
    ProductStatus {
        /// It can be bought.
        Available = "available",
        /// It is being set up.
        Provisioning = "provisioning",
        /// It waits for the customer.
        RequiresUserAction = "requires_user_action",
        /// Its setup failed.
        Error = "error",
        /// It is bought.
        Confirmed = "confirmed",
        /// It was cancelled.
        Cancelled = "cancelled",
        /// It is being taken down.
        Deleting = "deleting",
    }
}

/// One product. Its texts and its link are the vendor's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Product {
    /// Identifies it.
    #[serde(deserialize_with = "lenient::text_or_empty")]
    pub label: ProductLabel,
    /// Its name on screen.
    #[serde(deserialize_with = "lenient::text_or_empty")]
    pub name: String,
    /// Its state.
    #[serde(deserialize_with = "lenient::word")]
    pub status: Option<ProductStatus>,
    /// What it does.
    #[serde(deserialize_with = "lenient::text")]
    pub description: Option<String>,
    /// How it is billed.
    #[serde(deserialize_with = "lenient::text")]
    pub billing_method: Option<String>,
    /// The shortest contract, in months.
    #[serde(rename = "min_term", deserialize_with = "lenient::integer")]
    pub minimum_months: Option<i64>,
    /// The least number of licences.
    #[serde(rename = "min_licenses", deserialize_with = "lenient::integer")]
    pub minimum_licenses: Option<i64>,
    /// Whether the contract can renew itself.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_renewable: Option<bool>,
    /// Its sizes.
    #[serde(deserialize_with = "lenient::readable")]
    pub variants: Option<Vec<ProductVariant>>,
    /// What was bought; `None` where nothing was.
    #[serde(rename = "purchase_info", deserialize_with = "lenient::readable")]
    pub purchase: Option<ProductPurchase>,
}

/// One size of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ProductVariant {
    /// Its name on screen.
    #[serde(deserialize_with = "lenient::text_or_empty")]
    pub name: String,
    /// Identifies it.
    #[serde(rename = "ref", deserialize_with = "lenient::text")]
    pub reference: Option<String>,
    /// Its place from the most basic on.
    #[serde(rename = "order_index", deserialize_with = "lenient::integer")]
    pub order: Option<i64>,
    /// What it has.
    #[serde(deserialize_with = "lenient::text")]
    pub description: Option<String>,
    /// Whether the account could buy it.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_purchasable: Option<bool>,
}

/// What was bought of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ProductPurchase {
    /// When it was bought.
    #[serde(rename = "when_added", deserialize_with = "lenient::word")]
    pub added: Option<DateText>,
    /// The size that is billed.
    #[serde(deserialize_with = "lenient::word")]
    pub variant: Option<String>,
    /// When the contract is renewed; `None` also where it cannot be.
    #[serde(rename = "when_renewal", deserialize_with = "lenient::word")]
    pub renewal: Option<DateText>,
    /// Whether the contract renews itself.
    #[serde(deserialize_with = "lenient::boolean")]
    pub auto_renew: Option<bool>,
    /// Whether it is on trial.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_trial: Option<bool>,
    /// The size on trial.
    #[serde(deserialize_with = "lenient::word")]
    pub trial_variant: Option<String>,
    /// When the trial ends.
    #[serde(rename = "trial_end_date", deserialize_with = "lenient::word")]
    pub trial_ends: Option<DateText>,
}
