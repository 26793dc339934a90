//! Which operations a rule allows, and which of them are audited.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use upstream::lenient::Fields;

use super::read::take_object;

/// One flag for each of the three operations on data (reference lines 3011 and 3033).
///
/// A flag that an answer leaves out is off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "Value")]
pub struct Operations {
    pub protect: bool,
    pub re_protect: bool,
    pub un_protect: bool,
}

/// Which operations leave a trace: those that succeeded and those that failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct Audit {
    pub success: Operations,
    pub failed: Operations,
}

/// What a rule permits, or a policy's template for its rules: `{access, audit?}`.
///
/// `audit` may be left out (notes section 3); the answer of a new rule has none where none was sent (section 9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Value")]
pub struct Permission {
    pub access: Operations,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audit>,
}

impl Operations {
    pub const NONE: Self = Self {
        protect: false,
        re_protect: false,
        un_protect: false,
    };
    pub const ALL: Self = Self {
        protect: true,
        re_protect: true,
        un_protect: true,
    };
}

impl From<Value> for Operations {
    fn from(value: Value) -> Self {
        let mut fields = Fields::of(value);
        let mut flag = |key| fields.boolean(key).unwrap_or_default();
        Self {
            protect: flag("protect"),
            re_protect: flag("reProtect"),
            un_protect: flag("unProtect"),
        }
    }
}

impl From<Value> for Audit {
    fn from(value: Value) -> Self {
        let mut fields = Fields::of(value);
        let mut operations = |key| fields.0.remove(key).map(Operations::from).unwrap_or_default();
        Self {
            success: operations("success"),
            failed: operations("failed"),
        }
    }
}

impl From<Value> for Permission {
    fn from(value: Value) -> Self {
        Self::read(value).unwrap_or_default()
    }
}

impl Permission {
    /// Nothing where there is no `access`: what is not said is unknown, and not "no access".
    pub(super) fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value);
        let object = |value: Value| value.is_object().then_some(value);
        Some(Self {
            access: take_object(&mut fields, "access", object)?.into(),
            audit: take_object(&mut fields, "audit", object).map(Audit::from),
        })
    }
}
