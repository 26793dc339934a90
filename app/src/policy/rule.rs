//! `/policy/policies/{uid}/rules/{rule}`: one rule, to be changed or deleted; offered only where the cluster's own
//! specification lists the calls.

use gate::{Action, Target};
use leptos::prelude::*;
use operations::{
    baseline,
    policy::{self, ChangeRuleForm, DeleteRuleForm, PolicyRules, RuleOutcome, RuleValues},
};
use protegrity::pim::{ItemCall, ItemKind, PolicyUid};
use server_fn::ServerFn;

use super::{object::POLICIES, rules::RuleFields};
use crate::{
    answer::PageResult,
    context::RequestContext,
    error::PortalError,
    flash::Done,
    links,
    ui::{DeleteDialog, DialogButton, FormActions, PostForm},
};

/// Changes a rule of a policy.
#[server(prefix = "/api", endpoint = "policy/rules/change")]
pub async fn change_rule(#[server(flatten)] form: ChangeRuleForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let uid: PolicyUid = POLICIES.uid(&form.policy)?;
    let operation = context
        .begin(Action::ChangeRule, Target::of("policy", &uid))
        .await?;
    let changed = policy::change_rule(&context.services, &operation, &uid, &form).await?;
    Ok(done(&uid, &changed, "changed"))
}

/// Deletes a rule of a policy.
#[server(prefix = "/api", endpoint = "policy/rules/delete")]
pub async fn delete_rule(#[server(flatten)] form: DeleteRuleForm) -> Result<Done, PortalError> {
    let context = RequestContext::current();
    let uid: PolicyUid = POLICIES.uid(&form.policy)?;
    let operation = context
        .begin(Action::DeleteRule, Target::of("policy", &uid))
        .await?;
    let deleted = policy::delete_rule(&context.services, &operation, &uid, &form.rule).await?;
    Ok(done(&uid, &deleted, "deleted"))
}

fn done(policy: &PolicyUid, outcome: &RuleOutcome, what: &str) -> Done {
    let RuleOutcome {
        role,
        element,
        read_back,
    } = outcome;
    let done =
        Done::new(format!("The rule for {role} and {element} is {what}.")).with_next(links::policy(policy));
    match read_back.detail() {
        None => done.with_detail("It takes effect with the next deployment of the policy."),
        Some(detail) => done.with_detail(detail),
    }
}

/// `/policy/policies/{uid}/rules/{rule}`
pub async fn rule(context: RequestContext) -> PageResult {
    let uid: PolicyUid = POLICIES.uid(context.param("uid"))?;
    let rule_uid = context.param("rule").to_owned();
    let operation = context
        .begin(Action::ViewPolicy, Target::of("policy", &uid))
        .await?;
    let known = PolicyRules::read(&operation, &uid).await?;
    let present = known.rule(&rule_uid)?;
    let specification = &context.services.pim_specification;
    let can_change = specification
        .offers(&operation, ItemCall::Update, ItemKind::Rule)
        .await;
    let can_delete = specification
        .offers(&operation, ItemCall::Delete, ItemKind::Rule)
        .await;
    let (role, element) = known.names_of(present);
    let page = links::policy(&uid);
    let hidden = vec![("policy", uid.to_string()), ("rule", rule_uid)];
    let form = can_change.then(|| {
        let fields = context.fields(ChangeRule::url());
        let values = RuleValues::from(present);
        let shown = fields.text("baseline", &baseline::encode(&values));
        let hidden = [hidden.clone(), vec![("baseline", shown)]].concat();
        let denied = context.denied(Action::ChangeRule);
        let back = page.clone();
        let masks = known.masks.clone();
        view! {
            <PostForm action=ChangeRule::url() error=fields.error() class="form page" hidden>
                <RuleFields fields masks now=values.boxes mask=values.mask no_access=values.no_access/>
                <FormActions back submit="Save" denied/>
            </PostForm>
        }
    });
    let mask = present
        .mask
        .as_ref()
        .map(|mask| policy::name_of(&known.masks, mask.as_str()));
    let in_words = super::rule_in_full(present, mask.as_deref());
    let denied = context.denied(Action::DeleteRule);
    let failed = context.fields(DeleteRule::url()).error();
    let object = format!("the rule for {role} and {element}");
    let dialog = can_delete.then(|| {
        let denied = denied.clone();
        view! {
            <DeleteDialog object action=DeleteRule::url() denied hidden error=failed>
                <p>"The role then gets what other policies on the same data stores give it."</p>
                <p>"The protectors keep the rule until the policy is deployed again."</p>
            </DeleteDialog>
        }
    });
    let not_offered = (!can_change && !can_delete).then(|| {
        view! { <p class="muted">"The cluster does not offer to change or delete a single rule."</p> }
    });
    let content = view! {
        <p>{in_words}</p>
        {not_offered}
        {form}
        {dialog}
    };
    let mut shown = POLICIES
        .below(format!("Rule for {role} and {element}"), content)
        .crumb(known.policy.name.clone(), page)
        .lead("A change takes effect with the policy's next deployment.");
    if can_delete {
        shown =
            shown.actions(view! { <DialogButton label="Delete" dialog="delete-dialog" danger=true denied/> });
    }
    Ok(shown)
}
