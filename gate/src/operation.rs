//! An operation: the permission to call a system for one action on one target.

use std::sync::Arc;

use protegrity::{Authorized, Client, User};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::{
    action::Action,
    audit::{AuditEvent, AuditLog, Outcome, RequestOrigin, Target},
    clock::Clock,
    error::{GateError, OperationError},
    principal::Principal,
    system::Permission,
    tokens::TokenManager,
};

/// What an operation needs of the gate.
#[derive(Clone)]
pub(crate) struct Systems {
    pub cluster: Client,
    pub tokens: Arc<TokenManager>,
    pub audit: Arc<dyn AuditLog>,
    pub clock: Clock,
    /// The changes that have an intent and no outcome yet.
    pub under_way: TaskTracker,
}

/// One action of one principal on one target. Calls made through it carry a token that is valid now, and those
/// that change something are audited. Cheap to clone.
#[derive(Clone)]
pub struct Operation(Arc<Inner>);

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
        let call = call(self.authorized());
        let result = self.audited(async { Ok(call.await?) }).await;
        self.in_context(result)
    }

    /// Makes a call that changes nothing.
    pub async fn read<T, F>(&self, call: impl FnOnce(Authorized) -> F) -> Result<T, OperationError>
    where
        F: Future<Output = Result<T, protegrity::Error>>,
    {
        let result = call(self.authorized()).await;
        // The change that the read belongs to was not sent.
        self.in_context(result.map_err(|error| GateError::from(error.before_the_call())))
    }

    /// Makes a call that is documented to need no token.
    pub async fn read_without_token<T, F>(&self, call: impl FnOnce(Client) -> F) -> Result<T, OperationError>
    where
        F: Future<Output = Result<T, protegrity::Error>>,
    {
        let result = call(self.0.systems.cluster.clone()).await;
        self.in_context(result.map_err(GateError::from))
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

    /// Writes the intent, runs the call, writes the outcome.
    async fn audited<T>(&self, call: impl Future<Output = Result<T, GateError>>) -> Result<T, GateError> {
        if !self.0.action.rule().changes {
            return call.await;
        }
        let _under_way = self.0.systems.under_way.token();
        let audit = &self.0.systems.audit;
        let intent = self.event();
        audit.record(&intent).await?;
        let result = call.await;
        let upstream = result.as_ref().err().and_then(GateError::upstream);
        let outcome = AuditEvent {
            at: self.0.systems.clock.now(),
            outcome: outcome_of(&result),
            upstream_id: upstream
                .map(|error| error.correlation_id().to_owned())
                .filter(|id| !id.is_empty()),
            ..intent
        };
        if let Err(error) = audit.record(&outcome).await {
            // The call has been made: failing now would misreport it.
            tracing::error!(%error, event_id = %outcome.id, "an outcome is missing from the audit log");
        }
        result
    }

    fn event(&self) -> AuditEvent {
        AuditEvent {
            id: Uuid::new_v4(),
            at: self.0.systems.clock.now(),
            principal: Some(self.principal().as_ref().into()),
            origin: self.0.origin.clone(),
            action: self.0.action.rule().name,
            target: self.0.target.clone(),
            outcome: Outcome::Intent,
            upstream_id: None,
        }
    }
}

pub(crate) fn outcome_of<T>(result: &Result<T, GateError>) -> Outcome {
    match result {
        Ok(_) => Outcome::Done,
        Err(error @ GateError::Forbidden { .. }) => Outcome::Refused(error.to_string()),
        Err(error) if error.is_unknown_outcome() => Outcome::Unknown(error.to_string()),
        Err(error) => Outcome::Failed(error.to_string()),
    }
}
