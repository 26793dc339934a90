//! The SAML providers at the start, in the shape of the reference's two (lines 1774-1858), and who is linked to them.

use crate::{
    prng::Prng,
    world::{IdentityLink, NewMapper, Provider, Providers, SamlConfig, World},
};
use axum::http::Uri;

/// Alias, shown name, whether enabled, where the metadata lie, and what the config has beside the usual.
type Template = (
    &'static str,
    &'static str,
    bool,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const PROVIDERS: &[Template] = &[
    (
        "AWS-IDP",
        "Example SAML SSO (AWS)",
        true,
        "https://sso.example.com/d-9067example/federationmetadata/2007-06/federationmetadata.xml",
        &[
            ("guiOrder", "0"),
            (
                "signingCertificate",
                "MIIBexampleNotACertificateAtAllJustTextToShow",
            ),
        ],
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
        let mut config = SamlConfig::of(&Uri::from_static(metadata));
        for (key, value) in *more {
            config.set(key, *value);
        }
        let (alias, name) = ((*alias).to_owned(), (*name).to_owned());
        providers.insert(Provider::new(alias, name, *enabled, config));
    }
    providers
}

/// Gives the providers their mappers and their users.
pub(super) fn link(world: &mut World, prng: &mut Prng) {
    for (alias, saml, user) in MAPPERS {
        let mapper = NewMapper::attribute((*saml).to_owned(), (*user).to_owned());
        if let Ok(provider) = world.providers.get_mut(alias) {
            provider.mappers.push(mapper.of_provider(alias, prng.uuid()));
        }
    }
    for (username, alias) in LINKS {
        if let Some(user) = world.directory.id_of(username) {
            let identity = IdentityLink::both(&format!("{username}@example.com"));
            world
                .providers
                .set_links(user, vec![((*alias).to_owned(), identity)]);
        }
    }
}
