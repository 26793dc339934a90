//! [`SamlConfig`]: Keycloak's configuration of a SAML provider, which consists of texts.

use axum::http::Uri;
use serde::{Serialize, Serializer};

/// The keys of the samples in their order, with their values (reference, lines 1780-1856). A key with an empty value is
/// absent until it is set: its value comes from the metadata, or only one of the two samples has it.
const KEYS: [(&str, &str); 35] = [
    ("postBindingLogout", "false"),
    ("singleLogoutServiceUrl", ""),
    ("postBindingResponse", "true"),
    ("backchannelSupported", "false"),
    ("caseSensitiveOriginalUsername", "false"),
    ("encryptionAlgorithm", ""),
    ("xmlSigKeyInfoKeyNameTransformer", "KEY_ID"),
    ("idpEntityId", ""),
    ("useMetadataDescriptorUrl", "false"),
    ("loginHint", "false"),
    ("allowCreate", "true"),
    ("enabledFromMetadata", "true"),
    ("syncMode", "LEGACY"),
    ("authnContextComparisonType", "exact"),
    ("singleSignOnServiceUrl", ""),
    ("wantAuthnRequestsSigned", "true"),
    ("allowedClockSkew", "0"),
    ("guiOrder", ""),
    ("artifactBindingResponse", "false"),
    ("validateSignature", "true"),
    ("signingCertificate", ""),
    (
        "nameIDPolicyFormat",
        "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    ),
    ("entityId", "https://ppc.example.com/mysamlapp/saml/metadata"),
    ("signSpMetadata", "true"),
    ("wantAssertionsEncrypted", "false"),
    ("signatureAlgorithm", "RSA_SHA256"),
    ("sendClientIdOnLogout", "false"),
    ("wantAssertionsSigned", "false"),
    ("metadataDescriptorUrl", ""),
    ("sendIdTokenOnLogout", "true"),
    ("postBindingAuthnRequest", "true"),
    ("forceAuthn", "false"),
    ("attributeConsumingServiceIndex", "0"),
    ("addExtensionsElementWithKeyInfo", "false"),
    ("principalType", "SUBJECT"),
];

/// The values, in the order of [`KEYS`].
#[derive(Clone, Debug)]
pub(crate) struct SamlConfig([String; KEYS.len()]);

impl SamlConfig {
    /// The configuration of a provider with metadata at this address. Instead of fetching the metadata, it derives
    /// their values from the address, by the pattern of the sample.
    pub(crate) fn from_metadata(metadata: &Uri) -> Self {
        let mut config = Self(KEYS.map(|(_, value)| value.to_owned()));
        config.set_metadata(metadata);
        config
    }

    pub(crate) fn set_metadata(&mut self, address: &Uri) {
        let scheme = address.scheme_str().unwrap_or("https");
        let authority = address.authority().map_or("", |authority| authority.as_str());
        let tenant = address.path().split('/').nth(1).unwrap_or_default();
        let base = format!("{scheme}://{authority}/{tenant}")
            .trim_end_matches('/')
            .to_owned();
        self.set("idpEntityId", format!("{base}/"));
        self.set("singleSignOnServiceUrl", format!("{base}/saml2"));
        self.set("singleLogoutServiceUrl", format!("{base}/saml2"));
        self.set("metadataDescriptorUrl", address.to_string());
    }

    /// Sets the value of a key.
    pub(crate) fn set(&mut self, key: &str, value: impl Into<String>) {
        if let Some(index) = KEYS.iter().position(|(known, _)| *known == key) {
            self.0[index] = value.into();
        }
    }
}

impl Serialize for SamlConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let keys = KEYS.iter().map(|(key, _)| key);
        serializer.collect_map(keys.zip(&self.0).filter(|(_, value)| !value.is_empty()))
    }
}
