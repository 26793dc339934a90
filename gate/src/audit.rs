//! Audit events: who attempted what, on what, from where, with which outcome.
//!
//! Two events share one id: the intent, written before the call, and the outcome, written after it. They hold
//! names and ids alone, never a token, a password or an upstream address.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;
use protegrity::UserId;
use serde::Serialize;
use uuid::Uuid;

use crate::principal::Principal;

/// The request that an action comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestOrigin {
    /// The request id, which the person sees when something fails.
    pub request_id: String,
    /// The address of the client, where known: of the connection, or as a trusted proxy names it.
    pub address: Option<String>,
}

/// The object of an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The kind of object: `user`, `group`; `portal` for a list or the portal as a whole.
    pub kind: &'static str,
    /// What identifies the object within its kind; empty for the portal.
    pub id: String,
    /// More about the object in words, where the id does not say enough.
    pub name: Option<String>,
}

impl Target {
    /// The portal as a whole, or a list of it.
    pub fn portal() -> Self {
        Self::of("portal", "")
    }

    /// The object of this kind with this id or name.
    pub fn of(kind: &'static str, id: impl fmt::Display) -> Self {
        Self {
            kind,
            id: id.to_string(),
            name: None,
        }
    }

    /// One user of the cluster.
    pub fn user(id: &UserId) -> Self {
        Self::of("user", id)
    }

    /// The same object with more about it in words.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind)?;
        if !self.id.is_empty() {
            write!(f, " {}", self.id)?;
        }
        match &self.name {
            Some(name) => write!(f, " ({name})"),
            None => Ok(()),
        }
    }
}

/// The account in an audit event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditPrincipal {
    /// The user name.
    pub user_name: String,
    /// The id at the cluster, where known.
    pub user_id: Option<UserId>,
}

impl From<&Principal> for AuditPrincipal {
    fn from(principal: &Principal) -> Self {
        Self {
            user_name: principal.user_name.clone(),
            user_id: principal.user_id.clone(),
        }
    }
}

/// The stage of an action that an audit event records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "reason")]
pub enum Outcome {
    /// The call is about to be made.
    Intent,
    /// The call succeeded.
    Done,
    /// The gate refused the action; nothing was called.
    Refused(String),
    /// The call failed.
    Failed(String),
    /// The call may have taken effect: the answer did not arrive.
    Unknown(String),
}

impl Outcome {
    const fn name(&self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Done => "done",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
            Self::Unknown(_) => "unknown",
        }
    }

    fn reason(&self) -> Option<&str> {
        match self {
            Self::Intent | Self::Done => None,
            Self::Refused(reason) | Self::Failed(reason) | Self::Unknown(reason) => Some(reason),
        }
    }
}

/// One entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditEvent {
    /// Joins the intent and the outcome of one call.
    pub id: Uuid,
    /// When the event was written.
    pub at: Timestamp,
    /// The signed-in account; `None` for a sign-in that failed: a name that nothing has proven can be a password
    /// typed into the wrong field.
    pub principal: Option<AuditPrincipal>,
    /// For a sign-in that failed, a keyed hash of the user name: the same for all tries of one account while the
    /// process runs, and of no use for finding out the name.
    pub account: Option<String>,
    /// The request.
    pub origin: RequestOrigin,
    /// The action's audit name: `user.lock`.
    pub action: &'static str,
    /// The object.
    pub target: Target,
    /// The stage.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The system's correlation id, where the system was called and named one.
    pub upstream_id: Option<String>,
}

/// The audit log could not be written.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the audit log could not be written: {0}")]
pub struct AuditError(pub String);

/// Where audit events are kept.
#[async_trait]
pub trait AuditLog: Send + Sync + 'static {
    /// Appends an event. When this fails for an intent, the call is not made.
    async fn record(&self, event: &AuditEvent) -> Result<(), AuditError>;
}

/// An audit log in the process's own log, under the target `postern::audit`.
#[derive(Clone, Copy, Debug, Default)]
pub struct TracingAuditLog;

#[async_trait]
impl AuditLog for TracingAuditLog {
    async fn record(&self, event: &AuditEvent) -> Result<(), AuditError> {
        let principal = event.principal.as_ref();
        tracing::info!(
            target: "postern::audit",
            event_id = %event.id,
            principal = principal.map(|principal| principal.user_name.as_str()),
            account = event.account,
            user_id = principal.and_then(|principal| principal.user_id.as_ref()).map(UserId::as_str),
            action = event.action,
            target = %event.target,
            request_id = event.origin.request_id,
            address = event.origin.address,
            upstream_id = event.upstream_id,
            reason = event.outcome.reason(),
            "{}",
            event.outcome.name()
        );
        Ok(())
    }
}

/// An audit log in memory that can be made to fail, for tests.
#[derive(Debug, Default)]
pub struct MemoryAuditLog {
    events: Mutex<Vec<AuditEvent>>,
    fails: std::sync::atomic::AtomicBool,
}

impl MemoryAuditLog {
    /// The events so far.
    pub fn events(&self) -> Vec<AuditEvent> {
        self.events.lock().clone()
    }

    /// Whether events can be written from now on.
    pub fn set_writable(&self, writable: bool) {
        self.fails.store(!writable, std::sync::atomic::Ordering::Relaxed);
    }
}

#[async_trait]
impl AuditLog for MemoryAuditLog {
    async fn record(&self, event: &AuditEvent) -> Result<(), AuditError> {
        if self.fails.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(AuditError("the log is read-only".to_owned()));
        }
        self.events.lock().push(event.clone());
        Ok(())
    }
}
