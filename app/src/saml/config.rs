//! A provider's configuration in readable groups. The keys are Keycloak's (notes section 7), and the
//! reference explains none of them.

use islands::CopyButton;
use leptos::prelude::*;
use protegrity::SamlProvider;
use serde_json::Value;

use super::{certificate::shortened, plain};
use crate::ui::{DescriptionList, Icon};

/// A group of settings: its heading, and the keys with what they mean.
type Group = (&'static str, &'static [(&'static str, &'static str)]);

/// The settings that are known, in the order of the screen.
const GROUPS: &[Group] = &[
    (
        "Identity provider",
        &[
            ("idpEntityId", "Entity ID of the identity provider"),
            ("metadataDescriptorUrl", "Metadata URL"),
            (
                "useMetadataDescriptorUrl",
                "Keep reading keys from the metadata URL",
            ),
            ("enabledFromMetadata", "Enabled in the metadata"),
            ("entityId", "Entity ID of the service provider"),
        ],
    ),
    (
        "Endpoints and bindings",
        &[
            ("singleSignOnServiceUrl", "Single sign-on service URL"),
            ("singleLogoutServiceUrl", "Single logout service URL"),
            ("artifactResolutionServiceUrl", "Artifact resolution service URL"),
            ("backchannelSupported", "Logout over the back channel"),
            ("postBindingAuthnRequest", "Requests by HTTP-POST"),
            ("postBindingResponse", "Responses by HTTP-POST"),
            ("postBindingLogout", "Logout by HTTP-POST"),
            ("artifactBindingResponse", "Responses by artifact"),
        ],
    ),
    (
        "Signatures and encryption",
        &[
            ("validateSignature", "Validate signatures"),
            ("wantAuthnRequestsSigned", "Sign requests"),
            ("wantAssertionsSigned", "Want assertions signed"),
            ("wantAssertionsEncrypted", "Want assertions encrypted"),
            ("signatureAlgorithm", "Signature algorithm"),
            ("encryptionAlgorithm", "Encryption algorithm"),
            ("signingCertificate", "Signing certificate"),
            ("encryptionPublicKey", "Encryption public key"),
            ("signSpMetadata", "Sign the service provider's metadata"),
            ("xmlSigKeyInfoKeyNameTransformer", "Name of the key in signatures"),
            (
                "addExtensionsElementWithKeyInfo",
                "Key information in an extension",
            ),
        ],
    ),
    (
        "NameID and principal",
        &[
            ("nameIDPolicyFormat", "NameID policy format"),
            ("allowCreate", "The identity provider may create an identifier"),
            ("principalType", "Where the principal is read"),
            ("principalAttribute", "Attribute of the principal"),
            ("caseSensitiveOriginalUsername", "Keep the case of the user name"),
        ],
    ),
    (
        "Sign-in behaviour",
        &[
            ("forceAuthn", "Always ask for authentication"),
            ("loginHint", "Pass on who signs in"),
            (
                "authnContextComparisonType",
                "How authentication contexts are compared",
            ),
            ("authnContextClassRefs", "Authentication context classes"),
            ("authnContextDeclRefs", "Authentication context declarations"),
            (
                "attributeConsumingServiceIndex",
                "Attribute consuming service, index",
            ),
            (
                "attributeConsumingServiceName",
                "Attribute consuming service, name",
            ),
            ("allowedClockSkew", "Allowed clock skew, in seconds"),
            ("sendIdTokenOnLogout", "Send the ID token at logout"),
            ("sendClientIdOnLogout", "Send the client ID at logout"),
            ("hideOnLogin", "Hidden on the login page"),
            ("guiOrder", "Place on the login page"),
        ],
    ),
    ("Synchronisation", &[("syncMode", "How users are synchronised")]),
];

/// What a key means, or the key itself where nobody says.
pub(super) fn label(key: &str) -> &str {
    let known = GROUPS.iter().flat_map(|(_, keys)| keys.iter());
    known
        .into_iter()
        .find(|(known, _)| *known == key)
        .map_or(key, |(_, label)| *label)
}

/// Whether the value of this key must not be shown. No documented key is one.
fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    ["secret", "password", "privatekey"]
        .iter()
        .any(|word| key.contains(word))
}

