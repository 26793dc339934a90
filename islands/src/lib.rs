//! What moves in the browser: the islands, compiled for the server and for the browser.
//!
//! Each one enhances HTML that is complete without it, and reads what it needs from that HTML, so
//! that one island serves every page. So an island is an element around what the server rendered, and
//! a function that is handed that element once in the browser: no properties to write into the page
//! and read again, and hardly anything to download for one more island.

// A component owns its properties, used up or not.
#![allow(clippy::needless_pass_by_value)]

mod clock;
mod copy;
mod debounce;
mod dom;
mod failure;
mod form;
mod http;
mod json;
pub mod lifespan;
mod list;
mod password;
mod picker;
mod progress;
pub mod time;

pub use clock::SessionClock;
pub use copy::CopyButton;
pub use form::EnhancedForm;
pub use lifespan::LiveLifespan;
pub use list::LiveList;
pub use password::PasswordRules;
pub use picker::Picker;
pub use progress::LiveProgress;
