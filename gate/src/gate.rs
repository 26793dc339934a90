//! The gate itself: sign-in, sign-out, the principal of a session, and the one way to a system.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use protegrity::{Api, Client, ErrorKind, LoginFailure, Role};
use secrecy::SecretString;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use tower_sessions::Session;
use uuid::Uuid;

use crate::{
    action::{Action, Needs},
    audit::{AuditEvent, AuditLog, AuditPrincipal, RequestOrigin, Target},
    availability::Availability,
    clock::Clock,
    connection::{self, Accepted},
    error::{GateError, OperationError},
    operation::{Operation, Systems, outcome_of},
    pending::PendingForm,
    principal::{Identity, Principal},
    sign_in_limiter::{AttemptOutcome, SignInLimiter},
    system::System,
    tokens::{TokenManager, TokenTimes},
    vault::{Person, ProtegrityCredentials, Row, Vault},
    vault_key::VaultKey,
};

/// The entry of a session record that holds the key of its row in the vault.
const KEY: &str = "key";

/// How many sessions one person has at a time.
const MAX_SESSIONS: usize = 10;

/// How long a session lasts.
#[derive(Clone, Copy, Debug)]
pub struct SessionRules {
    /// Without a request for this long it ends.
    pub idle: SignedDuration,
    /// However busy, it ends this long after sign-in.
    pub max: SignedDuration,
}

impl Default for SessionRules {
    fn default() -> Self {
        Self {
            idle: SignedDuration::from_mins(30),
            max: SignedDuration::from_hours(12),
        }
    }
}

/// The parts of a [`Gate`].
pub struct GateConfig {
    /// The client of the cluster. Nothing else in the portal holds one.
    pub cluster: Client,
    /// The client of Proofpoint Essentials, likewise.
    pub proofpoint: proofpoint::Client,
    /// Where tokens are kept.
    pub vault: Arc<dyn Vault>,
    /// Where audit events are kept.
    pub audit: Arc<dyn AuditLog>,
    /// How long sessions last.
    pub rules: SessionRules,
    /// The clock.
    pub clock: Clock,
}

/// The gate. Cheap to clone.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    systems: Systems,
    vault: Arc<dyn Vault>,
    rules: SessionRules,
    sign_ins: SignInLimiter,
    /// The roles that the last session could list which could list any.
    visible_roles: Mutex<Arc<Vec<Role>>>,
}

impl Gate {
    /// A gate in front of one cluster.
    pub fn new(config: GateConfig) -> Self {
        let GateConfig {
            cluster,
            proofpoint,
            vault,
            audit,
            rules,
            clock,
        } = config;
        let sign_ins = SignInLimiter::new(clock.clone());
        let tokens = TokenManager::new(cluster.clone(), Arc::clone(&vault), clock.clone());
        Self(Arc::new(Inner {
            systems: Systems {
                cluster,
                proofpoint,
                availability: Availability::default(),
                tokens: Arc::new(tokens),
                audit,
                vault: Arc::clone(&vault),
                ended: watch::Sender::default(),
                clock,
                under_way: TaskTracker::new(),
            },
            vault,
            rules,
            sign_ins,
            visible_roles: Mutex::default(),
        }))
    }

    /// Waits until every change that was sent has its outcome, in the audit log too: before the process ends.
    pub async fn settled(&self) {
        let under_way = &self.0.systems.under_way;
        under_way.close();
        under_way.wait().await;
    }

    /// The time now by the gate's clock.
    pub fn now(&self) -> Timestamp {
        self.0.systems.clock.now()
    }

    /// The gate's clock.
    pub fn clock(&self) -> &Clock {
        &self.0.systems.clock
    }

    /// How long sessions last.
    pub fn rules(&self) -> SessionRules {
        self.0.rules
    }

