//! The gate itself: sign in, sign out, who is asking, and the one way to the cluster.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use protegrity::{Api, Client, Role};
use secrecy::SecretString;
use tower_sessions::Session;

use crate::{
    access::Desk,
    action::{Action, Needs},
    audit::{self, Caller, Target},
    batch::Batches,
    clock::Clock,
    directory::Directory,
    error::GateError,
    held::HeldRequest,
    passage::Passage,
    policies::Policies,
    profile::Profile,
    tokens::{TokenDesk, TokenTimes},
    vault::{Row, Vault, VaultKey, Visitor},
};

/// Where a session record keeps the key of its row in the vault.
const KEY: &str = "key";

/// How long sign-out waits for the cluster. The session here is gone before that.
const LOGOUT_PATIENCE: Duration = Duration::from_secs(3);

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

/// What a [`Gate`] is made of.
pub struct GateConfig {
    /// The client of the cluster. Nothing else in the portal holds one.
    pub cluster: Client,
    /// Where tokens are kept.
    pub vault: Arc<dyn Vault>,
    /// How long sessions last.
    pub rules: SessionRules,
    /// What time it is.
    pub clock: Clock,
}

/// The gate. Cheap to clone.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    cluster: Client,
    vault: Arc<dyn Vault>,
    rules: SessionRules,
    clock: Clock,
    desk: Arc<TokenDesk>,
    directory: Directory,
    access: Desk,
    batches: Batches,
    policies: Policies,
    /// The roles that the last session could read which could read any.
    catalogue: Mutex<Arc<Vec<Role>>>,
}

impl Gate {
    /// A gate in front of one cluster.
    pub fn new(config: GateConfig) -> Self {
        let GateConfig {
            cluster,
            vault,
            rules,
            clock,
        } = config;
        let desk = Arc::new(TokenDesk::new(cluster.clone(), Arc::clone(&vault), clock.clone()));
        let directory = Directory::new(clock.clone());
        let access = Desk::new(clock.clone());
        let batches = Batches::new(clock.clone());
        let policies = Policies::new(clock.clone());
        Self(Arc::new(Inner {
            cluster,
            vault,
            rules,
            clock,
            desk,
            directory,
            access,
            batches,
            policies,
            catalogue: Mutex::default(),
        }))
    }

    /// What time the gate takes it to be.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// How long sessions last.
    pub fn rules(&self) -> SessionRules {
        self.0.rules
    }

    /// Signs somebody in, and gives the session a new id. When the same person signs in again, a
    /// form that waits for them is kept.
    ///
    /// # Errors
    /// [`GateError::Cluster`]; its `login_failure` says what is the matter.
    pub async fn sign_in(
        &self,
        session: &Session,
        login_name: &str,
        password: &SecretString,
        caller: &Caller,
    ) -> Result<Visitor, GateError> {
        let result = self.log_in(session, login_name, password).await;
        // A name that nobody proved to have can be a password typed into the wrong field.
        let who = result
            .as_ref()
            .map_or("somebody", |visitor| visitor.profile.user_name.as_str());
        audit::outcome(who, caller, Action::SignIn, &Target::portal(), &result);
        result
    }

    async fn log_in(
        &self,
        session: &Session,
        login_name: &str,
        password: &SecretString,
    ) -> Result<Visitor, GateError> {
        let Inner { cluster, vault, .. } = &*self.0;
        let login = cluster.login(login_name, password).await?;
        let now = self.now();
        let mut profile = Profile::of(&login, &cluster.with_token(&login.tokens.access), login_name).await;
        self.share_catalogue(&mut profile);

        let before = self.forget(session).await?;
        if let Some(tokens) = before.as_ref().and_then(|row| row.tokens.clone()) {
            // Nobody waits for the end of a session that nobody uses any more.
            let gate = self.clone();
            tokio::spawn(async move { gate.log_out(&tokens).await });
        }
        let is_same = |row: &Row| row.profile.user_name.eq_ignore_ascii_case(&profile.user_name);
        let held = before.filter(is_same).and_then(|row| row.held);
        let key = VaultKey::random();
        let row = Row {
            tokens: Some(login.tokens),
            obtained_at: now,
            profile: Arc::new(profile),
            signed_in_at: now,
            ends_at: now + self.0.rules.max,
            seen_at: now,
            held,
        };
        let visitor = visitor(key, &row);
        vault.put(key, row).await?;
        session.cycle_id().await?;
        session.insert(KEY, key).await?;
        Ok(visitor)
    }

    /// Lets sessions that could read the same roles keep them once.
    fn share_catalogue(&self, profile: &mut Profile) {
        let mut shared = self.0.catalogue.lock().unwrap_or_else(PoisonError::into_inner);
        if *shared == profile.catalogue {
            profile.catalogue = Arc::clone(&shared);
        } else if !profile.catalogue.is_empty() {
            *shared = Arc::clone(&profile.catalogue);
        }
    }

    /// Ends the session here at once, and then at the cluster as far as that answers.
    pub async fn sign_out(&self, session: &Session, caller: &Caller) -> Result<(), GateError> {
        let row = self.forget(session).await?;
        session.flush().await?;
        let Some(row) = row else { return Ok(()) };
        let ended = match &row.tokens {
            Some(tokens) => self.log_out(tokens).await,
            None => Ok(()),
        };
        audit::outcome(
            &row.profile.user_name,
            caller,
            Action::SignOut,
            &Target::portal(),
            &ended,
        );
        Ok(())
    }

