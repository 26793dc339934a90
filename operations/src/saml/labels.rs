//! The labels of a provider's settings. The keys are Keycloak's (notes on the reference, section 7), and the reference
//! explains none of them.

/// A group of settings: its heading, and the keys with their labels.
pub type Group = (&'static str, &'static [(&'static str, &'static str)]);

/// The known settings, in the order of the screen.
pub const GROUPS: &[Group] = &[
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

/// The label of a key, or the key itself where it is not known.
pub fn label(key: &str) -> &str {
    let known = GROUPS.iter().flat_map(|(_, keys)| keys.iter());
    known
        .into_iter()
        .find(|(known, _)| *known == key)
        .map_or(key, |(_, label)| *label)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_key_is_in_two_groups() {
        let keys: Vec<_> = GROUPS
            .iter()
            .flat_map(|(_, keys)| keys.iter().map(|(key, _)| *key))
            .collect();
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
    }
}
