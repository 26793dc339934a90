//! Signing in, and out.

mod actions;
mod page;
mod waiting;

pub use actions::{SignIn, SignOut, sign_in, sign_out};
pub use page::page;
pub use waiting::SIGN_IN_ALONE;
