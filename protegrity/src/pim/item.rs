//! The address of one object. The reference has no call for one; only those that a cluster's own specification lists
//! are made (notes section 3).

use http::Method;
use serde::{Deserialize, Serialize};
use upstream::{Endpoint, Error, encode_segment};

use super::{
    AlphabetUid, ApplicationUid, DataElementUid, DataStoreUid, ExportKeyUid, MaskUid, MemberUid, PolicyUid,
    RoleUid, RuleUid, SourceUid,
};

/// One object of policy management, by the uids in its address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    Role(RoleUid),
    Member(RoleUid, MemberUid),
    DataElement(DataElementUid),
    Policy(PolicyUid),
    Rule(PolicyUid, RuleUid),
    DataStore(DataStoreUid),
    ExportKey(DataStoreUid, ExportKeyUid),
    Application(ApplicationUid),
    Mask(MaskUid),
    Alphabet(AlphabetUid),
    Source(SourceUid),
}

/// What kind of object an [`Item`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    Role,
    Member,
    DataElement,
    Policy,
    Rule,
    DataStore,
    ExportKey,
    Application,
    Mask,
    Alphabet,
    Source,
}

/// The two calls for one object that a specification may list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemCall {
    /// `PUT`.
    Update,
    /// `DELETE`.
    Delete,
}

impl ItemCall {
    pub const fn method(self) -> Method {
        match self {
            Self::Update => Method::PUT,
            Self::Delete => Method::DELETE,
        }
    }
}

/// The template of an address, and the names of its two calls.
macro_rules! address {
    ($template:literal) => {
        Address {
            template: $template,
            update: concat!("PUT /pim", $template),
            delete: concat!("DELETE /pim", $template),
        }
    };
}

struct Address {
    template: &'static str,
    update: &'static str,
    delete: &'static str,
}

impl ItemKind {
    pub const ALL: [Self; 11] = [
        Self::Role,
        Self::Member,
        Self::DataElement,
        Self::Policy,
        Self::Rule,
        Self::DataStore,
        Self::ExportKey,
        Self::Application,
        Self::Mask,
        Self::Alphabet,
        Self::Source,
    ];

    const fn address(self) -> Address {
        match self {
            Self::Role => address!("/roles/{uid}"),
            Self::Member => address!("/roles/{uid}/members/{uid}"),
            Self::DataElement => address!("/dataelements/{uid}"),
            Self::Policy => address!("/policies/{uid}"),
            Self::Rule => address!("/policies/{uid}/rules/{uid}"),
            Self::DataStore => address!("/datastores/{uid}"),
            Self::ExportKey => address!("/datastores/{uid}/export/keys/{uid}"),
            Self::Application => address!("/applications/{uid}"),
            Self::Mask => address!("/masks/{uid}"),
            Self::Alphabet => address!("/alphabets/{uid}"),
            Self::Source => address!("/sources/{uid}"),
        }
    }

    /// The address below the API's, with placeholders: `/roles/{uid}`.
    pub const fn template(self) -> &'static str {
        self.address().template
    }

    pub(crate) const fn endpoint_name(self, call: ItemCall) -> &'static str {
        match call {
            ItemCall::Update => self.address().update,
            ItemCall::Delete => self.address().delete,
        }
    }
}

impl Item {
    pub const fn kind(&self) -> ItemKind {
        match self {
            Self::Role(_) => ItemKind::Role,
            Self::Member(..) => ItemKind::Member,
            Self::DataElement(_) => ItemKind::DataElement,
            Self::Policy(_) => ItemKind::Policy,
            Self::Rule(..) => ItemKind::Rule,
            Self::DataStore(_) => ItemKind::DataStore,
            Self::ExportKey(..) => ItemKind::ExportKey,
            Self::Application(_) => ItemKind::Application,
            Self::Mask(_) => ItemKind::Mask,
            Self::Alphabet(_) => ItemKind::Alphabet,
            Self::Source(_) => ItemKind::Source,
        }
    }

    /// The uids in the order in which the template has them.
    fn uids(&self) -> (&str, Option<&str>) {
        match self {
            Self::Role(uid) => (uid.as_str(), None),
            Self::Member(role, uid) => (role.as_str(), Some(uid.as_str())),
            Self::DataElement(uid) => (uid.as_str(), None),
            Self::Policy(uid) => (uid.as_str(), None),
            Self::Rule(policy, uid) => (policy.as_str(), Some(uid.as_str())),
            Self::DataStore(uid) => (uid.as_str(), None),
            Self::ExportKey(store, uid) => (store.as_str(), Some(uid.as_str())),
            Self::Application(uid) => (uid.as_str(), None),
            Self::Mask(uid) => (uid.as_str(), None),
            Self::Alphabet(uid) => (uid.as_str(), None),
            Self::Source(uid) => (uid.as_str(), None),
        }
    }

    /// The address below the API's, encoded.
    pub(crate) fn path(&self, endpoint: Endpoint) -> Result<String, Error> {
        const PLACEHOLDER: &str = "{uid}";
        let (first, second) = self.uids();
        let first = encode_segment(endpoint, "uid", first)?;
        let path = self.kind().template().replacen(PLACEHOLDER, &first, 1);
        match second {
            None => Ok(path),
            // What was put in has no braces: they are encoded.
            Some(second) => Ok(path.replacen(PLACEHOLDER, &encode_segment(endpoint, "uid", second)?, 1)),
        }
    }
}
