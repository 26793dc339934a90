//! `/deployments/review`: what a deployment changes, before it is made.

use std::collections::BTreeSet;

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    deployments::{self, Access, Difference, Names, Part, PolicyReview, Review, StoreReview, changed_words},
    reviews::{form_of, reviewed},
};
use server_fn::ServerFn;

use super::{
    DEPLOYMENTS, Deploy, NEW, crumb,
    difference::{Group, changes, drift, groups, list, rule_table},
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
    let planned = match deployments::plan(services, &operation, &form_of(&values)).await {
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
    let changed = context.query_value("changed").map(|names| {
        let parts: Vec<_> = names.split(',').filter_map(Part::named).collect();
        let detail = format!(
            "Since then, {}. This is the deployment as it would be made now.",
            changed_words(&parts)
        );
        let title = "Nothing was deployed: something has changed since your review.";
        view! { <Notice tone=Tone::Warning title detail/> }
    });
    let hidden = reviewed(values, planned.fingerprint());
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
    gained: Vec<Group>,
    lost: Vec<Group>,
    /// What may be new, or may have been there.
    doubtful: Vec<Group>,
    /// The stores of which no difference is known.
    unknown: Vec<String>,
}

impl Sentences {
    fn of(stores: &[StoreReview], names: &Names) -> Self {
        let (mut gained, mut lost, mut doubtful) = (Vec::new(), Vec::new(), Vec::new());
        let mut unknown = Vec::new();
        for review in stores {
            let store = review.name.as_str();
            match review.access.as_deref() {
                Some(Difference::Known { added, removed }) => {
                    gained.push((store, added));
                    lost.push((store, removed));
                }
                Some(Difference::Unknown { after }) => {
                    doubtful.push((store, after));
                    unknown.push(format!(
                        "What {store} has now is not known, so what is lost is not either."
                    ));
                }
                None => unknown.push(format!(
                    "Who gains or loses access on {store} is not known: the rules of a policy cannot be read."
                )),
            }
            doubtful.push((store, &*review.doubtful));
        }
        let said = |all: &[(&str, &BTreeSet<Access>)], sentence| groups(all, names, sentence);
        Self {
            gained: said(&gained, Access::gained),
            lost: said(&lost, Access::lost),
            doubtful: said(&doubtful, Access::gained),
            unknown,
        }
    }
}

/// Who gains and who loses access; what is gained comes first.
fn access(review: &Review) -> AnyView {
    let Sentences {
        gained,
        lost,
        doubtful,
        unknown,
    } = Sentences::of(&review.stores, &review.names);
    let is_said = [&gained, &lost, &doubtful]
        .iter()
        .any(|groups| !groups.is_empty());
    let is_nothing = !is_said && unknown.is_empty();
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
            {list("Gained", gained)}
            {list("Gained, or there before: not known", doubtful)}
            {list("Lost", lost)}
        </Section>
    }
    .into_any()
}

/// What comes and goes, store by store.
fn stores(review: &Review) -> Vec<AnyView> {
    let names = &review.names;
    let sections = review.stores.iter().map(|store| {
        let policies = changes("Policies", &store.policies, |uids| names.all_policies(uids));
        let applications = changes("Trusted applications", &store.applications, |uids| {
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
    use std::sync::Arc;

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
            access: access.map(Arc::new),
            doubtful: Arc::default(),
            known_since: None,
            drift: None,
            clears: Vec::new(),
        }
    }

    fn known(added: &[&str], removed: &[&str]) -> Difference<Access> {
        let all = |elements: &[&str]| elements.iter().map(|element| read(element)).collect();
        Difference::Known {
            added: all(added),
            removed: all(removed),
        }
    }

    fn sentences(stores: &[StoreReview]) -> Sentences {
        Sentences::of(stores, &Names::default())
    }

    fn group(stores: &[&str], sentences: &[&str]) -> Group {
        Group {
            stores: stores.iter().map(ToString::to_string).collect(),
            sentences: sentences.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn access_is_told_as_gained_lost_or_not_known() {
        let all = sentences(&[store(Some(known(&["X"], &["Y"])))]);
        let gained = group(&["PROD"], &["uid ANALYST can read uid X in clear on PROD"]);
        let lost = group(
            &["PROD"],
            &["uid ANALYST can no longer read uid Y in clear on PROD"],
        );
        assert_eq!((all.gained, all.lost), (vec![gained], vec![lost]));
        assert_eq!((all.doubtful.len(), all.unknown.len()), (0, 0));

        let after = [read("X")].into();
        let all = sentences(&[store(Some(Difference::Unknown { after }))]);
        assert_eq!(
            (all.gained.len(), all.doubtful.len(), all.unknown.len()),
            (0, 1, 1)
        );

        let all = sentences(&[store(None)]);
        assert_eq!((all.gained.len(), all.lost.len(), all.unknown.len()), (0, 0, 1));
    }

    fn named(name: &str, access: Difference<Access>) -> StoreReview {
        StoreReview {
            name: name.to_owned(),
            ..store(Some(access))
        }
    }

    #[test]
    fn what_is_the_same_on_several_stores_is_said_once() {
        let stores = [
            named("A", known(&["X", "Y"], &[])),
            named("B", known(&["X"], &[])),
            named("C", known(&["X", "Y"], &[])),
        ];
        let expected = [
            group(
                &["A", "B", "C"],
                &["uid ANALYST can read uid X in clear on A, B, C"],
            ),
            group(&["A", "C"], &["uid ANALYST can read uid Y in clear on A, C"]),
        ];
        assert_eq!(sentences(&stores).gained, expected);
    }

    #[test]
    fn many_stores_are_named_once_above_the_sentences() {
        let stores: Vec<_> = ["A", "B", "C", "D"]
            .map(|name| named(name, known(&["X"], &[])))
            .into();
        let gained = sentences(&stores).gained;
        let sentence = "uid ANALYST can read uid X in clear on these 4 data stores";
        assert_eq!(gained, [group(&["A", "B", "C", "D"], &[sentence])]);
        let html = list("Gained", gained).expect("a list").to_html();
        assert!(html.contains("On the 4 data stores A, B, C, D:"), "{html}");
    }

    #[test]
    fn a_store_is_named_once_where_it_may_have_the_same_for_two_reasons() {
        let twice = StoreReview {
            doubtful: Arc::new([read("X")].into()),
            ..store(Some(Difference::Unknown {
                after: [read("X")].into(),
            }))
        };
        let expected = group(&["PROD"], &["uid ANALYST can read uid X in clear on PROD"]);
        assert_eq!(sentences(&[twice]).doubtful, [expected]);
    }

    #[test]
    fn a_large_deployment_is_as_long_as_its_policy_and_not_as_its_stores() {
        let elements: Vec<_> = (0..2_000).map(|number| format!("DE_{number}")).collect();
        let elements: Vec<_> = elements.iter().map(String::as_str).collect();
        let stores: Vec<_> = (0..40)
            .map(|number| named(&format!("STORE_{number}"), known(&elements, &[])))
            .collect();
        let gained = sentences(&stores).gained;
        let count: usize = gained.iter().map(|group| group.sentences.len()).sum();
        assert_eq!((gained.len(), count), (1, 2_000));
    }
}
