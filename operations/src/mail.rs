//! Mail security at Proofpoint Essentials: organisations, domains, users, licences.
//!
//! An organisation is named by any of its domains, and every organisation lives on one of Proofpoint's instances.
//! [`Mail`] finds it there and keeps the number of calls at once small: how many Proofpoint takes is in no document.

pub mod domains;
pub mod features;
pub mod findings;
pub mod licensing;
pub mod organizations;
pub mod senders;
pub mod users;
mod write;

use std::{collections::HashMap, sync::Arc};

use futures::future::join_all;
use gate::{Clock, GateError, Operation, Target};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use proofpoint::{Authorized, DomainName, Instance, NotVisible, Organization, RowOutcome};
use tokio::sync::{Semaphore, SemaphorePermit};

use self::users::{MailUsers, UserLists};
use crate::Error;

/// How many calls to Proofpoint are under way at once, of all sessions.
const CALLS_AT_ONCE: usize = 4;

/// How long it is believed that an organisation is where it was found.
const BELIEVED: SignedDuration = SignedDuration::from_mins(10);

/// The most organisations whose instance is remembered.
const MAX_REMEMBERED: usize = 10_000;

/// Where organisations are, the calls under way, and the users of organisations in memory.
pub struct Mail {
    calls: Arc<Calls>,
    users: UserLists,
}

/// Where organisations are, and the calls under way.
#[derive(Debug)]
pub(crate) struct Calls {
    clock: Clock,
    turns: Semaphore,
    found: Mutex<HashMap<DomainName, Found>>,
}

/// The instances that an organisation is on, and when that was asked.
#[derive(Clone, Debug)]
struct Found {
    at: Timestamp,
    instances: Vec<Instance>,
}

impl Mail {
    /// Nothing is found yet.
    pub(crate) fn new(clock: Clock) -> Self {
        let calls = Arc::new(Calls::new(clock.clone()));
        Self {
            users: UserLists::new(Arc::clone(&calls), clock),
            calls,
        }
    }

    /// Drops what is believed no longer.
    pub(crate) fn sweep(&self) {
        self.calls.sweep();
        self.users.sweep();
    }

