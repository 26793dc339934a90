//! `/dataelements`: `{name, description?, <exactly one method>: {…}}` (reference, line 2989; notes, section 3).

use super::{methods, resource::Resource};
use crate::{
    body::Fields,
    refusal::Refusal,
    state::pim::{Collection, DataElement, Entry, Repository},
};

const MAX_NAME: usize = 56;

impl Resource for DataElement {
    const PATH: &'static str = "/dataelements";

    fn read(body: &[u8]) -> Result<Self, Refusal> {
        let (name, description, methods) = Fields::read(body, |fields| {
            (
                fields.limited("name", MAX_NAME),
                fields.text("description"),
                methods::read(fields),
            )
        })?;
        let Ok([method]) = <[_; 1]>::try_from(methods) else {
            return Err(Refusal::detail(400, "A data element has exactly one method"));
        };
        Ok(Self {
            name,
            description,
            method,
        })
    }

    fn collection(pim: &Repository) -> &Collection<Self> {
        &pim.data_elements
    }

    fn create(self, pim: &mut Repository) -> Result<&Entry<Self>, Refusal> {
        pim.create_data_element(self)
    }
}
