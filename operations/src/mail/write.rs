//! What the changes of an organisation have in common: the lock, the state before and the state afterwards.

use gate::Operation;
use proofpoint::{DomainName, Organization};

use crate::{
    Error, Services,
    locks::KeyedGuard,
    read_back::{ReadBack, settled},
};

/// An organisation that is being changed, whichever of its domains names it. Another change waits until this is dropped.
pub(super) struct Locked {
    /// Its primary domain, or the one that it was named by where Proofpoint does not say it.
    pub primary: DomainName,
    /// Dropped with it.
    pub lock: KeyedGuard,
}

/// Waits until no other change of this organisation is under way.
///
/// # Errors
/// [`Error::NotFound`] where no instance shows it to this account, or Proofpoint's error.
pub(super) async fn locked(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
) -> Result<Locked, Error> {
    let found = services.mail.organization(operation, organization).await?;
    let primary = primary_of(&found, organization);
    let key = if found.id.is_empty() {
        primary.as_str().to_lowercase()
    } else {
        found.id.to_string()
    };
    let lock = services.locks.lock(("mail_organization", key)).await;
    Ok(Locked { primary, lock })
}

/// The primary domain of an organisation, or the one that it was named by where Proofpoint does not say it.
pub(super) fn primary_of(found: &Organization, named: &DomainName) -> DomainName {
    match found.primary_domain.check() {
        Ok(()) => found.primary_domain.clone(),
        Err(_) => named.clone(),
    }
}

/// The primary domain of an organisation, and what a read about it returns; both are read at once.
///
/// # Errors
/// As for [`locked`], and those of the read.
pub(super) async fn with_primary<T>(
    services: &Services,
    operation: &Operation,
    organization: &DomainName,
    read: impl Future<Output = Result<T, Error>>,
) -> Result<(DomainName, T), Error> {
    let (found, now) = futures::join!(services.mail.organization(operation, organization), read);
    Ok((primary_of(&found?, organization), now?))
}

/// What a read shows after a write, a sentence for each value that is another than the one that was sent. Where the
/// write's answer did not come, a read that shows all of it stands for the answer.
///
/// # Errors
/// The write's own.
pub(super) async fn read_back<T, F, D>(
    written: Result<(), Error>,
    read: impl Fn() -> F,
    differing: impl Fn(&T) -> D,
) -> Result<ReadBack, Error>
where
    F: Future<Output = Result<T, Error>>,
    D: IntoIterator<Item = String>,
{
    settled(written, || async {
        let now = read().await.ok()?;
        differing(&now).into_iter().next().is_none().then_some(())
    })
    .await?;
    Ok(match read().await {
        Ok(now) => ReadBack::of(differing(&now).into_iter().map(Some)),
        Err(error) => {
            tracing::warn!(%error, "a changed organisation could not be read back");
            ReadBack::Unread
        }
    })
}