    /// Makes a call about an organisation that changes nothing, at its instance. Where an organisation is on several,
    /// they are asked in Proofpoint's order, and later the one that showed it before the others. One that is no longer
    /// where it was is looked for again, once.
    ///
    /// # Errors
    /// [`Error::NotFound`] where no instance shows it to this account, or Proofpoint's error.
    pub async fn read<T, F>(
        &self,
        operation: &Operation,
        organization: &DomainName,
        call: impl Fn(Authorized) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, proofpoint::Error>>,
    {
        self.calls.read(operation, organization, call).await
    }

    /// Makes a call about an organisation that changes nothing at every instance that it is on: a partner has an account
    /// and customers on each. Those that do not show it are left out.
    ///
    /// # Errors
    /// [`Error::NotFound`] where no instance shows it to this account, or Proofpoint's error where it is on none that
    /// answers.
    pub async fn read_at_all<T, F>(
        &self,
        operation: &Operation,
        organization: &DomainName,
        call: impl Fn(Authorized) -> F,
    ) -> Result<Vec<(Instance, Result<T, Error>)>, Error>
    where
        F: Future<Output = Result<T, proofpoint::Error>>,
    {
        self.calls.read_at_all(operation, organization, call).await
    }

    /// Makes a call about an organisation that changes something, at its instance.
    ///
    /// # Errors
    /// As for [`Self::read`], and those of [`Operation::perform_at_proofpoint`].
    pub async fn perform<T, F>(
        &self,
        operation: &Operation,
        organization: &DomainName,
        call: impl FnOnce(Authorized) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, proofpoint::Error>>,
    {
        self.calls.perform(operation, organization, call).await
    }

    /// Makes one call about an organisation that changes several targets; see
    /// [`Operation::perform_each_at_proofpoint`].
    ///
    /// # Errors
    /// As for [`Self::perform`].
    pub async fn perform_each<F>(
        &self,
        operation: &Operation,
        organization: &DomainName,
        targets: &[Target],
        call: impl FnOnce(Authorized) -> F,
    ) -> Result<Vec<RowOutcome>, Error>
    where
        F: Future<Output = Result<Vec<RowOutcome>, proofpoint::Error>>,
    {
        let instance = self.instance(operation, organization).await?;
        let _turn = self.calls.turn().await;
        Ok(operation
            .perform_each_at_proofpoint(targets, |proofpoint| call(proofpoint.at(instance)))
            .await?)
    }

    /// The organisation of a domain, which may be any of its domains.
    ///
    /// # Errors
    /// [`Error::NotFound`] where no instance shows it to this account, or Proofpoint's error.
    pub async fn organization(
        &self,
        operation: &Operation,
        domain: &DomainName,
    ) -> Result<Organization, Error> {
        let read = self.read(operation, domain, |proofpoint| async move {
            proofpoint.organization(domain).await
        });
        read.await
    }

    /// The instance that an organisation is on, or the first of several.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is on none, or Proofpoint's error.
    pub async fn instance(
        &self,
        operation: &Operation,
        organization: &DomainName,
    ) -> Result<Instance, Error> {
        self.calls.instance(operation, organization).await
    }

    /// All users of an organisation, from a copy that the sessions with the same account share, or read again.
    ///
    /// # Errors
    /// As for [`Self::read`], where the copy has to be read or the session admitted to it.
    pub async fn users(
        &self,
        operation: &Operation,
        organization: &DomainName,
        refresh: bool,
    ) -> Result<Arc<MailUsers>, Error> {
        self.users.get(operation, organization, refresh).await
    }
}

impl Calls {
    fn new(clock: Clock) -> Self {
        Self {
            clock,
            turns: Semaphore::new(CALLS_AT_ONCE),
            found: Mutex::default(),
        }
    }

    fn sweep(&self) {
        let now = self.clock.now();
        self.found.lock().retain(|_, found| found.is_believed(now));
    }

    /// See [`Mail::read`].
    async fn read<T, F>(
        &self,
        operation: &Operation,
        organization: &DomainName,
        call: impl Fn(Authorized) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, proofpoint::Error>>,
    {
        let remembered = self.remembered(organization);
        let was_remembered = remembered.is_some();
        let instances = match remembered {
            Some(instances) => instances,
            None => self.find(operation, organization).await?,
        };
        match self.ask(operation, organization, instances, &call).await {
            Err(error) if was_remembered && is_not_visible(&error) => {
                self.found.lock().remove(organization);
                let instances = self.find(operation, organization).await?;
                self.ask(operation, organization, instances, &call).await
            }
            result => result,
        }
        .map_err(|error| explained(error, organization))
    }

    /// See [`Mail::read_at_all`].
    async fn read_at_all<T, F>(
        &self,
        operation: &Operation,
        organization: &DomainName,
        call: impl Fn(Authorized) -> F,
    ) -> Result<Vec<(Instance, Result<T, Error>)>, Error>
    where
        F: Future<Output = Result<T, proofpoint::Error>>,
    {
        let instances = self.instances(operation, organization).await?;
        let asked = instances
            .iter()
            .map(|instance| self.ask_one(operation, instance, &call));
        let answers = join_all(asked).await;
        let answers = instances.into_iter().zip(answers);
        let mut answers: Vec<_> = answers
            .filter(|(_, answer)| !answer.as_ref().is_err_and(is_not_visible))
            .collect();
        match answers.iter().position(|(_, answer)| answer.is_err()) {
            None if answers.is_empty() => Err(not_there(organization)),
            Some(failed) if answers.iter().all(|(_, answer)| answer.is_err()) => {
                let (instance, answer) = answers.swap_remove(failed);
                answer.map(|answer| vec![(instance, Ok(answer))])
            }
            _ => Ok(answers),
        }
    }

    /// See [`Mail::perform`].
    async fn perform<T, F>(
        &self,
        operation: &Operation,
        organization: &DomainName,
        call: impl FnOnce(Authorized) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, proofpoint::Error>>,
    {
        let instance = self.instance(operation, organization).await?;
        let _turn = self.turn().await;
        Ok(operation
            .perform_at_proofpoint(|proofpoint| call(proofpoint.at(instance)))
            .await?)
    }

    /// See [`Mail::instance`].
    async fn instance(&self, operation: &Operation, organization: &DomainName) -> Result<Instance, Error> {
        let instances = self.instances(operation, organization).await?;
        instances
            .into_iter()
            .next()
            .ok_or_else(|| not_there(organization))
    }

    /// The instances that an organisation is on, as they are remembered or asked for now.
    async fn instances(
        &self,
        operation: &Operation,
        organization: &DomainName,
    ) -> Result<Vec<Instance>, Error> {
        match self.remembered(organization) {
            Some(instances) => Ok(instances),
            None => self.find(operation, organization).await,
        }
    }

    /// Asks one instance after the other until one shows the organisation.
    async fn ask<T, F>(
        &self,
        operation: &Operation,
        organization: &DomainName,
        instances: Vec<Instance>,
        call: &impl Fn(Authorized) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, proofpoint::Error>>,
    {
        let is_one_of_several = instances.len() > 1;
        let mut answer = Err(not_there(organization));
        for instance in instances {
            answer = self.ask_one(operation, &instance, call).await;
            match &answer {
                Err(error) if is_not_visible(error) => {}
                Ok(_) if is_one_of_several => {
                    self.prefer(organization, &instance);
                    break;
                }
                _ => break,
            }
        }
        answer
    }

    async fn ask_one<T, F>(
        &self,
        operation: &Operation,
        instance: &Instance,
        call: &impl Fn(Authorized) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, proofpoint::Error>>,
    {
        let _turn = self.turn().await;
        let read = operation.read_at_proofpoint(|proofpoint| call(proofpoint.at(instance.clone())));
        Ok(read.await?)
    }

    fn remembered(&self, organization: &DomainName) -> Option<Vec<Instance>> {
        let now = self.clock.now();
        let found = self.found.lock().get(organization)?.clone();
        found.is_believed(now).then_some(found.instances)
    }

    fn remember(&self, organization: &DomainName, instances: Vec<Instance>) {
        let at = self.clock.now();
        let mut found = self.found.lock();
        if found.len() >= MAX_REMEMBERED {
            found.clear();
        }
        found.insert(organization.clone(), Found { at, instances });
    }

    /// Puts the instance that shows an organisation before its others.
    fn prefer(&self, organization: &DomainName, instance: &Instance) {
        if let Some(found) = self.found.lock().get_mut(organization)
            && let Some(at) = found.instances.iter().position(|one| one == instance)
        {
            found.instances[..=at].rotate_right(1);
        }
    }

    /// Asks Proofpoint where an organisation is.
    async fn find(&self, operation: &Operation, organization: &DomainName) -> Result<Vec<Instance>, Error> {
        let turn = self.turn().await;
        let found = operation
            .read_at_proofpoint(|proofpoint| async move { proofpoint.endpoints(organization).await })
            .await;
        drop(turn);
        let instances = found.map_err(|error| explained(error.into(), organization))?;
        if instances.is_empty() {
            return Err(not_there(organization));
        }
        self.remember(organization, instances.clone());
        Ok(instances)
    }

    /// Waits until another call may be made. The semaphore is never closed: without a permit the call is made all the
    /// same.
    async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }
}

impl Found {
    fn is_believed(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) < BELIEVED
    }
}

/// Whether Proofpoint says of what was asked for that it is not there, or not visible to this account.
pub(crate) fn is_not_visible(error: &Error) -> bool {
    let upstream = error.gate().and_then(GateError::upstream);
    upstream.and_then(NotVisible::of).is_some()
}

fn explained(error: Error, organization: &DomainName) -> Error {
    if is_not_visible(&error) {
        not_there(organization)
    } else {
        error
    }
}

fn not_there(organization: &DomainName) -> Error {
    Error::NotFound(format!(
        "Proofpoint has no organisation with the domain {organization}, or does not show it to this account."
    ))
}