    /// Signs a person in and gives the session a new id. When the same person signs in again, a
    /// form that waits for them is kept.
    ///
    /// # Errors
    /// [`GateError::TooManySignIns`] when too many were tried, before the cluster is called; [`GateError::Upstream`],
    /// whose `login_failure` says why.
    pub async fn sign_in(
        &self,
        session: &Session,
        login_name: &str,
        password: &SecretString,
        origin: &RequestOrigin,
    ) -> Result<Arc<Principal>, OperationError> {
        let account = self.0.sign_ins.account(login_name);
        let result = match self.0.sign_ins.begin(account, origin.address.as_deref()).await {
            Ok(attempt) => {
                if !attempt.delay.is_zero() {
                    tokio::time::sleep(attempt.delay).await;
                }
                let result = self.log_in(session, login_name, password).await;
                attempt.decide(outcome_of_login(&result));
                result
            }
            Err(retry_after) => Err(GateError::TooManySignIns { retry_after }),
        };
        let event = match &result {
            Ok(principal) => AuditEvent {
                principal: Some(principal.as_ref().into()),
                ..self.event(origin, Action::SignIn, Target::portal(), &result)
            },
            Err(_) => AuditEvent {
                account: Some(account.to_string()),
                ..self.event(origin, Action::SignIn, Target::portal(), &result)
            },
        };
        self.write(&event).await;
        in_context(Action::SignIn, origin, result)
    }

    async fn log_in(
        &self,
        session: &Session,
        login_name: &str,
        password: &SecretString,
    ) -> Result<Arc<Principal>, GateError> {
        let cluster = &self.0.systems.cluster;
        let login = cluster.login(login_name, password).await?;
        let now = self.now();
        let mut identity = Identity::of(&login, &cluster.with_token(&login.tokens.access), login_name).await;
        self.share_visible_roles(&mut identity.visible_roles);

        let before = self.forget(session).await?;
        if let Some(tokens) = before.as_ref().and_then(|row| row.protegrity.tokens.clone()) {
            // The session that this one replaces ends at the cluster without delaying the sign-in.
            let systems = self.0.systems.clone();
            tokio::spawn(async move { systems.log_out(&tokens).await });
        }
        let is_same = |row: &Row| row.principal.user_name.eq_ignore_ascii_case(&identity.user_name);
        let pending = before.filter(is_same).and_then(|row| row.pending);
        let Identity {
            user_name,
            user_id,
            roles,
            permissions,
            permission_origin,
            visible_roles,
        } = identity;
        let key = VaultKey::random();
        let principal = Arc::new(Principal {
            key,
            user_name,
            user_id,
            roles,
            permissions,
            permission_origin,
            proofpoint: None,
            visible_roles,
            signed_in_at: now,
            ends_at: now + self.0.rules.max,
        });
        let row = Row {
            principal: Arc::clone(&principal),
            protegrity: ProtegrityCredentials {
                tokens: Some(login.tokens),
                obtained_at: now,
            },
            proofpoint: None,
            seen_at: now,
            pending,
        };
        self.0.vault.put(key, row).await?;
        self.end_oldest(&principal).await?;
        session.cycle_id().await?;
        session.insert(KEY, key).await?;
        Ok(principal)
    }

    /// Ends the oldest sessions of a person who has too many.
    async fn end_oldest(&self, principal: &Principal) -> Result<(), GateError> {
        let keys = self.0.vault.keys_of(&principal.into()).await?;
        let beyond = keys.len().saturating_sub(MAX_SESSIONS);
        let oldest = keys.into_iter().filter(|key| *key != principal.key).take(beyond);
        Ok(self.0.systems.end(&oldest.collect::<Vec<_>>()).await?)
    }

    /// Lets sessions that could list the same roles keep them once.
    fn share_visible_roles(&self, roles: &mut Arc<Vec<Role>>) {
        let mut shared = self.0.visible_roles.lock();
        if *shared == *roles {
            *roles = Arc::clone(&shared);
        } else if !roles.is_empty() {
            *shared = Arc::clone(roles);
        }
    }

