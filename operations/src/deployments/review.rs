//! The review of a deployment: what it changes, what has to be read before, and starting it as a job.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use gate::Operation;
use jiff::Timestamp;
use protegrity::pim::{ApplicationUid, DataStoreUid, Operations, PolicyUid, Role, RoleUid, Rule};

use super::{
    Access, Assignment, DeployStores, Deployed, DeploymentForm, Difference, History, Names, Objects, Part,
    RuleChange, Rules, Snapshot, State, StoreDeployment,
    access::{access, known_access},
    check::{Digests, Reviewed, differing, digests, fingerprint},
    form::Composition,
    rule_changes, state,
};
use crate::{
    Error, Services,
    jobs::{self, Command, FormToken, JobId},
    policy,
    validation::Validation,
};

/// A deployment as it would be made now.
#[derive(Clone, Debug)]
pub struct Review {
    /// The stores, in the order in which they are deployed.
    pub stores: Vec<StoreReview>,
    /// The rules of the policies that are deployed.
    pub policies: Vec<PolicyReview>,
    /// The applications that go from one store to another.
    pub moves: Vec<Move>,
    /// The roles to which every user belongs and to which a deployed rule gives something.
    pub everyone: Vec<RoleUid>,
    /// The roles of which the cluster does not say whether every user belongs to them, and which get something.
    pub maybe_everyone: Vec<RoleUid>,
    /// The policies without a rule.
    pub without_rules: Vec<PolicyUid>,
    /// The names of everything that it is about.
    pub names: Names,
    /// The reason.
    pub reason: String,
    fingerprint: String,
    pub(super) command: DeployStores,
}

/// What has changed in the rules of a policy since this portal deployed it last, to whichever store.
#[derive(Clone, Debug)]
pub struct PolicyReview {
    /// The policy.
    pub policy: PolicyUid,
    /// When that was; `None` where it is not known.
    pub since: Option<Timestamp>,
    /// The changes; none of them is known where `since` is not.
    pub changes: Vec<RuleChange>,
}

/// What a deployment changes on one data store.
#[derive(Clone, Debug)]
pub struct StoreReview {
    /// The store.
    pub uid: DataStoreUid,
    /// Its name.
    pub name: String,
    /// The policies that come and go.
    pub policies: Difference<PolicyUid>,
    /// The policies that stay, and are deployed with their present rules.
    pub again: BTreeSet<PolicyUid>,
    /// The trusted applications that come and go.
    pub applications: Difference<ApplicationUid>,
    /// The access that roles gain and lose; `None` where the rules of a deployed policy cannot be read. Stores with the same
    /// policies before and afterwards share it.
    pub access: Option<Arc<Difference<Access>>>,
    /// Access that a policy gives which comes, and that one which was there gives too by its present rules. Whether the
    /// protectors grant it now is not known.
    pub doubtful: Arc<BTreeSet<Access>>,
    /// When this portal deployed what the store has, with rules that it knows; `None` where the access before is
    /// computed from the present rules.
    pub known_since: Option<Timestamp>,
    /// What this portal deployed, where the store is known to have something else now.
    pub drift: Option<Snapshot>,
    /// The lists that become empty: "policies", "trusted applications".
    pub clears: Vec<&'static str>,
}

/// An application that goes from one store to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The application.
    pub application: ApplicationUid,
    /// The store that has it.
    pub from: DataStoreUid,
    /// The store that gets it.
    pub to: DataStoreUid,
}

/// Why a deployment is not started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreviewed {
    /// It was not reviewed.
    New,
    /// These parts of the state have changed since the review, or where there are none the deployment.
    Changed(Vec<Part>),
}

impl Review {
    /// Identifies what was reviewed: the deployment, what is deployed, the rules of the policies concerned, and the roles with
    /// their members, the data elements and the masks of the rules that are deployed.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Why the deployment is to be reviewed, where the person has seen the review with this fingerprint.
    #[must_use]
    pub fn unreviewed(&self, reviewed: &str) -> Option<Unreviewed> {
        match reviewed {
            "" => Some(Unreviewed::New),
            reviewed => differing(reviewed, &self.fingerprint).map(Unreviewed::Changed),
        }
    }

