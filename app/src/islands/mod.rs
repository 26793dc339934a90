//! What moves: the islands, compiled for the server and for the browser.
//!
//! Each one enhances HTML that is complete without it, and reads what it needs from that HTML, so
//! that one island serves every page.

mod clock;
mod copy;
mod dom;
mod form;
mod list;
pub mod time;

pub use clock::SessionClock;
pub use copy::CopyButton;
pub use form::EnhancedForm;
pub use list::LiveList;
