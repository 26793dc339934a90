//! A passage: the permission to make calls to the cluster for one action on one target.

use std::sync::Arc;

use protegrity::{Api, Authorized, ErrorKind, PasswordPolicy, User, UserId, Version};

use crate::{
    action::Action,
    audit::{self, Caller, Target},
    directory::{Directory, Listing, UserQuery},
    error::GateError,
    gate::Gate,
    permissions::Verdict,
    tokens::Occasion,
    vault::Visitor,
};

/// Calls made through a passage carry a token that is valid now, and their outcome is audited when
/// the action changes something. Cheap to clone.
#[derive(Clone)]
pub struct Passage(Arc<Inner>);

struct Inner {
    gate: Gate,
    visitor: Visitor,
    caller: Caller,
    action: Action,
    target: Target,
}

impl Passage {
    pub(crate) fn new(gate: Gate, visitor: Visitor, caller: Caller, action: Action, target: Target) -> Self {
        Self(Arc::new(Inner {
            gate,
            visitor,
            caller,
            action,
            target,
        }))
    }

    /// Who is passing.
    pub fn visitor(&self) -> &Visitor {
        &self.0.visitor
    }

    /// The call that this passage was opened for. Intent and outcome are written to the audit trail
    /// when the action changes something.
    ///
    /// # Errors
    /// [`GateError::SignInAgain`] when the cluster takes the session's tokens no longer, and
    /// [`GateError::Cluster`] for everything else that it says.
    pub async fn call<T, F>(&self, call: impl Fn(Authorized) -> F) -> Result<T, GateError>
    where
        F: Future<Output = Result<T, protegrity::Error>>,
    {
        let Inner {
            visitor,
            caller,
            action,
            target,
            ..
        } = &*self.0;
        let who = &visitor.profile.user_name;
        if !action.rule().changes {
            return self.read(call).await;
        }
        audit::intent(who, caller, *action, target);
        let result = self.read(call).await;
        audit::outcome(who, caller, *action, target, &result);
        result
    }

    /// A call beside the one that the passage was opened for, which only reads.
    pub async fn read<T, F>(&self, call: impl Fn(Authorized) -> F) -> Result<T, GateError>
    where
        F: Future<Output = Result<T, protegrity::Error>>,
    {
        let Inner { gate, visitor, .. } = &*self.0;
        let current = gate.desk().valid(visitor.key).await?;
        match call(gate.cluster().with_token(&current.tokens.access)).await {
            // A 401 is said before anything is done, so the call can be made once more.
            Err(error) if error.kind() == ErrorKind::Unauthorized => {
                let desk = gate.desk();
                let renewed = desk
                    .renew(visitor.key, current.obtained_at, Occasion::Refused)
                    .await?;
                match call(gate.cluster().with_token(&renewed.tokens.access)).await {
                    Err(error) if error.kind() == ErrorKind::Unauthorized => {
                        Err(desk.judge(visitor.key, &renewed, error).await)
                    }
                    answer => Ok(answer?),
                }
            }
            answer => Ok(answer?),
        }
    }

    /// A page of the cluster's users, searched, filtered and sorted in the directory index.
    ///
    /// # Errors
    /// What the cluster says when the index has to be loaded, or this session let in.
    pub async fn users(&self, query: &UserQuery) -> Result<Listing, GateError> {
        self.directory().list(self, query).await
    }

    pub(crate) fn directory(&self) -> &Directory {
        self.0.gate.directory()
    }

    /// Tells the directory index what a user is like now.
    pub fn note_user(&self, user: &User) {
        self.directory().note(user);
    }

    /// One user, read from the cluster and noted in the directory index.
    pub async fn user(&self, id: &UserId) -> Result<User, GateError> {
        let user = self.read(|cluster| async move { cluster.user(id).await }).await?;
        self.note_user(&user);
        Ok(user)
    }

    /// Which version of this API answers. It is asked without a token (notes on the reference, row 10).
    pub async fn version(&self, api: Api) -> Result<Version, GateError> {
        Ok(self.0.gate.cluster().version(api).await?)
    }

    /// The cluster's password policy, or `None` where this person may not read it.
    pub async fn password_policy(&self) -> Option<PasswordPolicy> {
        let permissions = &self.visitor().profile.permissions;
        if permissions.check(protegrity::permissions::PASSWORD_POLICY_VIEWER) == Verdict::Missing {
            return None;
        }
        match self
            .read(|cluster| async move { cluster.password_policy().await })
            .await
        {
            Ok(policy) => Some(policy),
            Err(error) => {
                tracing::debug!(%error, "the password policy could not be read");
                None
            }
        }
    }
}
