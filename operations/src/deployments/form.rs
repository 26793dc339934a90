//! The form of a deployment: what each data store shall have, and why.

use std::collections::BTreeMap;

use protegrity::pim::{ApplicationUid, DataStoreUid, PolicyUid};
use serde::{Deserialize, Serialize};

use super::{Assignment, State, StoreDeployment, order::ordered};
use crate::{Error, validation::Validation};

/// The longest reason, in characters. It goes into the audit log.
pub const MAX_REASON_LENGTH: usize = 300;

/// The most ticked boxes of one kind.
const MAX_CHOICES: usize = 5000;

/// The form that makes a deployment. On the way to the review it has no `reviewed`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeploymentForm {
    /// The uids of the stores.
    pub stores: Vec<String>,
    /// The ticked policies, each a [`choice`].
    pub policies: Vec<String>,
    /// The ticked trusted applications, each a [`choice`].
    pub applications: Vec<String>,
    /// Why.
    pub reason: String,
    /// The fingerprint of the review.
    pub reviewed: String,
    /// The names of the stores that are cleared, typed out.
    pub typed: String,
    /// Whether it was confirmed that an application moves.
    pub confirm_move: String,
    /// Whether it was confirmed that every user gets access.
    pub confirm_everyone: String,
}

/// A policy or an application of a store, as the value of its box.
#[must_use]
pub fn choice(store: &DataStoreUid, uid: impl AsRef<str>) -> String {
    serde_json::json!([store.as_str(), uid.as_ref()]).to_string()
}

/// What a form asks for.
#[derive(Clone, Debug)]
pub(super) struct Composition {
    /// The stores, in the order in which they are deployed.
    pub stores: Vec<StoreDeployment>,
    /// Why.
    pub reason: String,
}

impl DeploymentForm {
    /// What the form asks for, over what is there.
    ///
    /// # Errors
    /// At the fields. The field of one store's choices is `store-` with its uid.
    pub(super) fn read(&self, state: &State) -> Result<Composition, Error> {
        let mut validation = Validation::default();
        let reason = validation.required_line("reason", &self.reason, MAX_REASON_LENGTH);
        let uids = validation.names("stores", &self.stores, MAX_CHOICES);
        validation.require(!uids.is_empty(), "stores", "Tick at least one data store.");
        let (policies, applications) = (by_store(&self.policies), by_store(&self.applications));
        if self.policies.len() > MAX_CHOICES || self.applications.len() > MAX_CHOICES {
            validation.add(
                "stores",
                format!("At most {MAX_CHOICES} boxes of one kind can be ticked."),
            );
        }
        let mut stores = Vec::new();
        for uid in &uids {
            let known = state.data_stores.iter().find(|store| store.uid.as_str() == uid);
            let Some(store) = known.filter(|store| !store.uid.is_empty()) else {
                validation.add(
                    "stores",
                    "The cluster does not list one of these data stores any more.",
                );
                continue;
            };
            let of_store =
                |chosen: &BTreeMap<String, Vec<String>>| chosen.get(uid).cloned().unwrap_or_default();
            let wanted = Assignment {
                policies: of_store(&policies).into_iter().map(PolicyUid::from).collect(),
                applications: of_store(&applications)
                    .into_iter()
                    .map(ApplicationUid::from)
                    .collect(),
            };
            check_listed(&mut validation, state, &store.uid, &wanted);
            stores.push(StoreDeployment {
                uid: store.uid.clone(),
                name: store.name.clone(),
                wanted,
            });
        }
        check_applications(&mut validation, state, &stores);
        validation.finish()?;
        let stores = ordered(stores, &state.deployed).map_err(|stores| {
            let names: Vec<_> = stores.iter().map(|store| store.name.as_str()).collect();
            let message = format!(
                "{} exchange trusted applications, each of which belongs to one store: take them from one store first, \
                 and give them to it in a second deployment.",
                names.join(" and ")
            );
            Error::at("stores", message)
        })?;
        Ok(Composition { stores, reason })
    }
}

/// The uids of ticked boxes, by store. What is no box of the form is left out.
fn by_store(choices: &[String]) -> BTreeMap<String, Vec<String>> {
    let mut by_store: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for choice in choices {
        if let Ok((store, uid)) = serde_json::from_str::<(String, String)>(choice) {
            by_store.entry(store).or_default().push(uid);
        }
    }
    by_store
}

/// The field of what one store shall have.
#[must_use]
pub(super) fn field(store: &DataStoreUid) -> String {
    format!("store-{store}")
}

/// Refuses what the cluster does not list, unless the store has it already.
fn check_listed(validation: &mut Validation, state: &State, store: &DataStoreUid, wanted: &Assignment) {
    let has = state.deployed_to(store);
    let is_known = |uid: &PolicyUid| {
        state.policies.iter().any(|policy| policy.uid == *uid)
            || has.policies.as_ref().is_some_and(|has| has.contains(uid))
    };
    let is_known_application = |uid: &ApplicationUid| {
        state
            .applications
            .iter()
            .any(|application| application.uid == *uid)
            || has.applications.as_ref().is_some_and(|has| has.contains(uid))
    };
    let all_are =
        wanted.policies.iter().all(is_known) && wanted.applications.iter().all(is_known_application);
    let message = "The cluster does not list one of these policies and trusted applications any more.";
    validation.require(all_are, &field(store), message);
}

