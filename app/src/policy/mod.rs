//! Policy management: what protects which data for whom, on which data stores.

mod access;
pub mod alphabets;
pub mod applications;
pub mod data_elements;
pub mod data_stores;
pub mod export_keys;
pub mod file;
mod grid;
pub mod items;
mod lists;
pub mod masks;
mod object;
mod overview;
mod picture;
mod policies;
pub mod roles;
mod rule;
mod rule_words;
mod rules;
pub mod sources;
mod used_by;

use gate::{Action, Operation, Target};
use leptos::prelude::*;
use operations::policy;

pub use self::{
    access::{access, export_access},
    lists::{alphabets, applications, data_elements, data_stores, masks, policies, roles, sources},
    overview::overview,
    picture::picture,
    policies::{CreatePolicy, new_policy, policy},
    rule::{ChangeRule, DeleteRule, rule},
    rules::{CreateRules, new_rules},
};
pub(crate) use self::{object::names_in_cell, rule_words::full as rule_in_full, rules::added_rules};
use crate::{context::RequestContext, error::PortalError, flash::Done};

/// The address of the workbench.
const WORKBENCH: &str = "/policy";

/// The kinds of objects: address, label, and what they are, in the order in which they build on each other.
const KINDS: [(&str, &str, &str); 8] = [
    (
        "/policy/sources",
        "Member sources",
        "Files and directories with users and groups.",
    ),
    (
        "/policy/roles",
        "Roles",
        "Who: users and groups that get the same access.",
    ),
    (
        "/policy/masks",
        "Masks",
        "Which characters of a value stay hidden.",
    ),
    (
        "/policy/alphabets",
        "Alphabets",
        "The characters that a Unicode token is made of.",
    ),
    (
        "/policy/data-elements",
        "Data elements",
        "What: how one kind of value is protected.",
    ),
    (
        "/policy/policies",
        "Policies",
        "Rules: which role may do what with which data element.",
    ),
    (
        "/policy/applications",
        "Trusted applications",
        "Programs that may call a protector.",
    ),
    (
        "/policy/data-stores",
        "Data stores",
        "Where: groups of protectors, and what is deployed there.",
    ),
];

/// Creates the keys and the repository of policy management.
#[server(prefix = "/api", endpoint = "policy/initialize")]
pub async fn initialize_policy() -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context
        .begin(
            Action::InitializePolicy,
            Target::of("policy management", "cluster"),
        )
        .await?;
    let title = match policy::initialize(&operation).await? {
        protegrity::Initialization::Done => "Policy management is initialised.",
        protegrity::Initialization::DoneBefore => "Policy management was initialised before.",
    };
    Ok(Done::new(title).with_next(WORKBENCH))
}

/// An operation that reads what is configured.
async fn begin(context: &RequestContext) -> Result<Operation, PortalError> {
    Ok(context.begin(Action::ViewPolicy, Target::portal()).await?)
}
