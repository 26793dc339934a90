//! The federation with Microsoft Entra ID: its configuration, searching it, and importing users and groups from it.

mod availability;
mod import;
mod matching;
mod report;
mod request;
mod search;
mod selection;

use gate::{Operation, Target};
use protegrity::{EntraConfig, EntraSettings, EntraTest, EntraTrial};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use self::import::EntraRun;
pub use self::{
    availability::{EntraError, Unavailable, check_available},
    import::{dry_run, request_of},
    matching::{ExistingMatches, Match},
    report::{DryRun, FailedPortion, Failure, Outcome, Report, ReportRow},
    request::{Counts, ImportForm, ImportRequest, MAX_CANDIDATES},
    search::{Found, GroupMembers, Page, Query, find, group, normalize, search},
    selection::{Candidate, ObjectKind, read_all},
};
use crate::{
    Error, Services,
    baseline::{self, changed},
    read_back::{ReadBack, settle},
    refusal,
    validation::Validation,
};

/// The longest client id, in characters. Entra ID's are UUIDs; the reference's sample is not quite one (line 2478), so
/// no shape is required.
pub const MAX_CLIENT_ID_LENGTH: usize = 128;

/// The longest client secret, in characters. Entra ID's have 40.
pub const MAX_SECRET_LENGTH: usize = 512;

/// The form of the configuration. The client secret travels beside it and is never part of a baseline.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ConfigForm {
    /// The tenant.
    pub tenant_id: String,
    /// The application in the tenant.
    pub client_id: String,
    /// `true` when the box is ticked.
    pub enabled: String,
    /// The [`Shown`] values, encoded; `null` where there was no configuration.
    pub baseline: String,
}

/// The values that the form showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The tenant.
    pub tenant_id: String,
    /// The application.
    pub client_id: String,
    /// Whether the configuration is in use.
    pub enabled: bool,
}

impl Default for Shown {
    fn default() -> Self {
        Self::of(&EntraConfig::default())
    }
}

impl Shown {
    /// The values of this configuration; it is in use unless the cluster says otherwise.
    pub fn of(config: &EntraConfig) -> Self {
        Self {
            tenant_id: config.tenant_id.clone().unwrap_or_default(),
            client_id: config.client_id.clone().unwrap_or_default(),
            enabled: config.enabled.unwrap_or(true),
        }
    }
}

/// A configuration that was stored.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Whether it is in use.
    pub enabled: bool,
    /// The configuration now beside what was sent.
    pub read_back: ReadBack,
}

/// The configuration, if there is one (`GET /federation/entra/config`; notes, row 63).
///
/// # Errors
/// The cluster's error.
pub async fn config(operation: &Operation) -> Result<Option<EntraConfig>, Error> {
    let config = operation.read(|cluster| async move { cluster.entra_config().await });
    Ok(config.await?)
}

/// Stores the configuration (`POST` or `PUT /federation/entra/config`). The cluster takes it only whole and with the
/// secret (notes, row 55), so what the person did not change is sent as it is now.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn save(
    services: &Services,
    operation: &Operation,
    form: &ConfigForm,
    secret: SecretString,
) -> Result<Saved, Error> {
    let settings = settings(form, secret)?;
    let shown: Option<Shown> = baseline::decode(&form.baseline)?;
    let _lock = services.locks.lock(("entra", String::new())).await;
    let before = config(operation).await?;
    let settings = merged(settings, shown, before.as_ref())?;
    let written = operation
        .on(target(&settings.tenant_id))
        .perform(|cluster| {
            let (settings, is_new) = (settings.clone(), before.is_none());
            async move {
                if is_new {
                    cluster.create_entra_config(&settings).await
                } else {
                    cluster.update_entra_config(&settings).await
                }
            }
        })
        .await;
    settle(written, || async {
        let now = config(operation).await.ok()?;
        // Whether the secret is the one that was sent cannot be seen: an existing configuration stays unsettled.
        let is_settled = before.is_none() && compared(&settings, now.as_ref()) == ReadBack::AsSent;
        is_settled.then_some(())
    })
    .await
    .map_err(|error| refusal::at_field(error, refusal::ENTRA))?;
    Ok(Saved {
        enabled: settings.enabled,
        read_back: match config(operation).await {
            Ok(now) => compared(&settings, now.as_ref()),
            Err(error) => {
                tracing::warn!(%error, "the Entra ID configuration could not be read back");
                ReadBack::Unread
            }
        },
    })
}

