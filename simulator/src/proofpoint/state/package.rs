//! The packages, and the features of each.

/// The packages, the smallest first.
pub(in crate::proofpoint) const PACKAGES: &[&str] = &[
    "beginner",
    "business",
    "business_plus",
    "advanced",
    "advanced_plus",
    "professional",
    "professional_plus",
];

/// The feature whose value is a number of days.
pub(in crate::proofpoint) const REPLAY: &str = "instant_replay";

const ALL: &[&str] = PACKAGES;
const BUSINESS: &[&str] = PACKAGES.split_at(1).1;
const ADVANCED: &[&str] = PACKAGES.split_at(3).1;
const PROFESSIONAL: &[&str] = PACKAGES.split_at(5).1;
const PLUS: &[&str] = &["advanced_plus", "professional_plus"];

/// Each feature with the packages that have it. The notes (section 2.6) say it of the defenses, of spoofing, of warning
/// tags and of remediation; the rest is the simulator's.
pub(in crate::proofpoint) const FEATURES: &[(&str, &[&str])] = &[
    ("anti_spoofing", ALL),
    ("attachment_defense", BUSINESS),
    ("attachment_defense_sandboxing", ADVANCED),
    ("automatic_remediation", PLUS),
    ("disclaimers", ALL),
    ("dlp", ADVANCED),
    ("email_archive", PROFESSIONAL),
    ("email_encryption", ADVANCED),
    ("email_warning_tags", PLUS),
    (REPLAY, ALL),
    ("one_click_remediation", ADVANCED),
    ("outbound_relaying", ALL),
    ("smtp_discovery", ALL),
    ("social_media_account_protection", PROFESSIONAL),
    ("url_defense", BUSINESS),
];

pub(in crate::proofpoint) fn has_feature(package: &str, feature: &str) -> bool {
    let found = FEATURES.iter().find(|(name, _)| *name == feature);
    found.is_some_and(|(_, packages)| packages.contains(&package))
}

/// The package as people write it: `Advanced Plus`.
pub(in crate::proofpoint) fn title(package: &str) -> String {
    let words = package.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    words.collect::<Vec<_>>().join(" ")
}
