//! What the functions of the table of addresses return: a page, a file, a stream of events.

use std::pin::Pin;

use futures::Stream;

use crate::{error::PortalError, ui::Page};

/// A list as a file.
#[derive(Clone, Debug)]
pub struct Download {
    /// The name without ending: `users`.
    pub name: &'static str,
    /// The content as CSV.
    pub csv: String,
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
