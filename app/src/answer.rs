//! What the functions of the table of addresses return: a page, a file, a stream of events.

use std::pin::Pin;

use futures::Stream;

use crate::{error::PortalError, ui::Page};

/// A file to save.
pub struct Download {
    /// The name without ending: `users`.
    pub name: &'static str,
    /// What is in it.
    pub content: Content,
}

/// The content of a file.
pub enum Content {
    /// A list as CSV.
    Csv(String),
    /// A document: an API's specification, the configuration of policy management.
    Yaml(String),
    /// What a system sends, passed on byte for byte as it comes.
    Passed {
        /// The ending of the file's name.
        ending: &'static str,
        /// The media type.
        content_type: &'static str,
        /// The bytes.
        body: Box<protegrity::Download>,
    },
}

/// One event of a stream: its name and its data as JSON.
#[derive(Clone, Debug)]
pub struct Event {
    /// The name.
    pub name: &'static str,
    /// The data.
    pub json: String,
}

/// The events of a stream.
pub type Events = Pin<Box<dyn Stream<Item = Event> + Send>>;

/// The outcome of a page function.
pub type PageResult = Result<Page, PortalError>;
