//! Many users at once: choosing what to do with those that were ticked, looking at it, and beginning it.

mod deed;
mod membership;
mod page;
mod start;
mod work;

pub(super) use deed::Deed;
pub use page::ManyUsersPage;
pub use start::{ManyUsers, many_users};
