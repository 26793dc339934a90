//! SAML providers (reference lines 1860-2205; rows 40-49): creating, changing, switching and deleting them, and their
//! attribute mappers.

pub mod certificate;
pub mod draft;
pub mod labels;
pub mod mappers;

use std::collections::BTreeMap;

use gate::{Operation, OperationError, Permission, Target};
use protegrity::{Alias, SamlDraft, SamlProvider, permissions as known};
use serde_json::Value;

use self::draft::{SamlForm, differences, draft_of};
use crate::{
    Error, Services, baseline,
    characters::nfc,
    read_back::{Compared, is_gone, settle},
    refusal,
    validation::Validation,
};

/// The longest alias, in characters; Keycloak's column holds as many.
pub const MAX_ALIAS_LENGTH: usize = 255;

/// A provider that was written.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Its alias.
    pub alias: Alias,
    /// Its display name, or its alias.
    pub title: String,
    /// The values that differ from those sent; `None` when they could not be read again.
    pub differences: Option<Vec<Compared>>,
}

impl Saved {
    /// The result in a sentence.
    pub fn detail(&self) -> String {
        match &self.differences {
            None => "The result could not be read back from the cluster.".to_owned(),
            Some(rows) if rows.is_empty() => "The cluster has the provider as it was sent.".to_owned(),
            Some(rows) => {
                let names: Vec<_> = rows.iter().map(|row| row.what.as_str()).collect();
                format!(
                    "The cluster has values that differ from those sent: {}.",
                    names.join(", ")
                )
            }
        }
    }
}

/// The target of an action on this provider.
pub fn target(alias: &Alias) -> Target {
    Target::of("saml_provider", alias)
}

/// The providers, `GET /saml/providers`.
///
/// # Errors
/// The missing permission, or the cluster's error.
pub async fn providers(operation: &Operation) -> Result<Vec<SamlProvider>, Error> {
    if operation.lacks(Permission::protegrity(known::SAML_VIEWER)) {
        return Err(Error::refused(
            "You may not list SAML providers.",
            format!("Needs the permission {}.", known::SAML_VIEWER),
        ));
    }
    let providers = operation.read(|cluster| async move { cluster.saml_providers().await });
    Ok(providers.await?)
}

/// Reads one provider. Its alias is the one that was asked for, whatever the answer repeats.
pub async fn load(operation: &Operation, alias: &Alias) -> Result<SamlProvider, OperationError> {
    let provider = operation
        .read(|cluster| async move { cluster.saml_provider(alias).await })
        .await?;
    Ok(SamlProvider {
        alias: alias.clone(),
        ..provider
    })
}

/// Creates a provider, `POST /saml/providers`. The cluster fetches the metadata from their URL.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn create(operation: &Operation, form: &SamlForm) -> Result<Saved, Error> {
    let mut validation = Validation::default();
    let draft = form.draft(None, &mut validation);
    validation.finish()?;
    let operation = operation.on(target(&draft.alias));
    let created = operation
        .perform(|cluster| {
            let draft = draft.clone();
            async move { cluster.create_saml_provider(&draft).await }
        })
        .await;
    settle(created, || is_as_sent(&operation, &draft, None))
        .await
        .map_err(|error| refusal::at_field(error, refusal::SAML))?;
    Ok(saved(&operation, &draft, None).await)
}

/// Changes a provider, `PUT /saml/providers/{alias}`: the fields that the person changed over the present ones.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn update(
    services: &Services,
    operation: &Operation,
    alias: &Alias,
    form: &SamlForm,
) -> Result<Saved, Error> {
    let shown: SamlForm = baseline::decode(&form.baseline)?;
    let _lock = services.locks.lock(("saml_provider", alias.to_string())).await;
    let before = load(operation, alias).await?;
    let mut validation = Validation::default();
    let form = baseline::merged(&mut validation, &shown, form, &SamlForm::of(&before));
    let draft = SamlDraft {
        // The mappers are changed on the provider's page.
        attribute_mapping: BTreeMap::new(),
        ..form.draft(Some(&before), &mut validation)
    };
    validation.finish()?;
    put(operation, &draft, &before).await
}

