//! The objects that rules name: roles, data elements and masks.

use std::collections::{BTreeMap, BTreeSet};

use gate::Operation;
use protegrity::pim::{DataElement, Mask, Member, Role, RoleUid, Rule};

use super::{Names, State};
use crate::{Error, policy};

/// The objects that rules name.
#[derive(Clone, Debug, Default)]
pub(super) struct Objects {
    pub roles: Vec<Role>,
    pub data_elements: Vec<DataElement>,
    pub masks: Vec<Mask>,
}

impl Objects {
    /// Reads them (`GET /pim/roles`, `/pim/dataelements`, `/pim/masks`).
    pub async fn read(operation: &Operation) -> Result<Self, Error> {
        let (roles, data_elements, masks) = futures::try_join!(
            policy::roles(operation),
            policy::data_elements(operation),
            policy::masks(operation),
        )?;
        Ok(Self {
            roles,
            data_elements,
            masks,
        })
    }

    /// The names of everything that rules and deployments are about.
    pub fn names(&self, state: &State) -> Names {
        let roles = self.roles.iter();
        let elements = self.data_elements.iter();
        let masks = self.masks.iter();
        Names {
            roles: roles.map(|one| (one.uid.clone(), one.name.clone())).collect(),
            data_elements: elements.map(|one| (one.uid.clone(), one.name.clone())).collect(),
            masks: masks.map(|one| (one.uid.clone(), one.name.clone())).collect(),
            ..state.names()
        }
    }

    /// The members of the roles of these rules (`GET /pim/roles/{uid}/members`). A role of every user has none that count,
    /// and one that the cluster does not list has none that could be read.
    pub async fn members(
        &self,
        operation: &Operation,
        used: &[&Rule],
    ) -> Result<BTreeMap<RoleUid, Vec<Member>>, Error> {
        let named: BTreeSet<_> = used.iter().map(|rule| &rule.role).collect();
        let roles = self.roles.iter().filter(|role| {
            let is_listed = !role.uid.is_empty() && named.contains(&role.uid);
            is_listed && role.allow_all != Some(true)
        });
        let roles: Vec<_> = roles.cloned().collect();
        policy::members_of(operation, &roles).await
    }
}
