//! What every change of an organisation needs: its lock.

use gate::Operation;
use proofpoint::{DomainName, Organization};

use crate::{Error, Services, locks::KeyedGuard};

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
