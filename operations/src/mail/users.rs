//! Users of an organisation of Proofpoint Essentials.

mod account;
mod bulk;
mod edit;
mod import;
mod list;

use proofpoint::{User, UserType};

pub use self::account::{
    Changed, activate, deactivate, delete, exemptions, find, make_functional, read, set_exempt,
};
pub(super) use self::account::{lock, target, unread};
pub use self::bulk::{BulkMailAction, BulkMailUsers, BulkMailUsersForm, MailSelection, plan_bulk, select};
pub use self::edit::{
    ChangedValue, Edited, MAX_NAME_LENGTH, MailUserChange, MailUserForm, MailUserValues, OFFERED_TYPES,
    create, edit, plan_edit,
};
pub(crate) use self::import::MailImportRun;
pub use self::import::{IMPORT_COLUMNS, ImportMailUsers, ImportMailUsersForm, MailImportRow, plan_import};
pub use self::list::MailUsers;
pub(crate) use self::list::UserLists;

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
