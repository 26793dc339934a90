//! `/policy`: what there is of each kind, and the way from an empty cluster to the first deployment.

use gate::Action;
use leptos::prelude::*;
use operations::policy::{self, Configuration, Workbench};
use protegrity::pim::{DeploymentInfo, Policy, Role};
use server_fn::ServerFn;

use super::{
    InitializePolicy, KINDS, begin,
    object::{ALPHABETS, APPLICATIONS, DATA_ELEMENTS, DATA_STORES, MASKS, ROLES, SOURCES},
    policies::POLICIES,
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    deployments::NEW as NEW_DEPLOYMENT,
    links::{self, PICTURE},
    ui::{Badge, EmptyState, LinkButton, Page, PostForm, Section, SubmitButton, Table, Tone, counted},
};

/// `/policy`
pub async fn overview(context: RequestContext) -> PageResult {
    let operation = begin(&context).await?;
    let content = match policy::workbench(&operation).await? {
        Workbench::Missing => missing(),
        Workbench::Uninitialized => uninitialized(&context),
        Workbench::Ready(stores) => {
            let configuration = policy::configuration_of(&operation, stores).await?;
            view! {
                <Steps configuration=configuration.clone()/>
                <Kinds configuration/>
            }
            .into_any()
        }
    };
    Ok(Page::new("Policy", content)
        .lead("What protects which data for whom, and where it is in force.")
        .actions(view! {
            <LinkButton label="Picture" href=PICTURE/>
            <LinkButton label="Who sees what" href="/policy/access"/>
        }))
}

fn missing() -> AnyView {
    let hint = "The cluster does not answer there. Its Policy Workbench is not installed, or does not run.";
    view! {
        <EmptyState title="This cluster has no policy management" hint>
            <LinkButton label="See the services" href="/services"/>
        </EmptyState>
    }
    .into_any()
}

fn uninitialized(context: &RequestContext) -> AnyView {
    let denied = context.denied(Action::InitializePolicy);
    let hint =
        "The first step creates the keys and the repository of policies. It is done once for a cluster.";
    view! {
        <EmptyState title="Policy management is not initialised yet" hint>
            <PostForm action=InitializePolicy::url() class="inline">
                <SubmitButton label="Initialise policy management" denied/>
            </PostForm>
        </EmptyState>
    }
    .into_any()
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Done,
    ToDo,
    /// A deployment works without it, and the cluster has none.
    Optional,
}

/// A step on the way to a deployment.
struct Step {
    words: &'static str,
    /// Where it is done. Where an object waits for it, that object's page.
    href: String,
    progress: Progress,
}

impl Step {
    fn required(words: &'static str, href: impl Into<String>, is_done: bool) -> Self {
        let progress = if is_done { Progress::Done } else { Progress::ToDo };
        let href = href.into();
        Self {
            words,
            href,
            progress,
        }
    }

    fn optional(words: &'static str, href: impl Into<String>, is_done: bool) -> Self {
        let progress = if is_done {
            Progress::Done
        } else {
            Progress::Optional
        };
        let href = href.into();
        Self {
            words,
            href,
            progress,
        }
    }
}

/// The steps to a deployment, in the order that the vendor documents, and which of them are done (notes on the reference,
/// section 9).
fn steps(configuration: &Configuration) -> Vec<Step> {
    let takes_all = |role: &Role| role.allow_all == Some(true);
    // A role of every user needs no members: the vendor's own example makes such a role.
    let has_users = |role: &Role| {
        let members = configuration.members.get(&role.uid);
        takes_all(role) || members.is_some_and(|members| !members.is_empty())
    };
    let (words, href) = ("Name where users come from", SOURCES.list);
    let sources = if !configuration.roles.is_empty() && configuration.roles.iter().all(takes_all) {
        Step::optional(words, href, !configuration.sources.is_empty())
    } else {
        Step::required(words, href, !configuration.sources.is_empty())
    };
    let without_users = configuration.roles.iter().find(|role| !has_users(role));
    let members_at =
        without_users.map_or_else(|| ROLES.list.to_owned(), |role| ROLES.page(role.uid.as_str()));
    let has_rules = |policy: &Policy| {
        let rules = configuration.rules.get(&policy.uid);
        rules.is_some_and(|rules| !rules.is_empty())
    };
    let without_rules = configuration.policies.iter().find(|policy| !has_rules(policy));
    let rules_at = without_rules.map_or_else(|| POLICIES.to_owned(), |policy| links::policy(&policy.uid));
    let without_key = configuration.data_stores.iter().find(|store| {
        let keys = configuration.export_keys.get(&store.uid);
        keys.is_none_or(Vec::is_empty)
    });
    let key_at = without_key.map_or_else(
        || DATA_STORES.list.to_owned(),
        |store| DATA_STORES.page(store.uid.as_str()),
    );
    let has_keys = configuration.export_keys.values().any(|keys| !keys.is_empty());
    let stores = configuration.deployed.as_ref().and_then(DeploymentInfo::stores);
    let is_deployed = stores.is_some_and(|stores| {
        let mut policies = stores.iter().filter_map(|store| store.policies.as_ref());
        policies.any(|policies| !policies.is_empty())
    });
    vec![
        Step::optional(
            "Make a mask, for values of which a part stays hidden",
            MASKS.list,
            !configuration.masks.is_empty(),
        ),
        Step::optional(
            "Make an alphabet, for tokens of other characters than A to Z",
            ALPHABETS.list,
            !configuration.alphabets.is_empty(),
        ),
        Step::required(
            "Say how each kind of value is protected",
            DATA_ELEMENTS.list,
            !configuration.data_elements.is_empty(),
        ),
        sources,
        Step::required("Make roles", ROLES.list, !configuration.roles.is_empty()),
        Step::required(
            "Put users into roles",
            members_at,
            configuration.roles.iter().any(has_users),
        ),
        Step::required("Make a policy", POLICIES, !configuration.policies.is_empty()),
        Step::required(
            "Write the rules of the policy",
            rules_at,
            configuration.policies.iter().any(has_rules),
        ),
        Step::required(
            "Make a data store",
            DATA_STORES.list,
            !configuration.data_stores.is_empty(),
        ),
        Step::optional(
            "Add an export key to the data store, for resilient packages",
            key_at,
            has_keys,
        ),
        Step::optional(
            "Make a trusted application",
            APPLICATIONS.list,
            !configuration.applications.is_empty(),
        ),
        Step::required("Deploy the policy", NEW_DEPLOYMENT, is_deployed),
    ]
}

