//! Users of the cluster: find one, see what they may do, lock and unlock.

mod actions;
mod detail;
mod dialogs;
mod edit;
pub(crate) mod find;
mod form;
mod import;
mod list;
mod many;
mod new;

pub use actions::{
    DeleteUser, LockUser, ResetPassword, UnlockUser, delete_user, lock_user, reset_password, unlock_user,
};
pub use detail::UserPage;
pub use edit::{EditUser, EditUserPage, edit_user};
pub use find::{FindGroups, FindUsers, find_groups, find_users};
pub use form::LinkRow;
pub use import::{ImportUsers, ImportUsersPage, import_users};
pub use list::UsersPage;
pub(crate) use list::export;
pub use many::{ManyUsers, ManyUsersPage, many_users};
pub(crate) use new::judged;
pub use new::{CreateUser, NewUserPage, create_user};

use gate::Passage;
use leptos::prelude::*;
use protegrity::{User, UserId, permissions as known};

use crate::{
    act::below,
    ui::{Badge, Tone},
};

/// Whether the account is open. One that does not say so is.
fn is_open(user: &User) -> bool {
    user.enabled.unwrap_or(true)
}

/// Whether groups are worth asking for: not when it is known that they may not be read.
fn may_see_groups(passage: &Passage) -> bool {
    !passage.lacks(known::GROUP_VIEWER)
}

/// The address of a user's page.
pub(crate) fn path(id: &UserId) -> String {
    below("/users", id.as_str())
}

/// First and last name, as far as they are known.
pub(crate) fn full_name(user: &User) -> String {
    let names = [user.first_name.as_deref(), user.last_name.as_deref()];
    names
        .into_iter()
        .flatten()
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The state of an account. The cluster does not tell an account that was locked from one that was
/// disabled (notes on the reference, section 7).
#[component]
fn StateBadge(open: bool) -> impl IntoView {
    if open {
        view! { <Badge tone=Tone::Good text="Open"/> }
    } else {
        view! { <Badge tone=Tone::Bad text="Locked"/> }
    }
}
