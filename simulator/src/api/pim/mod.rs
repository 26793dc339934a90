//! Policy Management (reference, section 5; notes, sections 3, 4 and 9).
//!
//! The reference and the notes show creates and lists, so nothing here changes or deletes a single object, unless the
//! setting `pim_items` is on. A list is an array. A create answers 201 with the fields sent and the `uid`, apart from rules, which have none. The setting
//! `pim_answers` selects other shapes. An unknown uid in a path is 404, one in a body 400; a name in use is 409, a
//! member in use 400. Until `/init`, every other call is refused with 400.

mod alphabets;
mod answers;
mod applications;
mod data_elements;
mod data_stores;
mod deploy;
mod export_keys;
mod init;
mod items;
mod masks;
mod members;
mod methods;
mod policies;
mod resource;
mod rights;
mod roles;
mod rules;
mod sources;

use crate::{
    Simulator,
    state::pim::{Alphabet, Application, DataElement, DataStore, Mask, Policy, Role, Source},
};
use axum::Router;

/// The permissions (reference, line 2910). Neither implies the other.
const READ: &[&str] = &["workbench_management_policy_read"];
const WRITE: &[&str] = &["workbench_management_policy_write"];

/// The most characters of a name (notes, section 3).
const MAX_NAME: usize = 55;

pub(crate) fn routes() -> Router<Simulator> {
    init::routes()
        .merge(resource::routes::<Source>())
        .merge(resource::routes::<Role>())
        .merge(members::routes())
        .merge(resource::routes::<Mask>())
        .merge(resource::routes::<Alphabet>())
        .merge(resource::routes::<DataElement>())
        .merge(resource::routes::<Policy>())
        .merge(rules::routes())
        .merge(resource::routes::<DataStore>())
        .merge(export_keys::routes())
        .merge(resource::routes::<Application>())
        .merge(deploy::routes())
        .merge(items::routes())
}
