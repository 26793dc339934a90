//! The access review: who can do what, and through which role or group.

mod impact;
mod list;
mod page;

pub(crate) use self::impact::ImpactSection;
pub use self::{
    list::export,
    page::{events, page},
};
