//! The cluster's password policy: what it asks for, in words; changing it; and judging a password by it.

mod edit;
mod judge;
mod page;
mod rules;
mod sense;

pub use edit::{EditPasswordPolicyPage, UpdatePasswordPolicy, update_password_policy};
pub use judge::{JudgePassword, judge_password};
pub use page::PasswordPolicyPage;
