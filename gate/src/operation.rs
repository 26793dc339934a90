//! An operation: the permission to call a system for one action on one target.

use std::{fmt::Display, slice, sync::Arc, time::Duration};

use proofpoint::RowOutcome;
use protegrity::{Authorized, Client, Tokens, User};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::{
    action::Action,
    audit::{AuditEvent, AuditLog, Outcome, RequestOrigin, Target},
    availability::Availability,
    clock::Clock,
    connection,
    error::{GateError, OperationError},
    principal::Principal,
    system::{Permission, System},
    tokens::TokenManager,
    vault::{Person, Row, Vault, VaultError},
    vault_key::VaultKey,
};

/// The longest that sign-out waits for the cluster. The session here has ended before that.
const LOGOUT_TIMEOUT: Duration = Duration::from_secs(3);

/// Why nothing was called for an intent: that of another target of the same call could not be written.
const NOT_CALLED: &str = "nothing was called";

/// The outcome of a target that the system's answer does not mention.
const UNTOLD: &str = "the answer does not say";

/// What an operation needs of the gate.
#[derive(Clone)]
pub(crate) struct Systems {
    pub cluster: Client,
    pub proofpoint: proofpoint::Client,
    pub availability: Availability,
    pub tokens: Arc<TokenManager>,
    pub audit: Arc<dyn AuditLog>,
    pub vault: Arc<dyn Vault>,
    /// Reports that sessions have ended.
    pub ended: watch::Sender<()>,
    pub clock: Clock,
    /// The changes that have an intent and no outcome yet.
    pub under_way: TaskTracker,
}

impl Systems {
    /// Removes a session's row from the vault, and lets those know who wait for the end of a session.
    pub async fn remove(&self, key: VaultKey) -> Result<Option<Row>, VaultError> {
        let row = self.vault.remove(key).await?;
        self.ended.send_replace(());
        Ok(row)
    }

    /// Ends these sessions here at once, and at the cluster without waiting for it.
    pub async fn end(&self, keys: &[VaultKey]) -> Result<(), VaultError> {
        for key in keys {
            let row = self.remove(*key).await?;
            if let Some(tokens) = row.and_then(|row| row.protegrity.tokens) {
                let systems = self.clone();
                tokio::spawn(async move {
                    if let Err(error) = systems.log_out(&tokens).await {
                        tracing::debug!(%error, "the cluster did not end a session that has ended here");
                    }
                });
            }
        }
        Ok(())
    }

    /// Logs out at the cluster, as far as that answers.
    pub async fn log_out(&self, tokens: &Tokens) -> Result<(), GateError> {
        let logout = self.cluster.logout(tokens);
        if let Ok(answer) = tokio::time::timeout(LOGOUT_TIMEOUT, logout).await {
            return Ok(answer?);
        }
        // The tokens are forgotten here; at the cluster they expire by themselves.
        tracing::warn!("the cluster did not answer a logout in time");
        Ok(())
    }
}

/// One action of one principal on one target. Calls made through it carry a token that is valid now, and those
/// that change something are audited. Cheap to clone.
#[derive(Clone)]
pub struct Operation(Arc<Inner>);

/// Which sessions of a user are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedSessions {
    /// Every one.
    All,
    /// Every one but that of the operation.
    Others,
}

struct Inner {
    systems: Systems,
    principal: Arc<Principal>,
    origin: RequestOrigin,
    action: Action,
    target: Target,
}

impl Operation {
    pub(crate) fn new(
        systems: Systems,
        principal: Arc<Principal>,
        origin: RequestOrigin,
        action: Action,
        target: Target,
    ) -> Self {
        Self(Arc::new(Inner {
            systems,
            principal,
            origin,
            action,
            target,
        }))
    }

    /// The signed-in person.
    pub fn principal(&self) -> &Arc<Principal> {
        &self.0.principal
    }

    /// The action.
    pub fn action(&self) -> Action {
        self.0.action
    }

    /// The target.
    pub fn target(&self) -> &Target {
        &self.0.target
    }

    /// The request that the operation belongs to.
    pub fn origin(&self) -> &RequestOrigin {
        &self.0.origin
    }

