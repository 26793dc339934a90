//! The boxes that confirm a change after which the caller, or no account at all, could manage users.

use leptos::prelude::*;
use operations::lockout::{CONFIRM_NO_ADMINS, CONFIRM_SELF};

use super::ConfirmField;
use crate::error::PortalError;

/// Both boxes; each is shown when it is asked for.
#[component]
pub fn ConfirmationFields(
    /// What is confirmed about oneself.
    #[prop(default = "I know that this takes permissions from me")]
    of_self: &'static str,
    /// The form's error, from which they take their messages.
    error: Option<PortalError>,
    /// Begins their ids, to set them apart from those of another form of the page.
    #[prop(optional, into)]
    id_prefix: String,
) -> AnyView {
    let no_admins = "I know that no account could manage users afterwards";
    view! {
        <ConfirmField name=CONFIRM_SELF label=of_self error=error.clone() id_prefix=id_prefix.clone()/>
        <ConfirmField name=CONFIRM_NO_ADMINS label=no_admins error id_prefix/>
    }
    .into_any()
}
