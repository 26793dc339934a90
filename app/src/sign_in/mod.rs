//! Signing in, and out.

mod actions;
mod page;

pub use actions::{SignIn, SignOut, sign_in, sign_out};
pub use page::page;
