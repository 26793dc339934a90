//! `/sources`: member sources, `{name, type: "FILE", connection: {userFile, groupFile}}` (notes, section 3).

use super::{MAX_NAME, resource::Resource};
use crate::{
    body::Fields,
    refusal::Refusal,
    state::pim::{Collection, Entry, FileConnection, Repository, Source},
};

impl Resource for Source {
    const PATH: &'static str = "/sources";

    fn read(body: &[u8]) -> Result<Self, Refusal> {
        Fields::read(body, |fields| Self {
            name: fields.limited("name", MAX_NAME),
            kind: fields.required_choice("type"),
            connection: fields.required_nested("connection", |fields| FileConnection {
                user_file: fields.required("userFile"),
                group_file: fields.required("groupFile"),
            }),
        })
    }

    fn collection(pim: &Repository) -> &Collection<Self> {
        &pim.sources
    }

    fn create(self, pim: &mut Repository) -> Result<&Entry<Self>, Refusal> {
        pim.sources.create(self)
    }
}