/// An application belongs to one store: it may be ticked at one alone, and not at all where a store outside of the
/// deployment has it.
fn check_applications(validation: &mut Validation, state: &State, stores: &[StoreDeployment]) {
    let names = state.names();
    for (place, store) in stores.iter().enumerate() {
        for application in &store.wanted.applications {
            let wants = |other: &&StoreDeployment| other.wanted.applications.contains(application);
            let name = names.application(application);
            if let Some(other) = stores[..place].iter().find(wants) {
                let message = format!(
                    "{name} is ticked at {} too. A trusted application belongs to one data store.",
                    other.name
                );
                validation.add(&field(&store.uid), message);
            }
            let is_outside = |uid: &DataStoreUid| stores.iter().all(|other| other.uid != *uid);
            let holder = state.deployed.iter().find(|(uid, has)| {
                is_outside(uid)
                    && has
                        .applications
                        .as_ref()
                        .is_some_and(|has| has.contains(application))
            });
            if let Some((holder, _)) = holder {
                let holder = names.data_store(holder);
                let message = format!(
                    "{name} belongs to {holder}. To move it, tick {holder} as well, and untick {name} there."
                );
                validation.add(&field(&store.uid), message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use protegrity::pim::{Application, DataStore, Policy};

    use super::*;
    use crate::{
        deployments::Deployed,
        reviews::{form_of, values_of},
    };

    /// The stores PROD, with the application BILLING, and TEST; one policy.
    fn state() -> State {
        let store = |uid: &str, name: &str| DataStore {
            uid: uid.into(),
            name: name.to_owned(),
            ..DataStore::default()
        };
        let billing = Assignment {
            applications: ["9".into()].into(),
            ..Assignment::default()
        };
        State {
            data_stores: vec![store("1", "PROD"), store("2", "TEST")],
            policies: vec![Policy {
                uid: "5".into(),
                name: "CARDS".to_owned(),
                ..Policy::default()
            }],
            applications: vec![Application {
                uid: "9".into(),
                name: "BILLING".to_owned(),
                ..Application::default()
            }],
            deployed: [
                ("1".into(), Deployed::from(&billing)),
                ("2".into(), Deployed::nothing()),
            ]
            .into(),
        }
    }

    fn form(stores: &[&str], policies: &[(&str, &str)], applications: &[(&str, &str)]) -> DeploymentForm {
        let choices = |pairs: &[(&str, &str)]| {
            let choices = pairs.iter().map(|(store, uid)| choice(&(*store).into(), uid));
            choices.collect()
        };
        DeploymentForm {
            stores: stores.iter().map(|uid| (*uid).to_owned()).collect(),
            policies: choices(policies),
            applications: choices(applications),
            reason: "A test".to_owned(),
            ..DeploymentForm::default()
        }
    }

    fn problems(form: &DeploymentForm) -> Vec<(String, String)> {
        match form.read(&state()) {
            Err(Error::Invalid(problems)) => {
                let problems = problems.into_iter();
                problems.map(|problem| (problem.field, problem.message)).collect()
            }
            Ok(_) => Vec::new(),
            Err(error) => panic!("another refusal: {error}"),
        }
    }

    #[test]
    fn a_form_leads_through_its_review_and_back() {
        let form = form(&["1", "2"], &[("1", "5")], &[("1", "9")]);
        let again: DeploymentForm = form_of(&values_of(&form));
        let composition = again.read(&state()).expect("it can be deployed");
        assert_eq!(composition.stores.len(), 2);
        assert_eq!(composition.stores[0].wanted.policies, ["5".into()].into());
        assert_eq!(composition.stores[1].wanted, Assignment::default());
    }

    #[test]
    fn a_problem_is_told_at_its_store() {
        let check = |form: DeploymentForm, field: &str, words: &str| {
            let problems = problems(&form);
            let is_told = |(at, message): &(String, String)| at == field && message.contains(words);
            assert!(problems.iter().any(is_told), "{problems:?}");
        };
        check(form(&[], &[], &[]), "stores", "at least one");
        check(form(&["7"], &[], &[]), "stores", "does not list");
        check(form(&["1"], &[("1", "6")], &[]), "store-1", "does not list");
        check(form(&["2"], &[], &[("2", "9")]), "store-2", "belongs to PROD");
        check(
            form(&["1", "2"], &[], &[("1", "9"), ("2", "9")]),
            "store-2",
            "ticked at PROD too",
        );
        let unreasoned = DeploymentForm {
            reason: " ".to_owned(),
            ..form(&["1"], &[], &[])
        };
        check(unreasoned, "reason", "empty");
    }

    #[test]
    fn an_application_can_move_in_one_deployment() {
        let moved = form(&["2", "1"], &[], &[("2", "9")]);
        let composition = moved.read(&state()).expect("it can be deployed");
        let order: Vec<_> = composition
            .stores
            .iter()
            .map(|store| store.name.as_str())
            .collect();
        assert_eq!(order, ["PROD", "TEST"]);
    }
}
