//! Tokens that are valid now: renewed ahead of expiry, once, however many requests wait for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use protegrity::{Client, ErrorKind, Tokens};
use tracing::Instrument;

use crate::{
    clock::Clock,
    error::GateError,
    vault::{Row, Vault, VaultKey},
};

/// The longest margin before expiry at which a token is renewed.
const MARGIN: Duration = Duration::from_secs(30);

/// Tokens and when they were obtained, which tells one generation of a session's tokens from the next.
#[derive(Clone, Debug)]
pub(crate) struct Current {
    pub tokens: Tokens,
    pub obtained_at: Timestamp,
}

/// When a session's tokens end, told without the tokens.
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
    /// When the refresh token ends, where the cluster said so.
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
    /// Somebody asks for it: what does not come of it is said, and the old tokens serve on.
    Asked,
}

/// Hands out tokens of the vault and renews them.
pub(crate) struct TokenDesk {
    cluster: Client,
    vault: Arc<dyn Vault>,
    clock: Clock,
    /// One lock a session that renews at the moment.
    flights: Mutex<HashMap<VaultKey, Arc<tokio::sync::Mutex<()>>>>,
}

impl TokenDesk {
    pub fn new(cluster: Client, vault: Arc<dyn Vault>, clock: Clock) -> Self {
        Self {
            cluster,
            vault,
            clock,
            flights: Mutex::default(),
        }
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
        Ok(self.renew(key, spent, Occasion::Asked).await?.times())
    }

    /// Tokens of a later generation than `spent`, which the cluster has refused or is about to. The
    /// renewal stands on its own feet: tokens that the cluster has just given are not lost when the
    /// browser does not wait for the answer.
    pub async fn renew(
        self: &Arc<Self>,
        key: VaultKey,
        spent: Timestamp,
        occasion: Occasion,
    ) -> Result<Current, GateError> {
        let desk = Arc::clone(self);
        let renewal = async move { desk.renew_in_turn(key, spent, occasion).await };
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
        let flight = self.flight(key);
        let result = {
            let _turn = flight.lock().await;
            match self.stored(key).await {
                Ok(current) if current.obtained_at > spent => Ok(current),
                Ok(current) => self.refresh(key, current, occasion).await,
                Err(error) => Err(error),
            }
        };
        self.land(key, flight);
        result
    }

    /// What it means that a call was refused with tokens that are as new as can be. One that takes
    /// them elsewhere has refused this call for a reason of its own; otherwise only the password
    /// helps, and that is remembered, so that the sign-in page does not take the session for good.
    pub async fn judge(&self, key: VaultKey, spent: &Current, refused: protegrity::Error) -> GateError {
        // The call that the sign-in asks as well.
        let roles = self.cluster.with_token(&spent.tokens.access).roles().await;
        if !roles.is_err_and(|error| error.kind() == ErrorKind::Unauthorized) {
            return refused.into();
        }
        let flight = self.flight(key);
        let given_up = {
            let _turn = flight.lock().await;
            self.give_up(key, spent.obtained_at).await
        };
        self.land(key, flight);
        given_up.err().unwrap_or(GateError::SignInAgain)
    }

    /// Forgets the tokens, unless there are newer ones.
    async fn give_up(&self, key: VaultKey, spent: Timestamp) -> Result<(), GateError> {
        if self.stored(key).await?.obtained_at <= spent {
            tracing::info!("the cluster takes a session's tokens no longer");
            self.vault.put_tokens(key, None, self.clock.now()).await?;
        }
        Ok(())
    }

    async fn stored(&self, key: VaultKey) -> Result<Current, GateError> {
        let row = self
            .vault
            .get(key, self.clock.now())
            .await?
            .ok_or(GateError::NotSignedIn)?;
        let Row {
            tokens, obtained_at, ..
        } = row;
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
                    .put_tokens(key, Some(tokens.clone()), obtained_at)
                    .await?
                {
                    // Signed out meanwhile: nobody will use these, so the cluster may forget them too.
                    if let Err(error) = self.cluster.logout(&tokens).await {
                        tracing::warn!(%error, "tokens of an ended session stay valid until they expire");
                    }
                    return Err(GateError::NotSignedIn);
                }
                Ok(Current { tokens, obtained_at })
            }
            // The cluster did not say no. What is left of the old token is still good.
            Err(error) if is_passing(error.kind()) => {
                if occasion == Occasion::Ahead && self.is_alive(&current) {
                    Ok(current)
                } else {
                    Err(error.into())
                }
            }
            // Without a refresh token the access token serves until its very end.
            Err(error) if error.kind() == ErrorKind::NoRefreshToken && self.is_alive(&current) => {
                if occasion == Occasion::Asked {
                    Err(error.into())
                } else {
                    Ok(current)
                }
            }
            Err(error) => {
                tracing::info!(%error, "the cluster did not renew a session's tokens");
                self.vault.put_tokens(key, None, self.clock.now()).await?;
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

    fn flight(&self, key: VaultKey) -> Arc<tokio::sync::Mutex<()>> {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(flights.entry(key).or_default())
    }

    /// Forgets the lock when nobody else waits for it.
    fn land(&self, key: VaultKey, flight: Arc<tokio::sync::Mutex<()>>) {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        drop(flight);
        if flights
            .get(&key)
            .is_some_and(|flight| Arc::strong_count(flight) == 1)
        {
            flights.remove(&key);
        }
    }
}

/// Whether this failure says nothing about the session: the next try may succeed.
fn is_passing(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Unreachable
            | ErrorKind::Timeout
            | ErrorKind::Upstream
            | ErrorKind::TooManyRequests
            | ErrorKind::Unreadable
            | ErrorKind::Redirected
    )
}
