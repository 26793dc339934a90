//! [`Alphabet`]: the characters of a Unicode token (notes, section 3).

use super::Object;
use serde::Serialize;

/// An alphabet, which has a label and no name. Code points are hexadecimal texts such as "00E4".
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Alphabet {
    pub(crate) label: String,
    pub(crate) code_points: Vec<String>,
    pub(crate) ranges: Vec<CodeRange>,
}

/// A range of code points with both ends.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CodeRange {
    pub(crate) from: String,
    pub(crate) to: String,
}

impl Object for Alphabet {
    const KIND: &'static str = "Alphabet";

    fn name(&self) -> &str {
        &self.label
    }
}
