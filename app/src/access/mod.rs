//! The access review: who can do what, and through which role or group.

mod list;
mod page;

pub use self::{
    list::export,
    page::{events, page},
};
