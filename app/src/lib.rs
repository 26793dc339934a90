//! The web portal's pages and server functions: one folder an area; shared parts in `ui/`, the frame of every page in
//! `shell/`.

// A component owns its properties, used up or not.
#![allow(clippy::needless_pass_by_value)]
// A page has a `context` and a `content`.
#![allow(clippy::similar_names)]

pub mod access;
pub mod answer;
pub mod approvals;
pub mod context;
pub mod deployments;
pub mod entra;
pub mod error;
pub mod flash;
pub mod form;
pub mod gallery;
pub mod groups;
pub mod jobs;
mod links;
pub mod mail;
pub mod overview;
pub mod packages;
mod params;
pub mod password_policy;
pub mod people;
mod pickers;
pub mod policy;
pub mod redirect;
pub mod roles;
pub mod routes;
pub mod saml;
pub mod services;
pub mod session;
pub mod shell;
pub mod sign_in;
pub mod site_map;
pub mod ui;
pub mod users;
