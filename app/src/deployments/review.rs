//! `/deployments/review`: what a deployment changes, before it is made.

use std::collections::BTreeSet;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::deployments::{
    self, Access, DeploymentForm, Difference, Names, PolicyReview, Review, StoreReview,
};
use server_fn::ServerFn;

use super::{
    DEPLOYMENTS, Deploy, NEW,
    difference::{changes, drift, rule_table, sentences},
    overview::crumb,
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    form::Fields,
    links,
    ui::{
        Caution, CheckField, DescriptionList, Detail, EmptyState, LinkButton, NothingToReview, Notice, Page,
        PostForm, Section, SubmitButton, TextField, Tone, When, counted,
    },
};

/// `/deployments/review`
pub async fn review(context: RequestContext) -> PageResult {
    let operation = context.begin(Action::Deploy, Target::portal()).await?;
    let change = context.query_value("change").unwrap_or_default();
    let (label, href) = crumb();
    let page = |body: AnyView| Page::new("Review the deployment", body).crumb(label, href);
    let services = &context.services;
    let Some(values) = services.reviews.get(operation.principal(), &change) else {
        return Ok(page(view! { <NothingToReview edit=NEW.to_owned()/> }.into_any()));
    };
    let again = links::compose_again(&change);
    let planned = match deployments::plan(services, &operation, &DeploymentForm::of(&values)).await {
        Ok(planned) => planned,
        // What is there has changed since the form was sent.
        Err(operations::Error::Invalid(problems)) => {
            let problems: Vec<_> = problems.into_iter().map(|problem| problem.message).collect();
            let body = view! {
                <EmptyState title="This deployment cannot be made any more" hint=problems.join(" ")>
                    <LinkButton label="Change the form" href=again/>
                </EmptyState>
            };
            return Ok(page(body.into_any()));
        }
        Err(error) => return Err(error.into()),
    };
    let changed = context.query_value("changed").map(|_| view! {
        <Notice tone=Tone::Warning title="Nothing was deployed: something has changed since your review."
            detail="What is deployed, or a rule, is another one now. This is the deployment as it would be made now."/>
    });
    let hidden = [values, vec![("reviewed", planned.fingerprint().to_owned())]].concat();
    let label = if services.deploy_approval {
        "Request approval"
    } else {
        "Deploy"
    };
    let fields = context.fields(Deploy::url());
    let reason = planned.reason.clone();
    let confirmations = confirmations(&planned, &fields);
    let is_clearing = planned.phrase().is_some();
    let body = view! {
        {changed}
        <DescriptionList><Detail label="Reason">{reason}</Detail></DescriptionList>
        {difference_of(&planned)}
        <PostForm action=Deploy::url() error=fields.error() class="form page" hidden once=true>
            {confirmations}
            <div class="form-actions">
                <a class="button" href=DEPLOYMENTS>"Cancel"</a>
                <a class="button" href=again>"Change the form"</a>
                <SubmitButton label danger=is_clearing/>
            </div>
        </PostForm>
    };
    Ok(page(body.into_any()).lead("Nothing is deployed yet."))
}

/// The warnings, and the difference on its three levels: access, rules, policies and trusted applications.
pub(crate) fn difference_of(review: &Review) -> AnyView {
    view! {
        {warnings(review)}
        {access(review)}
        {rules(review)}
        {stores(review)}
    }
    .into_any()
}

