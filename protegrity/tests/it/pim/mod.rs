//! The types of policy management.

mod method_rules;
mod types;
