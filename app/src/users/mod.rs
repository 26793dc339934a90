//! Users of the cluster: find one, see what they may do, lock and unlock.

mod actions;
mod detail;
mod list;

pub use actions::{LockUser, UnlockUser, lock_user, unlock_user};
pub use detail::UserPage;
pub use list::UsersPage;

use leptos::prelude::*;
use protegrity::{User, UserId};
use url::form_urlencoded::byte_serialize;

use crate::ui::{Badge, Tone};

/// Whether the account is open. One that does not say so is.
fn is_open(user: &User) -> bool {
    user.enabled.unwrap_or(true)
}

/// The address of a user's page.
fn path(id: &UserId) -> String {
    format!(
        "/users/{}",
        byte_serialize(id.as_str().as_bytes()).collect::<String>()
    )
}

/// First and last name, as far as they are known.
fn full_name(user: &User) -> String {
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
