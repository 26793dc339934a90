//! One run of a deployment, as a job: one store after the other, and everything read back at the end.

use std::collections::BTreeMap;

use gate::{Operation, Target};
use parking_lot::Mutex;
use protegrity::pim::{DataStoreUid, PolicyUid};

use super::{
    Assignment, DeployStores, Deployed, DeploymentReport, Names, Objects, Part, Rules, StoreDeployment,
    StoreRecord, StoreReport, StoreState, assignment::deployed_by_store, changed_words, check::digests,
    history::Finished, review::read_rules, state::state_or_pause,
};
use crate::{
    Error, Services,
    jobs::{Job, RowFailure, RowOutcome, RowState},
    locks::KeyedGuard,
    policy,
    read_back::settle_patiently,
    text::counted,
};

/// The outcome of a store that is not as it was reviewed.
fn changed(parts: &[Part]) -> RowFailure {
    let words = changed_words(parts);
    RowFailure::new(format!(
        "Not sent: since the review, {words}. Compose the deployment again."
    ))
}

/// One run of a deployment.
pub(crate) struct DeployRun {
    command: DeployStores,
    names: Names,
    /// What every store had when it began.
    before: BTreeMap<DataStoreUid, Deployed>,
    /// The rules with which stores were deployed.
    sent: Mutex<BTreeMap<DataStoreUid, Rules>>,
}

impl DeployRun {
    /// # Errors
    /// When it needs the approval of another person; when what was reviewed has changed, apart from what the deployment
    /// itself has done; the cluster's error.
    pub async fn new(
        services: &Services,
        operation: &Operation,
        command: &DeployStores,
    ) -> Result<Self, Error> {
        command.check_approval(services.deploy_approval, operation.principal())?;
        let now = state_or_pause(operation).await?;
        let objects = Objects::read(operation).await?;
        let names = objects.names(&now);
        let wanted = command.stores.iter().flat_map(|store| &store.wanted.policies);
        let rules = read_rules(operation, &names, wanted.cloned()).await?;
        let used: Vec<_> = rules.values().flatten().collect();
        let members = objects.members(operation, &used).await?;
        let configured = digests(&rules, &used, &objects, &members);
        let changed = command.changed(&now.deployed, &configured);
        if !changed.is_empty() {
            return Err(Error::refused(
                format!("Since the review, {}.", changed_words(&changed)),
                "Nothing was deployed. Compose the deployment again, and review it.",
            ));
        }
        Ok(Self {
            command: command.clone(),
            names,
            before: now.deployed,
            sent: Mutex::default(),
        })
    }

    /// Deploys one store (`POST /pim/datastores/{uid}/deploy`; reference, lines 3065-3085). Where the cluster asks to wait before
    /// it has carried it out, the row is tried again from its beginning.
    pub async fn row(
        &self,
        services: &Services,
        operation: &Operation,
        job: &Job,
        place: usize,
    ) -> Result<RowOutcome, RowFailure> {
        let store = &self.command.stores[place];
        let _locks = lock(services, &store.wanted).await;
        let before = deployed_to(operation, &store.uid).await?;
        let policies = store.wanted.policies.iter().cloned();
        let (objects, rules) = futures::try_join!(
            Objects::read(operation),
            read_rules(operation, &self.names, policies)
        )?;
        // The members, one call for each role, were compared when the job began.
        let used: Vec<_> = rules.values().flatten().collect();
        let configured = digests(&rules, &used, &objects, &BTreeMap::new());
        let parts = self.command.changed_of_store(store, &before, &configured);
        if !parts.is_empty() {
            return Err(changed(&parts));
        }
        let words = format!("{}. Reason: {}", store.name, self.command.reason);
        let operation = operation.on(Target::of("data store", &store.uid).with_name(words));
        let deployment = store.wanted.to_deployment(&store.uid);
        let written = operation
            .perform(|cluster| async move { cluster.pim().deploy_one(&deployment).await })
            .await;
        // Where the store had all of it before, having it afterwards says nothing.
        let shows_effect = !before.is_incomplete() && !before.is(&store.wanted);
        settle_patiently(written, || async {
            if !shows_effect {
                return None;
            }
            // The locks are kept: no other deployment may begin before the effect of this one is known.
            let now = job.patiently(|| deployed_to(&operation, &store.uid)).await;
            now.is_ok_and(|now| now.is(&store.wanted)).then_some(())
        })
        .await?;
        self.sent.lock().insert(store.uid.clone(), rules);
        let Assignment {
            policies,
            applications,
        } = &store.wanted;
        Ok(RowOutcome::new(format!(
            "Deployed: {}, {}.",
            counted(policies.len(), ("policy", "policies")),
            counted(
                applications.len(),
                ("trusted application", "trusted applications")
            )
        )))
    }

    /// Reads back what every store has, and keeps what was deployed for the next review.
    pub async fn report(&self, services: &Services, operation: &Operation, job: &Job) -> DeploymentReport {
        let info = job.patiently(|| policy::deployed_or_pause(operation)).await;
        let info = info.ok().flatten();
        let now = deployed_by_store(info.as_ref(), self.before.keys());
        let rows = job.record().rows;
        let stores = self.command.stores.iter().zip(rows).map(|(store, row)| {
            let now = now.get(&store.uid).cloned().unwrap_or_default();
            self.store_report(store, row.state, &now)
        });
        let report = DeploymentReport {
            stores: stores.collect(),
        };
        self.remember(services, operation, job, &report, now).await;
        report
    }