/// Tests the values of the form without storing them (`POST /federation/entra/config/test`).
///
/// # Errors
/// At the fields, or the cluster's error. A test that was made and failed is no error.
pub async fn test_form(
    operation: &Operation,
    form: &ConfigForm,
    secret: SecretString,
) -> Result<EntraTest, Error> {
    let settings = settings(form, secret)?;
    let operation = operation.on(target(&settings.tenant_id));
    let trial = EntraTrial::Given {
        tenant_id: settings.tenant_id,
        client_id: settings.client_id,
        client_secret: settings.client_secret,
    };
    test(&operation, &trial).await
}

/// Tests the stored configuration.
///
/// # Errors
/// The cluster's error. A test that was made and failed is no error.
pub async fn test_stored(operation: &Operation) -> Result<EntraTest, Error> {
    test(operation, &EntraTrial::Stored).await
}

async fn test(operation: &Operation, trial: &EntraTrial) -> Result<EntraTest, Error> {
    let tested = operation.perform(|cluster| {
        let trial = trial.clone();
        async move { cluster.test_entra_config(&trial).await }
    });
    Ok(tested.await?)
}

/// Deletes the configuration (`DELETE /federation/entra/config`). Imported users and groups stay.
///
/// # Errors
/// The cluster's error.
pub async fn delete(services: &Services, operation: &Operation) -> Result<(), Error> {
    let _lock = services.locks.lock(("entra", String::new())).await;
    let deleted = operation
        .perform(|cluster| async move { cluster.delete_entra_config().await })
        .await;
    settle(deleted, || async {
        let now = config(operation).await.ok()?;
        now.is_none().then_some(())
    })
    .await?;
    Ok(())
}

fn target(tenant_id: &str) -> Target {
    Target::of("Entra ID tenant", tenant_id)
}

/// Reads the form.
fn settings(form: &ConfigForm, secret: SecretString) -> Result<EntraSettings, Error> {
    let mut validation = Validation::default();
    let tenant_id = validation.required_line("tenant_id", &form.tenant_id, 200);
    validation.require(
        tenant_id.is_empty() || is_uuid(&tenant_id),
        "tenant_id",
        "This is no tenant id: it must look like 12345678-1234-1234-1234-123456789012.",
    );
    let client_id = validation.required_line("client_id", &form.client_id, MAX_CLIENT_ID_LENGTH);
    if let Some(problem) = secret_problem(secret.expose_secret()) {
        validation.add("client_secret", problem);
    }
    validation.finish()?;
    Ok(EntraSettings {
        tenant_id,
        client_id,
        client_secret: secret,
        enabled: form.enabled == "true",
    })
}

/// The problem with a secret, without quoting it.
fn secret_problem(secret: &str) -> Option<&'static str> {
    if secret.trim().is_empty() {
        // Notes, row 55.
        Some(
            "Type the client secret, also when it stays the same: the cluster does not return the stored one.",
        )
    } else if secret.chars().count() > MAX_SECRET_LENGTH {
        Some("This is longer than 512 characters.")
    } else if secret.chars().any(|c| c.is_control() || c.is_whitespace()) {
        Some("This holds a space or a line break, which no client secret does.")
    } else {
        None
    }
}

/// Hyphenated, which only a UUID of 36 characters can be.
fn is_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

/// What the person changed, over what is there now.
fn merged(
    submitted: EntraSettings,
    shown: Option<Shown>,
    now: Option<&EntraConfig>,
) -> Result<EntraSettings, Error> {
    let Some(now) = now.map(Shown::of) else {
        return match shown {
            None => Ok(submitted),
            Some(_) => Err(Error::refused(
                "The Entra ID configuration was deleted meanwhile.",
                "Reload the page to configure it again.",
            )),
        };
    };
    let shown = shown.unwrap_or_default();
    let mut validation = Validation::default();
    let mut value = |field, shown: &str, submitted: &str, now: &str| {
        let changed = changed(&mut validation, field, shown, submitted, now);
        changed.unwrap_or(now).to_owned()
    };
    let state = |enabled| if enabled { "enabled" } else { "not enabled" };
    let tenant_id = value(
        "tenant_id",
        &shown.tenant_id,
        &submitted.tenant_id,
        &now.tenant_id,
    );
    let client_id = value(
        "client_id",
        &shown.client_id,
        &submitted.client_id,
        &now.client_id,
    );
    let enabled = value(
        "enabled",
        state(shown.enabled),
        state(submitted.enabled),
        state(now.enabled),
    );
    validation.finish()?;
    Ok(EntraSettings {
        tenant_id,
        client_id,
        client_secret: submitted.client_secret,
        enabled: enabled == state(true),
    })
}

