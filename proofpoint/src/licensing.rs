//! Licences and the package of an organisation (notes section 2.4).

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use upstream::{lenient, put, word_type};

word_type! {
    /// What an organisation has bought. Each has one.
    Package {
        /// No longer sold.
        Beginner = "beginner",
        /// Business.
        Business = "business",
        /// Business with more.
        BusinessPlus = "business_plus",
        /// Advanced.
        Advanced = "advanced",
        /// Advanced with more.
        AdvancedPlus = "advanced_plus",
        /// Professional.
        Professional = "professional",
        /// Professional with more.
        ProfessionalPlus = "professional_plus",
    }
}

/// A package, as the document lists it (`advanced_plus`) or as people write it (`Advanced Plus`), which answers have
/// too.
pub(crate) fn package<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Package>, D::Error> {
    let word: Option<String> = lenient::word(deserializer)?;
    Ok(
        word.map(|word| match Package::from(word.trim().replace([' ', '-'], "_")) {
            Package::Other(_) => Package::Other(word),
            package => package,
        }),
    )
}

/// The licences of an organisation. How many are used is not among them: that is the organisation's `active_users`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Licensing {
    /// How many users are licensed.
    #[serde(rename = "license_count", deserialize_with = "lenient::integer")]
    pub licenses: Option<i64>,
    /// The package.
    #[serde(deserialize_with = "package")]
    pub package: Option<Package>,
    /// Whether the package is on trial.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_on_trial: Option<bool>,
    /// Whether it is the old package with an extra.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_beginner_plus: Option<bool>,
}

/// Another package for an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageUpdate {
    /// The package.
    pub package: Package,
    /// That the licence agreement was accepted.
    pub is_eula_confirmed: bool,
    /// Ends the trial by buying the package. Sent only when set.
    pub is_activated: bool,
    /// Extends the trial. Sent only when set.
    pub is_trial_extended: bool,
}

impl PackageUpdate {
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({"package": self.package, "is_eula_confirmed": self.is_eula_confirmed});
        put(&mut body, "is_activated", self.is_activated.then_some(true));
        put(
            &mut body,
            "is_trial_extended",
            self.is_trial_extended.then_some(true),
        );
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_known_however_it_is_written() {
        let check = |text: &str, expected: Package| {
            let read: Licensing = serde_json::from_value(json!({"package": text})).expect("always read");
            assert_eq!(read.package, Some(expected), "{text}");
        };
        check("advanced_plus", Package::AdvancedPlus);
        check("Advanced Plus", Package::AdvancedPlus);
        check(" Professional", Package::Professional);
        check("Ultimate Plus", Package::Other("Ultimate Plus".to_owned()));
    }
}
