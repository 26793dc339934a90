//! The services beside the gate: caches and long work that all sessions share.

use std::sync::Arc;

use gate::{Clock, Operation, OperationError, Permission};
use protegrity::{Group, GroupId, PasswordPolicy, Role, User, UserId, permissions as known};

use crate::{
    Error,
    access::{AccessScanner, Change, Person},
    characters::invisible,
    deployments::{Deployments, MemoryDeploymentStore},
    directory::Directory,
    jobs::{Jobs, MemoryJobSecrets, MemoryJobStore},
    locks::KeyedLocks,
    mail::{Mail, findings::Findings},
    policy_cache::PolicyCache,
    reviews::Reviews,
    specification::PimSpecification,
    users::may_see_groups,
    validation::Validation,
};

/// Caches and long work, each taking an [`Operation`]. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// The cluster's users, groups and roles in memory.
    pub directory: Arc<Directory>,
    /// The access review.
    pub access: Arc<AccessScanner>,
    /// Jobs: bulk actions and imports.
    pub jobs: Jobs,
    /// Locks around read, merge, write, read back.
    pub locks: KeyedLocks,
    /// Where organisations of Proofpoint Essentials are, and the calls there that are under way.
    pub mail: Arc<Mail>,
    /// What deserves attention in organisations of Proofpoint Essentials.
    pub mail_findings: Arc<Findings>,
    /// Changes that wait for their review.
    pub reviews: Arc<Reviews>,
    /// The deployments that were made from here.
    pub deployments: Arc<Deployments>,
    /// Whether a deployment needs the approval of a second person.
    pub deploy_approval: bool,
    /// What the cluster's own specification of policy management lists.
    pub pim_specification: Arc<PimSpecification>,
    policies: Arc<PolicyCache>,
}

