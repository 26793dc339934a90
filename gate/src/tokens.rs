//! Tokens that are valid now: renewed ahead of expiry, once for all requests that wait.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use protegrity::{AccessToken, Client, Error, ErrorKind, SYSTEM, TokenFailure, TokenSource, Tokens};
use tracing::Instrument;

use crate::{
    clock::Clock,
    error::GateError,
    vault::{ProtegrityCredentials, Vault},
    vault_key::VaultKey,
};

/// The longest margin before expiry at which a token is renewed.
const MARGIN: Duration = Duration::from_secs(30);

/// Tokens and when they were obtained, which tells one generation of a session's tokens from the next.
#[derive(Clone, Debug)]
pub(crate) struct Current {
    pub tokens: Tokens,
    pub obtained_at: Timestamp,
}

/// When a session's tokens end, without the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenTimes {
    /// When the cluster gave them.
    pub obtained_at: Timestamp,
    /// How long the cluster gave the access token for.
    pub lifespan: Duration,
    /// When the access token ends.
    pub access_ends_at: Timestamp,
    /// Whether there is a refresh token, so that the session can renew itself.
    pub is_renewable: bool,
    /// When the refresh token ends, where the cluster gave a time.
    pub refresh_ends_at: Option<Timestamp>,
}

impl Current {
    fn times(&self) -> TokenTimes {
        let Tokens {
            refresh,
            expires_in,
            refresh_expires_in,
            ..
        } = &self.tokens;
        let after = |life: Duration| self.obtained_at.checked_add(life).unwrap_or(Timestamp::MAX);
        TokenTimes {
            obtained_at: self.obtained_at,
            lifespan: *expires_in,
            access_ends_at: after(*expires_in),
            is_renewable: refresh.is_some(),
            refresh_ends_at: refresh.as_ref().and(refresh_expires_in.map(after)),
        }
    }
}

/// Why tokens are renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// They are about to expire: until then they serve.
    Ahead,
    /// The cluster has refused them, whatever the clock says.
    Refused,
    /// The person asks for it: a failure is reported, and the old tokens serve on.
    Requested,
}

/// Gives out the tokens in the vault and renews them.
pub(crate) struct TokenManager {
    cluster: Client,
    vault: Arc<dyn Vault>,
    clock: Clock,
    /// One lock for each session that is being renewed.
    refresh_locks: Mutex<HashMap<VaultKey, Arc<tokio::sync::Mutex<()>>>>,
}

impl TokenManager {
    pub fn new(cluster: Client, vault: Arc<dyn Vault>, clock: Clock) -> Self {
        Self {
            cluster,
            vault,
            clock,
            refresh_locks: Mutex::default(),
        }
    }

    /// The tokens of one session, for the calls of a client.
    pub fn of_session(self: &Arc<Self>, key: VaultKey) -> Arc<dyn TokenSource> {
        Arc::new(SessionTokens {
            manager: Arc::clone(self),
            key,
        })
    }

    /// The session's tokens, renewed first when they are about to expire.
    pub async fn valid(self: &Arc<Self>, key: VaultKey) -> Result<Current, GateError> {
        let current = self.stored(key).await?;
        if self.is_fresh(&current) {
            Ok(current)
        } else {
            self.renew(key, current.obtained_at, Occasion::Ahead).await
        }
    }

    /// When the session's tokens end.
    pub async fn times(&self, key: VaultKey) -> Result<TokenTimes, GateError> {
        Ok(self.stored(key).await?.times())
    }

    /// Renews the session's tokens now, however long they would still serve.
    pub async fn renew_now(self: &Arc<Self>, key: VaultKey) -> Result<TokenTimes, GateError> {
        let spent = self.stored(key).await?.obtained_at;
        Ok(self.renew(key, spent, Occasion::Requested).await?.times())
    }

    /// Tokens of a later generation than `spent`, which the cluster has refused or is about to. The
    /// renewal runs in a task of its own: tokens that the cluster has just given are not lost when the
    /// browser does not wait for the answer.
    pub async fn renew(
        self: &Arc<Self>,
        key: VaultKey,
        spent: Timestamp,
        occasion: Occasion,
    ) -> Result<Current, GateError> {
        let manager = Arc::clone(self);
        let renewal = async move { manager.renew_in_turn(key, spent, occasion).await };
        let renewed = tokio::spawn(renewal.in_current_span()).await;
        renewed.unwrap_or_else(|error| {
            Err(GateError::Store(format!(
                "a renewal of tokens ended early: {error}"
            )))
        })
    }

    async fn renew_in_turn(
        &self,
        key: VaultKey,
        spent: Timestamp,
        occasion: Occasion,
    ) -> Result<Current, GateError> {
        let lock = self.refresh_lock(key);
        let result = {
            let _guard = lock.lock().await;
            match self.stored(key).await {
                Ok(current) if current.obtained_at > spent => Ok(current),
                Ok(current) => self.refresh(key, current, occasion).await,
                Err(error) => Err(error),
            }
        };
        self.release(key, lock);
        result
    }

    /// The meaning of a call that was refused with a token just renewed. A cluster that accepts the token for
    /// another call has refused this one for a reason of its own; otherwise only the password helps, and the
    /// tokens are forgotten, so that the sign-in page does not treat the session as intact.
    async fn judge(&self, key: VaultKey, spent: &AccessToken, refused: Error) -> Error {
        // The call that the sign-in makes as well.
        let roles = self.cluster.with_token(spent).roles().await;
        if !roles.is_err_and(|error| error.kind() == ErrorKind::Unauthorized) {
            return refused;
        }
        let lock = self.refresh_lock(key);
        let given_up = {
            let _guard = lock.lock().await;
            self.give_up(key, spent).await
        };
        self.release(key, lock);
        no_token(given_up.err().unwrap_or(GateError::SignInAgain))
    }

