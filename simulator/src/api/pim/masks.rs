//! `/masks`: `{name, description?, fromLeft, fromRight, masked, character}` (notes, section 3).

use super::{MAX_NAME, resource::Resource};
use crate::{
    body::Fields,
    refusal::Refusal,
    state::pim::{Collection, Entry, Mask, Repository},
};

impl Resource for Mask {
    const PATH: &'static str = "/masks";

    fn read(body: &[u8]) -> Result<Self, Refusal> {
        Fields::read(body, |fields| Self {
            name: fields.limited("name", MAX_NAME),
            description: fields.text("description"),
            from_left: fields
                .required_value("fromLeft", Fields::count)
                .unwrap_or_default(),
            from_right: fields
                .required_value("fromRight", Fields::count)
                .unwrap_or_default(),
            masked: fields.required_value("masked", Fields::flag).unwrap_or_default(),
            character: fields.limited("character", 1),
        })
    }

    fn collection(pim: &Repository) -> &Collection<Self> {
        &pim.masks
    }

    fn create(self, pim: &mut Repository) -> Result<&Entry<Self>, Refusal> {
        pim.masks.create(self)
    }
}
