//! [`Role`]: the users of a policy, and [`Member`], one of them (reference, line 2967; notes, section 3).

use super::{Collection, Object};
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Role {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) mode: RoleMode,
    /// Whether the role has every user, whatever its members are.
    pub(crate) allow_all: bool,
    /// At their own endpoint, `/roles/{uid}/members`.
    #[serde(skip)]
    pub(crate) members: Collection<Member>,
}

/// The only mode whose literal is public.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum RoleMode {
    #[default]
    Manual,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// The uid of the member source.
    pub(crate) source: String,
    #[serde(rename = "type")]
    pub(crate) kind: MemberKind,
}

/// The literal for a group is likely and not proved (notes, section 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum MemberKind {
    #[default]
    User,
    Group,
}

impl Role {
    /// Adds all of the members or, if the role has one of them already, none. The product answers 400 in that case,
    /// where it answers 409 for other objects (notes, section 2).
    pub(crate) fn add_members(&mut self, members: Vec<Member>) -> Result<(), Refusal> {
        for (index, member) in members.iter().enumerate() {
            let mut others = self.members.iter().map(|entry| &entry.object);
            if others.any(|other| other == member) || members[..index].contains(member) {
                let text = format!("Member '{}' must be unique in the role", member.name);
                return Err(Refusal::detail(400, text));
            }
        }
        for member in members {
            self.members.push(member);
        }
        Ok(())
    }
}

impl Object for Role {
    const KIND: &'static str = "Role";

    fn name(&self) -> &str {
        &self.name
    }
}