    /// Whether the principal is known not to have this permission.
    pub fn lacks(&self, permission: Permission) -> bool {
        self.principal().permissions.lacks(permission)
    }

    /// Whether this user is the principal.
    pub fn is_self(&self, user: &User) -> bool {
        self.principal().is_user(&user.id, &user.username)
    }

    /// The same action on another target, as the audit log is to name it: one row of a job, or a target whose
    /// name is known only after a read.
    #[must_use]
    pub fn on(&self, target: Target) -> Self {
        let Inner {
            systems,
            principal,
            origin,
            action,
            ..
        } = &*self.0;
        Self::new(
            systems.clone(),
            Arc::clone(principal),
            origin.clone(),
            *action,
            target,
        )
    }

    /// The same person and request for another action: one step of a longer piece of work, which is audited as what it
    /// is.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] when the permission for it is known to be missing.
    pub fn step(&self, action: Action) -> Result<Self, OperationError> {
        let Inner {
            systems,
            principal,
            origin,
            target,
            ..
        } = &*self.0;
        let step = Self::new(
            systems.clone(),
            Arc::clone(principal),
            origin.clone(),
            action,
            target.clone(),
        );
        match principal.allow(action) {
            Ok(()) => Ok(step),
            Err(denial) => step.in_context(Err(GateError::Forbidden {
                permission: denial.permission,
                roles: denial.roles,
            })),
        }
    }

    /// Makes the call that changes something: the intent is written to the audit log before it, the outcome after
    /// it, under one event id.
    ///
    /// # Errors
    /// [`GateError::Audit`] when the intent could not be written, in which case nothing was called;
    /// [`GateError::SignInAgain`] when the system no longer accepts the session's tokens; [`GateError::Upstream`]
    /// for every other failure of the system.
    pub async fn perform<T, F>(&self, call: impl FnOnce(Authorized) -> F) -> Result<T, OperationError>
    where
        F: Future<Output = Result<T, protegrity::Error>>,
    {
        self.perform_call(System::Protegrity, call(self.authorized()))
            .await
    }

    /// The same at Proofpoint Essentials, at the instance that is asked first.
    ///
    /// # Errors
    /// As for [`Self::perform`]; [`GateError::NotConnected`] where the session has no account there.
    pub async fn perform_at_proofpoint<T, F>(
        &self,
        call: impl FnOnce(proofpoint::Authorized) -> F,
    ) -> Result<T, OperationError>
    where
        F: Future<Output = Result<T, proofpoint::Error>>,
    {
        self.perform_call(System::Proofpoint, call(self.at_proofpoint()))
            .await
    }

    /// Makes one call to Proofpoint Essentials that changes several targets, each with an intent and an outcome of its
    /// own in the audit log. The call returns the outcome of each target, in their order.
    ///
    /// # Errors
    /// As for [`Self::perform_at_proofpoint`].
    pub async fn perform_each_at_proofpoint<F>(
        &self,
        targets: &[Target],
        call: impl FnOnce(proofpoint::Authorized) -> F,
    ) -> Result<Vec<RowOutcome>, OperationError>
    where
        F: Future<Output = Result<Vec<RowOutcome>, proofpoint::Error>>,
    {
        let outcomes = |result: &Result<Vec<RowOutcome>, GateError>| match result {
            Ok(rows) => rows.iter().map(|row| (outcome_of_row(row), None)).collect(),
            Err(_) => vec![outcome_with_id(result); targets.len()],
        };
        let call = call(self.at_proofpoint());
        let call = async { Ok(self.noted(System::Proofpoint, call.await)?) };
        let result = self.audited(targets, call, outcomes).await;
        self.in_context(result.flatten())
    }

    async fn perform_call<T>(
        &self,
        system: System,
        call: impl Future<Output = Result<T, protegrity::Error>>,
    ) -> Result<T, OperationError> {
        let call = async { Ok(self.noted(system, call.await)?) };
        let outcome = |result: &Result<T, GateError>| vec![outcome_with_id(result)];
        let result = self.audited(slice::from_ref(self.target()), call, outcome).await;
        self.in_context(result.flatten())
    }

