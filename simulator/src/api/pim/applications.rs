//! `/applications`: trusted applications, `{name, description?, applicationName, applicationUser}` (notes, section 3).

use super::{MAX_NAME, resource::Resource};
use crate::{
    body::Fields,
    refusal::Refusal,
    state::pim::{Application, Collection, Entry, Repository},
};

const MAX_APPLICATION_NAME: usize = 63;

impl Resource for Application {
    const PATH: &'static str = "/applications";

    fn read(body: &[u8]) -> Result<Self, Refusal> {
        Fields::read(body, |fields| Self {
            name: fields.limited("name", MAX_NAME),
            description: fields.text("description"),
            program: fields.limited("applicationName", MAX_APPLICATION_NAME),
            user: fields.required("applicationUser"),
        })
    }

    fn collection(pim: &Repository) -> &Collection<Self> {
        &pim.applications
    }

    fn create(self, pim: &mut Repository) -> Result<&Entry<Self>, Refusal> {
        pim.applications.create(self)
    }
}
