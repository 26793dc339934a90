//! The features of an organisation: a change is planned, reviewed, sent and read back.

use std::collections::BTreeMap;

use gate::{GateError, Operation, Target};
use proofpoint::{DomainName, FeatureSetting, Features};
use serde::{Deserialize, Serialize};

use super::write::{locked, read_back, with_primary};
use crate::{
    Error, Services,
    baseline::{self, changed},
    read_back::ReadBack,
    validation::Validation,
};

/// Begins the name of a feature's field in the form.
const FIELD: &str = "feature_";

/// The most that a number of a form may be: it counts days, and this is a slip of the hand.
const MAX_NUMBER: i64 = 100_000;

/// The form that changes features.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FeaturesForm {
    /// A domain of the organisation.
    pub organization: String,
    /// The [`shown`] values.
    pub baseline: String,
    /// The [`FeaturesChange::fingerprint`] of the change that was reviewed.
    pub reviewed: String,
    /// The fields of the features, see [`field_of`]: `true` of one that is to be on, none of one that is to be off, the
    /// number of one that has a number.
    #[serde(flatten)]
    pub features: BTreeMap<String, String>,
}

/// A change of features, as it would be made now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeaturesChange {
    /// The organisation's primary domain.
    pub organization: DomainName,
    /// The name of each feature, its value now and afterwards.
    pub rows: Vec<(String, FeatureSetting, FeatureSetting)>,
}

impl FeaturesChange {
    /// Identifies the change: a review counts for exactly this one.
    pub fn fingerprint(&self) -> String {
        let organization = self.organization.as_str().to_lowercase();
        let rows = self.rows.iter();
        let rows: Vec<_> = rows
            .map(|(name, from, to)| (name, from.to_string(), to.to_string()))
            .collect();
        baseline::digest(&(organization, rows))
    }
}

/// The outcome of the form.
#[derive(Clone, Debug)]
pub enum FeaturesOutcome {
    /// They were changed.
    Saved(FeaturesChange, ReadBack),
    /// It changes how mail is protected, and is shown first.
    NeedsReview,
}

