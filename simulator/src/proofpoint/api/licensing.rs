//! Licences, the package and its features.

use crate::proofpoint::{
    FeatureValues, ProofpointSettings,
    answer::{Reply, done, ok},
    body::Body,
    caller::Caller,
    failure::Failure,
    state::{FEATURES, PACKAGES, REPLAY, Trial, has_feature},
};
use axum::{body::Bytes, extract::Path};
use serde_json::Value;

/// The days that an extension adds to a trial.
const EXTENSION: i64 = 14;

pub(super) async fn read(caller: Caller, Path(domain): Path<String>) -> Reply {
    let access = caller.reads()?;
    let settings = &access.state.settings;
    Ok(ok(
        settings,
        access.organization(&domain)?.licensing_json(settings),
    ))
}

/// Changes the number of licences. The other fields of the answer are read-only, and ignored.
pub(super) async fn update(caller: Caller, Path(domain): Path<String>, body: Bytes) -> Reply {
    let mut access = caller.writes_as_partner()?;
    let organization = access.organization_mut(&domain)?;
    let count = Body::read(&body)?.number("license_count")?;
    let count = count.filter(|count| *count > 0);
    organization.licenses =
        count.ok_or_else(|| Failure::invalid("license_count", "a number above 0 is required"))?;
    Ok(done())
}

/// Changes the package, ends its trial or extends it.
pub(super) async fn set_package(caller: Caller, Path(domain): Path<String>, body: Bytes) -> Reply {
    let mut access = caller.writes_as_partner()?;
    let organization = access.organization_mut(&domain)?;
    let body = Body::read(&body)?;
    let package = body.choice("package", PACKAGES)?;
    let package = package.ok_or_else(|| Failure::invalid("package", "a value is required"))?;
    if body.boolean("is_eula_confirmed")? != Some(true) {
        return Err(Failure::invalid("is_eula_confirmed", "must be true"));
    }
    if package == "beginner" && organization.package != "beginner" {
        return Err(Failure::invalid("package", "is no longer sold"));
    }
    let mut trial = organization.trial;
    if body.boolean("is_trial_extended")? == Some(true) {
        let present = trial.ok_or_else(|| Failure::invalid("is_trial_extended", "there is no trial"))?;
        trial = Some(Trial {
            days: present.days + EXTENSION,
        });
    }
    if body.boolean("is_activated")? == Some(true) {
        trial = None;
    }
    organization.trial = trial;
    if package != organization.package {
        organization.set_package(package);
    }
    Ok(done())
}

pub(super) async fn features(caller: Caller, Path(domain): Path<String>) -> Reply {
    let access = caller.reads()?;
    let settings = &access.state.settings;
    Ok(ok(
        settings,
        access.organization(&domain)?.features_json(settings),
    ))
}

/// Turns features on and off: all of the body or none.
pub(super) async fn set_features(caller: Caller, Path(domain): Path<String>, body: Bytes) -> Reply {
    let mut access = caller.writes()?;
    let settings = access.state.settings.clone();
    let organization = access.organization_mut(&domain)?;
    let body = Body::read(&body)?;
    let (mut features, mut replay) = (organization.features.clone(), organization.replay_days);
    for (name, value) in body.entries() {
        let known = FEATURES.iter().find(|(known, _)| *known == name);
        let (name, _) = known.ok_or_else(|| Failure::invalid(name, "is no feature"))?;
        let invalid = || Failure::invalid(name, "has a value of another type");
        let value = typed(&settings, value).ok_or_else(invalid)?;
        if *name == REPLAY {
            let days = value.as_u64().and_then(|days| u32::try_from(days).ok());
            replay = days.ok_or_else(invalid)?;
        } else if value.as_bool().ok_or_else(invalid)? {
            if !has_feature(organization.package, name) {
                return Err(Failure::forbidden(name));
            }
            features.insert(*name);
        } else {
            features.remove(*name);
        }
    }
    (organization.features, organization.replay_days) = (features, replay);
    Ok(done())
}

/// The value behind the type of the settings.
fn typed(settings: &ProofpointSettings, value: &Value) -> Option<Value> {
    match settings.features {
        FeatureValues::Typed => Some(value.clone()),
        FeatureValues::Text => serde_json::from_str(value.as_str()?).ok(),
    }
}
