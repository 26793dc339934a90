//! Creating users from a CSV file: read it, try it without creating anybody, then create them.

mod file;
mod page;
mod run;

pub use page::ImportUsersPage;
pub use run::{ImportUsers, import_users};
