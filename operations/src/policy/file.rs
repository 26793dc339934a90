//! Policy management as a file: everything that is configured as one YAML document.

mod document;

use gate::Operation;

use self::document::Document;
use super::configuration;
use crate::Error;

/// The whole configuration as the text of a file. It has no secret: export keys and what a member source connects with
/// are not in it.
///
/// # Errors
/// The cluster's error; a refusal in words where policy management is missing or not initialised.
pub async fn export(operation: &Operation) -> Result<String, Error> {
    Document::of(&configuration(operation).await?).to_yaml()
}
