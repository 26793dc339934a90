//! Users of an organisation of Proofpoint Essentials.

mod account;
mod list;

pub use self::account::{Changed, activate, deactivate, delete, exemptions, find, make_functional, read};
pub use self::list::MailUsers;
pub(crate) use self::list::UserLists;