    /// The words that confirm that protectors are cleared: the names of their stores. `None` where none are.
    #[must_use]
    pub fn phrase(&self) -> Option<String> {
        let cleared = self.stores.iter().filter(|store| !store.clears.is_empty());
        let names: Vec<_> = cleared.map(|store| store.name.trim()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// Checks that every warning was confirmed.
    pub(super) fn check_confirmations(&self, form: &DeploymentForm) -> Result<(), Error> {
        let mut validation = Validation::default();
        if let Some(phrase) = self.phrase() {
            let message = format!("Type “{phrase}” to go on.");
            validation.require(form.typed.trim() == phrase, "typed", message);
        }
        let is_moved = self.moves.is_empty() || form.confirm_move == "true";
        validation.require(is_moved, "confirm_move", "Confirm this to go on.");
        let is_open = self.everyone.is_empty() || form.confirm_everyone == "true";
        validation.require(is_open, "confirm_everyone", "Confirm this to go on.");
        validation.finish()
    }
}

/// The deployment that a form asks for, as it would be made now.
///
/// # Errors
/// At the fields, or the cluster's error.
pub async fn plan(
    services: &Services,
    operation: &Operation,
    form: &DeploymentForm,
) -> Result<Review, Error> {
    let state = state(operation).await?;
    let composition = form.read(&state)?;
    review_of(services, operation, &state, composition).await
}

/// The review of this deployment, as it would be made now.
pub(super) async fn review_of(
    services: &Services,
    operation: &Operation,
    state: &State,
    composition: Composition,
) -> Result<Review, Error> {
    let objects = Objects::read(operation).await?;
    let names = objects.names(state);
    let wanted: BTreeSet<_> = composition
        .stores
        .iter()
        .flat_map(|store| &store.wanted.policies)
        .collect();
    let mut concerned: BTreeSet<_> = wanted.iter().map(|policy| (*policy).clone()).collect();
    for store in &composition.stores {
        let had = state.deployed.get(&store.uid);
        concerned.extend(
            had.and_then(|had| had.policies.as_ref())
                .into_iter()
                .flatten()
                .cloned(),
        );
    }
    let rules = read_rules(operation, &names, concerned).await?;
    let used: Vec<_> = rules_of(wanted.iter().copied(), &rules).collect();
    let members = objects.members(operation, &used).await?;
    let configured = digests(&rules, &used, &objects, &members);
    let history = services.deployments.history(operation).await?;
    let configuration = Configuration {
        rules: &rules,
        roles: &objects.roles,
        digests: configured,
    };
    Ok(review(state, composition, configuration, names, &history))
}

/// What is configured, as far as a review is about it.
struct Configuration<'a> {
    rules: &'a Rules,
    roles: &'a [Role],
    digests: Digests,
}

/// Starts the deployment as a job. Its rows compare again what was reviewed.
///
/// # Errors
/// At the fields of what is to be confirmed, and as for [`jobs::start`].
pub async fn start(
    services: &Services,
    operation: &Operation,
    review: Review,
    form: &DeploymentForm,
    once: Option<FormToken>,
) -> Result<JobId, Error> {
    review.check_confirmations(form)?;
    let command = Command::Deploy(review.command);
    jobs::start(services, operation, command, Vec::new(), once).await
}

/// The rules of these policies (`GET /pim/policies/{uid}/rules`). A policy that the cluster does not list has none that
/// could be read.
pub(super) async fn read_rules(
    operation: &Operation,
    names: &Names,
    policies: impl IntoIterator<Item = PolicyUid>,
) -> Result<Rules, Error> {
    let listed = |uid: &PolicyUid| !uid.is_empty() && names.policies.contains_key(uid);
    let policies: BTreeSet<_> = policies.into_iter().filter(listed).collect();
    policy::rules_of(operation, policies.into_iter().collect()).await
}

fn review(
    state: &State,
    composition: Composition,
    configuration: Configuration<'_>,
    names: Names,
    history: &History,
) -> Review {
    let Composition { stores, reason } = composition;
    let Configuration {
        rules,
        roles,
        digests,
    } = configuration;
    let unknown = Deployed::default();
    let mut evaluation = Evaluation::of(rules);
    let reviews = stores.iter().map(|store| {
        let has = state.deployed.get(&store.uid).unwrap_or(&unknown);
        store_review(store, has, &mut evaluation, history.snapshot(&store.uid))
    });
    let reviews: Vec<_> = reviews.collect();
    let wanted: BTreeSet<_> = stores.iter().flat_map(|store| &store.wanted.policies).collect();
    let given: BTreeSet<_> = rules_of(wanted.iter().copied(), rules)
        .filter(|rule| gives(rule))
        .map(|rule| &rule.role)
        .collect();
    let open = |allow_all| {
        let open = roles.iter().filter(|role| role.allow_all == allow_all);
        let open = open.filter(|role| given.contains(&role.uid));
        open.map(|role| role.uid.clone()).collect::<Vec<_>>()
    };
    let (everyone, maybe_everyone) = (open(Some(true)), open(None));
    let policy_review = |policy: &&PolicyUid| {
        let last = history.last_of(policy);
        let before = last.and_then(|last| last.rules.get(*policy));
        let changes = before.zip(rules.get(*policy));
        PolicyReview {
            policy: (*policy).clone(),
            since: changes.and(last).map(|last| last.at),
            changes: changes.map_or_else(Vec::new, |(before, after)| rule_changes(before, after)),
        }
    };
    let policies = wanted.iter().map(policy_review).collect();
    let is_empty = |policy: &&&PolicyUid| rules.get(**policy).is_some_and(Vec::is_empty);
    let without_rules = wanted.iter().filter(is_empty).map(|uid| (*uid).clone());
    let without_rules = without_rules.collect();
    let mut command = DeployStores {
        reason: reason.clone(),
        tried: Vec::new(),
        fingerprint: String::new(),
        approved: None,
        reviewed: Reviewed {
            deployed: state.deployed.clone(),
            configured: digests,
        },
        stores,
    };
    let fingerprint = fingerprint(&command.stores, &command.reviewed);
    command.fingerprint.clone_from(&fingerprint);
    Review {
        policies,
        moves: moves(&command.stores, &state.deployed),
        without_rules,
        stores: reviews,
        everyone,
        maybe_everyone,
        names,
        reason,
        fingerprint,
        command,
    }
}

/// The change of one store. The access before comes from the rules that this portal deployed, where the store has what
/// it deployed, and otherwise from the present rules.
fn store_review<'a>(
    store: &'a StoreDeployment,
    has: &'a Deployed,
    evaluation: &mut Evaluation<'a>,
    last: Option<&'a Snapshot>,
) -> StoreReview {
    let Assignment {
        policies,
        applications,
    } = &store.wanted;
    let snapshot = last.filter(|snapshot| has.is(&snapshot.assignment));
    let before = has.policies.as_ref();
    let AccessChange { access, doubtful } = evaluation.change(before, snapshot, policies);
    StoreReview {
        uid: store.uid.clone(),
        name: store.name.clone(),
        again: before.map_or_else(BTreeSet::new, |before| before & policies),
        doubtful,
        policies: Difference::between(before, policies),
        applications: Difference::between(has.applications.as_ref(), applications),
        access,
        known_since: snapshot.map(|snapshot| snapshot.at),
        drift: last.filter(|last| last.is_drift(has)).cloned(),
        clears: [
            (policies.is_empty() && is_filled(before), "policies"),
            (
                applications.is_empty() && is_filled(has.applications.as_ref()),
                "trusted applications",
            ),
        ]
        .into_iter()
        .filter_map(|(is_cleared, words)| is_cleared.then_some(words))
        .collect(),
    }
}

