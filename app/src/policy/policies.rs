//! `/policy/policies/new` and `/policy/policies/{uid}`: a policy, what its new rules begin with, and its rules.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    merge::listed,
    policy::{self, NewPolicyForm, PolicyRules, name_of},
};
use protegrity::pim::{DataStore, DeploymentInfo, ItemCall, ItemKind, MAX_POLICY_NAME, Policy, PolicyUid};
use server_fn::ServerFn;

use super::{
    grid::{GridQuery, Offered, RuleGrid},
    items::{Deletion, deletion},
    object::POLICIES,
    rule_words::in_full,
    rules::PermissionFields,
};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    links,
    ui::{
        Copyable, DescriptionList, Detail, FormActions, LinkButton, PostForm, Section, TextAreaField,
        TextField,
    },
};

/// Creates a policy without rules.
#[server(prefix = "/api", endpoint = "policy/policies/create")]
pub async fn create_policy(#[server(flatten)] form: NewPolicyForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let operation = context.begin(Action::CreatePolicy, Target::portal()).await?;
    let saved = policy::create_policy(&context.services, &operation, &form).await?;
    let next = saved
        .uid
        .as_ref()
        .map_or_else(|| POLICIES.list.to_owned(), links::policy);
    let done = Done::new(format!("The policy {} is created.", saved.name)).with_next(next);
    Ok(match saved.read_back.detail() {
        None => done.with_detail("It has no rules yet, and is on no data store."),
        Some(detail) => done.with_detail(detail),
    })
}

/// `/policy/policies/new`
pub async fn new_policy(context: RequestContext) -> PageResult {
    context.permit(Action::CreatePolicy).await?;
    let fields = context.fields(CreatePolicy::url());
    let error = fields.error();
    let name_hint = format!("At most {MAX_POLICY_NAME} characters, as TEAM_OR_PURPOSE.");
    let content = view! {
        <PostForm action=CreatePolicy::url() error=error.clone() class="form page">
            <TextField name="name" label="Name" required=true maxlength=MAX_POLICY_NAME value=fields.text("name", "")
                hint=name_hint error=error.clone()/>
            <TextAreaField name="description" label="Description" rows=2 value=fields.text("description", "") error/>
            <p class="field-hint">
                "What follows is the template: each new rule of the policy begins with it, and can say something else."
            </p>
            <PermissionFields fields now=policy::PermissionBoxes::default()/>
            <FormActions back=POLICIES.list submit="Create policy"/>
        </PostForm>
    };
    Ok(POLICIES
        .below("New policy", content)
        .lead("A policy is a set of rules: which role may do what with which data element."))
}

/// `/policy/policies/{uid}`
pub async fn policy(context: RequestContext) -> PageResult {
    let uid: PolicyUid = POLICIES.uid(context.param("uid"))?;
    let operation = context
        .begin(Action::ViewPolicy, Target::of("policy", &uid))
        .await?;
    let known = PolicyRules::read(&operation, &uid).await?;
    let (stores, deployed) = futures::try_join!(
        policy::data_stores(&operation),
        policy::deployed_or_unknown(&operation)
    )?;
    let on = stores_of(deployed.as_ref(), &stores, &uid);
    let denied = context.denied(Action::CreateRule);
    let specification = &context.services.pim_specification;
    let offered = Offered {
        add: denied.is_none(),
        open: specification
            .offers(&operation, ItemCall::Update, ItemKind::Rule)
            .await
            || specification
                .offers(&operation, ItemCall::Delete, ItemKind::Rule)
                .await,
    };
    let change = if offered.open {
        "Open a rule to change or delete it."
    } else {
        "The vendor documents no call that changes or deletes a rule: that is done in the cluster's own screens."
    };
    let title = known.policy.name.clone();
    let description = known.policy.description.clone().filter(|text| !text.is_empty());
    let Deletion { button, dialog } = deletion(
        &context,
        &operation,
        ItemKind::Policy,
        uid.as_str(),
        &known.policy.name,
    )
    .await;
    let details = details(&known.policy, on);
    let content = view! {
        {details}
        <Section title="Rules">
            <p class="muted">
                "Each cell is one rule: what the role may do, the mask, what it gets without access, and what is audited. "
                {change}
            </p>
            <RuleGrid known query=GridQuery::of(&context) offered/>
        </Section>
        {dialog}
    };
    let actions = view! {
        <LinkButton label="Picture" href=links::picture_of(&uid)/>
        {button}
        <LinkButton label="Add a rule" href=links::new_rule(&uid, None, None) icon=Some("plus") primary=true denied/>
    };
    let page = POLICIES.below(title, content).actions(actions);
    Ok(match description {
        Some(description) => page.lead(description),
        None => page,
    })
}

