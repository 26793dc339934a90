//! Operations against a simulated cluster, over real HTTP.

mod access;
mod approvals;
mod deployment_faults;
mod deployment_history;
mod deployments;
mod directory;
mod groups;
mod jobs;
mod lockout;
mod mail_findings;
mod mail_organizations;
mod mail_users;
mod names;
mod people;
mod policies;
mod policy;
mod policy_file;
mod policy_items;
mod policy_objects;
mod roles;
mod support;
