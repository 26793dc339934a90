//! Policy management: what the cluster has configured, and whether its workbench is there at all.

mod access;
mod added_rules;
pub mod alphabets;
pub mod applications;
mod configuration;
mod connections;
pub mod data_elements;
pub mod data_stores;
pub mod export_keys;
pub mod file;
mod inventory;
pub mod items;
pub mod masks;
mod method;
mod object;
mod policies;
pub mod roles;
mod rule_change;
mod rule_creation;
mod rules;
pub mod sources;
mod uses;
mod workbench;

pub(crate) use self::{access::effective_access, configuration::deployed_or_pause, rule_creation::RulesRun};
pub use self::{
    access::{AccessBasis, AccessRow, Deployed, Effective, Sight, access, name_of, no_access_words},
    added_rules::RulesReport,
    configuration::{
        Configuration, alphabets, applications, configuration, data_elements, data_stores,
        deployed_or_unknown, export_keys, export_keys_of, masks, members, members_of, policies, roles, rules,
        rules_of, sources,
    },
    connections::Connections,
    inventory::{Inventory, inventory},
    object::{MAX_DESCRIPTION, MAX_NAME, Saved},
    policies::{NewPolicyForm, OPERATIONS, PermissionBoxes, SavedPolicy, create_policy, policy, ticked},
    rule_change::{ChangeRuleForm, DeleteRuleForm, RuleOutcome, RuleValues, change_rule, delete_rule},
    rule_creation::create_rule,
    rules::{NewRulesForm, PlannedRules, PolicyRules, RuleKey},
    uses::{Named, Use, Uses, uses},
    workbench::{Workbench, initialize, workbench},
};
