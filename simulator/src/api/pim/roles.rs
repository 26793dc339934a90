//! `/roles`: `{name, description?, mode: "MANUAL", allowAll?}` (reference, line 2967; notes, section 3).

use super::{MAX_NAME, resource::Resource};
use crate::{
    body::Fields,
    refusal::Refusal,
    state::pim::{Collection, Entry, Repository, Role},
};

impl Resource for Role {
    const PATH: &'static str = "/roles";

    fn read(body: &[u8]) -> Result<Self, Refusal> {
        Fields::read(body, |fields| Self {
            name: fields.limited("name", MAX_NAME),
            description: fields.text("description"),
            mode: fields.required_choice("mode"),
            allow_all: fields.flag("allowAll").unwrap_or(false),
            members: Collection::default(),
        })
    }

    fn collection(pim: &Repository) -> &Collection<Self> {
        &pim.roles
    }

    fn create(self, pim: &mut Repository) -> Result<&Entry<Self>, Refusal> {
        pim.roles.create(self)
    }
}
