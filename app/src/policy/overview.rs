//! `/policy`: what there is of each kind, and the way from an empty cluster to the first deployment.

use gate::Action;
use leptos::prelude::*;
use operations::policy::{self, Inventory, Workbench};
use server_fn::ServerFn;

use super::{
    InitializePolicy, KINDS, begin,
    object::{ALPHABETS, APPLICATIONS, DATA_ELEMENTS, DATA_STORES, MASKS, POLICIES, ROLES, SOURCES},
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
            let inventory = policy::inventory(&operation, &stores).await?;
            view! {
                <Steps inventory=inventory.clone()/>
                <Kinds inventory/>
            }
            .into_any()
        }
    };
    Ok(Page::new("Policy", content)
        .lead("What protects which data for whom, and where it is in force.")
        .actions(view! {
            <LinkButton label="Picture" href=PICTURE/>
            <LinkButton label="Policy as a file" href="/policy/file"/>
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
fn steps(inventory: &Inventory) -> Vec<Step> {
    let (words, href) = ("Name where users come from", SOURCES.list);
    let sources = if inventory.takes_all_users {
        Step::optional(words, href, inventory.sources > 0)
    } else {
        Step::required(words, href, inventory.sources > 0)
    };
    let first_role = inventory.first_role.as_ref();
    let first_store = inventory.first_data_store.as_ref();
    let members_at = first_role.map_or_else(|| ROLES.list.to_owned(), |role| ROLES.page(role.as_str()));
    let rules_at = inventory
        .first_policy
        .as_ref()
        .map_or_else(|| POLICIES.list.to_owned(), links::policy);
    let key_at = first_store.map_or_else(
        || DATA_STORES.list.to_owned(),
        |store| DATA_STORES.page(store.as_str()),
    );
    vec![
        Step::optional(
            "Make a mask, for values of which a part stays hidden",
            MASKS.list,
            inventory.masks > 0,
        ),
        Step::optional(
            "Make an alphabet, for tokens of other characters than A to Z",
            ALPHABETS.list,
            inventory.alphabets > 0,
        ),
        Step::required(
            "Say how each kind of value is protected",
            DATA_ELEMENTS.list,
            inventory.data_elements > 0,
        ),
        sources,
        Step::required("Make roles", ROLES.list, inventory.roles > 0),
        Step::required("Put users into roles", members_at, inventory.has_members),
        Step::required("Make a policy", POLICIES.list, inventory.policies > 0),
        Step::required("Write the rules of the policy", rules_at, inventory.has_rules),
        Step::required("Make a data store", DATA_STORES.list, inventory.data_stores > 0),
        Step::optional(
            "Add an export key to the data store, for resilient packages",
            key_at,
            inventory.has_export_keys,
        ),
        Step::optional(
            "Make a trusted application",
            APPLICATIONS.list,
            inventory.applications > 0,
        ),
        Step::required("Deploy the policy", NEW_DEPLOYMENT, inventory.is_deployed),
    ]
}

/// The guide, until the first deployment.
#[component]
fn Steps(inventory: Inventory) -> impl IntoView {
    let steps = steps(&inventory);
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
fn Kinds(inventory: Inventory) -> impl IntoView {
    let counts = [
        inventory.sources,
        inventory.roles,
        inventory.masks,
        inventory.alphabets,
        inventory.data_elements,
        inventory.policies,
        inventory.applications,
        inventory.data_stores,
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
    use super::*;

    fn check(inventory: &Inventory, next: Option<(&str, &str)>, open: usize) {
        let steps = steps(inventory);
        let to_do = || steps.iter().filter(|step| step.progress == Progress::ToDo);
        assert_eq!(to_do().next().map(|step| (step.words, step.href.as_str())), next);
        assert_eq!(to_do().count(), open);
    }

    #[test]
    fn a_step_is_done_when_the_cluster_has_what_it_makes() {
        let mut inventory = Inventory::default();
        let first = Some(("Say how each kind of value is protected", "/policy/data-elements"));
        check(&inventory, first, 8);
        inventory.data_elements = 1;
        inventory.sources = 1;
        check(&inventory, Some(("Make roles", "/policy/roles")), 6);
        inventory.data_stores = 1;
        inventory.policies = 1;
        inventory.first_policy = Some("7".into());
        inventory.roles = 1;
        inventory.first_role = Some("3".into());
        check(&inventory, Some(("Put users into roles", "/policy/roles/3")), 3);
        inventory.has_members = true;
        let rules = Some(("Write the rules of the policy", "/policy/policies/7"));
        check(&inventory, rules, 2);
        inventory.has_rules = true;
        check(&inventory, Some(("Deploy the policy", "/deployments/new")), 1);
        inventory.is_deployed = true;
        check(&inventory, None, 0);
    }

    #[test]
    fn a_role_of_every_user_needs_no_members_and_no_source() {
        let inventory = Inventory {
            roles: 1,
            takes_all_users: true,
            has_members: true,
            ..Inventory::default()
        };
        let steps = steps(&inventory);
        let progress = |words| {
            let step = steps.iter().find(|step| step.words == words);
            step.expect("the step").progress
        };
        assert_eq!(progress("Put users into roles"), Progress::Done);
        assert_eq!(progress("Name where users come from"), Progress::Optional);
    }

    #[test]
    fn what_a_deployment_does_not_need_is_never_next() {
        let steps = steps(&Inventory::default());
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
