//! Counts of a partner's organisations over 1, 7, 30 and 90 days.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use upstream::{
    lenient::{self, Fields},
    word_type,
};

use crate::OrganizationId;

word_type! {
    /// What is counted.
    StatsMetric {
        /// All mail that came.
        InboundTotal = "ib_total",
        /// All mail that left.
        OutboundTotal = "ob_total",
        /// Mail that came and was kept out.
        InboundBlocked = "ib_blocked",
        /// Mail that left and was kept in.
        OutboundBlocked = "ob_blocked",
        /// Users with mail in the period: another thing than the organisation's active users (notes section 7).
        ActiveUsers = "active_users",
        /// Spam that came.
        InboundSpam = "ib_spam",
        /// Viruses that came.
        InboundVirus = "ib_virus",
        /// Malicious attachments that came.
        InboundMaliciousAttachment = "ib_mal_att",
        /// Mail that came under a false name.
        InboundImposter = "ib_imposter",
        /// Phishing that came.
        InboundPhish = "ib_phish",
        /// Mail that left encrypted.
        OutboundEncrypted = "ob_enc",
    }
}

/// Whose counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatsScope {
    /// The organisation's own.
    Own,
    /// The organisation's and those of its children.
    WithChildren,
}

/// One count over four periods, which end yesterday.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PeriodCounts {
    /// Yesterday.
    #[serde(rename = "count_1d", deserialize_with = "lenient::integer")]
    pub day: Option<i64>,
    /// 7 days.
    #[serde(rename = "count_7d", deserialize_with = "lenient::integer")]
    pub week: Option<i64>,
    /// 30 days.
    #[serde(rename = "count_30d", deserialize_with = "lenient::integer")]
    pub month: Option<i64>,
    /// 90 days.
    #[serde(rename = "count_90d", deserialize_with = "lenient::integer")]
    pub quarter: Option<i64>,
}

/// The counts of one organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Value")]
pub struct PartnerStats {
    /// The `eid`; empty where the answer has none.
    pub id: OrganizationId,
    /// The organisation's name.
    pub name: String,
    /// The counts that the answer has.
    pub counts: BTreeMap<StatsMetric, PeriodCounts>,
}

impl From<Value> for PartnerStats {
    fn from(row: Value) -> Self {
        let mut fields = Fields::of(row);
        let id = fields.identity(&["eid"]);
        let name = fields.identity(&["name"]);
        let counts = fields.0.into_iter().filter(|(_, value)| value.is_object());
        let count = |(name, value): (String, Value)| {
            Some((StatsMetric::from(name), serde_json::from_value(value).ok()?))
        };
        Self {
            id,
            name,
            counts: counts.filter_map(count).collect(),
        }
    }
}
