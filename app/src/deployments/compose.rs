//! `/deployments/new`: composes a deployment for one data store or several.

use std::collections::{BTreeMap, BTreeSet};

use gate::{Action, Operation, Target};
use leptos::prelude::*;
use operations::deployments::{self, Assignment, Deployed, Earlier, MAX_REASON_LENGTH, Names, State, choice};
use protegrity::pim::{DataStore, DataStoreUid, PolicyUid};
use server_fn::ServerFn;

use super::{DEPLOYMENTS, Deploy, crumb};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    ui::{Caution, EmptyState, FieldGroup, FormActions, LinkButton, Page, PostForm, TextField},
};

/// `/deployments/new`
pub async fn new(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::Deploy, Target::portal()).await?;
    let state = deployments::state(&operation).await?;
    let (label, href) = crumb();
    let page = |body: AnyView| Page::new("New deployment", body).crumb(label, href);
    let stores: Vec<_> = state
        .data_stores
        .iter()
        .filter(|store| !store.uid.is_empty())
        .cloned()
        .collect();
    if stores.is_empty() {
        return Ok(page(
            view! {
                <EmptyState title="No data stores" hint="A deployment goes to a data store. Make one first.">
                    <LinkButton label="Data stores" href="/policy/data-stores"/>
                </EmptyState>
            }
            .into_any(),
        ));
    }
    let fields = context.fields_to_review(Deploy::url());
    let error = fields.error();
    let earlier = bring_back(&context, &operation, &state).await?;
    let notes = earlier.as_ref().map(|(earlier, names)| notes(earlier, names));
    let start = match earlier {
        Some((earlier, _)) => {
            let stores = earlier.stores.keys().cloned().collect();
            Ticked::of(&state, stores, earlier.stores)
        }
        None => Ticked::of(&state, preselected(&context, &stores), BTreeMap::new()),
    };
    let ticked = Ticked {
        stores: fields.list("stores[]", &start.stores),
        policies: fields.list("policies[]", &start.policies),
        applications: fields.list("applications[]", &start.applications),
    };
    let names = state.names();
    let groups = stores
        .iter()
        .map(|store| store_group(store, &state, &names, &ticked, error.as_ref()));
    let groups = groups.collect::<Vec<_>>();
    let body = view! {
        {notes}
        <PostForm action=Deploy::url() error=error.clone() class="form page">
            <Caution title="What you tick replaces everything that the data store has."
                detail="An empty list clears the protectors: they get empty definitions. A trusted application belongs \
                        to one data store only."/>
            <FieldGroup name="stores[]" label="Data stores" error=error.clone()
                hint="Tick a data store to deploy to it. The others stay as they are.">
                {groups}
            </FieldGroup>
            <TextField name="reason" label="Reason" required=true maxlength=MAX_REASON_LENGTH
                value=fields.text("reason", "") hint="It is kept with the deployment and in the audit log." error/>
            <FormActions back=DEPLOYMENTS submit="Review deployment"/>
        </PostForm>
    };
    Ok(page(body.into_any()).lead("Nothing is deployed before you have reviewed what changes."))
}

/// The values of the boxes that are ticked.
struct Ticked {
    stores: Vec<String>,
    policies: Vec<String>,
    applications: Vec<String>,
}

impl Ticked {
    /// What these stores had once, and for the others what they have now.
    fn of(state: &State, stores: Vec<DataStoreUid>, earlier: BTreeMap<DataStoreUid, Assignment>) -> Self {
        let present = state.deployed.iter().map(|(store, has)| {
            let has = has.clone();
            let assignment = Assignment {
                policies: has.policies.unwrap_or_default(),
                applications: has.applications.unwrap_or_default(),
            };
            (store.clone(), assignment)
        });
        let mut all: BTreeMap<_, _> = present.collect();
        all.extend(earlier);
        let policies = all
            .iter()
            .flat_map(|(store, has)| has.policies.iter().map(|uid| choice(store, uid)));
        let applications = all
            .iter()
            .flat_map(|(store, has)| has.applications.iter().map(|uid| choice(store, uid)));
        Self {
            stores: stores.iter().map(ToString::to_string).collect(),
            policies: policies.collect(),
            applications: applications.collect(),
        }
    }
}

/// What the stores had at the deployment that the address names, where it names one.
async fn bring_back(
    context: &RequestContext,
    operation: &Operation,
    state: &State,
) -> Result<Option<(Earlier, Names)>, PortalError> {
    let Some(from) = context.query_value("from") else {
        return Ok(None);
    };
    let history = context.services.deployments.history(operation).await?;
    let deployment = history.find(&from)?;
    let moment = match context.query_value("moment").as_deref() {
        Some("before") => &deployment.before,
        _ => &deployment.after,
    };
    let earlier = deployments::earlier(operation, state, deployment, moment).await?;
    Ok(Some((earlier, state.names().or(&deployment.names))))
}