    fn store_report(&self, store: &StoreDeployment, row: RowState, now: &Deployed) -> StoreReport {
        let before = self.before.get(&store.uid);
        let before = before.cloned().unwrap_or_default();
        let policies = |has: &Deployed| has.policies.as_ref().map(|uids| self.names.all_policies(uids));
        let applications = |has: &Deployed| {
            let uids = has.applications.as_ref();
            uids.map(|uids| self.names.all_applications(uids))
        };
        StoreReport {
            name: store.name.clone(),
            state: store_state(row, &before, now, &store.wanted),
            policies_before: policies(&before),
            policies: policies(now),
            applications_before: applications(&before),
            applications: applications(now),
        }
    }

    async fn remember(
        &self,
        services: &Services,
        operation: &Operation,
        job: &Job,
        report: &DeploymentReport,
        after: BTreeMap<DataStoreUid, Deployed>,
    ) {
        let sent = std::mem::take(&mut *self.sent.lock());
        let stores = self
            .command
            .stores
            .iter()
            .zip(&report.stores)
            .map(|(store, report)| {
                let record = StoreRecord {
                    uid: store.uid.clone(),
                    wanted: store.wanted.clone(),
                    state: report.state,
                };
                (record, sent.contains_key(&store.uid))
            });
        let finished = Finished {
            id: job.id().clone(),
            by: operation.principal().user_name.clone(),
            approved: self.command.approved.as_deref().cloned(),
            reason: self.command.reason.clone(),
            names: self.names.clone(),
            before: self.before.clone(),
            after,
            stores: stores.collect(),
            // Each store was deployed with the rules that were reviewed, so they are the same ones.
            rules: sent.into_values().flatten().collect(),
        };
        if let Err(error) = services.deployments.add(finished).await {
            tracing::error!(%error, "a deployment is missing from the history");
        }
    }
}

/// Keeps other deployments out, because an application belongs to one store, and changes of the policies.
async fn lock(services: &Services, wanted: &Assignment) -> Vec<KeyedGuard> {
    let mut locks = vec![services.locks.lock(("deployment", String::new())).await];
    for policy in &wanted.policies {
        locks.push(
            services
                .locks
                .lock(("policy", PolicyUid::to_string(policy)))
                .await,
        );
    }
    locks
}

/// What one store has now.
async fn deployed_to(operation: &Operation, store: &DataStoreUid) -> Result<Deployed, Error> {
    let info = policy::deployed_or_pause(operation).await?;
    let mut now = deployed_by_store(info.as_ref(), [store]);
    Ok(now.remove(store).unwrap_or_default())
}

/// What reading a store again shows, after a row that ended like this.
fn store_state(row: RowState, before: &Deployed, now: &Deployed, wanted: &Assignment) -> StoreState {
    let has_wanted = now.is(wanted);
    match row {
        _ if now.is_incomplete() => StoreState::Unknown,
        // It had all of it before, or it is not known what it had.
        RowState::Unknown if has_wanted && (before.is(wanted) || before.is_incomplete()) => {
            StoreState::Unknown
        }
        RowState::Done | RowState::Unknown if has_wanted => StoreState::AsWanted,
        // The cluster refused it, and has it: from this or from another, with rules that are not known.
        RowState::Failed | RowState::Stopped if has_wanted && !before.is(wanted) => StoreState::Unknown,
        // The deployment can still take effect.
        RowState::Unknown => StoreState::Unknown,
        _ if now == before => StoreState::Unchanged,
        _ => StoreState::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_as_wanted_only_where_that_is_known() {
        let wanted = Assignment {
            policies: ["p".into()].into(),
            ..Assignment::default()
        };
        let other = Assignment {
            policies: ["q".into()].into(),
            ..Assignment::default()
        };
        let (old, new, unknown) = (Deployed::nothing(), Deployed::from(&wanted), Deployed::default());
        let check = |row, before: &Deployed, now: &Deployed, expected| {
            assert_eq!(
                store_state(row, before, now, &wanted),
                expected,
                "{row:?} {before:?} {now:?}"
            );
        };
        check(RowState::Done, &old, &new, StoreState::AsWanted);
        check(RowState::Done, &new, &new, StoreState::AsWanted);
        check(RowState::Done, &old, &old, StoreState::Unchanged);
        check(RowState::Done, &old, &unknown, StoreState::Unknown);
        check(RowState::Unknown, &old, &new, StoreState::AsWanted);
        check(RowState::Unknown, &new, &new, StoreState::Unknown);
        check(RowState::Unknown, &unknown, &new, StoreState::Unknown);
        check(RowState::Unknown, &old, &old, StoreState::Unknown);
        check(RowState::Failed, &old, &old, StoreState::Unchanged);
        check(RowState::Failed, &old, &new, StoreState::Unknown);
        check(RowState::Failed, &old, &Deployed::from(&other), StoreState::Other);
        check(RowState::Stopped, &new, &new, StoreState::Unchanged);
    }
}
