//! The seeded SAML providers, like the reference's two samples (lines 1774-1858), with their mappers and linked users.

use crate::{
    prng::Prng,
    state::{ClusterState, IdentityLink, NewMapper, Provider, Providers, SamlConfig},
};
use axum::http::Uri;

/// Alias, display name, whether it is enabled, address of the metadata, and config values besides the defaults.
type Template = (
    &'static str,
    &'static str,
    bool,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// A self-signed certificate for `sso.example.com`, valid from 2024 to 2049. Its private key was thrown away.
const CERTIFICATE: &str = concat!(
    "MIIBRjCB7KADAgECAgIqATAKBggqhkjOPQQDAjAsMRgwFgYDVQQDDA9zc28uZXhhbXBsZS5jb20xEDAOBgNVBAoMB0V4YW1wbGUw",
    "HhcNMjQwMTAxMDAwMDAwWhcNNDkwMTAxMDAwMDAwWjAsMRgwFgYDVQQDDA9zc28uZXhhbXBsZS5jb20xEDAOBgNVBAoMB0V4YW1w",
    "bGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARRauKuRlMOgNcunZr9k4FjCvc+9PKO+/nIN216vypZD/5Z+C2quUt9VYkDXVA2",
    "IMXb2F0NqUnWgDZuSWnqClABMAoGCCqGSM49BAMCA0kAMEYCIQDIv+V76SZ78ixldVWW/fjpnZK+pibNb40DynNcg0z8xwIhAJdq",
    "MvN5TK9g9LGqgXhrumb+9P3cEt2qp1ugY6B9b7Ns",
);

const PROVIDERS: &[Template] = &[
    (
        "AWS-IDP",
        "Example SAML SSO (AWS)",
        true,
        "https://sso.example.com/d-9067example/federationmetadata/2007-06/federationmetadata.xml",
        &[("guiOrder", "0"), ("signingCertificate", CERTIFICATE)],
    ),
    (
        "AZURE-IDP",
        "Example SAML SSO  (Azure AD IDP)",
        false,
        "https://login.example.com/0f0f0f0f-aaaa-4bbb-8ccc-0123456789ab/federationmetadata/2007-06/federationmetadata.xml?appid=3c3c3c3c-dddd-4eee-8fff-ba9876543210",
        &[("encryptionAlgorithm", "RSA-OAEP")],
    ),
];

/// Provider, SAML attribute, user attribute.
const MAPPERS: &[(&str, &str, &str)] = &[
    (
        "AWS-IDP",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        "email",
    ),
    (
        "AWS-IDP",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
        "lastName",
    ),
];

const LINKS: &[(&str, &str)] = &[
    ("alpha", "AWS-IDP"),
    ("layla.haddad", "AWS-IDP"),
    ("c.okafor", "AZURE-IDP"),
];

pub(crate) fn providers() -> Providers {
    let mut providers = Providers::default();
    for (alias, name, enabled, metadata, more) in PROVIDERS {
        let mut config = SamlConfig::from_metadata(&Uri::from_static(metadata));
        for (key, value) in *more {
            config.set(key, *value);
        }
        let (alias, name) = ((*alias).to_owned(), (*name).to_owned());
        providers.insert(Provider::new(alias, name, *enabled, config));
    }
    providers
}

/// Adds the providers' mappers and the users' links.
pub(super) fn add_mappers_and_links(state: &mut ClusterState, prng: &mut Prng) {
    for (alias, saml, user) in MAPPERS {
        let mapper = NewMapper::attribute((*saml).to_owned(), (*user).to_owned());
        if let Ok(provider) = state.providers.get_mut(alias) {
            provider.mappers.push(mapper.into_mapper(alias, prng.uuid()));
        }
    }
    for (username, alias) in LINKS {
        if let Some(user) = state.directory.id_by_name(username) {
            let identity = IdentityLink::with_name(&format!("{username}@example.com"));
            state
                .providers
                .set_links(user, vec![((*alias).to_owned(), identity)]);
        }
    }
}