/// Whether a list is not known to be empty.
fn is_filled<T>(list: Option<&BTreeSet<T>>) -> bool {
    list.is_none_or(|list| !list.is_empty())
}

/// What a deployment changes in the access on one data store.
#[derive(Clone)]
struct AccessChange {
    access: Option<Arc<Difference<Access>>>,
    doubtful: Arc<BTreeSet<Access>>,
}

/// What sets of policies give. Most stores of a large deployment have the same policies before and afterwards, so each set
/// and each change is put together once.
struct Evaluation<'a> {
    rules: &'a Rules,
    given: HashMap<Policies<'a>, Given>,
    changes: HashMap<(Option<Policies<'a>>, &'a BTreeSet<PolicyUid>), AccessChange>,
}

/// What a set of policies gives; `None` where the rules of one are not known.
type Given = Option<Arc<BTreeSet<Access>>>;

/// Policies with the rules of this deployment, or with the present ones.
type Policies<'a> = (Option<&'a str>, &'a BTreeSet<PolicyUid>);

impl<'a> Evaluation<'a> {
    fn of(rules: &'a Rules) -> Self {
        Self {
            rules,
            given: HashMap::new(),
            changes: HashMap::new(),
        }
    }

    fn given(&mut self, policies: &'a BTreeSet<PolicyUid>, snapshot: Option<&'a Snapshot>) -> Given {
        let rules = snapshot.map_or(self.rules, |snapshot| &snapshot.rules);
        let key = (snapshot.map(|snapshot| snapshot.deployment.as_str()), policies);
        let given = self
            .given
            .entry(key)
            .or_insert_with(|| access(policies, rules).map(Arc::new));
        given.clone()
    }

