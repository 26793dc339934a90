//! Users of an organisation of Proofpoint Essentials.

mod account;
mod bulk;
mod edit;
mod list;
mod senders;

use proofpoint::{User, UserType};

pub use self::account::{Changed, activate, deactivate, delete, exemptions, find, make_functional, read};
pub use self::bulk::{BulkMailAction, BulkMailUsers, BulkMailUsersForm, MailSelection, plan_bulk, select};
pub use self::edit::{MAX_NAME_LENGTH, MailUserForm, MailUserValues, OFFERED_TYPES, create, edit};
pub use self::list::MailUsers;
pub(crate) use self::list::UserLists;
pub use self::senders::{SenderList, add_senders, remove_sender};

/// First and last name of a user, as far as Proofpoint has them.
pub fn full_name(user: &User) -> String {
    let names = [&user.first_name, &user.last_name].into_iter().flatten();
    let names = names.map(|name| name.trim()).filter(|name| !name.is_empty());
    names.collect::<Vec<_>>().join(" ")
}

/// The type of a user in words; one that no document has is shown as it came.
pub fn type_name(user_type: Option<&UserType>) -> String {
    let name = match user_type {
        None => "Unknown",
        Some(UserType::OemPartnerAdmin) => "OEM partner administrator",
        Some(UserType::StrategicPartnerAdmin) => "Strategic partner administrator",
        Some(UserType::ChannelAdmin) => "Channel administrator",
        Some(UserType::OrganizationAdmin) => "Organisation administrator",
        Some(UserType::EndUser) => "End user",
        Some(UserType::SilentUser) => "Silent user",
        Some(UserType::FunctionalAccount) => "Functional account",
        Some(UserType::Other(word)) => word,
    };
    name.to_owned()
}

/// Whether a user is a functional account, which takes no licence.
pub fn is_functional(user: &User) -> bool {
    user.user_type == Some(UserType::FunctionalAccount)
}