    async fn log_out(&self, tokens: &protegrity::Tokens) -> Result<(), GateError> {
        if let Ok(answer) = tokio::time::timeout(LOGOUT_PATIENCE, self.0.cluster.logout(tokens)).await {
            return Ok(answer?);
        }
        // The tokens are forgotten here; at the cluster they expire by themselves.
        tracing::warn!("the cluster did not answer a logout in time");
        Ok(())
    }

    /// Removes the session's row from the vault.
    async fn forget(&self, session: &Session) -> Result<Option<Row>, GateError> {
        Ok(match session.remove::<VaultKey>(KEY).await? {
            Some(key) => self.0.vault.remove(key).await?,
            None => None,
        })
    }

    /// Who is asking, or nobody. A session past its end is removed.
    pub async fn visitor(&self, session: &Session) -> Result<Option<Visitor>, GateError> {
        let Some(key) = session.get::<VaultKey>(KEY).await? else {
            return Ok(None);
        };
        let now = self.now();
        match self.0.vault.get(key, now).await? {
            Some(row) if row.ends_at > now => Ok(Some(visitor(key, &row))),
            _ => {
                self.forget(session).await?;
                Ok(None)
            }
        }
    }

    /// Makes sure that the cluster still takes this session's tokens, renewing them where needed.
    /// A cluster that cannot be reached does not count against the session.
    ///
    /// # Errors
    /// [`GateError::SignInAgain`] when the person has to give the password again.
    pub async fn ensure_tokens(&self, visitor: &Visitor) -> Result<(), GateError> {
        match self.0.desk.valid(visitor.key).await {
            Ok(_) | Err(GateError::Cluster(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// When this session's tokens end.
    ///
    /// # Errors
    /// [`GateError::SignInAgain`] when the cluster takes them no longer.
    pub async fn token_times(&self, visitor: &Visitor) -> Result<TokenTimes, GateError> {
        self.0.desk.times(visitor.key).await
    }

    /// Renews this session's tokens now, and says when the new ones end.
    ///
    /// # Errors
    /// [`GateError::SignInAgain`] when the cluster takes the refresh token no longer; [`GateError::Cluster`]
    /// for what says nothing about the session, such as that there is no refresh token: the old tokens
    /// serve on.
    pub async fn refresh_now(&self, visitor: &Visitor, caller: &Caller) -> Result<TokenTimes, GateError> {
        let renewed = self.0.desk.renew_now(visitor.key).await;
        let (who, target) = (&visitor.profile.user_name, Target::portal());
        audit::outcome(who, caller, Action::RefreshSession, &target, &renewed);
        renewed
    }

    /// Lets a form wait until this person has signed in again.
    pub async fn hold(&self, visitor: &Visitor, held: HeldRequest) -> Result<(), GateError> {
        Ok(self.0.vault.hold(visitor.key, held).await?)
    }

    /// The form that waits for this person, if it has not waited too long.
    pub async fn take_held(&self, visitor: &Visitor) -> Result<Option<HeldRequest>, GateError> {
        let held = self.0.vault.take_held(visitor.key).await?;
        Ok(held.filter(|held| !held.is_stale(self.now())))
    }

    /// Opens the way to the cluster for one action on one target. A refusal is audited here; what is
    /// let through and changes something, by the [`Passage`].
    ///
    /// # Errors
    /// [`GateError::NotSignedIn`], or [`GateError::Forbidden`] when the permission is known to be
    /// missing. Nothing has reached the cluster then.
    pub fn open(
        &self,
        visitor: Option<&Visitor>,
        caller: &Caller,
        action: Action,
        target: Target,
    ) -> Result<Passage, GateError> {
        let visitor = visitor.ok_or(GateError::NotSignedIn)?;
        let who = &visitor.profile.user_name;
        let profile = &visitor.profile;
        if let Err(denial) = profile.permissions.allow(action, &profile.catalogue) {
            let refused = GateError::Forbidden {
                action,
                permission: denial.permission,
                roles: denial.roles,
            };
            audit::outcome(who, caller, action, &target, &Err::<(), _>(refused.clone()));
            return Err(refused);
        }
        debug_assert!(
            action.rule().needs != Needs::Nothing,
            "{action:?} needs no passage"
        );
        Ok(Passage::new(
            self.clone(),
            visitor.clone(),
            caller.clone(),
            action,
            target,
        ))
    }

    /// Whether this API of the cluster answers at all, asked without a token. For `/readyz` and
    /// `postern check`.
    pub async fn reach(&self, api: Api) -> Result<(), GateError> {
        self.0.cluster.version(api).await?;
        Ok(())
    }

    /// Everybody's work on many things at once.
    pub fn batches(&self) -> &Batches {
        &self.0.batches
    }

    /// Forgets sessions that have ended, and what is kept for a while only. Called now and then by the server.
    pub async fn sweep(&self) -> Result<(), GateError> {
        self.0.batches.sweep();
        self.0.directory.sweep();
        self.0.access.sweep();
        let now = self.now();
        Ok(self.0.vault.sweep(now, now - self.0.rules.idle).await?)
    }

    pub(crate) fn desk(&self) -> &Arc<TokenDesk> {
        &self.0.desk
    }

    pub(crate) fn cluster(&self) -> &Client {
        &self.0.cluster
    }

    pub(crate) fn directory(&self) -> &Directory {
        &self.0.directory
    }

    pub(crate) fn access_desk(&self) -> &Desk {
        &self.0.access
    }

    pub(crate) fn policies(&self) -> &Policies {
        &self.0.policies
    }
}

fn visitor(key: VaultKey, row: &Row) -> Visitor {
    let Row {
        profile,
        signed_in_at,
        ends_at,
        ..
    } = row;
    Visitor {
        key,
        profile: Arc::clone(profile),
        signed_in_at: *signed_in_at,
        ends_at: *ends_at,
    }
}
