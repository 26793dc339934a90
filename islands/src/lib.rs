//! Islands: the parts of a page that move in the browser, compiled for the server and for the browser.
//!
//! Each island enhances HTML that is complete without it, and reads its settings from `data-`
//! attributes of that HTML, so that one island serves every page. An island is therefore an element
//! around what the server rendered, and a function `attach` that runs once on that element in the
//! browser. It has no properties that the page would have to carry, and one more island adds little to
//! the download.

// A component takes its properties by value, whether it consumes them or not.
#![allow(clippy::needless_pass_by_value)]

mod clock;
mod control;
mod copy;
mod debounce;
mod dom;
mod failure;
mod form;
mod http;
mod json;
pub mod lifespan;
pub mod list;
mod password;
mod picker;
mod progress;
mod suggestions;
pub mod time;

pub use clock::SessionClock;
pub use copy::CopyButton;
pub use form::EnhancedForm;
pub use lifespan::LiveLifespan;
pub use list::LiveList;
pub use password::PasswordRules;
pub use picker::Picker;
pub use progress::LiveProgress;
pub use suggestions::Suggestions;