    /// Ends the session here at once, and then at the cluster as far as that answers.
    pub async fn sign_out(&self, session: &Session, origin: &RequestOrigin) -> Result<(), GateError> {
        let row = self.forget(session).await?;
        session.flush().await?;
        let Some(row) = row else { return Ok(()) };
        let ended = match &row.protegrity.tokens {
            Some(tokens) => self.0.systems.log_out(tokens).await,
            None => Ok(()),
        };
        let principal = Some(row.principal.as_ref().into());
        self.record(principal, origin, Action::SignOut, Target::portal(), &ended)
            .await;
        Ok(())
    }

    /// Removes the session's row from the vault.
    async fn forget(&self, session: &Session) -> Result<Option<Row>, GateError> {
        Ok(match session.remove::<VaultKey>(KEY).await? {
            Some(key) => self.0.systems.remove(key).await?,
            None => None,
        })
    }

    /// The signed-in person of the session, if any. A session past its end is removed.
    pub async fn principal(&self, session: &Session) -> Result<Option<Arc<Principal>>, GateError> {
        let Some(key) = session.get::<VaultKey>(KEY).await? else {
            return Ok(None);
        };
        let now = self.now();
        match self.0.vault.get(key, now).await? {
            Some(row) if row.principal.ends_at > now => Ok(Some(row.principal)),
            _ => {
                self.forget(session).await?;
                Ok(None)
            }
        }
    }

