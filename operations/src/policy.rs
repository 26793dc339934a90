//! Policy management: what the cluster has configured, and whether its workbench is there at all.

pub mod alphabets;
pub mod applications;
mod configuration;
pub mod data_elements;
pub mod data_stores;
pub mod export_keys;
pub mod masks;
mod method;
mod object;
pub mod roles;
pub mod sources;
mod workbench;

pub use self::{
    configuration::{
        Configuration, alphabets, applications, configuration, data_elements, data_stores, deployed,
        export_keys, masks, members, policies, roles, rules, sources,
    },
    object::{MAX_DESCRIPTION, MAX_NAME, Saved},
    workbench::{Workbench, initialize, workbench},
};
