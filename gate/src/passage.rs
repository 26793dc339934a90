//! A passage: the permission to make calls to the cluster for one action on one target.

use std::sync::Arc;

use protegrity::{Api, Authorized, ErrorKind, Group, GroupId, PasswordPolicy, Role, User, UserId, Version};

use tokio::sync::watch;

use crate::{
    access::{self, AccessReview, AccessState, Change, Desk, Left, Person, ScanProgress},
    action::Action,
    audit::{self, Caller, Target},
    directory::{Directory, GroupListing, Listing, UserQuery},
    error::GateError,
    gate::Gate,
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

    /// Whether it is known that the one who is passing does not hold this permission.
    pub fn lacks(&self, permission: &str) -> bool {
        self.visitor().profile.permissions.lacks(permission)
    }

    /// Whether this user is the one who is passing.
    pub fn is_self(&self, user: &User) -> bool {
        self.visitor().profile.is_of(&user.id, &user.username)
    }

    /// What the passage was opened for.
    pub fn action(&self) -> Action {
        self.0.action
    }

    /// The way to the same action on another target, as the audit trail is to name it: one of many rows.
    #[must_use]
    pub fn on(&self, target: Target) -> Self {
        let Inner {
            gate,
            visitor,
            caller,
            action,
            ..
        } = &*self.0;
        Self::new(gate.clone(), visitor.clone(), caller.clone(), *action, target)
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
        self.audited(self.read(call)).await
    }

    /// The same for a call that is never made twice, such as one whose every failure counts against the
    /// cluster's lock-out. The tokens are still renewed ahead of it when they are about to expire.
    ///
    /// # Errors
    /// As for [`Self::call`], but a 401 is [`GateError::Cluster`] too: it is what the call itself was answered,
    /// and costs nobody the session.
    pub async fn call_once<T, F>(&self, call: impl FnOnce(Authorized) -> F) -> Result<T, GateError>
    where
        F: Future<Output = Result<T, protegrity::Error>>,
    {
        let Inner { gate, visitor, .. } = &*self.0;
        let once = async {
            let current = gate.desk().valid(visitor.key).await?;
            Ok(call(gate.cluster().with_token(&current.tokens.access)).await?)
        };
        self.audited(once).await
    }

    /// Does what the passage was opened for, between intent and outcome in the audit trail when the action changes
    /// something.
    async fn audited<T>(&self, doing: impl Future<Output = Result<T, GateError>>) -> Result<T, GateError> {
        let Inner {
            visitor,
            caller,
            action,
            target,
            ..
        } = &*self.0;
        let who = &visitor.profile.user_name;
        if !action.rule().changes {
            return doing.await;
        }
        audit::intent(who, caller, *action, target);
        let result = doing.await;
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

    /// The user of exactly this name, whatever its case, looked up in the directory index.
    pub async fn user_named(&self, name: &str) -> Result<Option<User>, GateError> {
        let mut found = self.users_named(&[name.to_owned()]).await?;
        Ok(found.pop().flatten())
    }

    /// The users of these names, as for [`Self::user_named`], each in its place.
    pub async fn users_named(&self, names: &[String]) -> Result<Vec<Option<User>>, GateError> {
        self.directory().named(self, names).await
    }

    /// All groups, by name, from the copy that the sessions share which may read them, or afresh.
    ///
    /// # Errors
    /// What the cluster says when the copy has to be loaded, or this session let in.
    pub async fn groups(&self, afresh: bool) -> Result<GroupListing, GateError> {
        self.directory().groups(self, afresh).await
    }

    /// One group, read from the cluster and noted in the copy of all.
    pub async fn group(&self, id: &GroupId) -> Result<Group, GateError> {
        let group = self
            .read(|cluster| async move { cluster.group(id).await })
            .await?;
        self.note_group(&group);
        Ok(group)
    }

    /// The roles that this session may see, which may not be all (notes on the reference, row 14). Kept for a
    /// minute.
    pub async fn roles(&self, afresh: bool) -> Result<Arc<Vec<Role>>, GateError> {
        self.directory().roles(self, afresh).await
    }

    /// Who can do what. Everybody has to be read for it, which is done once for all who ask: a small cluster is
    /// answered at once, and a large one with how far the reading is.
    ///
    /// # Errors
    /// What the cluster says when users may not be read; without roles or groups the review goes on and says so. A
    /// reading that was given up is told to the next who asks from the session that began it; then another begins.
    pub async fn access(&self, afresh: bool) -> Result<AccessState, GateError> {
        access::access(self, afresh).await
    }

    /// The same where everybody was read lately, and nothing otherwise: nobody is read for it.
    ///
    /// # Errors
    /// What the cluster says when users may not be read.
    pub async fn access_if_read(&self) -> Result<Option<AccessReview>, GateError> {
        access::access_if_read(self).await
    }

    /// Tells how far the reading for [`Self::access`] is; `None` when none is under way.
    pub fn access_changes(&self) -> watch::Receiver<Option<ScanProgress>> {
        self.access_desk().changes()
    }

    /// Whether anybody could still manage users after this change, asked before it is made.
    ///
    /// # Errors
    /// When the session has ended, or the cluster does not answer at all. What may not be read makes the answer
    /// [`Left::Unknown`].
    pub async fn who_is_left(&self, change: &Change) -> Result<Left, GateError> {
        // Three calls at once and a search make a large future, which no page should carry in its own.
        Box::pin(access::who_is_left(self, change)).await
    }

    pub(crate) fn directory(&self) -> &Directory {
        self.0.gate.directory()
    }

    pub(crate) fn access_desk(&self) -> &Desk {
        self.0.gate.access_desk()
    }

    /// Tells what is kept of all users what this one is like now.
    pub fn note_user(&self, user: &User) {
        self.directory().note(user);
        if let Some(person) = Person::of(user) {
            self.access_desk().note(person);
        }
    }

    /// Tells what is kept of all users that this account is open now, or not: all that is known after a lock in a
    /// batch, whose rows tell no roles.
    pub fn note_enabled(&self, id: &UserId, enabled: bool) {
        self.directory().note_enabled(id, enabled);
        self.access_desk().note_enabled(id.clone(), enabled);
    }

    /// Tells what is kept of all users and groups that a user was deleted.
    pub fn forget_user(&self, id: &UserId) {
        self.directory().forget_user(id);
        self.access_desk().note_change(Change::UserGone(id.clone()));
    }

    /// Tells what is kept of all groups what this one is like now.
    pub fn note_group(&self, group: &Group) {
        let is_news = self.directory().note_group(group);
        if is_news && let Some(members) = group.members.clone() {
            self.access_desk().note_change(Change::GroupGets {
                name: group.name.clone(),
                members,
                roles: group.roles.clone().unwrap_or_default(),
            });
        }
    }

    /// Tells what is kept of all groups that a group was deleted.
    pub fn forget_group(&self, id: &GroupId) {
        let known = self.directory().known_group(id);
        self.directory().forget_group(id);
        match known {
            Some(group) => self.access_desk().note_change(Change::GroupGone(group.name)),
            None => self.access_desk().forget(),
        }
    }

    /// Tells what is kept of all users and groups that a group was deleted, and these members' accounts with it.
    pub fn forget_group_and_members(&self, id: &GroupId, members: &[String]) {
        let known = self.directory().known_group(id);
        self.directory().forget_group(id);
        self.directory().forget_members(members);
        match known {
            Some(group) => self.access_desk().note_change(Change::GroupAndMembersGone {
                name: group.name,
                members: members.to_vec(),
            }),
            None => self.access_desk().forget(),
        }
    }

    /// Drops what is kept of all groups, and of who is in which, after a change that touched many: whoever asks
    /// next asks the cluster.
    pub fn forget_groups(&self) {
        self.directory().forget_groups();
        self.access_desk().forget();
    }

    /// Drops the roles of every session after a change of one.
    pub fn forget_roles(&self) {
        self.directory().forget_roles();
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
        if self.lacks(protegrity::permissions::PASSWORD_POLICY_VIEWER) {
            return None;
        }
        match self
            .read(|cluster| async move { cluster.password_policy().await })
            .await
        {
            Ok(policy) => {
                self.0.gate.policies().put(self.visitor().key, policy.clone());
                Some(policy)
            }
            Err(error) => {
                tracing::debug!(%error, "the password policy could not be read");
                None
            }
        }
    }

    /// The same, as this session read it within the last minute: for what is asked with every letter typed.
    pub async fn recent_password_policy(&self) -> Option<PasswordPolicy> {
        match self.0.gate.policies().get(self.visitor().key) {
            Some(policy) => Some(policy),
            None => self.password_policy().await,
        }
    }

    /// Sets the cluster's password policy. What sessions have read of it before serves no longer.
    pub async fn set_password_policy(&self, policy: &PasswordPolicy) -> Result<(), GateError> {
        let set = self
            .call(|cluster| async move { cluster.set_password_policy(policy).await })
            .await;
        // Also after a failure: one that timed out may have taken effect.
        self.0.gate.policies().forget();
        set
    }
}
