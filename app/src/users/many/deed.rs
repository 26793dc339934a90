//! What can be done to many users.

use gate::Action;

/// What is done to each of the chosen users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::users) enum Deed {
    Lock,
    Unlock,
    AddToGroup,
    AssignRole,
    Delete,
}

impl Deed {
    /// All of them, in the order of the buttons.
    pub const ALL: [Self; 5] = [
        Self::Lock,
        Self::Unlock,
        Self::AddToGroup,
        Self::AssignRole,
        Self::Delete,
    ];

    /// The name in addresses and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::AddToGroup => "group",
            Self::AssignRole => "role",
            Self::Delete => "delete",
        }
    }

    /// The deed of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.name() == name)
    }

    /// The label of its buttons.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Lock => "Lock",
            Self::Unlock => "Unlock",
            Self::AddToGroup => "Add to a group",
            Self::AssignRole => "Assign a role",
            Self::Delete => "Delete",
        }
    }

    /// The action that it is, for each user.
    pub const fn action(self) -> Action {
        match self {
            Self::Lock => Action::LockUser,
            Self::Unlock => Action::UnlockUser,
            Self::AddToGroup => Action::UpdateGroup,
            Self::AssignRole => Action::EditUser,
            Self::Delete => Action::DeleteUser,
        }
    }

    /// Whether it takes something from the users.
    pub const fn is_dangerous(self) -> bool {
        matches!(self, Self::Lock | Self::Delete)
    }

    /// What will happen, before it is confirmed.
    pub const fn consequence(self) -> &'static str {
        match self {
            Self::Lock => {
                "Nobody can sign in with these accounts until they are unlocked, each with a new password."
            }
            Self::Unlock => {
                "Each account gets a temporary password of its own, made by the cluster's policy. They are in the result, which only you can see, for an hour: download it and give each user theirs."
            }
            Self::AddToGroup => "They get all roles of the group. Nobody is taken out of it.",
            Self::AssignRole => "They get the role beside those that they have.",
            Self::Delete => {
                "The accounts are gone for good, with their roles, groups and links. This cannot be undone."
            }
        }
    }
}