/// What has to be read before going on.
fn warnings(review: &Review) -> Vec<AnyView> {
    let names = &review.names;
    let caution = |title: String, detail: &str| {
        let detail = detail.to_owned();
        view! { <Caution title detail/> }.into_any()
    };
    let cleared = review.stores.iter().filter(|store| !store.clears.is_empty());
    let cleared = cleared.map(|store| {
        let title = format!("{} gets no {}.", store.name, store.clears.join(" and no "));
        caution(
            title,
            "The protectors of this data store get empty definitions in their place.",
        )
    });
    let moves = review.moves.iter().map(|one| {
        let (from, to) = (names.data_store(&one.from), names.data_store(&one.to));
        let title = format!(
            "{} moves from {from} to {to}.",
            names.application(&one.application)
        );
        caution(
            title,
            "It belongs to one data store only. In between, neither has it.",
        )
    });
    let everyone = review.everyone.iter().map(|role| {
        let title = format!("Every user belongs to the role {}.", names.role(role));
        caution(title, "What the rules give to it, they give to everyone.")
    });
    let maybe_everyone = review.maybe_everyone.iter().map(|role| {
        let title = format!(
            "Whether every user belongs to the role {} is not known.",
            names.role(role)
        );
        caution(title, "The cluster does not say it.")
    });
    let without_rules = review.without_rules.iter().map(|policy| {
        let title = format!("The policy {} has no rule.", names.policy(policy));
        caution(title, "The cluster can refuse to deploy it.")
    });
    let drifts = review.stores.iter().filter_map(|store| {
        let snapshot = store.drift.as_ref()?;
        Some(drift(&store.name, snapshot, names))
    });
    cleared
        .chain(moves)
        .chain(everyone)
        .chain(maybe_everyone)
        .chain(without_rules)
        .chain(drifts)
        .collect()
}

/// The sentences about access, over all stores.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sentences {
    gained: Vec<String>,
    lost: Vec<String>,
    /// What may be new, or may have been there.
    doubtful: Vec<String>,
    /// The stores of which no difference is known.
    unknown: Vec<String>,
}

impl Sentences {
    fn of(review: &Review) -> Self {
        let mut sentences = Self::default();
        for store in &review.stores {
            sentences.add(store, &review.names);
        }
        sentences
    }

    fn add(&mut self, review: &StoreReview, names: &Names) {
        let store = review.name.as_str();
        let say = |access: &BTreeSet<Access>, sentence: fn(&Access, &Names, &str) -> String| {
            let sentences = access.iter().map(|one| sentence(one, names, store));
            sentences.collect::<Vec<_>>()
        };
        match &review.access {
            Some(Difference::Known { added, removed }) => {
                self.gained.extend(say(added, Access::gained));
                self.lost.extend(say(removed, Access::lost));
            }
            Some(Difference::Unknown { after }) => {
                self.doubtful.extend(say(after, Access::gained));
                self.unknown.push(format!(
                    "What {store} has now is not known, so what is lost is not either."
                ));
            }
            None => self.unknown.push(format!(
                "Who gains or loses access on {store} is not known: the rules of a policy cannot be read."
            )),
        }
        self.doubtful.extend(say(&review.doubtful, Access::gained));
    }
}

/// Who gains and who loses access; what is gained comes first.
fn access(review: &Review) -> AnyView {
    let Sentences {
        gained,
        lost,
        doubtful,
        unknown,
    } = Sentences::of(review);
    let is_nothing = [&gained, &lost, &doubtful, &unknown]
        .iter()
        .all(|list| list.is_empty());
    let nothing = is_nothing.then(|| {
        view! { <p>"No access is gained or lost, as far as the rules show it."</p> }
    });
    let unknown = unknown
        .into_iter()
        .map(|words| view! { <Caution title=words/> })
        .collect_view();
    view! {
        <Section title="Effective access">
            {nothing}
            {unknown}
            {sentences("Gained", gained)}
            {sentences("Gained, or there before: not known", doubtful)}
            {sentences("Lost", lost)}
        </Section>
    }
    .into_any()
}

/// What comes and goes, store by store.
fn stores(review: &Review) -> Vec<AnyView> {
    let names = &review.names;
    let sections = review.stores.iter().map(|store| {
        let policies = changes("policies", &store.policies, |uids| names.all_policies(uids));
        let applications = changes("trusted applications", &store.applications, |uids| {
            names.all_applications(uids)
        });
        let again = names.all_policies(&store.again).join(", ");
        let again = (!again.is_empty()).then(|| again_words(store, &again));
        view! {
            <Section title=store.name.clone()>
                {policies}
                {again}
                {applications}
            </Section>
        }
        .into_any()
    });
    sections.collect()
}

/// Policies that stay: their rules are deployed as they are now.
fn again_words(store: &StoreReview, policies: &str) -> AnyView {
    let policies = policies.to_owned();
    match store.known_since {
        Some(at) => view! {
            <p>
                <strong>{policies}</strong>
                " deployed again with the present rules. What has changed in them since the deployment from this portal at "
                <When millis=at.as_millisecond()/> " is listed above."
            </p>
        }
        .into_any(),
        None => view! {
            <p>
                <strong>{policies}</strong>
                " deployed again with the present rules. Whether they are the rules that the protectors have now is not \
                 known: the cluster does not say it, and they were not deployed from this portal since it started."
            </p>
        }
        .into_any(),
    }
}

