//! [`Links`]: the field `identityProviders` of a user, which is an array in the description and an object in the sample
//! (reference, lines 986 and 1006). The simulator accepts both.

use crate::{
    body::Fields,
    refusal::Refusal,
    state::{IdentityLink, Providers},
};

const FIELD: &str = "identityProviders";

pub(crate) enum Links {
    /// The aliases with the user's identity at each.
    Named(Vec<(String, IdentityLink)>),
    /// The aliases alone.
    Aliases(Vec<String>),
}

impl Links {
    pub(crate) fn read(fields: &mut Fields) -> Option<Self> {
        if fields.is_list(FIELD) {
            return fields.texts(FIELD).map(Self::Aliases);
        }
        let link = |fields: &mut Fields| IdentityLink {
            user_id: fields.required("userId"),
            user_name: fields.required("userName"),
        };
        fields.entries(FIELD, link).map(Self::Named)
    }

    pub(crate) fn check(&self, providers: &Providers) -> Result<(), Refusal> {
        match self {
            Self::Named(links) => providers.check(links.iter().map(|(alias, _)| alias)),
            Self::Aliases(aliases) => providers.check(aliases),
        }
    }

    /// The links of a user. An alias without an identity gets this name.
    pub(crate) fn into_links(self, name: &str) -> Vec<(String, IdentityLink)> {
        match self {
            Self::Named(links) => links,
            Self::Aliases(aliases) => {
                let link = |alias| (alias, IdentityLink::with_name(name));
                aliases.into_iter().map(link).collect()
            }
        }
    }
}
