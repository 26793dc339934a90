//! One user as a whole: reading, activating, deactivating and deleting, and making one a functional account.
//!
//! What an update leaves out of a user may be kept or cleared (notes on the reference, section 2.2), so an update is
//! laid over what was read under the user's lock, and the user is read again after it.

use gate::{Operation, Target};
use proofpoint::{DomainName, EmailAddress, User, UserRecord, UserType, UserUpdate};

use super::list::UserChange;
use crate::{Error, Services, locks::KeyedGuard, mail::write::locked, read_back::settled};

/// A change of a user that Proofpoint has accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Whether there was nothing to change, so that nothing was sent.
    pub was_so_already: bool,
    /// What the person has to know: how the user differs from what was sent, or that it could not be read again.
    pub notice: Option<String>,
}

/// The user of this address, or `None` where the organisation has none, or does not show them to this account: the two
/// look the same.
///
/// # Errors
/// Proofpoint's error.
pub async fn find(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    address: &EmailAddress,
) -> Result<Option<UserRecord>, Error> {
    let read = services
        .mail
        .read(operation, organization, |proofpoint| async move {
            proofpoint.user(organization, address).await
        });
    match read.await {
        Ok(record) => {
            services.mail.users.apply(organization, || UserChange::Is {
                before: record.user.primary_email.clone(),
                user: Box::new(record.user.clone()),
            });
            Ok(Some(record))
        }
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The user of this address.
///
/// # Errors
/// [`Error::NotFound`], or Proofpoint's error.
pub async fn read(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    address: &EmailAddress,
) -> Result<UserRecord, Error> {
    let found = find(services, operation, organization, address).await?;
    found.ok_or_else(|| {
        Error::NotFound(format!(
            "Proofpoint has no user {address} in the organisation {organization}, or does not show them to this account."
        ))
    })
}

/// Stops the mail of a user, who then takes no licence.
///
/// # Errors
/// Where it is the account of the session, or Proofpoint's error.
pub async fn deactivate(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    address: &EmailAddress,
) -> Result<Changed, Error> {
    change(services, operation, organization, address, |user| {
        not_own_account(operation, user)?;
        Ok(UserUpdate {
            is_active: Some(false),
            ..UserUpdate::default()
        })
    })
    .await
}

/// Lets a user get mail.
///
/// # Errors
/// Proofpoint's error.
pub async fn activate(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    address: &EmailAddress,
) -> Result<Changed, Error> {
    change(services, operation, organization, address, |_| {
        Ok(UserUpdate {
            is_active: Some(true),
            ..UserUpdate::default()
        })
    })
    .await
}

/// Makes a user a functional account, which takes no licence. The synchronisation with Azure deletes such an account and
/// creates the user again, unless it is made to leave it alone before: `exempt` does that.
///
/// # Errors
/// Where it is the account of the session, or Proofpoint's error: where the exemption fails, nothing else is sent.
pub async fn make_functional(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    address: &EmailAddress,
    exempt: bool,
) -> Result<Changed, Error> {
    if exempt {
        let user = read(services, operation, organization, address).await?.user;
        not_own_account(operation, &user)?;
        change_exemption(services, operation, organization, &user, true).await?;
    }
    change(services, operation, organization, address, |user| {
        not_own_account(operation, user)?;
        Ok(UserUpdate {
            user_type: Some(UserType::FunctionalAccount),
            ..UserUpdate::default()
        })
    })
    .await
}

/// Deletes a user for good.
///
/// # Errors
/// Where it is the account of the session, or Proofpoint's error.
pub async fn delete(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    address: &EmailAddress,
) -> Result<Changed, Error> {
    let _lock = lock(services, address).await;
    let user = read(services, operation, organization, address).await?.user;
    not_own_account(operation, &user)?;
    let address = &user.primary_email;
    let deleted = services
        .mail
        .perform(
            &operation.on(target(&user)),
            organization,
            |proofpoint| async move { proofpoint.delete_user(organization, address).await },
        )
        .await;
    settled(deleted, || async {
        let now = find(services, operation, organization, address).await;
        matches!(now, Ok(None)).then_some(())
    })
    .await?;
    services
        .mail
        .users
        .apply(organization, || UserChange::Deleted(address.clone()));
    let notice = match find(services, operation, organization, address).await {
        Ok(None) => None,
        Ok(Some(_)) => Some("Proofpoint reported success, but still has the user.".to_owned()),
        Err(error) => Some(unread(&error)),
    };
    Ok(Changed {
        was_so_already: false,
        notice,
    })
}

/// The addresses that the synchronisation with Azure leaves alone; `None` where the organisation has no such
/// synchronisation, or this account may not see it.
///
/// # Errors
/// Proofpoint's error.
pub async fn exemptions(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
) -> Result<Option<Vec<EmailAddress>>, Error> {
    let read = services
        .mail
        .read(operation, organization, |proofpoint| async move {
            proofpoint.azure_exemptions(organization).await
        });
    match read.await {
        Ok(exempt) => Ok(Some(exempt)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes the synchronisation with Azure leave a user alone, or include the user again.
///
/// # Errors
/// Where the organisation takes no users from Azure, or Proofpoint's error.
pub async fn set_exempt(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    address: &EmailAddress,
    exempt: bool,
) -> Result<Changed, Error> {
    let user = read(services, operation, organization, address).await?.user;
    let was_so_already = !change_exemption(services, operation, organization, &user, exempt).await?;
    Ok(Changed {
        was_so_already,
        notice: None,
    })
}

/// Adds or removes the exemption of a user, and returns whether that had to be done: nothing is exempt from a
/// synchronisation that the organisation does not have.
async fn change_exemption(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    user: &User,
    exempt: bool,
) -> Result<bool, Error> {
    let address = &user.primary_email;
    let is_as_wanted = |exemptions: &Option<Vec<EmailAddress>>| {
        let is_exempt = exemptions.as_ref().map(|all| all.contains(address));
        is_exempt.is_none_or(|is_exempt| is_exempt == exempt)
    };
    let locked = locked(services, operation, organization).await?;
    let organization = &locked.primary;
    if is_as_wanted(&exemptions(services, operation, organization).await?) {
        return Ok(false);
    }
    let written = services
        .mail
        .perform(
            &operation.on(target(user)),
            organization,
            |proofpoint| async move {
                if exempt {
                    let users = std::slice::from_ref(address);
                    proofpoint.add_azure_exemptions(organization, users).await
                } else {
                    proofpoint.remove_azure_exemption(organization, address).await
                }
            },
        )
        .await;
    let now_as_wanted = || async {
        let now = exemptions(services, operation, organization).await.ok()?;
        is_as_wanted(&now).then_some(())
    };
    settled(written, now_as_wanted).await?;
    now_as_wanted().await.ok_or_else(|| {
        Error::refused(
            "The exemptions from the synchronisation with Azure are not as they were sent.",
            "Look at them in Proofpoint's own console before you go on.",
        )
    })?;
    Ok(true)
}

/// Changes a user: reads them, decides what to send, sends it over what was read, and reads them again.
pub(super) async fn change(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    address: &EmailAddress,
    decide: impl FnOnce(&User) -> Result<UserUpdate, Error>,
) -> Result<Changed, Error> {
    let _lock = lock(services, address).await;
    let before = read(services, operation, organization, address).await?;
    let update = decide(&before.user)?;
    if has(&update, &before.user) {
        return Ok(Changed {
            was_so_already: true,
            notice: None,
        });
    }
    let (record, sent) = (&before, &update);
    let written = services
        .mail
        .perform(
            &operation.on(target(&before.user)),
            organization,
            |proofpoint| async move { proofpoint.update_user(organization, record, sent).await },
        )
        .await;
    let address = update
        .primary_email
        .as_ref()
        .unwrap_or(&before.user.primary_email);
    settled(written, || async {
        let now = find(services, operation, organization, address).await.ok()??;
        has(sent, &now.user).then_some(())
    })
    .await?;
    if *address != before.user.primary_email {
        let gone = &before.user.primary_email;
        services
            .mail
            .users
            .apply(organization, || UserChange::Deleted(gone.clone()));
    }
    let notice = match read(services, operation, organization, address).await {
        Ok(now) if has(&update, &now.user) => None,
        Ok(now) => Some(differences(&update, &now.user)),
        Err(error) => Some(unread(&error)),
    };
    Ok(Changed {
        was_so_already: false,
        notice,
    })
}

/// The user as the audit log names them.
pub(in crate::mail) fn target(user: &User) -> Target {
    Target::of("mail_user", &user.primary_email)
}

pub(in crate::mail) async fn lock(services: &Services, address: &EmailAddress) -> KeyedGuard {
    let key = ("mail_user", address.as_str().to_lowercase());
    services.locks.lock(key).await
}

/// Who takes the own account away cannot go on, and no other administrator may be left.
pub(super) fn not_own_account(operation: &Operation, user: &User) -> Result<(), Error> {
    let own = operation.principal().proofpoint.as_ref();
    if own.is_some_and(|own| EmailAddress::from(own.email.clone()) == user.primary_email) {
        return Err(Error::refused(
            format!("You are connected with the account {}.", user.primary_email),
            "It cannot take itself away. Connect with another administrator's account, or use Proofpoint's own console.",
        ));
    }
    Ok(())
}

/// Whether the user has everything of an update.
fn has(update: &UserUpdate, user: &User) -> bool {
    differing(update, user).is_empty()
}

/// The labels of what the user has not as it was sent.
fn differing(update: &UserUpdate, user: &User) -> Vec<&'static str> {
    let text = |sent: &Option<String>, now: &Option<String>| {
        sent.as_ref()
            .is_none_or(|sent| sent == now.as_deref().unwrap_or_default())
    };
    let flag = |sent: Option<bool>, now: Option<bool>| sent.is_none() || sent == now;
    let aliases = match (&update.alias_emails, user.alias_emails.as_deref()) {
        (Some(sent), now) => is_same_set(sent, now.unwrap_or_default()),
        (None, _) => true,
    };
    let is_as_sent = [
        (
            "the address",
            update
                .primary_email
                .as_ref()
                .is_none_or(|sent| *sent == user.primary_email),
        ),
        ("the first name", text(&update.first_name, &user.first_name)),
        ("the last name", text(&update.last_name, &user.last_name)),
        ("the state", flag(update.is_active, user.is_active)),
        (
            "the type",
            update.user_type.is_none() || update.user_type == user.user_type,
        ),
        ("the aliases", aliases),
        ("“Takes a licence”", flag(update.is_billable, user.is_billable)),
        ("“May only look”", flag(update.is_read_only, user.is_read_only)),
    ];
    is_as_sent
        .into_iter()
        .filter_map(|(label, is_so)| (!is_so).then_some(label))
        .collect()
}

pub(super) fn is_same_set(one: &[EmailAddress], other: &[EmailAddress]) -> bool {
    one.iter().all(|address| other.contains(address)) && other.iter().all(|address| one.contains(address))
}

fn differences(update: &UserUpdate, user: &User) -> String {
    let labels = differing(update, user).join(", ");
    format!(
        "Proofpoint reported success, but has not taken over {labels}. A change can take some minutes to show."
    )
}

pub(in crate::mail) fn unread(error: &Error) -> String {
    tracing::warn!(%error, "a changed user of Proofpoint could not be read back");
    "The result could not be read back from Proofpoint.".to_owned()
}