/// `url_defense` as people write it: "URL defense".
pub fn feature_name(name: &str) -> String {
    let words = name.split('_').enumerate().map(|(at, word)| match word {
        "url" | "dlp" | "smtp" => word.to_uppercase(),
        word if at == 0 => {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
        }
        word => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The name of a feature's field in the form; `None` for one that is shown and not changed: one that is neither on or
/// off nor a number, or has a name that no form can send.
pub fn field_of(name: &str, setting: &FeatureSetting) -> Option<String> {
    let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_';
    let is_offered = !matches!(setting, FeatureSetting::Other(_)) && name.bytes().all(is_plain);
    is_offered.then(|| format!("{FIELD}{name}"))
}

/// The values that the form shows, by the names of the features.
pub fn shown(features: &Features) -> BTreeMap<String, String> {
    let all = features.iter();
    all.map(|(name, setting)| (name.to_owned(), setting.to_string()))
        .collect()
}

/// The features of an organisation.
///
/// # Errors
/// [`Error::NotFound`] where no instance shows it to this account, or Proofpoint's error.
pub async fn read(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
) -> Result<Features, Error> {
    services
        .mail
        .read(operation, organization, |proofpoint| async move {
            proofpoint.features(organization).await
        })
        .await
}

/// What this form would change now.
///
/// # Errors
/// At the fields, or Proofpoint's error.
pub async fn plan(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    form: &FeaturesForm,
) -> Result<FeaturesChange, Error> {
    let now = read(services, operation, organization);
    let (organization, now) = with_primary(services, operation, organization, now).await?;
    Ok(planned(&now, organization, form)?.0)
}

/// The change, and all features after it.
fn planned(
    now: &Features,
    organization: DomainName,
    form: &FeaturesForm,
) -> Result<(FeaturesChange, Features), Error> {
    let before: BTreeMap<String, String> = baseline::decode(&form.baseline)?;
    let mut validation = Validation::default();
    let (mut rows, mut after) = (Vec::new(), now.clone());
    for (name, from) in now.iter() {
        // One that the form did not show stays as it is.
        let (Some(field), Some(before)) = (field_of(name, &from), before.get(name)) else {
            continue;
        };
        let submitted = form.features.get(&field);
        let submitted = match (&from, submitted) {
            (FeatureSetting::Switch(_), submitted) => {
                FeatureSetting::Switch(submitted.is_some_and(|value| value == "true")).to_string()
            }
            (_, Some(number)) => number.trim().to_owned(),
            (_, None) => continue,
        };
        let present = from.to_string();
        if changed(&mut validation, &field, before, &submitted, &present).is_none() {
            continue;
        }
        let to = match &from {
            FeatureSetting::Switch(on) => Some(FeatureSetting::Switch(!on)),
            _ => validation
                .number(&field, &submitted, 0..=MAX_NUMBER)
                .map(FeatureSetting::Number),
        };
        let Some(to) = to else {
            validation.require(!submitted.is_empty(), &field, "Enter a number.");
            continue;
        };
        if let Err(error) = after.set(name, &to) {
            validation.add(&field, format!("This cannot be set: {error}."));
        }
        rows.push((name.to_owned(), from, to));
    }
    validation.finish()?;
    if rows.is_empty() {
        return Err(Error::refused(
            "No changes to save.",
            "The features stay as they are.",
        ));
    }
    Ok((FeaturesChange { organization, rows }, after))
}

/// Changes features (`PUT /orgs/{domain}/features`), after a review.
///
/// # Errors
/// At the fields, a refusal where nothing is changed, or Proofpoint's error.
pub async fn change(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    form: &FeaturesForm,
) -> Result<FeaturesOutcome, Error> {
    let locked = locked(services, operation, organization).await?;
    let organization = &locked.primary;
    let now = read(services, operation, organization).await?;
    let (change, after) = planned(&now, organization.clone(), form)?;
    if form.reviewed != change.fingerprint() {
        return Ok(FeaturesOutcome::NeedsReview);
    }
    let (operation, after) = (
        &operation.on(Target::of("mail_organization", organization)),
        &after,
    );
    let written = services
        .mail
        .perform(operation, organization, |proofpoint| async move {
            proofpoint.update_features(organization, after).await
        })
        .await;
    let rows = change.rows.iter();
    let differing = |now: &Features| {
        let rows = rows
            .clone()
            .filter(|(name, _, to)| now.get(name).as_ref() != Some(to));
        let texts = rows.map(|(name, _, to)| {
            let now = now
                .get(name)
                .map_or_else(|| "nothing".to_owned(), |now| now.to_string());
            format!("{}: {now} and not {to}.", feature_name(name))
        });
        texts.collect::<Vec<_>>()
    };
    let reads = || read(services, operation, organization);
    let read_back = read_back(written, reads, differing).await.map_err(explained)?;
    Ok(FeaturesOutcome::Saved(change, read_back))
}

/// The answer to a write of a feature that the package does not have is the one to an account that may not write.
fn explained(error: Error) -> Error {
    let upstream = error.gate().and_then(GateError::upstream);
    if upstream.and_then(proofpoint::Error::status) != Some(403) {
        return error;
    }
    Error::refused(
        "Proofpoint refuses the change of features.",
        "It answered 403: the package of the organisation does not have one of them, or this account may not change them. \
         The features stay as they are.",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn features() -> Features {
        serde_json::from_value(json!({
            "dlp": "true", "url_defense": "false", "instant_replay": "30", "level": "high", "a[b]": "true",
        }))
        .expect("features")
    }

    /// The form with these fields. It showed `before`, or what there is now.
    fn form(before: &Features, fields: &[(&str, &str)]) -> FeaturesForm {
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        FeaturesForm {
            baseline: baseline::encode(&shown(before)),
            features: fields.collect(),
            ..FeaturesForm::default()
        }
    }

    fn rows(form: &FeaturesForm) -> Result<Vec<String>, String> {
        let organization = DomainName::from("example.com".to_owned());
        let (change, after) = planned(&features(), organization, form).map_err(|error| error.to_string())?;
        for (name, _, to) in &change.rows {
            assert_eq!(after.get(name).as_ref(), Some(to));
        }
        let rows = change.rows.iter();
        Ok(rows
            .map(|(name, from, to)| format!("{name}: {from} to {to}"))
            .collect())
    }

    #[test]
    fn what_the_person_changed_is_changed() {
        let check = |fields: &[(&str, &str)], expected: &[&str]| {
            assert_eq!(
                rows(&form(&features(), fields)).expect("a change"),
                expected,
                "{fields:?}"
            );
        };
        let same = ("feature_dlp", "true");
        check(
            &[same, ("feature_url_defense", "true")],
            &["url_defense: off to on"],
        );
        check(&[], &["dlp: on to off"]);
        check(
            &[same, ("feature_instant_replay", " 14 ")],
            &["instant_replay: 30 to 14"],
        );
        // What cannot be changed is not.
        check(
            &[
                ("feature_level", "low"),
                ("feature_a[b]", ""),
                ("feature_other", "true"),
            ],
            &["dlp: on to off"],
        );
    }

    #[test]
    fn what_cannot_be_is_refused_at_its_field() {
        let check = |fields: &[(&str, &str)], words: &str| {
            let refused = rows(&form(&features(), fields)).expect_err("refused");
            assert!(refused.contains(words), "{refused}");
        };
        let same = ("feature_dlp", "true");
        check(&[same], "No changes");
        check(&[same, ("feature_instant_replay", "")], "Enter a number");
        check(&[same, ("feature_instant_replay", "many")], "whole number");
        check(&[same, ("feature_instant_replay", "-1")], "whole number");
    }

    #[test]
    fn a_change_of_another_person_is_neither_undone_nor_repeated() {
        let mut before = features();
        before
            .set("url_defense", &FeatureSetting::Switch(true))
            .expect("a switch");
        before
            .set("instant_replay", &FeatureSetting::Number(7))
            .expect("a number");
        let untouched = [
            ("feature_dlp", "true"),
            ("feature_url_defense", "true"),
            ("feature_instant_replay", "7"),
        ];
        let refused = rows(&form(&before, &untouched)).expect_err("nothing was changed here");
        assert!(refused.contains("No changes"), "{refused}");
        let both = [
            ("feature_dlp", "true"),
            ("feature_url_defense", "true"),
            ("feature_instant_replay", "9"),
        ];
        let refused = rows(&form(&before, &both)).expect_err("both changed it");
        assert!(refused.contains("changed meanwhile to “30”"), "{refused}");
    }

    #[test]
    fn names_are_read_from_the_words_of_the_api() {
        assert_eq!(feature_name("url_defense"), "URL defense");
        assert_eq!(feature_name("one_click_remediation"), "One click remediation");
        assert_eq!(feature_name(""), "");
    }
}
