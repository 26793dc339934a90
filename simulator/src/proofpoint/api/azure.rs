//! The synchronisation from Azure, and the addresses it leaves alone.

use crate::{
    clock,
    proofpoint::{
        answer::{Reply, done, list, ok},
        body::{self, Body},
        caller::Caller,
        failure::Failure,
        state::{AzureSettings, ROLES, SYNC_FREQUENCIES},
    },
};
use axum::{body::Bytes, extract::Path};
use serde_json::{Value, json};

/// The answer in place of the key.
const HIDDEN: &str = "****";

/// The days until the secret of new settings ends.
const SECRET_DAYS: i64 = 365;

pub(super) async fn read(caller: Caller, Path(domain): Path<String>) -> Reply {
    let access = caller.reads()?;
    let azure = access.organization(&domain)?.azure.as_ref();
    // The document lists this 404, so that it does not depend on the settings.
    let azure = azure.ok_or_else(|| Failure::new(404, "no domain or settings found", &domain))?;
    Ok(ok(&access.state.settings, azure.json()))
}

/// Changes the settings: a field that the body lacks keeps its value. New settings need every field.
pub(super) async fn update(caller: Caller, Path(domain): Path<String>, body: Bytes) -> Reply {
    // The document lists no 422 here.
    change(&caller, &domain, &body).map_err(Failure::into_bad_request)
}

fn change(caller: &Caller, domain: &str, body: &[u8]) -> Reply {
    let mut access = caller.writes()?;
    let organization = access.organization_mut(domain)?;
    let body = Body::read(body)?;
    let old = organization.azure.as_ref();
    let text = |name: &str, old: Option<&String>| match body.text(name)? {
        Some(text) if text.is_empty() => Err(Failure::invalid(name, "a value is required")),
        Some(text) => Ok(text),
        None => old.cloned().ok_or_else(|| missing(name)),
    };
    let key = text("ad_key", old.map(|old| &old.key))?;
    if key == HIDDEN {
        return Err(Failure::invalid(
            "ad_key",
            "is what an answer shows in place of the key",
        ));
    }
    let is_new_key = old.is_none_or(|old| old.key != key);
    let frequency = body
        .number("sync_frequency")?
        .or(old.map(|old| old.sync_frequency));
    let frequency = frequency.ok_or_else(|| missing("sync_frequency"))?;
    if !SYNC_FREQUENCIES.contains(&frequency) {
        return Err(Failure::invalid("sync_frequency", "must be 0, 1, 3, 6, 12 or 24"));
    }
    let role = body.choice("default_user_role_name", ROLES)?;
    let role = role.or(old.map(|old| old.default_role));
    let mut flags = old.map(|old| old.flags).unwrap_or_default();
    for (name, flag) in AzureSettings::FLAGS.into_iter().zip(&mut flags) {
        match body.boolean(name)? {
            Some(value) => *flag = value,
            None if old.is_none() => return Err(missing(name)),
            None => {}
        }
    }
    let azure = AzureSettings {
        primary_domain: text("primary_domain", old.map(|old| &old.primary_domain))?,
        application_id: text("application_id", old.map(|old| &old.application_id))?,
        key,
        secret_expiry: match old {
            Some(old) if !is_new_key => old.secret_expiry.clone(),
            _ => clock::day(SECRET_DAYS, '-'),
        },
        last_successful_sync: old
            .map(|old| old.last_successful_sync.clone())
            .unwrap_or_default(),
        default_role: role.ok_or_else(|| missing("default_user_role_name"))?,
        sync_frequency: frequency,
        flags,
    };
    organization.azure = Some(azure);
    Ok(done())
}

fn missing(field: &str) -> Failure {
    Failure::invalid(field, "a value is required")
}

pub(super) async fn exemptions(caller: Caller, Path(domain): Path<String>) -> Reply {
    let access = caller.reads()?;
    let settings = &access.state.settings;
    let exemptions = access.organization(&domain)?.exemptions.iter();
    let exemptions = exemptions.map(|email| json!({ "email": email })).collect();
    Ok(ok(settings, list(settings, "exemptions", exemptions)))
}

/// Adds one address or a list of them, each a text or `{email}`. `PUT` adds too: that is the newer list of calls. The
/// document has none of them.
pub(super) async fn exempt(caller: Caller, Path(domain): Path<String>, body: Bytes) -> Reply {
    let mut access = caller.writes()?;
    let exemptions = &mut access.organization_mut(&domain)?.exemptions;
    let items = match body::parse(&body)? {
        Value::Array(items) => items,
        item => vec![item],
    };
    let emails = items.iter().map(|item| {
        let email = item.as_str().or_else(|| item.get("email")?.as_str());
        let email = email.filter(|email| email.contains('@'));
        email.ok_or_else(|| Failure::invalid("email", "an address is required"))
    });
    for email in emails.collect::<Result<Vec<_>, _>>()? {
        if !exemptions.iter().any(|known| known.eq_ignore_ascii_case(email)) {
            exemptions.push(email.to_owned());
        }
    }
    Ok(done())
}

/// Removes every exemption.
pub(super) async fn clear_exemptions(caller: Caller, Path(domain): Path<String>) -> Reply {
    let mut access = caller.writes()?;
    access.organization_mut(&domain)?.exemptions.clear();
    Ok(done())
}

pub(super) async fn remove_exemption(caller: Caller, Path((domain, user)): Path<(String, String)>) -> Reply {
    let mut access = caller.writes()?;
    let unknown = access.unknown(&user);
    let exemptions = &mut access.organization_mut(&domain)?.exemptions;
    let position = exemptions
        .iter()
        .position(|email| email.eq_ignore_ascii_case(&user));
    exemptions.remove(position.ok_or(unknown)?);
    Ok(done())
}
