//! The cluster's password policy: its rules in words, changing it, and checking a password against it.

mod check;
mod detail;
mod edit;

pub use self::{
    check::{CheckPassword, check_password},
    detail::detail,
    edit::{UpdatePasswordPolicy, edit, update_password_policy},
};
