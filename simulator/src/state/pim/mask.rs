//! [`Mask`]: the part of a value that stays hidden when it is unprotected (notes, section 3).

use super::Object;
use serde::Serialize;

/// The uid of a rule without a mask (notes, section 9).
pub(crate) const NO_MASK: &str = "0";

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Mask {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// The number of characters at each end.
    pub(crate) from_left: u32,
    pub(crate) from_right: u32,
    /// Whether the mask hides the ends, or all but the ends.
    pub(crate) masked: bool,
    /// The character in place of a hidden one.
    pub(crate) character: String,
}

impl Object for Mask {
    const KIND: &'static str = "Mask";

    fn name(&self) -> &str {
        &self.name
    }
}