/// A fact about the cluster that the portal has just learned, for everything that is cached.
#[derive(Clone, Copy, Debug)]
pub enum CacheUpdate<'a> {
    /// The user is like this.
    User(&'a User),
    /// The account is open, or not: all that is known after a lock in a job, whose rows have no roles.
    Enabled(&'a UserId, bool),
    /// The user was deleted.
    UserDeleted(&'a UserId),
    /// The group is like this.
    Group(&'a Group),
    /// The group was deleted; its members stay as users.
    GroupDeleted(&'a GroupId),
    /// The group was deleted, and these members' accounts with it.
    GroupAndMembersDeleted(&'a GroupId, &'a [String]),
    /// Many groups or memberships changed: the next reader asks the cluster.
    Memberships,
    /// A role changed.
    Roles,
}

impl Services {
    /// Services that have nothing cached.
    pub fn new(clock: &Clock) -> Self {
        let directory = Arc::new(Directory::new(clock.clone()));
        Self {
            access: Arc::new(AccessScanner::new(clock.clone(), Arc::clone(&directory))),
            directory,
            jobs: Jobs::new(
                clock.clone(),
                Arc::<MemoryJobStore>::default(),
                Arc::<MemoryJobSecrets>::default(),
            ),
            locks: KeyedLocks::default(),
            mail: Arc::new(Mail::new(clock.clone())),
            mail_findings: Arc::new(Findings::new(clock.clone())),
            reviews: Arc::new(Reviews::new(clock.clone())),
            deployments: Arc::new(Deployments::new(
                clock.clone(),
                Arc::<MemoryDeploymentStore>::default(),
            )),
            deploy_approval: false,
            pim_specification: Arc::new(PimSpecification::new(clock.clone())),
            policies: Arc::new(PolicyCache::new(clock.clone())),
        }
    }

    /// The same, with deployments that need the approval of a second person, or not.
    #[must_use]
    pub fn with_deploy_approval(self, deploy_approval: bool) -> Self {
        Self {
            deploy_approval,
            ..self
        }
    }

    /// Drops what is too old to be served. The server calls it at intervals.
    pub async fn sweep(&self) {
        self.directory.sweep();
        self.access.sweep();
        self.mail.sweep();
        self.mail_findings.sweep();
        self.reviews.sweep();
        self.pim_specification.sweep();
        self.jobs.sweep().await;
    }

    /// One user, read from the cluster; the caches follow.
    pub async fn user(&self, operation: &Operation, id: &UserId) -> Result<User, OperationError> {
        let user = operation
            .read(|cluster| async move { cluster.user(id).await })
            .await?;
        self.apply(CacheUpdate::User(&user));
        Ok(user)
    }

    /// One group, read from the cluster; the caches follow.
    pub async fn group(&self, operation: &Operation, id: &GroupId) -> Result<Group, OperationError> {
        let group = operation
            .read(|cluster| async move { cluster.group(id).await })
            .await?;
        self.apply(CacheUpdate::Group(&group));
        Ok(group)
    }

    /// The roles that this session may see, where it may see any.
    ///
    /// # Errors
    /// The missing permission, or the cluster's error.
    pub async fn visible_roles(&self, operation: &Operation) -> Result<Arc<Vec<Role>>, Error> {
        if operation.lacks(Permission::protegrity(known::ROLE_VIEWER)) {
            return Err(Error::refused(
                "The permissions of the roles are not shown.",
                format!("Needs the permission {}.", known::ROLE_VIEWER),
            ));
        }
        Ok(self.directory.roles(operation, false).await?)
    }

    /// A validation for a form that names roles and groups. One that holds what cannot be seen is accepted where the
    /// cluster lists it: only then are the lists asked for.
    pub(crate) async fn validation_of(
        &self,
        operation: &Operation,
        names: impl IntoIterator<Item = &String>,
    ) -> Validation {
        let mut validation = Validation::default();
        if names.into_iter().all(|name| invisible(name).is_none()) {
            return validation;
        }
        let groups = async {
            if !may_see_groups(operation) {
                return None;
            }
            self.directory.groups(operation, false).await.ok()
        };
        let (roles, groups) = futures::join!(self.directory.roles(operation, false), groups);
        let roles = roles.iter().flat_map(|roles| roles.iter());
        validation.accept_existing(roles.map(|role| role.name.to_string()));
        let groups = groups.iter().flat_map(|listing| listing.groups.iter());
        validation.accept_existing(groups.map(|group| group.name.clone()));
        validation
    }

    /// Makes every cache agree with a fact.
    pub fn apply(&self, update: CacheUpdate<'_>) {
        let Self {
            directory, access, ..
        } = self;
        match update {
            CacheUpdate::User(user) => {
                directory.apply_user(user);
                if let Some(person) = Person::of(user) {
                    access.apply_person(person);
                }
            }
            CacheUpdate::Enabled(id, enabled) => {
                directory.apply_enabled(id, enabled);
                access.apply_enabled(id.clone(), enabled);
            }
            CacheUpdate::UserDeleted(id) => {
                directory.remove_user(id);
                access.apply_change(Change::DeleteUser(id.clone()));
            }
            CacheUpdate::Group(group) => {
                let is_news = directory.apply_group(group);
                if is_news && let Some(members) = group.members.clone() {
                    access.apply_change(Change::SetGroupMembership {
                        name: group.name.clone(),
                        members,
                        roles: group.roles.clone().unwrap_or_default(),
                    });
                }
            }
            CacheUpdate::GroupDeleted(id) => {
                let known = directory.known_group(id);
                directory.remove_group(id);
                self.apply_or_invalidate(known.map(|group| Change::DeleteGroup(group.name)));
            }
            CacheUpdate::GroupAndMembersDeleted(id, members) => {
                let known = directory.known_group(id);
                directory.remove_group(id);
                directory.remove_members(members);
                self.apply_or_invalidate(known.map(|group| Change::DeleteGroupAndMembers {
                    name: group.name,
                    members: members.to_vec(),
                }));
            }
            CacheUpdate::Memberships => {
                directory.invalidate_groups();
                access.invalidate();
            }
            CacheUpdate::Roles => directory.invalidate_roles(),
        }
    }

    fn apply_or_invalidate(&self, change: Option<Change>) {
        match change {
            Some(change) => self.access.apply_change(change),
            None => self.access.invalidate(),
        }
    }

    /// The cluster's password policy, or `None` where the principal may not read it.
    pub async fn password_policy(&self, operation: &Operation) -> Option<PasswordPolicy> {
        if operation.lacks(Permission::protegrity(known::PASSWORD_POLICY_VIEWER)) {
            return None;
        }
        match operation
            .read(|cluster| async move { cluster.password_policy().await })
            .await
        {
            Ok(policy) => {
                self.policies
                    .put(operation.principal().session_key(), policy.clone());
                Some(policy)
            }
            Err(error) => {
                tracing::debug!(%error, "the password policy could not be read");
                None
            }
        }
    }

    /// The same, as this session read it within the last minute: for what is asked with every letter typed.
    pub async fn recent_password_policy(&self, operation: &Operation) -> Option<PasswordPolicy> {
        match self.policies.get(operation.principal().session_key()) {
            Some(policy) => Some(policy),
            None => self.password_policy(operation).await,
        }
    }

    /// Sets the cluster's password policy. Copies that sessions have read before are dropped.
    pub async fn set_password_policy(
        &self,
        operation: &Operation,
        policy: &PasswordPolicy,
    ) -> Result<(), OperationError> {
        let set = operation
            .perform(|cluster| async move { cluster.set_password_policy(policy).await })
            .await;
        // Also after a failure: one that timed out may have taken effect.
        self.policies.clear();
        set
    }
}