    /// Makes a change of the portal's own state, with intent and outcome in the audit log as for [`Self::perform`].
    ///
    /// # Errors
    /// [`GateError::Audit`] when the intent could not be written, in which case nothing was changed; the change's own.
    pub async fn perform_here<T, E>(&self, change: impl Future<Output = Result<T, E>>) -> Result<T, E>
    where
        E: Display + From<OperationError>,
    {
        let outcome = |result: &Result<T, E>| match result {
            Ok(_) => vec![(Outcome::Done, None)],
            Err(error) => vec![(Outcome::Failed(error.to_string()), None)],
        };
        let result = self
            .audited(slice::from_ref(self.target()), change, outcome)
            .await;
        self.in_context(result)?
    }

    /// Makes a call that changes nothing.
    pub async fn read<T, F>(&self, call: impl FnOnce(Authorized) -> F) -> Result<T, OperationError>
    where
        F: Future<Output = Result<T, protegrity::Error>>,
    {
        let result = self.noted(System::Protegrity, call(self.authorized()).await);
        // The change that the read belongs to was not sent.
        self.in_context(result.map_err(|error| GateError::from(error.before_the_call())))
    }

    /// Makes a call to Proofpoint Essentials that changes nothing, at the instance that is asked first.
    ///
    /// # Errors
    /// [`GateError::NotConnected`] where the session has no account there.
    pub async fn read_at_proofpoint<T, F>(
        &self,
        call: impl FnOnce(proofpoint::Authorized) -> F,
    ) -> Result<T, OperationError>
    where
        F: Future<Output = Result<T, proofpoint::Error>>,
    {
        let result = self.noted(System::Proofpoint, call(self.at_proofpoint()).await);
        self.in_context(result.map_err(|error| GateError::from(error.before_the_call())))
    }

    /// Makes a call that is documented to need no token.
    pub async fn read_without_token<T, F>(&self, call: impl FnOnce(Client) -> F) -> Result<T, OperationError>
    where
        F: Future<Output = Result<T, protegrity::Error>>,
    {
        let result = self.noted(System::Protegrity, call(self.0.systems.cluster.clone()).await);
        self.in_context(result.map_err(GateError::from))
    }

    /// Ends the sessions of this person here, and returns their keys for what else is kept by session. The cluster has
    /// changed the account by then, so a failure is logged and not returned.
    pub async fn end_sessions(&self, person: &Person, which: EndedSessions) -> Vec<VaultKey> {
        let systems = &self.0.systems;
        let ended = async {
            let mut keys = systems.vault.keys_of(person).await?;
            if which == EndedSessions::Others {
                keys.retain(|key| *key != self.principal().key);
            }
            systems.end(&keys).await?;
            Ok::<_, VaultError>(keys)
        };
        ended.await.unwrap_or_else(|error| {
            tracing::error!(%error, "the sessions of a user could not be ended");
            Vec::new()
        })
    }

    /// Keeps whether the system answered.
    fn noted<T>(&self, system: System, result: Result<T, protegrity::Error>) -> Result<T, protegrity::Error> {
        let systems = &self.0.systems;
        systems.availability.note(system, systems.clock.now(), &result);
        result
    }

    /// Adds the action and the request to an error.
    pub fn in_context<T>(&self, result: Result<T, GateError>) -> Result<T, OperationError> {
        result.map_err(|error| OperationError {
            action: self.0.action,
            request_id: self.0.origin.request_id.clone(),
            error,
        })
    }

    /// The client with this session's tokens: renewed ahead of expiry, and once after a refusal.
    fn authorized(&self) -> Authorized {
        let Inner {
            systems, principal, ..
        } = &*self.0;
        systems
            .cluster
            .with_tokens(systems.tokens.of_session(principal.key))
    }

    /// The client of Proofpoint with the account of this session.
    fn at_proofpoint(&self) -> proofpoint::Authorized {
        let Inner {
            systems, principal, ..
        } = &*self.0;
        let Systems {
            proofpoint,
            vault,
            clock,
            ..
        } = systems;
        connection::of_session(
            proofpoint,
            vault,
            clock,
            principal.key,
            principal.proofpoint.as_ref(),
        )
    }

