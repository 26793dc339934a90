//! What stands around every page: the document, the navigation, the person, the flash message.

mod actions;
mod address;
mod compared;
mod document;
mod frame;
mod refused;

pub(crate) use address::param;
pub(crate) use refused::{fail_page, failed};

pub use actions::{SetTheme, set_theme};
pub use compared::ComparedSection;
pub use document::document;
pub use frame::{FlashNotice, Frame};
pub use refused::{NotFoundPage, RefusedPage};
