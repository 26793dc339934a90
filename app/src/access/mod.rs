//! The access review: who can do what, and through which role or group.

mod list;
mod page;

pub(crate) use list::export;
pub use page::{AccessPage, read_event};

/// Questions that are asked again and again: what is asked, and the permission that answers it.
const QUESTIONS: &[(&str, &str)] = &[
    // A deployment is a write call of the policy management (reference, section 5).
    ("Who can deploy?", known::WORKBENCH_POLICY_WRITE),
    ("Who can manage users?", known::USER_MANAGER_ADMIN),
    ("Who can manage roles?", known::ROLE_ADMIN),
    ("Who can export packages?", known::WORKBENCH_PACKAGE_EXPORT),
    (
        "Who can change the password policy?",
        known::PASSWORD_POLICY_ADMIN,
    ),
    ("Who can sign in?", known::CAN_CREATE_TOKEN),
];

use protegrity::permissions as known;
