//! [`Rights`]: the operations that a policy's template or a rule allows, and those that it logs (reference, lines 3011
//! and 3033).

use serde::Serialize;

/// The three operations on a value.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Operations {
    pub(crate) protect: bool,
    pub(crate) re_protect: bool,
    pub(crate) un_protect: bool,
}

/// The operations that are logged, by their outcome.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Audit {
    pub(crate) success: Operations,
    pub(crate) failed: Operations,
}

/// The operations that are allowed and logged. Answers leave an absent `audit` out (notes, section 9).
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Rights {
    pub(crate) access: Operations,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) audit: Option<Audit>,
}