    /// The change from the policies that a store has, with the rules of this snapshot or else the present ones.
    fn change(
        &mut self,
        before: Option<&'a BTreeSet<PolicyUid>>,
        snapshot: Option<&'a Snapshot>,
        after: &'a BTreeSet<PolicyUid>,
    ) -> AccessChange {
        let deployment = snapshot.map(|snapshot| snapshot.deployment.as_str());
        let key = (before.map(|before| (deployment, before)), after);
        if let Some(known) = self.changes.get(&key) {
            return known.clone();
        }
        let given_before = before.map(|before| self.given(before, snapshot));
        let difference = match (given_before, self.given(after, None)) {
            // The rules of a policy are not readable.
            (Some(None), _) | (_, None) => None,
            (before, Some(given)) => {
                let before = before.flatten();
                Some(Arc::new(Difference::between(before.as_deref(), &given)))
            }
        };
        let doubtful = match (before, snapshot) {
            (Some(before), None) => doubtful(before, after, self.rules),
            _ => BTreeSet::new(),
        };
        let change = AccessChange {
            access: difference,
            doubtful: Arc::new(doubtful),
        };
        self.changes.insert(key, change.clone());
        change
    }
}

/// What policies that come give, and those that were there give too.
fn doubtful(before: &BTreeSet<PolicyUid>, after: &BTreeSet<PolicyUid>, rules: &Rules) -> BTreeSet<Access> {
    let new: Vec<_> = after.difference(before).collect();
    if new.is_empty() || before.is_empty() {
        return BTreeSet::new();
    }
    let (new, old) = (known_access(new, rules), known_access(before, rules));
    new.into_iter().filter(|access| old.contains(access)).collect()
}

/// The rules of policies, as far as they are known.
fn rules_of<'a>(
    policies: impl IntoIterator<Item = &'a PolicyUid>,
    rules: &'a Rules,
) -> impl Iterator<Item = &'a Rule> {
    policies
        .into_iter()
        .filter_map(|policy| rules.get(policy))
        .flatten()
}

/// Whether a rule gives something, or may.
fn gives(rule: &Rule) -> bool {
    rule.permission
        .is_none_or(|permission| permission.access != Operations::NONE)
}

/// The applications that go from one store of the deployment to another.
fn moves(stores: &[StoreDeployment], deployed: &BTreeMap<DataStoreUid, Deployed>) -> Vec<Move> {
    let mut moves = Vec::new();
    for store in stores {
        for application in &store.wanted.applications {
            let holds = |(uid, has): &(&DataStoreUid, &Deployed)| {
                **uid != store.uid
                    && has
                        .applications
                        .as_ref()
                        .is_some_and(|has| has.contains(application))
            };
            moves.extend(deployed.iter().filter(holds).map(|(from, _)| Move {
                application: application.clone(),
                from: from.clone(),
                to: store.uid.clone(),
            }));
        }
    }
    moves
}

#[cfg(test)]
mod tests;