/// Enables or disables a provider. There is no call for this alone: the whole provider is sent as it is, with this one
/// change.
///
/// # Errors
/// The cluster's error.
pub async fn set_enabled(
    services: &Services,
    operation: &Operation,
    alias: &Alias,
    enabled: bool,
) -> Result<Saved, Error> {
    let _lock = services.locks.lock(("saml_provider", alias.to_string())).await;
    let before = load(operation, alias).await?;
    let draft = SamlDraft {
        enabled,
        ..draft_of(&before)
    };
    put(operation, &draft, &before).await
}

/// Deletes a provider with its mappers, `DELETE /saml/providers/{alias}`. Its alias has to be typed.
///
/// # Errors
/// At the field `typed`, or the cluster's error.
pub async fn delete(operation: &Operation, alias: &Alias, typed: &str) -> Result<(), Error> {
    if nfc(typed.trim()) != nfc(alias.as_str().trim()) {
        return Err(Error::at("typed", format!("Type {alias} to go on.")));
    }
    let deleted = operation
        .perform(|cluster| async move { cluster.delete_saml_provider(alias).await })
        .await;
    settle(deleted, || async {
        let now = load(operation, alias).await;
        is_gone(now).then_some(())
    })
    .await?;
    Ok(())
}

async fn put(operation: &Operation, draft: &SamlDraft, before: &SamlProvider) -> Result<Saved, Error> {
    let written = operation
        .perform(|cluster| async move { cluster.update_saml_provider(draft).await })
        .await;
    settle(written, || is_as_sent(operation, draft, Some(before)))
        .await
        .map_err(|error| refusal::at_field(error, refusal::SAML))?;
    Ok(saved(operation, draft, Some(before)).await)
}

/// Whether the provider has everything that was sent, when it is read again.
async fn is_as_sent(operation: &Operation, draft: &SamlDraft, before: Option<&SamlProvider>) -> Option<()> {
    let now = load(operation, &draft.alias).await.ok()?;
    differences(draft, before, &now)
        .iter()
        .all(Compared::is_same)
        .then_some(())
}

/// Reads a written provider again and compares.
async fn saved(operation: &Operation, draft: &SamlDraft, before: Option<&SamlProvider>) -> Saved {
    let now = load(operation, &draft.alias).await;
    let now =
        now.inspect_err(|error| tracing::warn!(%error, "a written SAML provider could not be read again"));
    let name = Some(draft.display_name.clone()).filter(|name| !name.trim().is_empty());
    Saved {
        alias: draft.alias.clone(),
        title: name.unwrap_or_else(|| draft.alias.to_string()),
        differences: now.ok().map(|now| differences(draft, before, &now)),
    }
}

/// The display name of a provider, or its alias.
pub fn title(provider: &SamlProvider) -> String {
    let name = provider.display_name.clone();
    name.filter(|name| !name.trim().is_empty())
        .unwrap_or_else(|| provider.alias.to_string())
}

/// A value of a config as text: most are texts (row 45), and the rest reads as JSON.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}

/// A value of the provider's config that is not empty.
pub fn setting(provider: &SamlProvider, key: &str) -> Option<String> {
    let value = provider.config.get(key).filter(|value| !value.is_null())?;
    Some(plain(value)).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_detail_names_the_differences() {
        let row = |what: &str| Compared {
            what: what.to_owned(),
            sent: "a".to_owned(),
            now: "b".to_owned(),
        };
        let detail = |differences| {
            let saved = Saved {
                alias: Alias::from("a"),
                title: "A".to_owned(),
                differences,
            };
            saved.detail()
        };
        assert!(detail(Some(vec![row("Enabled"), row("Metadata URL")])).contains(": Enabled, Metadata URL."));
        assert!(detail(Some(Vec::new())).contains("as it was sent"));
        assert!(detail(None).contains("could not be read back"));
    }

    #[test]
    fn settings_are_read_in_any_shape() {
        let config = [
            ("text", Value::String("x".to_owned())),
            ("empty", Value::String(String::new())),
            ("flag", Value::Bool(true)),
            ("none", Value::Null),
            ("object", Value::Object(serde_json::Map::new())),
        ];
        let provider = SamlProvider {
            config: config.map(|(key, value)| (key.to_owned(), value)).into(),
            ..SamlProvider::default()
        };
        assert_eq!(setting(&provider, "text").as_deref(), Some("x"));
        assert_eq!(setting(&provider, "flag").as_deref(), Some("true"));
        assert_eq!(setting(&provider, "object").as_deref(), Some("{}"));
        for absent in ["empty", "none", "unknown"] {
            assert_eq!(setting(&provider, absent), None, "{absent}");
        }
    }
}
