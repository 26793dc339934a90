//! `/policy`: what there is of each kind, and the way from an empty cluster to the first deployment.

use gate::Action;
use leptos::prelude::*;
use operations::policy::{self, Configuration, Workbench};
use server_fn::ServerFn;

use super::{InitializePolicy, KINDS, begin};
use crate::{
    answer::PageResult,
    context::RequestContext,
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
        .actions(view! { <LinkButton label="Who sees what" href="/policy/access"/> }))
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

/// The steps to a deployment, in the order that the vendor documents, and which of them are done (notes on the reference,
/// section 9).
fn steps(configuration: &Configuration) -> [(&'static str, &'static str, bool); 7] {
    let has_rules = configuration.rules.values().any(|rules| !rules.is_empty());
    let has_members = configuration.members.values().any(|members| !members.is_empty());
    let stores = configuration
        .deployed
        .as_ref()
        .and_then(|deployed| deployed.stores());
    let is_deployed = stores.is_some_and(|stores| {
        stores.iter().any(|store| {
            store
                .policies
                .as_ref()
                .is_some_and(|policies| !policies.is_empty())
        })
    });
    [
        (
            "Say how each kind of value is protected",
            "/policy/data-elements",
            !configuration.data_elements.is_empty(),
        ),
        (
            "Name where users come from",
            "/policy/sources",
            !configuration.sources.is_empty(),
        ),
        ("Make roles", "/policy/roles", !configuration.roles.is_empty()),
        ("Put users into roles", "/policy/roles", has_members),
        ("Write a policy with its rules", "/policy/policies", has_rules),
        (
            "Make a data store",
            "/policy/data-stores",
            !configuration.data_stores.is_empty(),
        ),
        ("Deploy the policy", "/policy/data-stores", is_deployed),
    ]
}

#[component]
fn Steps(configuration: Configuration) -> impl IntoView {
    let steps = steps(&configuration);
    if steps.iter().all(|(.., is_done)| *is_done) {
        return None;
    }
    let rows = steps.into_iter().map(|(words, href, is_done)| {
        let (tone, text) = if is_done {
            (Tone::Good, "Done")
        } else {
            (Tone::Neutral, "To do")
        };
        view! { <li><Badge tone text/><a href=href>{words}</a></li> }
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
    use protegrity::pim::{DataElement, DeployedStore, DeploymentInfo, Rule};

    use super::*;

    fn open(configuration: &Configuration) -> Vec<&'static str> {
        let steps = steps(configuration).into_iter();
        steps
            .filter(|(.., is_done)| !is_done)
            .map(|(words, ..)| words)
            .collect()
    }

    #[test]
    fn a_step_is_done_when_the_cluster_has_what_it_makes() {
        let mut configuration = Configuration::default();
        assert_eq!(open(&configuration).len(), 7);
        configuration.data_elements.push(DataElement::default());
        configuration.rules.insert("1".into(), vec![Rule::default()]);
        let cleared = DeployedStore {
            policies: Some(Vec::new()),
            ..DeployedStore::default()
        };
        configuration.deployed = Some(DeploymentInfo::Stores(vec![cleared.clone()]));
        assert_eq!(open(&configuration).last(), Some(&"Deploy the policy"));
        assert_eq!(open(&configuration).len(), 5);
        let deployed = DeployedStore {
            policies: Some(vec!["1".into()]),
            ..cleared
        };
        configuration.deployed = Some(DeploymentInfo::Stores(vec![deployed]));
        assert_eq!(open(&configuration).len(), 4);
    }
}
