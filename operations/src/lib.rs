//! What the portal can do, without HTTP and without HTML: one folder an area.
//!
//! A server function, a job and an approved request call the same function. Each takes an [`gate::Operation`], which
//! knows who acts, from where, and which action on which target it is, and the [`Services`] beside the gate.

#![warn(missing_docs)]

pub mod access;
pub mod baseline;
pub mod characters;
mod checked;
pub mod cluster;
pub mod deployments;
pub mod directory;
pub mod entra;
mod error;
mod explain;
pub mod formula;
pub mod groups;
pub mod import_file;
pub mod jobs;
mod json_length;
pub mod lockout;
pub mod locks;
pub mod mail;
pub mod merge;
pub mod own_account;
pub mod packages;
pub mod password_policy;
pub mod passwords;
pub mod people;
pub mod policy;
mod policy_cache;
pub mod read_back;
mod refusal;
pub mod reviews;
pub mod roles;
pub mod saml;
mod services;
mod sessions;
pub mod specification;
mod store;
pub mod text;
pub mod user_import;
pub mod users;
pub mod validation;

pub use error::{Error, FieldError};
pub use explain::{Explanation, missing_permission};
pub use services::{CacheUpdate, Services};
pub use store::StoreError;
