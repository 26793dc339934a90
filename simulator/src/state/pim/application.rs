//! [`Application`]: a trusted application, one program of one system user (notes, sections 3 and 9).

use super::Object;
use serde::Serialize;

/// A trusted application. The last two fields may have the wildcards `*` and `?`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Application {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(rename = "applicationName")]
    pub(crate) program: String,
    #[serde(rename = "applicationUser")]
    pub(crate) user: String,
}

impl Object for Application {
    const KIND: &'static str = "Application";

    fn name(&self) -> &str {
        &self.name
    }
}