/// The settings that there are, group by group; those that nobody knows come last.
fn groups(provider: &SamlProvider) -> Vec<(&'static str, Vec<(String, Value)>)> {
    let config = &provider.config;
    let of = |keys: &[(&str, &str)]| -> Vec<_> {
        let there = keys.iter().filter_map(|(key, _)| config.get_key_value(*key));
        there.map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    let known = GROUPS.iter().map(|(heading, keys)| (*heading, of(keys)));
    let is_known = |key: &str| {
        GROUPS
            .iter()
            .any(|(_, keys)| keys.iter().any(|(known, _)| *known == key))
    };
    let other = config.iter().filter(|(key, _)| !is_known(key));
    let other = other.map(|(key, value)| (key.clone(), value.clone())).collect();
    known
        .chain([("Other", other)])
        .filter(|(_, rows)| !rows.is_empty())
        .collect()
}

/// The configuration in its groups, and as the cluster gives it.
#[component]
pub(super) fn Configuration(provider: SamlProvider) -> impl IntoView {
    let raw = raw(&provider);
    let groups = groups(&provider).into_iter().map(|(heading, rows)| {
        let rows = rows.into_iter().map(row).collect_view();
        view! {
            <h3>{heading}</h3>
            <DescriptionList>{rows}</DescriptionList>
        }
    });
    view! {
        {groups.collect_view()}
        <details class="raw">
            <summary>"As the cluster gives it (JSON)"</summary>
            <pre tabindex="0" role="region" aria-label="The provider as JSON"><code>{raw}</code></pre>
        </details>
    }
    .into_any()
}

fn row((key, value): (String, Value)) -> impl IntoView {
    let shown = if is_secret(&key) {
        "not shown".into_any()
    } else {
        shown(&value, label(&key))
    };
    view! {
        <div class="detail">
            <dt>{label(&key).to_owned()} " " <code>{key}</code></dt>
            <dd>{shown}</dd>
        </div>
    }
}

/// A value as a person reads it: true and false as Yes and No, a long text by its ends and whole to copy.
fn shown(value: &Value, label: &str) -> AnyView {
    let flag = match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text == "true" => Some(true),
        Value::String(text) if text == "false" => Some(false),
        _ => None,
    };
    if let Some(flag) = flag {
        return if flag { "Yes" } else { "No" }.into_any();
    }
    let text = plain(value);
    match shortened(&text).filter(|_| !text.contains([':', ' '])) {
        Some(short) => view! {
            <span class="copyable">
                <code>{short}</code>
                <CopyButton text=text.clone() label=format!("Copy {label}")><Icon name="copy"/></CopyButton>
            </span>
            <span class="muted">{format!(" {} characters", text.chars().count())}</span>
        }
        .into_any(),
        None if text.is_empty() => view! { <span class="muted">"empty"</span> }.into_any(),
        None => view! { <bdi>{text}</bdi> }.into_any(),
    }
}

/// The provider as JSON, without what must not be shown.
fn raw(provider: &SamlProvider) -> String {
    let mut provider = provider.clone();
    for (key, value) in &mut provider.config {
        if is_secret(key) {
            *value = Value::String("not shown".to_owned());
        }
    }
    serde_json::to_string_pretty(&provider).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn provider(keys: &[&str]) -> SamlProvider {
        let value = || Value::String("x".to_owned());
        SamlProvider {
            config: keys.iter().map(|key| ((*key).to_owned(), value())).collect(),
            ..SamlProvider::default()
        }
    }

    #[test]
    fn no_key_stands_in_two_groups() {
        let keys: Vec<_> = GROUPS
            .iter()
            .flat_map(|(_, keys)| keys.iter().map(|(key, _)| *key))
            .collect();
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
    }

    #[test]
    fn every_setting_is_shown_once_and_the_unknown_ones_last() {
        let provider = provider(&["entityId", "somethingNew", "syncMode"]);
        let shown: Vec<_> = groups(&provider)
            .into_iter()
            .map(|(heading, rows)| (heading, rows.into_iter().map(|(key, _)| key).collect::<Vec<_>>()))
            .collect();
        let expected = [
            ("Identity provider", vec!["entityId".to_owned()]),
            ("Synchronisation", vec!["syncMode".to_owned()]),
            ("Other", vec!["somethingNew".to_owned()]),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn secrets_are_not_in_the_raw_text() {
        let mut provider = provider(&["clientSecret"]);
        provider
            .config
            .insert("clientSecret".to_owned(), Value::String("hush".to_owned()));
        assert!(!raw(&provider).contains("hush"));
    }
}