/// What cannot be brought back, or only in its present form.
fn notes(earlier: &Earlier, names: &Names) -> AnyView {
    let listed = |uids: &mut dyn Iterator<Item = &PolicyUid>| {
        let names: Vec<_> = uids.map(|uid| names.policy(uid)).collect();
        names.join(", ")
    };
    let joined = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
    let caution = |is_shown: bool, title: String, detail: &'static str| {
        is_shown.then(|| view! { <Caution title detail/> })
    };
    let gone = caution(
        !earlier.gone.is_empty(),
        format!(
            "The cluster does not list these any more: {}.",
            joined(&earlier.gone)
        ),
        "They are left out below.",
    );
    let unknown = caution(
        !earlier.unknown.is_empty(),
        format!("What {} had is not known.", joined(&earlier.unknown)),
        "It is not ticked below.",
    );
    let changed = caution(
        !earlier.changed.is_empty(),
        format!(
            "The rules of {} have changed since.",
            listed(&mut earlier.changed.iter().map(|(policy, _)| policy))
        ),
        "A deployment gives the protectors the present rules. The rules of then are not brought back: change them first \
         where it matters. The review shows who gains and who loses access.",
    );
    let unknown_rules = caution(
        !earlier.unknown_rules.is_empty(),
        format!(
            "With which rules {} was deployed then is not known.",
            listed(&mut earlier.unknown_rules.iter())
        ),
        "A deployment gives the protectors the present rules.",
    );
    view! { {gone} {unknown} {changed} {unknown_rules} }.into_any()
}

/// The store that the address names, or the only one.
fn preselected(context: &RequestContext, stores: &[DataStore]) -> Vec<DataStoreUid> {
    match (context.query_value("store"), stores) {
        (Some(store), _) => vec![store.into()],
        (None, [only]) => vec![only.uid.clone()],
        (None, _) => Vec::new(),
    }
}

/// One store: whether to deploy to it, and what it gets.
fn store_group(
    store: &DataStore,
    state: &State,
    names: &Names,
    ticked: &Ticked,
    error: Option<&PortalError>,
) -> AnyView {
    let uid = &store.uid;
    let has = state.deployed_to(uid);
    let unknown = unknown_words(&has).map(|words| {
        let title = format!("Which {words} {} has now is not known.", store.name);
        view! { <Caution title detail="Tick everything that it is to have."/> }
    });
    let policies = state.policies.iter().map(|policy| policy.uid.clone());
    let policies = with_unlisted(policies.collect(), has.policies.iter().flatten().cloned());
    let policies = policies.into_iter().map(|policy| Choice {
        value: choice(uid, &policy),
        label: names.policy(&policy),
    });
    let applications = state
        .applications
        .iter()
        .map(|application| application.uid.clone());
    let applications = with_unlisted(applications.collect(), has.applications.iter().flatten().cloned());
    let applications = applications.into_iter().map(|application| Choice {
        value: choice(uid, &application),
        label: names.application(&application),
    });
    let is_ticked = ticked.stores.iter().any(|ticked| ticked == uid.as_str());
    let id = format!("store-box-{uid}");
    let label = format!("Deploy to {}", store.name);
    let policies = boxes("Policies", "policies[]", policies.collect(), &ticked.policies);
    let applications = boxes(
        "Trusted applications",
        "applications[]",
        applications.collect(),
        &ticked.applications,
    );
    let (field, name, value) = (format!("store-{uid}"), store.name.clone(), uid.to_string());
    let error = error.cloned();
    view! {
        <FieldGroup name=field label=name error>
            <label class="check-line" for=id.clone()>
                <input type="checkbox" id=id.clone() name="stores[]" value=value checked=is_ticked/>
                <span class="pick-name">{label}</span>
            </label>
            {unknown}
            <div class="pick-areas">{policies}{applications}</div>
        </FieldGroup>
    }
    .into_any()
}

/// What is not known of a store.
fn unknown_words(has: &Deployed) -> Option<&'static str> {
    match (&has.policies, &has.applications) {
        (None, None) => Some("policies and trusted applications"),
        (None, Some(_)) => Some("policies"),
        (Some(_), None) => Some("trusted applications"),
        (Some(_), Some(_)) => None,
    }
}

/// What is listed, and then what is deployed without being listed: it can be kept.
fn with_unlisted<T: PartialEq>(mut listed: Vec<T>, deployed: impl Iterator<Item = T>) -> Vec<T> {
    for one in deployed {
        if !listed.contains(&one) {
            listed.push(one);
        }
    }
    listed
}

struct Choice {
    value: String,
    label: String,
}

fn boxes(legend: &'static str, name: &'static str, choices: Vec<Choice>, ticked: &[String]) -> AnyView {
    let is_empty = choices.is_empty();
    let rows = choices.into_iter().map(|choice| {
        let checked = ticked.contains(&choice.value);
        view! {
            <li>
                <label class="check-line">
                    <input type="checkbox" name=name value=choice.value checked=checked/>
                    <span class="pick-name">{choice.label}</span>
                </label>
            </li>
        }
    });
    let rows = rows.collect_view();
    let content = if is_empty {
        view! { <p class="muted">"There are none to choose from."</p> }.into_any()
    } else {
        view! { <ul class="pick">{rows}</ul> }.into_any()
    };
    view! { <fieldset class="pick-area"><legend>{legend}</legend>{content}</fieldset> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_deployed_can_be_kept_though_it_is_not_listed() {
        assert_eq!(with_unlisted(vec![1, 2], [2, 3].into_iter()), [1, 2, 3]);
    }

    #[test]
    fn a_list_that_is_not_known_is_named() {
        assert_eq!(unknown_words(&Deployed::nothing()), None);
        assert_eq!(
            unknown_words(&Deployed::default()),
            Some("policies and trusted applications")
        );
        let half = Deployed {
            policies: None,
            ..Deployed::nothing()
        };
        assert_eq!(unknown_words(&half), Some("policies"));
    }
}