fn compared(sent: &EntraSettings, now: Option<&EntraConfig>) -> ReadBack {
    let Some(now) = now else {
        return ReadBack::Differs("The cluster has no configuration now.".to_owned());
    };
    let differs = |what: &str, sent: &str, now: Option<&str>| {
        let now = now.filter(|now| !now.eq_ignore_ascii_case(sent))?;
        Some(format!("The cluster stored another {what}: {now}."))
    };
    let state_differs = now.enabled.is_some_and(|enabled| enabled != sent.enabled);
    ReadBack::of([
        differs("tenant ID", &sent.tenant_id, now.tenant_id.as_deref()),
        differs("client ID", &sent.client_id, now.client_id.as_deref()),
        state_differs.then(|| "The cluster did not take whether it is enabled.".to_owned()),
    ])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TENANT: &str = "5b1c8e7a-0d3f-4c55-9a6e-3f2b7d90c1e4";

    fn form(tenant_id: &str, client_id: &str, enabled: bool) -> ConfigForm {
        ConfigForm {
            tenant_id: tenant_id.to_owned(),
            client_id: client_id.to_owned(),
            enabled: enabled.to_string(),
            baseline: String::new(),
        }
    }

    fn problems(error: Error) -> Vec<String> {
        match error {
            Error::Invalid(fields) => fields.into_iter().map(|field| field.field).collect(),
            _ => Vec::new(),
        }
    }

    fn fields(tenant_id: &str, client_id: &str, secret: &str) -> Vec<String> {
        let read = settings(&form(tenant_id, client_id, true), SecretString::from(secret));
        read.err().map(problems).unwrap_or_default()
    }

    #[test]
    fn all_problems_are_reported_at_once_and_the_secret_is_always_required() {
        assert!(fields(TENANT, "an-app", "s3cret").is_empty());
        assert_eq!(fields("", "", ""), ["tenant_id", "client_id", "client_secret"]);
        assert_eq!(fields("contoso", "an-app", "s3cret"), ["tenant_id"]);
        assert_eq!(
            fields(TENANT, &"x".repeat(129), "  "),
            ["client_id", "client_secret"]
        );
        assert_eq!(fields(TENANT, "an-app", "s3 cret"), ["client_secret"]);
        assert_eq!(fields(TENANT, "an-app", &"s".repeat(513)), ["client_secret"]);
    }

    #[test]
    fn a_problem_never_repeats_the_secret() {
        let error =
            settings(&form("no", "", true), SecretString::from("Hush Hush")).expect_err("all is wrong");
        assert!(!format!("{error:?}").contains("Hush"), "{error:?}");
    }

    #[test]
    fn a_change_of_another_person_stays() {
        let config = |client_id: &str, enabled| EntraConfig {
            tenant_id: Some(TENANT.to_owned()),
            client_id: Some(client_id.to_owned()),
            enabled: Some(enabled),
            ..EntraConfig::default()
        };
        let merge = |client_id, enabled, now: Option<&EntraConfig>| {
            let submitted =
                settings(&form(TENANT, client_id, enabled), SecretString::from("s")).expect("valid");
            merged(submitted, Some(Shown::of(&config("a", true))), now)
                .map(|settings| (settings.client_id, settings.enabled))
        };
        let now = config("b", false);
        assert_eq!(merge("a", true, Some(&now)).ok(), Some(("b".to_owned(), false)));
        let both = merge("c", true, Some(&now)).expect_err("both changed it");
        assert_eq!(problems(both), ["client_id"]);
        let now = config("a", true);
        assert_eq!(merge("c", false, Some(&now)).ok(), Some(("c".to_owned(), false)));
        assert!(merge("a", true, None).is_err(), "it was deleted meanwhile");
    }

    #[test]
    fn what_the_cluster_stored_otherwise_is_reported() {
        let sent = settings(&form(TENANT, "an-app", true), SecretString::from("s")).expect("valid");
        let now = |client_id: Option<&str>, enabled| EntraConfig {
            tenant_id: Some(TENANT.to_uppercase()),
            client_id: client_id.map(str::to_owned),
            enabled: Some(enabled),
            ..EntraConfig::default()
        };
        assert_eq!(compared(&sent, Some(&now(None, true))), ReadBack::AsSent);
        assert!(
            compared(&sent, Some(&now(Some("other"), true)))
                .detail()
                .is_some()
        );
        assert!(
            compared(&sent, Some(&now(Some("an-app"), false)))
                .detail()
                .is_some()
        );
        assert!(compared(&sent, None).detail().is_some());
    }

    proptest! {
        #[test]
        fn a_uuid_is_accepted_in_either_case(text in "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}") {
            prop_assert!(is_uuid(&text));
            prop_assert!(!is_uuid(&text[1..]));
            let longer = format!("{text}-");
            prop_assert!(!is_uuid(&longer));
            prop_assert!(!is_uuid(&text.replace('-', "")));
        }
    }
}