/// The rules of the policies that have changed since this portal deployed them last.
fn rules(review: &Review) -> AnyView {
    let names = &review.names;
    let of_policy = |policy: &PolicyReview| {
        let name = names.policy(&policy.policy);
        let Some(since) = policy.since else {
            let words = " was not deployed from this portal since it started: which of its rules are new is not known.";
            return view! { <p><strong>{name}</strong>{words}</p> }.into_any();
        };
        let count = match policy.changes.len() {
            0 => ": no rule has changed since its last deployment from this portal, at ".to_owned(),
            count => format!(
                ": {} changed since its last deployment from this portal, at ",
                counted(count, ("rule has", "rules have"))
            ),
        };
        let table = (!policy.changes.is_empty()).then(|| rule_table(&policy.policy, &policy.changes, names));
        view! { <p><strong>{name}</strong>{count}<When millis=since.as_millisecond()/>"."</p> {table} }
            .into_any()
    };
    if review.policies.is_empty() {
        return ().into_any();
    }
    let policies = review.policies.iter().map(of_policy).collect::<Vec<_>>();
    view! { <Section title="Rules">{policies}</Section> }.into_any()
}

/// What has to be confirmed.
pub(crate) fn confirmations(review: &Review, fields: &Fields) -> Vec<AnyView> {
    let error = fields.error();
    let typed = review.phrase().map(|phrase| {
        let label = format!("Type “{phrase}” to confirm that its protectors are cleared");
        let (value, error) = (fields.text("typed", ""), error.clone());
        view! { <TextField name="typed" label value required=true error/> }.into_any()
    });
    let check = |name: &'static str, label: &'static str| {
        let (checked, error) = (fields.flag(name, false), error.clone());
        view! { <CheckField name label checked error/> }.into_any()
    };
    let moves = (!review.moves.is_empty()).then(|| {
        check(
            "confirm_move",
            "I know that a trusted application moves to another data store",
        )
    });
    let everyone = (!review.everyone.is_empty()).then(|| {
        check(
            "confirm_everyone",
            "I know that every user gets what is given to a role of every user",
        )
    });
    [typed, moves, everyone].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use operations::deployments::Right;

    use super::*;

    fn read(element: &str) -> Access {
        Access {
            right: Right::Read,
            role: "ANALYST".into(),
            data_element: element.into(),
        }
    }

    fn store(access: Option<Difference<Access>>) -> StoreReview {
        let none = || Difference::Known {
            added: BTreeSet::new(),
            removed: BTreeSet::new(),
        };
        StoreReview {
            uid: "1".into(),
            name: "PROD".to_owned(),
            policies: none(),
            again: BTreeSet::new(),
            applications: Difference::between(Some(&BTreeSet::new()), &BTreeSet::new()),
            access,
            doubtful: BTreeSet::new(),
            known_since: None,
            drift: None,
            clears: Vec::new(),
        }
    }

    fn sentences(store: &StoreReview) -> Sentences {
        let mut sentences = Sentences::default();
        sentences.add(store, &Names::default());
        sentences
    }

    #[test]
    fn access_is_told_as_gained_lost_or_not_known() {
        let known = Difference::Known {
            added: [read("X")].into(),
            removed: [read("Y")].into(),
        };
        let all = sentences(&store(Some(known)));
        assert_eq!(all.gained, ["uid ANALYST can read uid X in clear on PROD"]);
        assert_eq!(
            all.lost,
            ["uid ANALYST can no longer read uid Y in clear on PROD"]
        );
        assert_eq!((all.doubtful.len(), all.unknown.len()), (0, 0));

        let after = [read("X")].into();
        let all = sentences(&store(Some(Difference::Unknown { after })));
        assert_eq!(
            (all.gained.len(), all.doubtful.len(), all.unknown.len()),
            (0, 1, 1)
        );

        let all = sentences(&store(None));
        assert_eq!((all.gained.len(), all.lost.len(), all.unknown.len()), (0, 0, 1));
    }
}
