//! Policy management: what the cluster has configured, and whether its workbench is there at all.

mod configuration;
mod workbench;

pub use self::{
    configuration::{
        Configuration, alphabets, applications, configuration, data_elements, data_stores, deployed,
        export_keys, masks, members, policies, roles, rules, sources,
    },
    workbench::{Workbench, initialize, workbench},
};
