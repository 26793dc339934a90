//! What every change of an organisation needs: its lock, and the result of a write whose answer did not come.

use gate::Operation;
use proofpoint::{DomainName, Organization};

use super::organizations;
use crate::{Error, Services, locks::KeyedGuard, read_back::settle};

/// An organisation that is being changed, whichever of its domains names it. Another change waits until this is dropped.
pub(super) struct Locked {
    /// Its primary domain, or the one that it was named by where Proofpoint does not say it.
    pub primary: DomainName,
    _lock: KeyedGuard,
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
    let found = organizations::find(services, operation, organization).await?;
    let primary = primary_of(&found, organization);
    let key = if found.id.is_empty() {
        primary.as_str().to_lowercase()
    } else {
        found.id.to_string()
    };
    let lock = services.locks.lock(("mail_organization", key)).await;
    Ok(Locked { primary, _lock: lock })
}

/// The primary domain of an organisation, or the one that it was named by where Proofpoint does not say it.
pub(super) fn primary_of(found: &Organization, named: &DomainName) -> DomainName {
    match found.primary_domain.check() {
        Ok(()) => found.primary_domain.clone(),
        Err(_) => named.clone(),
    }
}

/// The result of a write at Proofpoint, as [`settle`] has it.
///
/// # Errors
/// The write's own error, also where no effect was found.
pub(super) async fn settled<T, F>(written: Result<T, Error>, find: impl FnOnce() -> F) -> Result<T, Error>
where
    F: Future<Output = Option<T>>,
{
    match written {
        Err(Error::Operation(error)) => Ok(settle(Err(error), find).await?),
        written => written,
    }
}