/// The guide, until the first deployment.
#[component]
fn Steps(configuration: Configuration) -> impl IntoView {
    let steps = steps(&configuration);
    let next = steps.iter().position(|step| step.progress == Progress::ToDo)?;
    let rows = steps.into_iter().enumerate().map(move |(place, step)| {
        let is_next = place == next;
        let (tone, text) = match step.progress {
            Progress::Done => (Tone::Good, "Done"),
            Progress::ToDo if is_next => (Tone::Warning, "Next"),
            Progress::ToDo => (Tone::Neutral, "To do"),
            Progress::Optional => (Tone::Neutral, "Optional"),
        };
        view! { <li aria-current=is_next.then_some("step")><Badge tone text/><a href=step.href>{step.words}</a></li> }
    });
    Some(view! {
        <Section title="The way to the first deployment">
            <ol class="abilities">{rows.collect_view()}</ol>
        </Section>
    })
}

#[component]
fn Kinds(configuration: Configuration) -> impl IntoView {
    let counts = [
        configuration.sources.len(),
        configuration.roles.len(),
        configuration.masks.len(),
        configuration.alphabets.len(),
        configuration.data_elements.len(),
        configuration.policies.len(),
        configuration.applications.len(),
        configuration.data_stores.len(),
    ];
    let rows = KINDS
        .into_iter()
        .zip(counts)
        .map(|((href, label, about), count)| {
            view! {
                <tr>
                    <th scope="row"><a href=href>{label}</a></th>
                    <td>{counted(count, ("object", "objects"))}</td>
                    <td class="wraps">{about}</td>
                </tr>
            }
        });
    view! {
        <Section title="What is configured">
            <Table label="Kinds of objects and how many there are" columns=&["Kind", "Count", "About"]>
                {rows.collect_view()}
            </Table>
        </Section>
    }
}

#[cfg(test)]
mod tests {
    use protegrity::pim::{DataElement, DeployedStore, Member, Rule};

    use super::*;

    fn check(configuration: &Configuration, next: Option<(&str, &str)>, open: usize) {
        let steps = steps(configuration);
        let to_do = || steps.iter().filter(|step| step.progress == Progress::ToDo);
        assert_eq!(to_do().next().map(|step| (step.words, step.href.as_str())), next);
        assert_eq!(to_do().count(), open);
    }

    #[test]
    fn a_step_is_done_when_the_cluster_has_what_it_makes() {
        let mut configuration = Configuration::default();
        let first = Some(("Say how each kind of value is protected", "/policy/data-elements"));
        check(&configuration, first, 8);
        configuration.data_elements.push(DataElement::default());
        configuration.sources.push(protegrity::pim::Source::default());
        check(&configuration, Some(("Make roles", "/policy/roles")), 6);
        configuration
            .data_stores
            .push(protegrity::pim::DataStore::default());
        configuration.policies.push(Policy {
            uid: "7".into(),
            ..Policy::default()
        });
        configuration.roles.push(Role {
            uid: "3".into(),
            ..Role::default()
        });
        check(
            &configuration,
            Some(("Put users into roles", "/policy/roles/3")),
            3,
        );
        configuration.members.insert("3".into(), vec![Member::default()]);
        let rules = Some(("Write the rules of the policy", "/policy/policies/7"));
        check(&configuration, rules, 2);
        configuration.rules.insert("7".into(), vec![Rule::default()]);
        let cleared = DeployedStore {
            policies: Some(Vec::new()),
            ..DeployedStore::default()
        };
        configuration.deployed = Some(DeploymentInfo::Stores(vec![cleared.clone()]));
        check(&configuration, Some(("Deploy the policy", "/deployments/new")), 1);
        let deployed = DeployedStore {
            policies: Some(vec!["7".into()]),
            ..cleared
        };
        configuration.deployed = Some(DeploymentInfo::Stores(vec![deployed]));
        check(&configuration, None, 0);
    }

    #[test]
    fn a_role_of_every_user_needs_no_members_and_no_source() {
        let configuration = Configuration {
            roles: vec![Role {
                allow_all: Some(true),
                ..Role::default()
            }],
            ..Configuration::default()
        };
        let steps = steps(&configuration);
        let progress = |words| {
            let step = steps.iter().find(|step| step.words == words);
            step.expect("the step").progress
        };
        assert_eq!(progress("Put users into roles"), Progress::Done);
        assert_eq!(progress("Name where users come from"), Progress::Optional);
    }

    #[test]
    fn what_a_deployment_does_not_need_is_never_next() {
        let steps = steps(&Configuration::default());
        let optional = steps.iter().filter(|step| step.progress == Progress::Optional);
        let words: Vec<_> = optional.map(|step| step.href.as_str()).collect();
        let expected = [
            "/policy/masks",
            "/policy/alphabets",
            "/policy/data-stores",
            "/policy/applications",
        ];
        assert_eq!(words, expected);
    }
}