    /// Writes the intent for each target, runs the call, and writes the outcome of each with the id of the system's
    /// answer. An outcome that the call does not tell is not known.
    async fn audited<T>(
        &self,
        targets: &[Target],
        call: impl Future<Output = T>,
        outcomes: impl FnOnce(&T) -> Vec<(Outcome, Option<String>)>,
    ) -> Result<T, GateError> {
        if !self.0.action.rule().changes {
            return Ok(call.await);
        }
        let _under_way = self.0.systems.under_way.token();
        // Boxed: every caller would carry these futures in its own.
        let intents = Box::pin(self.record_intents(targets)).await?;
        let result = call.await;
        let outcomes = outcomes(&result);
        Box::pin(self.record_outcomes(intents, outcomes)).await;
        Ok(result)
    }

    /// Writes the intent for each target.
    async fn record_intents(&self, targets: &[Target]) -> Result<Vec<AuditEvent>, GateError> {
        let mut intents = Vec::with_capacity(targets.len());
        for target in targets {
            let intent = self.event(target.clone());
            if let Err(error) = self.0.systems.audit.record(&intent).await {
                let not_called = (Outcome::Failed(NOT_CALLED.to_owned()), None);
                let outcomes = vec![not_called; intents.len()];
                self.record_outcomes(intents, outcomes).await;
                return Err(error.into());
            }
            intents.push(intent);
        }
        Ok(intents)
    }

    /// Writes the outcome of each intent, in their order.
    async fn record_outcomes(&self, intents: Vec<AuditEvent>, outcomes: Vec<(Outcome, Option<String>)>) {
        let mut outcomes = outcomes.into_iter();
        for intent in intents {
            let untold = || (Outcome::Unknown(UNTOLD.to_owned()), None);
            let (outcome, upstream_id) = outcomes.next().unwrap_or_else(untold);
            let event = AuditEvent {
                at: self.0.systems.clock.now(),
                outcome,
                upstream_id,
                ..intent
            };
            if let Err(error) = self.0.systems.audit.record(&event).await {
                // The call has been made: failing now would misreport it.
                tracing::error!(%error, event_id = %event.id, "an outcome is missing from the audit log");
            }
        }
    }

    fn event(&self, target: Target) -> AuditEvent {
        AuditEvent {
            id: Uuid::new_v4(),
            at: self.0.systems.clock.now(),
            principal: Some(self.principal().as_ref().into()),
            account: None,
            origin: self.0.origin.clone(),
            action: self.0.action.rule().name,
            target,
            outcome: Outcome::Intent,
            upstream_id: None,
        }
    }
}

/// The outcome of a call, and the id of the system's answer.
fn outcome_with_id<T>(result: &Result<T, GateError>) -> (Outcome, Option<String>) {
    let upstream = result.as_ref().err().and_then(GateError::upstream);
    let id = upstream.map(|error| error.correlation_id().to_owned());
    (outcome_of(result), id.filter(|id| !id.is_empty()))
}

fn outcome_of_row(row: &RowOutcome) -> Outcome {
    match row {
        RowOutcome::Created => Outcome::Done,
        RowOutcome::Failed { status, message } => {
            let status = status.map(|status| format!("status {status}"));
            let words = [status.as_deref(), message.as_deref()].into_iter().flatten();
            Outcome::Failed(words.collect::<Vec<_>>().join(": "))
        }
        RowOutcome::Unknown => Outcome::Unknown(UNTOLD.to_owned()),
    }
}

pub(crate) fn outcome_of<T>(result: &Result<T, GateError>) -> Outcome {
    match result {
        Ok(_) => Outcome::Done,
        Err(error @ (GateError::Forbidden { .. } | GateError::TooManySignIns { .. })) => {
            Outcome::Refused(error.to_string())
        }
        Err(error) if error.is_unknown_outcome() => Outcome::Unknown(error.to_string()),
        Err(error) => Outcome::Failed(error.to_string()),
    }
}
