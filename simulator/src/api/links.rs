//! The field `identityProviders` of a user: an array by its description, an object by its sample (reference, lines 986
//! and 1006). Either will do.

use crate::{body::Fields, refusal::Refusal, world::IdentityLink, world::Providers};

const FIELD: &str = "identityProviders";

pub(crate) enum Links {
    /// Who the user is at each.
    Named(Vec<(String, IdentityLink)>),
    /// Only the aliases.
    Aliases(Vec<String>),
}

impl Links {
    pub(crate) fn read(fields: &mut Fields) -> Option<Self> {
        if fields.is_list(FIELD) {
            return fields.names(FIELD).map(Self::Aliases);
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

    /// The links of a user, who at a mere alias has the name that the user has here.
    pub(crate) fn of(self, name: &str) -> Vec<(String, IdentityLink)> {
        match self {
            Self::Named(links) => links,
            Self::Aliases(aliases) => {
                let link = |alias| (alias, IdentityLink::both(name));
                aliases.into_iter().map(link).collect()
            }
        }
    }
}
