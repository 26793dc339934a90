//! How much mail an organisation had, by what was done with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use upstream::{
    lenient::{self, Fields},
    word_type,
};

/// What a count's name ends in; without it, the name is that of the counts over time.
const TOTAL: &str = "_total";

/// How far back a report goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReportPeriod {
    /// The last day.
    Day,
    /// The last 7 days.
    Week,
    /// The last 30 days.
    Month,
}

impl ReportPeriod {
    /// Every period.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// As it is sent: `7d`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "1d",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }
}

/// Which way the mail went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the organisation.
    Inbound,
    /// From the organisation.
    Outbound,
}

impl Direction {
    /// As it is sent: `inbound`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }
}

word_type! {
    /// What was done with mail.
    MailCategory {
        /// It was delivered.
        Clean = "clean",
        /// It was taken for spam.
        Spam = "spam",
        /// It had a virus.
        Virus = "virus",
        /// It was taken for fraud.
        Fraud = "fraud",
        /// Its attachment was examined.
        AttachmentDefended = "attachment_defended",
        /// It was kept out for its images.
        ImageBlocked = "image_blocked",
        /// A list let it in.
        SafeList = "safelist",
        /// A list kept it out.
        BlockList = "blocklist",
    }
}

/// How much mail there was of one category.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailCount {
    /// In the whole period; `None` where the answer does not say.
    pub total: Option<i64>,
    /// By the beginning of each part of the period, in seconds since 1970 in UTC.
    pub over_time: BTreeMap<i64, i64>,
}

/// How much mail there was in one direction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailCounts(BTreeMap<MailCategory, MailCount>);

impl MailCounts {
    /// The counts of one category; none where the answer does not have it.
    pub fn get(&self, category: &MailCategory) -> Option<&MailCount> {
        self.0.get(category)
    }

    /// Every category that the answer has.
    pub fn iter(&self) -> impl Iterator<Item = (&MailCategory, &MailCount)> {
        self.0.iter()
    }
}

/// A report of one period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Report {
    /// As the system wrote it: `7d`.
    #[serde(deserialize_with = "lenient::text")]
    pub period: Option<String>,
    /// How long the parts of the period are: `1h` or `24hr`.
    #[serde(deserialize_with = "lenient::text")]
    pub frequency: Option<String>,
    /// `None` where the answer does not have it.
    pub inbound: Option<MailCounts>,
    /// `None` where the answer does not have it.
    pub outbound: Option<MailCounts>,
}

impl<'de> Deserialize<'de> for MailCounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::of(Value::deserialize(deserializer)?);
        let names: Vec<String> = fields
            .0
            .keys()
            .filter_map(|key| key.strip_suffix(TOTAL).map(str::to_owned))
            .collect();
        let mut counts = BTreeMap::new();
        // The older name of a list comes beside the current one, which counts.
        let (old, current): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| current_name(name) != name);
        for name in current.into_iter().chain(old) {
            let count = MailCount {
                total: fields.integer(&format!("{name}{TOTAL}")),
                over_time: over_time(&fields.object(&name)),
            };
            counts
                .entry(MailCategory::from(current_name(&name)))
                .or_insert(count);
        }
        Ok(Self(counts))
    }
}

fn current_name(name: &str) -> &str {
    match name {
        "whitelist" => "safelist",
        "blacklist" => "blocklist",
        name => name,
    }
}

fn over_time(counts: &BTreeMap<String, Value>) -> BTreeMap<i64, i64> {
    let count = |(time, count): (&String, &Value)| Some((time.parse().ok()?, lenient::as_integer(count)?));
    counts.iter().filter_map(count).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn counts_are_read_by_category() {
        let report: Report = serde_json::from_value(json!({
            "period": "7d", "frequency": "1h", "outbound": null,
            "inbound": {
                "clean_total": "12", "clean": {"1523006097": 5, "1523006098": "7", "soon": 1},
                "spam_total": 3, "spam": [],
                "blacklist_total": 9, "blacklist": {"1": 9}, "blocklist_total": 8, "blocklist": {"1": 8},
                "whitelist_total": 4, "bec_total": 1,
            },
        }))
        .expect("always read");
        assert_eq!((report.period.as_deref(), report.outbound), (Some("7d"), None));
        let counts = report.inbound.expect("inbound");
        let check = |category: MailCategory, total, over_time: &[(i64, i64)]| {
            let count = counts.get(&category).expect("a count");
            assert_eq!(
                (count.total, count.over_time.clone()),
                (Some(total), over_time.iter().copied().collect())
            );
        };
        check(MailCategory::Clean, 12, &[(1_523_006_097, 5), (1_523_006_098, 7)]);
        check(MailCategory::Spam, 3, &[]);
        check(MailCategory::BlockList, 8, &[(1, 8)]);
        check(MailCategory::SafeList, 4, &[]);
        check(MailCategory::Other("bec".to_owned()), 1, &[]);
        assert_eq!(counts.iter().count(), 5);
    }
}
