//! `/policies`: `{name, description?, template: <rights>}` (reference, line 3011).

use super::{MAX_NAME, resource::Resource, rights};
use crate::{
    body::Fields,
    refusal::Refusal,
    state::pim::{Collection, Entry, Policy, Repository},
};

impl Resource for Policy {
    const PATH: &'static str = "/policies";

    fn read(body: &[u8]) -> Result<Self, Refusal> {
        Fields::read(body, |fields| Self {
            name: fields.limited("name", MAX_NAME),
            description: fields.text("description"),
            template: fields.required_nested("template", rights::read),
            rules: Vec::new(),
        })
    }

    fn collection(pim: &Repository) -> &Collection<Self> {
        &pim.policies
    }

    fn create(self, pim: &mut Repository) -> Result<&Entry<Self>, Refusal> {
        pim.policies.create(self)
    }
}
