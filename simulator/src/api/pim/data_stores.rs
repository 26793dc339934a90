//! `/datastores`: `{name, description?, default?}` (reference, line 3055).

use super::{MAX_NAME, resource::Resource};
use crate::{
    body::Fields,
    refusal::Refusal,
    state::pim::{Collection, DataStore, Entry, Repository},
};

impl Resource for DataStore {
    const PATH: &'static str = "/datastores";

    fn read(body: &[u8]) -> Result<Self, Refusal> {
        Fields::read(body, |fields| {
            Self::new(
                fields.limited("name", MAX_NAME),
                fields.text("description"),
                fields.flag("default").unwrap_or(false),
            )
        })
    }

    fn collection(pim: &Repository) -> &Collection<Self> {
        &pim.data_stores
    }

    fn create(self, pim: &mut Repository) -> Result<&Entry<Self>, Refusal> {
        pim.create_data_store(self)
    }
}