fn details(policy: &Policy, on: String) -> AnyView {
    let uid = policy.uid.to_string();
    let template = match policy.template {
        None => "Not known".to_owned(),
        Some(template) => {
            let audit = template.audit.map_or_else(
                || "; what they audit is not known".to_owned(),
                |audit| {
                    format!(
                        "; they audit {} when it succeeds and {} when it fails",
                        in_full(audit.success),
                        in_full(audit.failed)
                    )
                },
            );
            format!("New rules permit {}{audit}.", in_full(template.access))
        }
    };
    view! {
        <Section title="Details">
            <DescriptionList>
                <Detail label="Template">{template}</Detail>
                <Detail label="Deployed on">{on}</Detail>
                <Detail label="UID"><Copyable text=uid label="the uid"/></Detail>
            </DescriptionList>
        </Section>
    }
    .into_any()
}

/// The data stores that have the policy. What cannot be read is not known, and never none.
fn stores_of(deployed: Option<&DeploymentInfo>, stores: &[DataStore], policy: &PolicyUid) -> String {
    let Some(rows) = deployed.and_then(DeploymentInfo::stores) else {
        return "Not known".to_owned();
    };
    let has = |policies: &Option<Vec<PolicyUid>>| {
        let policies = policies.as_ref();
        policies.map(|policies| policies.contains(policy))
    };
    let named = |is_there: Option<bool>| {
        let rows = rows.iter().filter(|row| has(&row.policies) == is_there);
        let names: Vec<_> = rows.map(|row| name_of(stores, row.data_store.as_str())).collect();
        listed(&names)
    };
    match (named(Some(true)), named(None)) {
        (on, unknown) if !unknown.is_empty() => {
            let on = if on.is_empty() {
                String::new()
            } else {
                format!("{on}; ")
            };
            format!("{on}not known for {unknown}")
        }
        (on, _) if on.is_empty() => "No data store".to_owned(),
        (on, _) => on,
    }
}

#[cfg(test)]
mod tests {
    use protegrity::pim::DeployedStore;

    use super::*;

    #[test]
    fn where_a_policy_is_deployed_is_not_guessed() {
        let stores = ["PROD", "TEST"].map(|name| DataStore {
            uid: name.into(),
            name: name.to_owned(),
            ..DataStore::default()
        });
        let check = |rows: &[(&str, Option<&[&str]>)], expected: &str| {
            let row = |(uid, policies): &(&str, Option<&[&str]>)| DeployedStore {
                data_store: (*uid).into(),
                policies: policies.map(|uids| uids.iter().map(|uid| (*uid).into()).collect()),
                ..DeployedStore::default()
            };
            let info = DeploymentInfo::Stores(rows.iter().map(row).collect());
            assert_eq!(stores_of(Some(&info), &stores, &"1".into()), expected);
        };
        check(
            &[("PROD", Some(&["1", "2"])), ("TEST", Some(&["1"]))],
            "PROD, TEST",
        );
        check(&[("PROD", Some(&["2"]))], "No data store");
        check(&[], "No data store");
        check(
            &[("PROD", Some(&["1"])), ("TEST", None)],
            "PROD; not known for TEST",
        );
        check(&[("TEST", None)], "not known for TEST");
        assert_eq!(stores_of(None, &stores, &"1".into()), "Not known");
    }
}
