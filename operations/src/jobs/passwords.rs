//! The passwords of jobs, each for the session that stored it.

use gate::{Operation, Principal, VaultKey};
use secrecy::SecretString;

use super::{Jobs, SecretRef, StoredSecret, record::RETENTION};
use crate::{Error, Services, store::stored};

/// A password that a row needs or made: `None` in another session than the one that stored it, and after an hour.
pub async fn secret(
    services: &Services,
    operation: &Operation,
    name: &SecretRef,
) -> Result<Option<SecretString>, Error> {
    let Jobs(jobs) = &services.jobs;
    let found = stored(operation, jobs.secrets.get(name).await)?;
    let session = operation.principal().session_key();
    let readable = found.filter(|secret| secret.session == session && secret.expires_at > jobs.clock.now());
    Ok(readable.map(|secret| secret.value))
}

/// Forgets the passwords of a session that ends.
pub async fn forget_secrets(services: &Services, principal: &Principal) {
    forget_secrets_of(services, principal.session_key()).await;
}

/// Forgets the passwords that are kept for the jobs of this session.
pub(crate) async fn forget_secrets_of(services: &Services, session: VaultKey) {
    let Jobs(jobs) = &services.jobs;
    if let Err(error) = jobs.secrets.remove_session(session).await {
        tracing::error!(%error, "the passwords of an ended session stay until they expire");
    }
}

/// Forgets a password that a row does not need any more.
pub(crate) async fn drop_secret(services: &Services, name: &SecretRef) {
    if let Err(error) = services.jobs.0.secrets.remove(name).await {
        tracing::error!(%error, "a password stays until it expires");
    }
}

/// Keeps a password under the operation's session.
pub(crate) async fn keep_secret(
    services: &Services,
    operation: &Operation,
    name: SecretRef,
    value: SecretString,
) -> Result<(), Error> {
    let Jobs(jobs) = &services.jobs;
    let secret = StoredSecret {
        session: operation.principal().session_key(),
        value,
        expires_at: jobs.clock.now() + RETENTION,
    };
    Ok(stored(operation, jobs.secrets.put(name, secret).await)?)
}
