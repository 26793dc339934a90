//! The action table: everything a person can do here, what it needs, and how it is put into words.
//!
//! The screen (show, disable with the reason, leave out) and the guard in front of every page and
//! server function read this one table.

use protegrity::permissions as known;

/// What somebody must have before an [`Action`] is let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Anybody may, signed in or not.
    Nothing,
    /// Anybody who is signed in may.
    Session,
    /// Whoever holds this permission may; see [`crate::Permissions::check`] for what implies it.
    Permission(&'static str),
}

/// One row of the action table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What it takes.
    pub needs: Needs,
    /// Whether it changes something, here or in a system behind: such actions are audited.
    pub changes: bool,
    /// The action in the infinitive, as the screen and the audit trail name it: "lock a user".
    pub wording: &'static str,
}

/// Everything a person can do in the portal. Every page and every server function names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Give a user name and a password, for the first time or again.
    SignIn,
    /// End the session, here and at the cluster.
    SignOut,
    /// Choose the light, dark or system theme.
    ChooseTheme,
    /// Look at every part of the screen in every state (`/ui`, in demo mode only).
    SeeParts,
    /// See the overview.
    SeeOverview,
    /// See one's own session and permissions.
    SeeOwnSession,
    /// See how the cluster's services are.
    SeeServices,
    /// List and search the cluster's users.
    ListUsers,
    /// See one user.
    SeeUser,
    /// Lock a user's account.
    LockUser,
    /// Unlock a user's account with a temporary password.
    UnlockUser,
}

impl Action {
    /// Every action, in the order in which the screen lists them.
    pub const ALL: &[Self] = &[
        Self::SignIn,
        Self::SignOut,
        Self::ChooseTheme,
        Self::SeeParts,
        Self::SeeOverview,
        Self::SeeOwnSession,
        Self::SeeServices,
        Self::ListUsers,
        Self::SeeUser,
        Self::LockUser,
        Self::UnlockUser,
    ];

    /// The row of the table for this action.
    ///
    /// Which permission guards which endpoint is not documented; the mapping is the inference of
    /// the notes on the reference, section 5.
    pub const fn rule(self) -> Rule {
        match self {
            Self::SignIn => open(true, "sign in"),
            Self::SignOut => open(true, "sign out"),
            Self::ChooseTheme => open(false, "choose a theme"),
            Self::SeeParts => open(false, "see the parts of the screen"),
            Self::SeeOverview => session("see the overview"),
            Self::SeeOwnSession => session("see your own session"),
            Self::SeeServices => session("see the health of the services"),
            Self::ListUsers => read(known::USER_MANAGER_VIEWER, "list and search users"),
            Self::SeeUser => read(known::USER_MANAGER_VIEWER, "see a user's details"),
            Self::LockUser => change(known::USER_MANAGER_ADMIN, "lock a user"),
            Self::UnlockUser => change(known::USER_MANAGER_ADMIN, "unlock a user"),
        }
    }
}

const fn open(changes: bool, wording: &'static str) -> Rule {
    Rule {
        needs: Needs::Nothing,
        changes,
        wording,
    }
}

const fn session(wording: &'static str) -> Rule {
    Rule {
        needs: Needs::Session,
        changes: false,
        wording,
    }
}

const fn read(permission: &'static str, wording: &'static str) -> Rule {
    Rule {
        needs: Needs::Permission(permission),
        changes: false,
        wording,
    }
}

const fn change(permission: &'static str, wording: &'static str) -> Rule {
    Rule {
        needs: Needs::Permission(permission),
        changes: true,
        wording,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_changes_an_upstream_system_needs_a_permission() {
        for action in Action::ALL {
            let rule = action.rule();
            let about_ones_own_session = matches!(action, Action::SignIn | Action::SignOut);
            if rule.changes && !about_ones_own_session {
                assert!(
                    matches!(rule.needs, Needs::Permission(_)),
                    "{action:?} is open to anybody"
                );
            }
        }
    }

    #[test]
    fn every_permission_of_the_table_is_one_the_vendor_documents() {
        for action in Action::ALL {
            if let Needs::Permission(name) = action.rule().needs {
                assert!(
                    known::KNOWN.contains(&name),
                    "{action:?} needs {name}, which nobody can hold"
                );
            }
        }
    }
}