    /// Forgets the tokens, unless there are newer ones.
    async fn give_up(&self, key: VaultKey, spent: &AccessToken) -> Result<(), GateError> {
        if self.stored(key).await?.tokens.access == *spent {
            tracing::info!("the cluster no longer accepts a session's tokens");
            self.vault
                .put_protegrity_tokens(key, None, self.clock.now())
                .await?;
        }
        Ok(())
    }

    async fn stored(&self, key: VaultKey) -> Result<Current, GateError> {
        let row = self
            .vault
            .get(key, self.clock.now())
            .await?
            .ok_or(GateError::NotSignedIn)?;
        let ProtegrityCredentials { tokens, obtained_at } = row.protegrity;
        Ok(Current {
            tokens: tokens.ok_or(GateError::SignInAgain)?,
            obtained_at,
        })
    }

    async fn refresh(
        &self,
        key: VaultKey,
        current: Current,
        occasion: Occasion,
    ) -> Result<Current, GateError> {
        match self.cluster.refresh(&current.tokens).await {
            Ok(tokens) => {
                let obtained_at = self.clock.now();
                if !self
                    .vault
                    .put_protegrity_tokens(key, Some(tokens.clone()), obtained_at)
                    .await?
                {
                    // Signed out meanwhile: these will not be used, so the cluster may forget them too.
                    if let Err(error) = self.cluster.logout(&tokens).await {
                        tracing::warn!(%error, "tokens of an ended session stay valid until they expire");
                    }
                    return Err(GateError::NotSignedIn);
                }
                Ok(Current { tokens, obtained_at })
            }
            // The cluster did not refuse. The rest of the old token's life is still good.
            Err(error) if error.kind() != ErrorKind::NoRefreshToken && !ends_session(&error) => {
                if occasion == Occasion::Ahead && self.is_alive(&current) {
                    Ok(current)
                } else {
                    Err(error.into())
                }
            }
            // Without a refresh token the access token serves until its very end.
            Err(error) if error.kind() == ErrorKind::NoRefreshToken && self.is_alive(&current) => {
                if occasion == Occasion::Requested {
                    Err(error.into())
                } else {
                    Ok(current)
                }
            }
            Err(error) => {
                tracing::info!(%error, "the cluster did not renew a session's tokens");
                self.vault
                    .put_protegrity_tokens(key, None, self.clock.now())
                    .await?;
                Err(GateError::SignInAgain)
            }
        }
    }

    /// Whether the access token has more than the margin left: 30 s, or a fifth of a short life.
    fn is_fresh(&self, current: &Current) -> bool {
        self.left(current) > MARGIN.min(current.tokens.expires_in / 5)
    }

    fn is_alive(&self, current: &Current) -> bool {
        !self.left(current).is_zero()
    }

    /// How long the access token still lives, zero when it does not.
    fn left(&self, current: &Current) -> Duration {
        let life = SignedDuration::try_from(current.tokens.expires_in).unwrap_or(SignedDuration::MAX);
        let age = self.clock.now().duration_since(current.obtained_at);
        Duration::try_from(life.saturating_sub(age)).unwrap_or(Duration::ZERO)
    }

    fn refresh_lock(&self, key: VaultKey) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(self.refresh_locks.lock().entry(key).or_default())
    }

    /// Removes the lock when no other request waits for it.
    fn release(&self, key: VaultKey, lock: Arc<tokio::sync::Mutex<()>>) {
        let mut locks = self.refresh_locks.lock();
        drop(lock);
        if locks.get(&key).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            locks.remove(&key);
        }
    }
}

/// The tokens of one session.
struct SessionTokens {
    manager: Arc<TokenManager>,
    key: VaultKey,
}

#[async_trait]
impl TokenSource for SessionTokens {
    async fn token(&self) -> Result<AccessToken, Error> {
        let current = self.manager.valid(self.key).await.map_err(no_token)?;
        Ok(current.tokens.access)
    }

    /// Calls that were refused with the same token share one renewal.
    async fn renew(&self, spent: &AccessToken) -> Result<AccessToken, Error> {
        let current = self.manager.stored(self.key).await.map_err(no_token)?;
        if current.tokens.access != *spent {
            return Ok(current.tokens.access);
        }
        let renewed = self
            .manager
            .renew(self.key, current.obtained_at, Occasion::Refused)
            .await;
        Ok(renewed.map_err(no_token)?.tokens.access)
    }

    async fn rejected(&self, spent: &AccessToken, error: Error) -> Error {
        self.manager.judge(self.key, spent, error).await
    }
}

/// Why a call has no token, as the client reports it.
fn no_token(error: GateError) -> Error {
    let failure = match error {
        GateError::Upstream(error) => return error.before_the_call(),
        GateError::NotSignedIn => TokenFailure::NoSession,
        GateError::SignInAgain => TokenFailure::SignInAgain,
        GateError::Store(cause) => return Error::no_token(SYSTEM, TokenFailure::Store).with_cause(cause),
        GateError::Forbidden { .. }
        | GateError::NotConnected
        | GateError::TooManySignIns { .. }
        | GateError::Audit(_) => TokenFailure::Store,
    };
    Error::no_token(SYSTEM, failure)
}

/// Whether the cluster refused the refresh token itself: with a 401, or with OAuth's `invalid_grant`. Every other
/// failure says nothing about the session, neither does a 403 or 404 of a gateway that is being rolled out: the next
/// try may succeed.
fn ends_session(error: &Error) -> bool {
    let is_answer = matches!(error.kind(), ErrorKind::Rejected | ErrorKind::Forbidden);
    error.kind() == ErrorKind::Unauthorized || (is_answer && error.is_invalid_grant())
}