    /// Makes sure that the cluster still accepts this session's tokens, renewing them where needed.
    /// A cluster that cannot be reached does not count against the session.
    ///
    /// # Errors
    /// [`GateError::SignInAgain`] when the person has to give the password again.
    pub async fn ensure_tokens(&self, principal: &Principal) -> Result<(), GateError> {
        match self.0.systems.tokens.valid(principal.key).await {
            Ok(_) | Err(GateError::Upstream(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// When this session's tokens end.
    ///
    /// # Errors
    /// [`GateError::SignInAgain`] when the cluster no longer accepts them.
    pub async fn token_times(&self, principal: &Principal) -> Result<TokenTimes, GateError> {
        self.0.systems.tokens.times(principal.key).await
    }

    /// Renews this session's tokens now, and returns when the new ones end.
    ///
    /// # Errors
    /// [`GateError::SignInAgain`] when the cluster no longer accepts the refresh token; [`GateError::Upstream`]
    /// for what says nothing about the session, such as that there is no refresh token: the old tokens
    /// serve on.
    pub async fn refresh_now(
        &self,
        principal: &Principal,
        origin: &RequestOrigin,
    ) -> Result<TokenTimes, OperationError> {
        let renewed = self.0.systems.tokens.renew_now(principal.key).await;
        let target = Target::portal();
        self.record(
            Some(principal.into()),
            origin,
            Action::RefreshSession,
            target,
            &renewed,
        )
        .await;
        in_context(Action::RefreshSession, origin, renewed)
    }

    /// Connects the session with an account at Proofpoint Essentials, in the place of one that it was connected with.
    /// The credentials are tried first; they are kept in the vault until the session ends, a disconnect, or their
    /// refusal.
    ///
    /// # Errors
    /// [`GateError::TooManySignIns`] when too many were tried, before Proofpoint is called; [`GateError::Upstream`], an
    /// `Unauthorized` where the credentials are wrong; [`GateError::NotSignedIn`] where the session has ended meanwhile.
    pub async fn connect_proofpoint(
        &self,
        principal: &Principal,
        origin: &RequestOrigin,
        login: proofpoint::Login,
    ) -> Result<Arc<Principal>, OperationError> {
        let account = self.0.sign_ins.account(&login.account_key());
        let result = match self.0.sign_ins.begin(account, origin.address.as_deref()).await {
            Ok(attempt) => {
                if !attempt.delay.is_zero() {
                    tokio::time::sleep(attempt.delay).await;
                }
                let result = self.try_proofpoint(principal, login).await;
                attempt.decide(outcome_of_connecting(&result));
                result
            }
            Err(retry_after) => Err(GateError::TooManySignIns { retry_after }),
        };
        let action = Action::ConnectProofpoint;
        self.record(Some(principal.into()), origin, action, Target::portal(), &result)
            .await;
        in_context(action, origin, result)
    }

    async fn try_proofpoint(
        &self,
        principal: &Principal,
        login: proofpoint::Login,
    ) -> Result<Arc<Principal>, GateError> {
        let Accepted {
            credentials,
            account,
            permissions,
        } = connection::connect(&self.0.systems.proofpoint, login, self.now())
            .await
            // It only reads there: an answer that does not come leaves nothing in doubt.
            .map_err(proofpoint::Error::before_the_call)?;
        let connected = Arc::new(principal.connected(Some(account), &permissions));
        let vault = &self.0.vault;
        let is_there = vault
            .put_proofpoint(principal.key, credentials, Arc::clone(&connected))
            .await?;
        if is_there {
            Ok(connected)
        } else {
            Err(GateError::NotSignedIn)
        }
    }

    /// Forgets the account at Proofpoint that the session is connected with, if any.
    ///
    /// # Errors
    /// When the vault fails.
    pub async fn disconnect_proofpoint(
        &self,
        principal: &Principal,
        origin: &RequestOrigin,
    ) -> Result<(), OperationError> {
        let forgotten = async {
            let row = self.0.vault.get(principal.key, self.now()).await?;
            if let Some(given) = row.and_then(|row| row.proofpoint) {
                self.0
                    .vault
                    .remove_proofpoint(principal.key, given.connected_at)
                    .await?;
            }
            Ok(())
        };
        let forgotten = forgotten.await;
        let action = Action::DisconnectProofpoint;
        self.record(
            Some(principal.into()),
            origin,
            action,
            Target::portal(),
            &forgotten,
        )
        .await;
        in_context(action, origin, forgotten)
    }

    /// Keeps a form until this person has signed in again.
    pub async fn store_pending(&self, principal: &Principal, form: PendingForm) -> Result<(), GateError> {
        Ok(self.0.vault.store_pending(principal.key, form).await?)
    }

    /// The form that waits for this person, which stays where it is.
    pub async fn pending(&self, principal: &Principal) -> Result<Option<PendingForm>, GateError> {
        let row = self.0.vault.get(principal.key, self.now()).await?;
        let form = row.and_then(|row| row.pending);
        Ok(form.filter(|form| !form.is_stale(self.now())))
    }

    /// Takes the form that waits for this person, if it has not waited too long.
    pub async fn take_pending(&self, principal: &Principal) -> Result<Option<PendingForm>, GateError> {
        let form = self.0.vault.take_pending(principal.key).await?;
        Ok(form.filter(|form| !form.is_stale(self.now())))
    }

    /// Begins one action on one target. A refusal is written to the audit log here; a call that changes
    /// something, by the [`Operation`].
    ///
    /// # Errors
    /// [`GateError::NotSignedIn`], or [`GateError::Forbidden`] when the permission is known to be
    /// missing. Nothing has reached a system then.
    pub async fn begin(
        &self,
        principal: Option<&Arc<Principal>>,
        origin: &RequestOrigin,
        action: Action,
        target: Target,
    ) -> Result<Operation, OperationError> {
        let Some(principal) = principal else {
            return in_context(action, origin, Err(GateError::NotSignedIn));
        };
        debug_assert!(
            action.rule().needs != Needs::Nothing,
            "{action:?} needs no operation"
        );
        if let Err(denial) = principal.allow(action) {
            let refused: Result<Operation, _> = Err(GateError::Forbidden {
                permission: denial.permission,
                roles: denial.roles,
            });
            self.record(Some(principal.as_ref().into()), origin, action, target, &refused)
                .await;
            return in_context(action, origin, refused);
        }
        Ok(Operation::new(
            self.0.systems.clone(),
            Arc::clone(principal),
            origin.clone(),
            action,
            target,
        ))
    }

    /// Since when this system has not answered; `None` where its last call was answered, or there was none.
    pub fn failing_since(&self, system: System) -> Option<Timestamp> {
        self.0.systems.availability.failing_since(system)
    }

    /// Whether this API of the cluster answers at all, asked without a token. For `/readyz` and
    /// `postern check`.
    pub async fn reach(&self, api: Api) -> Result<(), GateError> {
        self.0.systems.cluster.version(api).await?;
        Ok(())
    }

    /// Forgets sessions that have ended. The server calls it at intervals.
    pub async fn sweep(&self) -> Result<(), GateError> {
        let now = self.now();
        self.0.vault.sweep(now, now - self.0.rules.idle).await?;
        self.0.systems.ended.send_replace(());
        Ok(())
    }

    /// Resolves when this session has ended, whatever ended it. Waiting does not keep the session alive.
    pub async fn session_end(&self, principal: &Principal) {
        let person = Person::from(principal);
        let mut ended = self.0.systems.ended.subscribe();
        loop {
            ended.mark_unchanged();
            match self.0.vault.keys_of(&person).await {
                Ok(keys) if keys.contains(&principal.key) && principal.ends_at > self.now() => {}
                Ok(_) => return,
                Err(error) => tracing::warn!(%error, "whether a session has ended is not known"),
            }
            // The end of a session that is never looked at comes with the next sweep. The sender lives as long as this.
            let _ = ended.changed().await;
        }
    }

    /// Writes an event that has no intent: sign-in, sign-out, refusal.
    async fn record<T>(
        &self,
        principal: Option<AuditPrincipal>,
        origin: &RequestOrigin,
        action: Action,
        target: Target,
        result: &Result<T, GateError>,
    ) {
        let event = AuditEvent {
            principal,
            ..self.event(origin, action, target, result)
        };
        self.write(&event).await;
    }

    /// An event that names nobody.
    fn event<T>(
        &self,
        origin: &RequestOrigin,
        action: Action,
        target: Target,
        result: &Result<T, GateError>,
    ) -> AuditEvent {
        AuditEvent {
            id: Uuid::new_v4(),
            at: self.now(),
            principal: None,
            account: None,
            origin: origin.clone(),
            action: action.rule().name,
            target,
            outcome: outcome_of(result),
            upstream_id: None,
        }
    }

    async fn write(&self, event: &AuditEvent) {
        if let Err(error) = self.0.systems.audit.record(event).await {
            tracing::error!(%error, event_id = %event.id, "an event is missing from the audit log");
        }
    }
}

/// What the answer to a login says about the password.
fn outcome_of_login(result: &Result<Arc<Principal>, GateError>) -> AttemptOutcome {
    match result {
        Ok(_) => AttemptOutcome::Right,
        Err(GateError::Upstream(error)) => match LoginFailure::of(error) {
            LoginFailure::WrongCredentials | LoginFailure::AccountLocked => AttemptOutcome::Wrong,
            LoginFailure::TemporaryPassword
            | LoginFailure::NoTokenPermission
            | LoginFailure::TokenNotAccepted => AttemptOutcome::Right,
            LoginFailure::Other => AttemptOutcome::Unjudged,
        },
        Err(_) => AttemptOutcome::Unjudged,
    }
}

/// What the answer to a connection says about the password.
fn outcome_of_connecting(result: &Result<Arc<Principal>, GateError>) -> AttemptOutcome {
    match result {
        Ok(_) => AttemptOutcome::Right,
        Err(GateError::Upstream(error)) if error.kind() == ErrorKind::Unauthorized => AttemptOutcome::Wrong,
        Err(_) => AttemptOutcome::Unjudged,
    }
}

/// Adds the action and the request to an error.
fn in_context<T>(
    action: Action,
    origin: &RequestOrigin,
    result: Result<T, GateError>,
) -> Result<T, OperationError> {
    result.map_err(|error| OperationError {
        action,
        request_id: origin.request_id.clone(),
        error,
    })
}
