//! What moves: the islands, compiled for the server and for the browser.
//!
//! Each one enhances HTML that is complete without it, and reads what it needs from that HTML, so
//! that one island serves every page. So an island is an element around what the server rendered, and
//! a function that is handed that element once in the browser: no properties to write into the page
//! and read again, and hardly anything to download for one more island.

mod ask;
mod clock;
mod copy;
mod dom;
mod failure;
mod form;
mod json;
pub mod lifespan;
mod list;
mod password;
mod picker;
mod progress;
pub mod time;
mod turns;

pub use clock::SessionClock;
pub use copy::CopyButton;
pub use form::EnhancedForm;
pub use lifespan::LiveLifespan;
pub use list::LiveList;
pub use password::PasswordRules;
pub use picker::Picker;
pub use progress::LiveProgress;
